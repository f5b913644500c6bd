"""A check of the stored doubts against the doubts that should be there. Nothing is written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from django.utils import timezone

from articles.ingest.bounds import read_within_bounds
from articles.ingest.classification import is_judged_apart, load_judged, try_judge
from articles.ingest.clues import clues_from_json
from articles.ingest.derived_doubts import derived
from articles.ingest.doubts import Raised, Raising, Target, difference, doubt, persons_fields, raised_by, with_answers
from articles.ingest.fitting import fitted
from articles.ingest.item_plan import segments_by_item
from articles.ingest.placements import place_left_over, placed_in
from articles.ingest.readers import Reader
from articles.ingest.sets import Known
from articles.ingest.sources import Refusal
from articles.models import Article, Doubt, Page, SourceText
from articles.models.doubt_kinds import ANCHOR_LOST, DERIVED, NOT_IN_READING, OTHER_ISSUE_NUMBER, PLACE_TAKEN
from articles.reading import AMBIGUOUS_PLACE, ItemReading, PageReading

#: Pages of one batch.
BATCH = 50

#: The kinds that can't be told again. The day of a reading decides whether a date is to come; the pages of the archive
#: at the time of the import decide the others.
OF_THEIR_TIME = frozenset({"date-future", OTHER_ISSUE_NUMBER, PLACE_TAKEN})


def doubt_differences(reader: Reader) -> Iterator[str]:
    """Yield a Chinese sentence for each doubt that is missing, that nothing raises, or that is raised otherwise.

    The derived kinds of all pages are told from the rows. The kinds of the reader are told by reading once more the
    text of each page that `reader` has read; of a page that another reader has read they are not checked. Closed doubts
    are never wrong. The pages are taken BATCH at a time.
    """
    known = Known.subjects()
    for pages in _all_pages():
        yield from _derived_differences(pages)
        for page in pages:
            yield from _Checked(page, reader, known).differences()


def derived_differences() -> Iterator[str]:
    """Yield the sentences of `doubt_differences` about the derived kinds alone. No text is read."""
    for pages in _all_pages():
        yield from _derived_differences(pages)


def _all_pages() -> Iterator[list[Page]]:
    last = 0
    while pages := list(Page.objects.filter(pk__gt=last).select_related("issue").order_by("pk")[:BATCH]):
        last = pages[-1].pk
        yield pages


def _derived_differences(pages: Sequence[Page]) -> Iterator[str]:
    names = {page.pk: str(page) for page in pages}
    raised = {target: found for target, found in derived(names.keys(), ()).items() if target.page in names}
    stored = Doubt.objects.filter(kind__in=DERIVED)
    of_articles = stored.filter(article__among=[target.article for target in raised if target.article])
    yield from _told(names, raised, [*of_articles, *stored.filter(page__among=list(names), article=None)])


class _Checked:
    """A page whose doubts of the reader are checked."""

    def __init__(self, page: Page, reader: Reader, known: Known) -> None:
        self.page = page
        self.reader = reader
        self.known = known
        self.source = page.sources.filter(standing=SourceText.Standing.CURRENT).first()

    def differences(self) -> Iterator[str]:
        """Yield a sentence for each difference, or for a text that can't be read any more.

        A text of which the law has taken back a part reads otherwise beside the gap, so that it tells nothing.
        """
        if self.source is None or self.source.erased or self.source.reader_version != self.reader.version:
            return
        try:
            reading = self._read(self.source)
        except Refusal as refusal:
            yield f"{self.page}：{refusal}"
            return
        read = Article.objects.read_from(self.page.pk)
        articles = list(read.as_printed().prefetch_related("continuations", "doubts"))
        cut = fitted(self.page, articles, reading)
        reading, given = place_left_over(cut.reading, placed_in(self.page.placed))
        # An article has the segments of the item that it was made from.
        items = {repr(parts): index for index, parts in enumerate(segments_by_item(reading))}
        raised: dict[Target, list[Raised]] = {
            Target(self.page.pk): with_answers(raised_by(reading.doubts), persons_fields(self.page))
        }
        stored = list(Doubt.objects.of(self.page).filter(source=None))
        for article in articles:
            own = [each for each in article.segments if tuple(each) not in given.get(article.pk, ())]
            index = items.get(repr(own)) if article.source_id == self.source.pk else None
            rows = list(article.doubts.all())
            is_lost = [doubt(ANCHOR_LOST)] if article.anchor in cut.lost else []
            target = Target(article.page_id, article.pk)
            if index is not None:
                is_piece = index in cut.pieces or article.pk in given
                found, is_judged = self._of_article(article, reading.items[index], is_piece=is_piece)
                found += is_lost
                stored += rows if is_judged else [row for row in rows if row.kind != AMBIGUOUS_PLACE]
                raised[target] = found
            elif article.anchor:
                stored += [row for row in rows if row.kind == ANCHOR_LOST]
                raised[target] = is_lost
            elif not self.page.structure_edited:
                # The doubts of the earlier reading stay. On a page that a person has settled all of them stay.
                stored += [row for row in rows if row.kind == NOT_IN_READING]
                raised[target] = [doubt(NOT_IN_READING)]
        untold = DERIVED | OF_THEIR_TIME
        timeless = {target: [each for each in found if each.kind not in untold] for target, found in raised.items()}
        names = {self.page.pk: str(self.page)}
        yield from _told(names, timeless, [row for row in stored if row.kind not in untold])

    def _read(self, source: SourceText) -> PageReading:
        return read_within_bounds(
            source.text,
            source.path,
            reference=self.reader.reference,
            clues=clues_from_json(source.clues),
            today=timezone.localdate(),
        )

    def _of_article(self, article: Article, item: ItemReading, *, is_piece: bool) -> tuple[list[Raised], bool]:
        """Return the doubts about an article, and whether its places could be judged.

        The places of a story with corrections or with several parts, and of a piece of an item, are judged by its text
        as it stands.
        """
        found = raised_by(item.doubts)
        if not (is_piece or is_judged_apart(article)):
            return with_answers(found, article.edited_fields), True
        found = [each for each in found if each.kind != AMBIGUOUS_PLACE]
        if article.continuation_of_id is None:
            (parts,) = load_judged([article.pk])
            judgement = try_judge(parts, self.reader.reference, self.known)
            if judgement is None:
                return with_answers(found, article.edited_fields), False
            found += judgement.doubts
        return with_answers(found, article.edited_fields), True


def _told(names: Mapping[int, str], raised: Raising, stored: Iterable[Doubt]) -> Iterator[str]:
    """Yield the sentences about the differences. `names` are those of the pages, by their ids."""
    found = difference(raised, stored)
    for row in found.missing:
        yield f"{_about(names, row)}：缺少存疑“{row}”。"
    for row, values in found.differing:
        if not row.is_open:
            continue
        yield f"{_about(names, row)}：存疑“{row}”与现在所见不同（{'、'.join(sorted(values))}）。"
    for row in found.idle:
        yield f"{_about(names, row)}：存疑“{row}”已无依据，仍未结。"


def _about(names: Mapping[int, str], row: Doubt) -> str:
    page = names.get(row.page_id, f"版面 {row.page_id}")
    if row.source_id:
        return f"{page} 原始文本 {row.source_id}"
    return f"{page} 文章 {row.article_id}" if row.article_id else page
