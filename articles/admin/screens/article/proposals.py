"""The doubts and the machine's proposals of one article, and what a person decides about them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from articles.desk.applying import set_value
from articles.desk.queue import close
from articles.desk.releasing import as_stored, hand_back
from articles.desk.writing import Writing
from articles.models import Article, Doubt, Proposal
from articles.models.doubt_kinds import PROPOSAL

#: What a person may do with a proposal. The empty choice leaves it for later.
TAKE, REFUSE, RELEASE = "take", "refuse", "release"
CHOICES = (("", "以后再说"), (TAKE, "采用"), (REFUSE, "不采用"), (RELEASE, "交还机器"))


@dataclass(frozen=True)
class Pending:
    """A proposal that nobody has decided, and the doubt that stands for it in the queue."""

    proposal: Proposal
    doubt: Doubt

    @property
    def field(self) -> str:
        return self.proposal.field


def open_doubts(article: Article) -> list[Doubt]:
    """Return the open doubts about `article`, the least sure first."""
    return list(Doubt.objects.open().filter(article=article).least_sure_first())


def pending_proposals(article: Article, doubts: Iterable[Doubt]) -> dict[str, Pending]:
    """Return {field: proposal} of the proposals that one of the open `doubts` stands for. Takes a query at most.

    A proposal without an open doubt is only kept for a release: the person has replaced its value, or refused it.
    """
    by_field = {doubt.rule: doubt for doubt in doubts if doubt.kind == PROPOSAL}
    rows = article.proposals_for(list(by_field)) if by_field else ()
    return {row.field: Pending(row, by_field[row.field]) for row in rows}


def take(this: Writing, article: Article, pending: Pending) -> None:
    """Set a field to its proposal's value as a person's within the write `this`, and settle the doubt."""
    this.watch(article)
    set_value(this, article, pending.field, as_stored(this, article, pending.field, pending.proposal.value))
    close(this, [pending.doubt], Doubt.State.SETTLED)


def give_back(this: Writing, article: Article, name: str, doubts: Iterable[Doubt]) -> None:
    """Hand a field back to the machine within the write `this`, and settle the doubts of its proposal."""
    hand_back(this, article, name)
    close(this, [doubt for doubt in doubts if doubt.kind == PROPOSAL and doubt.rule == name], Doubt.State.SETTLED)
