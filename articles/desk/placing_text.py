"""Left-over text of a page: a person gives it to an article or to the furniture, and segments and bodies follow.

`Page.placed` is what a person decides, and what the ledger keeps. Segments, and bodies that are the machine's, follow
from it, forwards and at an undo, as they follow from a reading.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError

from articles.desk.changes import Changed
from articles.desk.doubts import close_proposal
from articles.ingest.anchors import Stretch, outside
from articles.ingest.placements import (
    FURNITURE,
    LEFT_OVER,
    Placed,
    found_again,
    paragraph_of,
    paragraphs_in,
    place,
    placed_in,
    running,
)
from articles.models import Article, Batch, Page, SourceText, archive
from articles.models.block_keys import carry_keys
from articles.models.bodies import Block

if TYPE_CHECKING:
    from articles.desk.writing import Writing


def current_text(page: Page) -> SourceText | None:
    """Return the text that `page` shows at present, or None."""
    return page.sources.filter(standing=SourceText.Standing.CURRENT).first()


def left_over(page: Page, text: str) -> list[list[Stretch]]:
    """Return the left-over stretches of the text of `page` in order, running ones together."""
    return running(text, [tuple(each) for each in page.segments if each[2] == LEFT_OVER])


def give(this: Writing, page: Page, given: Sequence[tuple[Sequence[Stretch], Article | None]]) -> None:
    """Give left-over stretches of `page` to articles, or to the furniture (None).

    A body that is a person's stays a person's, with the text in it as a paragraph. Readings go on putting the text
    there. Raises ValidationError for an article that was not read from the current text of the page.
    """
    source = current_text(page)
    foreign = next((row for _, row in given if row is not None and (not source or row.source_id != source.pk)), None)
    if source is None or foreign is not None:
        raise ValidationError(f"《{foreign}》不是从{page}现用的文本读出的，不能收这一版的文字，请另选一篇。")
    this.watch(page)
    page.refresh_from_db(fields=["placed"])
    for stretches, row in given:
        page.placed = sorted(
            [*page.placed, *(list(place(source.text, each, row.pk if row else None)) for each in stretches)],
            key=lambda each: each[1],
        )
        if row is not None and "blocks" in row.edited_fields:
            article = Article.objects.get(pk=row.pk)  # the form's other writes, and the stretches before
            this.watch(article)
            article.blocks = _with_paragraphs(source.text, article.segments, article.blocks, stretches)
            article.save(update_fields=["blocks"])
    page.save(update_fields=["placed"])


def given_to(article: Article) -> list[Stretch]:
    """Return the segments of `article` that a person has given to it, in order."""
    page = article.source.page if article.source else None
    if page is None or article.source is None:
        return []
    return _held(article.source.text, article, placed_in(page.placed))


def given_in(batch: Batch, article: Article) -> list[Stretch]:
    """Return the segments of `article` that a person has given to it in `batch`, in order."""
    told = batch.corrections.filter(model="page", field="placed")
    came = [line for each in told for line in each.new or [] if line not in (each.old or []) and line[2] == article.pk]
    return _held(article.source.text, article, placed_in(came)) if came and article.source else []


def _held(text: str, article: Article, placed: Iterable[Placed]) -> list[Stretch]:
    own = [each for each in placed if each.article == article.pk]
    paragraphs: list[Stretch] = [(start, end, label) for start, end, label in article.segments if label == "paragraph"]
    return sorted(found_again(text, paragraphs, own)) if own else []


def hand_over(this: Writing, article: Article, heir: Article | None, stretches: Sequence[Stretch]) -> None:
    """Let the `stretches` given to `article` be given to `heir` instead, or to nobody, in the memory of their page."""
    if not stretches or article.source is None or article.source.page is None:
        return
    page = article.source.page
    this.watch(page)
    own = [each for each in placed_in(page.placed) if each.article == article.pk]
    passing = found_again(article.source.text, stretches, own).values()
    kept = [each for each in placed_in(page.placed) if each not in passing]
    if heir is not None:
        kept += [each._replace(article=heir.pk) for each in passing]
    page.placed = [list(each) for each in sorted(kept, key=lambda each: each.start)]
    page.save(update_fields=["placed"])


def taken_back(present: Sequence[Any], old: Sequence[Any], new: Sequence[Any]) -> list[Any] | None:
    """Return `present` without what a correction of `Page.placed` from `old` to `new` has done, line by line.

    Return None if a line has gone elsewhere since.
    """
    came = [each for each in new if each not in old]
    if any(each not in present for each in came):
        return None
    left = [each for each in present if each not in came]
    return sorted([*left, *(each for each in old if each not in new and each not in left)], key=lambda each: each[1])


def without(text: str, blocks: Iterable[Block], stretches: Iterable[Stretch]) -> list[Block]:
    """Return the blocks of a body without the paragraphs that the given `stretches` of `text` make."""
    gone = [paragraph_of(text, each) for each in running(text, stretches)]
    kept = []
    for block in blocks:
        if block["type"] == "paragraph" and block["text"] in gone:
            gone.remove(block["text"])
        else:
            kept.append(block)
    return kept


def _with_paragraphs(
    text: str, segments: Iterable[Sequence[Any]], blocks: Sequence[Block], given: Iterable[Stretch]
) -> list[Block]:
    own: list[Stretch] = [(start, end, label) for start, end, label in segments]
    made = list(blocks)
    for number, paragraph in reversed(paragraphs_in(text, own, [block["text"] for block in blocks], given)):
        made.insert(number, {"type": "paragraph", "text": paragraph})
    return carry_keys(blocks, made)


def follow(each: Changed, change: archive.Change) -> set[int]:
    """Bring the segments of a page, and those and the bodies of its articles, to the changed `Page.placed`.

    Name the articles whose text changes in `change`, and return their ids. A person's body is left to the person.
    """
    if each.model is not Page or each.row is None or "placed" not in each.fields or each.before is None:
        return set()
    page: Page = each.row
    source = current_text(page)
    if source is None:
        return set()
    before, after = placed_in(each.before["placed"]), placed_in(page.placed)
    owners = {line.article for line in set(before) ^ set(after) if line.article is not None}
    articles = list(Article.objects.filter(pk__in=owners, source=source))
    held = {article.pk: _held(source.text, article, before) for article in articles}
    around = [(start, end, label) for start, end, label in page.segments if label == FURNITURE]
    furniture = found_again(source.text, around, [line for line in before if line.article is None])
    pool = [(start, end, LEFT_OVER) for start, end, label in page.segments if label == LEFT_OVER]
    pool += [(start, end, LEFT_OVER) for lines in (furniture, *held.values()) for start, end, _ in lines]
    wanted = [line for line in after if line.article is None or line.article in held]
    found = found_again(source.text, sorted(pool), wanted)
    placed = [
        [start, end, FURNITURE if (start, end, label) in found else label]
        for start, end, label in pool
        if (start, end, label) not in found or found[start, end, label].article is None
    ]
    rest = [part for part in page.segments if part[2] != LEFT_OVER and (part[0], part[1], part[2]) not in furniture]
    Page.objects.filter(pk=page.pk).update(segments=sorted([*rest, *placed]))
    changed = set()
    for article in articles:
        given = sorted(
            (start, end, "paragraph") for (start, end, _), line in found.items() if line.article == article.pk
        )
        if given != held[article.pk]:
            _bring(article, source.text, held[article.pk], given)
            changed.add(article.pk)
    change.articles(changed)
    return changed


def _bring(article: Article, text: str, held: Sequence[Stretch], given: Sequence[Stretch]) -> None:
    """Store the segments, and the machine's body, of an article that holds `held` and is to hold `given`."""
    base = outside(article.segments, [list(each) for each in held])
    if "blocks" not in article.edited_fields:
        blocks = _with_paragraphs(text, base, without(text, article.blocks, held), given)
        article.blocks = carry_keys(article.blocks, blocks)
    for proposal in article.proposals.filter(field="blocks"):
        proposal.value = _with_paragraphs(text, base, without(text, proposal.value or [], held), given)
        proposal.save()
        close_proposal(proposal, None)
    article.segments = sorted([*base, *map(list, given)])
    article.save(update_fields=["blocks", "segments"])
