"""The texts that the archive keeps, read once more and made the current text of their pages, as a person decides."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from pathlib import Path

from articles.ingest.bounds import read_within_bounds
from articles.ingest.clues import clues_from_json
from articles.ingest.identity import Identity, pages_like, places_held
from articles.ingest.loading import Loading, Report, Standing
from articles.ingest.readers import Reader
from articles.ingest.returning import bring_back
from articles.ingest.samples import is_of_samples
from articles.ingest.sources import PageFile, Refusal
from articles.models import Article, Page, SourceText
from articles.models.archive import Change
from articles.models.redirects import Moved
from articles.reading import Clues, PageReading


@dataclass(frozen=True)
class StoredReading:
    """A text of the archive, read once more by `reader`. A reading takes long, so that nothing is locked meanwhile."""

    source: SourceText
    clues: Clues
    reader: Reader
    reading: PageReading

    @classmethod
    def of(cls, source: SourceText, reader: Reader, reading: PageReading) -> StoredReading:
        """Return a reading that was made before, of the text `source` with the clues that are stored with it."""
        return cls(source, clues_from_json(source.clues), reader, reading)

    @property
    def page(self) -> Page:
        """The page that shows the text, or whose place it claims."""
        assert self.source.page is not None  # `read_stored` has asked
        return self.source.page


def read_stored(source: SourceText, reader: Reader, *, today: datetime.date) -> StoredReading:
    """Read a text of the archive once more. Raises Refusal if it belongs to no page, or can't be read."""
    if source.page is None:
        raise Refusal(f"{source} 不属于任何版面，不能采用。")
    clues = clues_from_json(source.clues)
    reading = read_within_bounds(source.text, source.path, reference=reader.reference, clues=clues, today=today)
    return StoredReading(source, clues, reader, reading)


def file_of(source: SourceText) -> PageFile:
    """Return a text of the archive as the file that it came from."""
    return PageFile(
        *(Path(source.path), source.text, source.sha256, source.encoding, source.part, source.original),
        tuple(map(tuple, source.boxes)),
        None if source.extent is None else tuple(source.extent),
    )


def refusal_of(read: StoredReading) -> str:
    """Return why the text can't be the current text of its page, as a Chinese sentence; "" if it can.

    The date and number in the text may be another page's. The text may be that of another page of the issue, or of
    another page from the same path, read again. It may be the invented text of a sample, and the page a real one.
    """
    source, page = read.source, read.page
    if source.standing != Standing.CURRENT:
        if source.erased:
            return f"{source} 的文字已依法删去，不能取代 {page}。"
        if is_of_samples(Path(source.path)) and not page.is_sample:
            return f"{source} 是示例（虚构）的文本，不能取代 {page}。"
        others = Page.objects.filter(issue=page.issue).exclude(pk=page.pk) if page.issue else Page.objects.none()
        same_file = {"sources__path": source.path, "sources__part": source.part}
        from_file = Page.objects.filter(**same_file, sources__standing=Standing.CURRENT).exclude(pk=page.pk)
        twins = pages_like(source.text, {each.pk: each for each in (*others, *from_file)}.values())
        if twins:
            return f"{source} 的文字和 {twins[0]} 相同，不能取代 {page}，请先改正那一版的日期和版次。"
    rivals = [held for held in places_held(page, read.reading) if held != page]
    if rivals:
        return f"{source} 文中的日期和版次属于 {rivals[0]}，不能取代 {page}，请先改正版次。"
    return ""


#: The fields of an article that are the machine's again once the structure of its page gives way. Its kind is its own.
LET_GO = ("position", "continuation_of", "absorbed", "anchor")


def let_go(article: Article) -> bool:
    """Take back how a person has cut, merged and placed an article (not saved). Return whether anything changed.

    A continuation stays in its story, unless it was merged.
    """
    before = (article.anchor, article.absorbed, article.edited_fields)
    released = {"position", "absorbed", "anchor"}
    if article.absorbed:
        article.continuation_of, article.absorbed = None, False
        released.add("continuation_of")
    article.anchor = ""
    article.edited_fields = [name for name in article.edited_fields if name not in released]
    return before != (article.anchor, article.absorbed, article.edited_fields)


def adopt(
    read: StoredReading, change: Change, moved: Moved | None = None, *, structure_gives_way: bool = False
) -> Report:
    """Make a text of the archive the current text of its page, within `change`. Return the report.

    Articles are paired by likeness, as in any import, and corrections stay. With `structure_gives_way` the page gets
    the articles of the text even if a person had settled its articles. `moved` redirects URLs in place of
    `Redirect.objects.moved`. Raises Refusal with the sentence of `refusal_of`.
    """
    refusal = refusal_of(read)
    if refusal:
        raise Refusal(refusal)
    page = read.page
    if page.structure_edited and structure_gives_way:
        page.structure_edited, page.cuts = False, []
        page.save(update_fields=["structure_edited", "cuts"])
        bring_back(page, change)
        for article in Article.objects.read_from(page.pk):
            if let_go(article):
                article.save(update_fields=[*LET_GO, "edited_fields"])
    loading = Loading(file_of(read.source), read.clues, read.reader, read.reading, change, moved)
    return loading.load(Identity(read.source, page=page))
