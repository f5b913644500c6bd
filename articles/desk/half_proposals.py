"""The machine's values of a split article, kept as proposals where a person has replaced them: parted, joined again.

Proposals stand outside the ledger. A split parts them as it parts the person's body, and its undo joins them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from articles.desk.doubts import close_proposal
from articles.ingest.anchors import part_blocks
from articles.models import Article, Doubt, Proposal
from articles.models.block_keys import without_keys
from articles.models.bodies import Block
from articles.models.doubt_kinds import PROPOSAL

if TYPE_CHECKING:
    from articles.desk.writing import Writing


def part_proposal(this: Writing, article: Article, half: Article) -> None:
    """Part the machine's body of `article`, which a person has replaced, where `half` has been split off.

    The half keeps a body that it has.
    """
    held = _held(article)
    parted = part_blocks(held.value or [], half.anchor) if held and half.anchor else None
    if held is None or parted is None:
        return
    value, rest = parted
    is_asked = _is_asked(article)
    _store(this, article, "blocks", value, held.source_id, is_asked=is_asked)
    if _held(half) is None:
        _store(this, half, "blocks", rest, held.source_id, is_asked=is_asked)


def join_proposals(this: Writing, article: Article, half: Article) -> None:
    """Join the machine's bodies of `article` and of `half`, whose text has gone back to it.

    A half without a proposal has the machine's body itself, and so has the article, whose body is whole by now.
    """
    first, second = _held(article), _held(half)
    source_id = first.source_id if first else second.source_id if second else None
    if source_id is None:
        return
    if first:
        value = list(first.value or [])
    else:
        parted = part_blocks(without_keys(article.blocks), half.anchor)
        if parted is None:
            return
        value = parted[0]
    # The headline of a half was a subhead of the whole: see `anchors.begins_with_headline`.
    subhead: list[Block] = [{"type": "subhead", "text": half.headline}] if half.headline else []
    value += [*subhead, *((second.value or []) if second else without_keys(half.blocks))]
    _store(this, article, "blocks", value, source_id, is_asked=_is_asked(article, half))


def share_kind(this: Writing, article: Article, half: Article, before: str | None) -> None:
    """Keep the machine's kind of `article`, which a person has replaced, for its `half`, too.

    `before` is the kind before the write if it was the machine's.
    """
    held = article.proposals.filter(field="kind").first()
    value = held.value if held else before
    if half.source_id and value not in (None, half.kind):
        _store(this, half, "kind", value, half.source_id)


def _held(article: Article) -> Proposal | None:
    return article.proposals.filter(field="blocks").first()


def _is_asked(*articles: Article) -> bool:
    """Return whether a person is still asked about the machine's body of one of `articles`: a newer reading told it."""
    return Doubt.objects.open().filter(article__in=articles, kind=PROPOSAL, rule="blocks").exists()


def _store(
    this: Writing,
    article: Article,
    field: str,
    value: Any,  # noqa: ANN401 - as in `Proposal.value`
    source_id: int,
    *,
    is_asked: bool = False,
) -> None:
    """Store the machine's value of a field. The person who has replaced it has seen it, unless it `is_asked` about."""
    defaults = {"page_id": article.page_id, "value": value, "source_id": source_id}
    proposal, _ = Proposal.objects.update_or_create(article=article, field=field, defaults=defaults)
    if not is_asked:
        close_proposal(proposal, this.user_id)
