"""Splitting an article in two."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.core.exceptions import ValidationError
from django.db.models import F

from articles.desk.half_proposals import part_proposal, share_kind
from articles.desk.placing_text import given_to, hand_over, without
from articles.desk.writing import Writing
from articles.ingest.anchors import (
    Stretch,
    anchor_of,
    begins_with_headline,
    has_jump,
    names_after,
    outside,
    part_segments,
    printed_anchor,
    seam_at,
)
from articles.models import Article
from articles.models.bodies import Block
from articles.models.row_values import sets_of, value_of
from articles.models.visibility import must_be_withdrawn

#: The fields of the second half that are a person's if they are a person's in the whole.
INHERITED = ("kind", "blocks", "bylines")


def split(this: Writing, article: Article, at: int) -> Article:
    """Split `article` before its block `at`, counted from 0. Return the new article, which begins with that block.

    Names and jumps go with the half on which they are printed. A subhead at the beginning of the new article becomes
    its headline. The machine's fields stay the machine's: the new article keeps an anchor, at which imports cut later
    readings. Text that readers may not see, because its article or its head is withdrawn, stays withdrawn.

    Raises ValidationError for the first block, for a block that is not there, and if a person has given the article all
    the text before the block: no reading could tell the first half.
    """
    if not 0 < at < len(article.blocks):
        raise ValidationError(f"《{article}》没有第 {at + 1} 段，或者那是第一段，不能从那里拆开。")
    beside = list(article.page.articles.filter(position=article.position, pk__gt=article.pk))
    behind = [*beside, *article.page.articles.filter(position__gt=article.position)]
    given = given_to(article)
    this.watch(article, *behind)
    if given and article.source and not without(article.source.text, article.blocks[:at], given):
        raise ValidationError(f"《{article}》第 {at + 1} 段之前只有归入的文字，没有自己的正文，不能从那里拆开。")
    text, segments = _printed(article)
    seam = seam_at(text, segments, [block["text"] for block in article.blocks], at)
    before, after = part_segments(segments, seam) if seam else (segments, [])
    second = _second_half(article, at, after)
    bylines = value_of(article, "bylines")
    is_after = names_after(text, before, after, [row[2] for row in bylines])

    article.blocks = article.blocks[:at]
    article.segments = before
    if second.continued_to is not None:
        article.continued_to = None
    article.save()
    Article.objects.filter(pk__in=[row.pk for row in behind]).update(
        # Of two articles at one position the newer one comes second, and none is newer than the new half.
        position=F("position") + (2 if beside else 1)
    )
    second.save()
    this.created(second)
    hand_over(this, article, second, [each for each in given if each in after])
    if any(is_after):
        for half, is_second in ((article, False), (second, True)):
            rows = [row for row, is_behind in zip(bylines, is_after, strict=True) if is_behind is is_second]
            sets_of(Article)["bylines"].store(half, rows)
    _leave_to_machine(this, article, second)
    part_proposal(this, article, second)
    return second


def _printed(article: Article) -> tuple[str, list[Stretch]]:
    """Return the source text of an article and its segments in order; an article without a source has none."""
    if article.source is None:
        return "", []
    return article.source.text, [(start, end, label) for start, end, label in sorted(article.segments)]


def _second_half(article: Article, at: int, segments: Sequence[Stretch]) -> Article:
    blocks = article.blocks[at:]
    has_headline = begins_with_headline([block["type"] for block in blocks])
    return Article(
        page=article.page,
        position=article.position + 1,
        kind=article.kind,
        headline=blocks[0]["text"] if has_headline else "",
        blocks=blocks[1:] if has_headline else blocks,
        continued_to=article.continued_to if has_jump(segments) else None,
        anchor=anchor_at(article, segments, blocks),
        withdrawn=must_be_withdrawn(article),
        source=article.source,
        segments=[list(each) for each in segments],
    )


def anchor_at(article: Article, segments: Iterable[Sequence], blocks: Iterable[Block]) -> str:
    """Return the anchor of `segments` and `blocks`, some of `article` or all of it; "" if none of it is printed."""
    if article.source is None or not segments:
        return ""
    text, given = article.source.text, given_to(article)
    if given:  # no reading has it in the item
        segments, blocks = outside(list(segments), [list(each) for each in given]), without(text, blocks, given)
    if "blocks" not in article.edited_fields:
        return anchor_of(block["text"] for block in blocks)
    return printed_anchor(text, [(start, end, label) for start, end, label in segments])


def _leave_to_machine(this: Writing, article: Article, second: Article) -> None:
    """Let the fields that the split has written be the machine's as before, and the new article's likewise."""
    for name in ("blocks", "bylines", "continued_to"):
        if name not in article.edited_fields:
            this.protection[(Article, str(article.pk)), name] = False
    persons = {name for name in INHERITED if name in article.edited_fields}
    kind_before = this.before(article, "kind")
    if article.kind != kind_before:  # in the same form, at whose end the field becomes a person's
        persons.add("kind")
    if "kind" in persons:
        share_kind(this, article, second, None if article.is_protected("kind") else kind_before)
    for name in Article.protectable():
        is_persons = name in persons
        this.protection[(Article, str(second.pk)), name] = is_persons
