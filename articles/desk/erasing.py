"""Erasing an article that the law takes back: its row, its history, its characters in the source texts.

Nothing of it can be undone. The ledger keeps who, when and why, and the id, whose URL answers 410.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from articles.desk.deleting import delete_row
from articles.desk.erased_text import ErasedText, Span, blanked
from articles.desk.erased_traces import Traces, remove_traces
from articles.desk.writing import Person, Writing, writing
from articles.ingest.anchors import outside
from articles.ingest.derived_doubts import derive
from articles.models import Article, Batch, Correction, Page, Redirect, SourceText, archive
from articles.paths import path_to
from articles.text.likeness import LIKE, Likeness

#: The label of stretches of a source text that hold no text any more.
ERASED = "erased"


@dataclass(frozen=True)
class Target:
    """An article that is to be erased: its row, or, if a person has deleted it before, what the ledger kept of it.

    * `page`: the page that it was read from, None if that is gone; `place`: the page on which it stood, or its id
    * `source`, `spans`: the text that it was read from, and its stretches there
    * `typed`: the strings of its fields; `people`: the ids of the contributors that its names are filed under
    """

    pk: int
    article: Article | None
    page: Page | None
    place: int
    source: SourceText | None
    spans: tuple[Span, ...]
    typed: tuple[str, ...]
    people: frozenset[int]
    headline: str

    @property
    def text(self) -> ErasedText:
        printed = [self.source.text[start:end] for start, end in self.spans] if self.source else []
        return ErasedText(printed, self.typed)

    @property
    def parts(self) -> list[Article]:
        """The other articles of its story, as printed. They stay rows, and go only if they are erased themselves."""
        if self.article is None:
            return []
        head = self.article.continuation_of_id or self.article.pk
        story = Article.objects.filter(Q(pk=head) | Q(continuation_of=head)).exclude(pk=self.pk)
        return list(story.select_related("page__issue").order_by("page__number", "position", "pk"))

    @property
    def sharing(self) -> list[Article]:
        """The other articles of its page in which a part of its text stands as well."""
        if self.page is None:
            return []
        text, beside = self.text, Article.objects.read_from(self.page.pk).exclude(pk=self.pk).as_printed()
        return [each for each in beside if any(text.holds(block["text"]) for block in each.blocks)]


def target_of(pk: int) -> Target | None:
    """Return the article with this id as it is to be erased, or None if neither a row nor the ledger has it."""
    article = Article.objects.select_related("page__issue", "source__page__issue").filter(pk=pk).first()
    if article is not None:
        names = article.bylines.all()
        return Target(
            pk,
            article,
            article.read_page,
            article.page_id,
            article.source,
            _spans(article.segments),
            _strings(article.blocks, article.kicker, article.headline, article.deck, article.agency),
            frozenset(row.contributor_id for row in names),
            article.headline,
        )
    if is_erased(pk):
        return None
    deletion = Correction.objects.of_id(Article, pk).filter(field="", new__isnull=True, old__isnull=False).last()
    if deletion is None:
        return None
    told: dict[str, Any] = dict(deletion.old or {})
    source = SourceText.objects.select_related("page__issue").filter(pk=told.get("source") or 0).first()
    lines = (told.get(name) or "" for name in ("kicker", "headline", "deck", "agency"))
    return Target(
        pk,
        None,
        source.page if source else Page.objects.filter(pk=told["page"]).first(),
        told["page"],
        source,
        _spans(told.get("segments") or []),
        _strings(told.get("blocks") or [], *lines),
        frozenset(row[3] for row in told.get("bylines") or []),
        told.get("headline") or "",
    )


def is_erased(pk: int) -> bool:
    """Return whether the article with this id was erased before."""
    return Correction.objects.of_id(Article, pk).filter(batch__kind=Batch.Kind.ERASURE).exists()


def path_read_from(pk: int) -> str:
    """Return the path of the file that the erased article with this id was read from, "" if it is not known."""
    told = Correction.objects.of_id(Article, pk).filter(batch__kind=Batch.Kind.ERASURE, field="").last()
    source = SourceText.objects.filter(pk=(told and told.old or {}).get("source") or 0).first()
    return source.path if source else ""


def _spans(segments: Iterable[Any]) -> tuple[Span, ...]:
    return tuple(sorted((start, end) for start, end, _ in segments))


def _strings(blocks: Iterable[dict[str, str]], *lines: str) -> tuple[str, ...]:
    return tuple(filter(None, [*lines, *(block.get(name, "") for block in blocks for name in ("caption", "text"))]))


def erase(pk: int, user: Person, reason: str) -> Batch:
    """Erase the article with this id from the database, all or nothing, and return the batch that tells of it.

    The other parts of its story are hidden if it was their head. Raises LookupError if there is no such article.
    """
    with archive.change() as change:
        target = target_of(pk)
        if target is None:
            raise LookupError(pk)
        text = target.text
        with writing(user, Batch.Kind.ERASURE, reason=reason) as this:
            if target.article is not None:
                _delete(target.article, this)
            _blank_texts(target, text)
        batch = this.batch or _record(target, user, reason)
        Redirect.objects.moved(path_to("article", pk), "")
        pages = {target.place, *([target.page.pk] if target.page else ())}
        beside = remove_traces(Traces(pk, batch, text, frozenset(pages), target.people))
        change.other()
        derive(change, pages=pages, articles=beside)
    return batch


def _delete(article: Article, this: Writing) -> None:
    """Delete the row with all that belongs to it. Its URL stays gone, and its continuations are hidden."""
    article.withdrawn = True
    article.anchor = ""  # its text stands nowhere, so that no reading has to be cut there
    delete_row(article, this)


def _record(target: Target, user: Person, reason: str) -> Batch:
    """Return the stored batch of an article that was deleted before, of which no row differs."""
    name = user.get_username() if user is not None else ""
    batch = Batch.objects.create(
        kind=Batch.Kind.ERASURE, user_id=user.pk if user else None, user_name=name, reason=reason
    )
    told = {
        "model": "article",
        "object_id": str(target.pk),
        "field": "",
        "old": {"page": target.place, "source": target.source and target.source.pk},
    }
    Correction.objects.create(batch=batch, seq=1, **told)
    return batch


def _blank_texts(target: Target, text: ErasedText) -> None:
    """Take the characters out of the texts of the page.

    Another text of the same print goes as a whole, because its recognition may differ in each line. The page's current
    text, and texts of other print, lose the lines that they share with the article.
    """
    if target.page is None:
        return
    current = target.page.sources.filter(standing=SourceText.Standing.CURRENT).first()
    shown, likeness = current.text if current else "", Likeness()
    for source in target.page.sources.order_by("pk"):
        if target.source is not None and source.pk == target.source.pk:
            spans = list(target.spans)
        elif source.standing != SourceText.Standing.CURRENT and likeness.of(source.text, shown) >= LIKE:
            spans = [(0, len(source.text))]
        else:
            spans = text.spans_in(source.text)
        if spans:
            _blank(source, spans)
            if source.standing == SourceText.Standing.CURRENT:
                _label(target.page, source, spans)


def _blank(source: SourceText, spans: list[Span]) -> None:
    """Take the stretches out of a text. The boxes over them go, and the tool's file that holds it all.

    The SHA-256 of the file stays, by which an import knows the file again.
    """
    source.text = blanked(source.text, spans)
    source.boxes = [box for box in source.boxes if all(box[1] <= start or box[0] >= end for start, end in spans)]
    source.erased = sorted([*(source.erased or []), *map(list, spans)])
    source.save(update_fields=["text", "boxes", "erased"])
    of_file = SourceText.objects.filter(sha256=source.sha256)
    of_file.update(original="")
    of_file.filter(erased__isnull=True).update(erased=[])


def _label(page: Page, source: SourceText, spans: list[Span]) -> None:
    """Let the stretches stand in the page's segments under a label of their own, and in no other."""
    taken = [[start, end, ERASED] for start, end in spans]
    for article in Article.objects.filter(source=source):
        left = outside(article.segments, taken)
        if left != article.segments:
            Article.objects.filter(pk=article.pk).update(segments=left)
    page.refresh_from_db(fields=["segments"])
    Page.objects.filter(pk=page.pk).update(segments=sorted([*outside(page.segments, taken), *taken]))
