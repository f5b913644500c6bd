"""Doubts and what people write: a correction settles the doubts that name its field, and a release opens them again."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from django.db.models import Q
from django.utils import timezone

from articles.desk.changes import Changed
from articles.ingest.derived_doubts import of_proposal
from articles.models import Article, Doubt, Issue, Page, Proposal, SourceText
from articles.models.doubt_kinds import PROPOSAL

#: The fields of an issue, and the names by which doubts about its pages name them.
OF_ISSUE = {"date": "issue", "edition": "issue", "number": "issue__number"}

State = Doubt.State


def named_by(changed: Iterable[tuple[Changed, Collection[str]]], state: str) -> list[Doubt]:
    """Return the doubts in `state` that name one of the fields beside each changed row.

    An article that is marked as reviewed has no open doubts left: all of them are named.
    """
    found = Q(pk__in=[])
    for each, fields in changed:
        if not fields or each.row is None:
            continue
        if each.model is Article:
            is_reviewed = "review" in fields and each.row.review == Article.Review.REVIEWED
            named = Doubt.objects.all() if is_reviewed else Doubt.objects.naming(fields)
            found |= Q(pk__in=named.filter(article=each.row).values("pk"))
        elif each.model is Page:
            found |= Q(pk__in=Doubt.objects.naming(fields).filter(page=each.row, article=None).values("pk"))
        elif each.model is Issue:
            names = [OF_ISSUE[name] for name in fields if name in OF_ISSUE]
            pages = Doubt.objects.naming(names).filter(page__issue=each.row, article=None)
            found |= Q(pk__in=pages.values("pk"))
        elif each.model is SourceText:
            found |= Q(source=each.object_id)
    return list(Doubt.objects.filter(found, state=state).select_related("page").order_by("pk"))


def set_state(doubts: Collection[Doubt], state: str, user: int | None) -> None:
    """Store the state of doubts. A closed one tells who closed it (the id of the user) and when."""
    is_open = state == State.OPEN
    Doubt.objects.filter(pk__in=[doubt.pk for doubt in doubts]).update(
        state=state, by=None if is_open else user, at=None if is_open else timezone.now()
    )


def close_proposal(proposal: Proposal, user: int | None) -> None:
    """Let nobody be asked about the value of a proposal: the person who set the field has seen it."""
    raised = of_proposal(proposal.field, proposal.value)
    target = {"page_id": proposal.page_id, "article_id": proposal.article_id}
    closed = {"state": State.SETTLED, "by_id": user, "at": timezone.now()}
    values = {"detail": raised.detail, "rule": raised.rule, **closed}
    Doubt.objects.get_or_create(**target, kind=PROPOSAL, digest=raised.digest, defaults=values)
