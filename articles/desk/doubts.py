"""Doubts and what people write: a correction settles the doubts that name its field, and a release opens them again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable

from django.db.models import Model
from django.utils import timezone

from articles.desk.changes import Changed
from articles.ingest.derived_doubts import of_proposal
from articles.models import Article, Doubt, Issue, Page, Proposal, SourceText
from articles.models.archive import batches
from articles.models.doubt_kinds import DERIVED, PROPOSAL
from articles.models.doubts import DoubtQuerySet
from articles.reading import AMBIGUOUS_PLACE

#: The fields of an issue, and the names by which doubts about its pages name them.
OF_ISSUE = {"date": "issue", "edition": "issue", "number": "issue__number"}

#: The way from a doubt to the rows of a model that it is about.
LOOKUPS: dict[type[Model], str] = {
    Article: "article__in",
    Page: "page__in",
    Issue: "page__issue__in",
    SourceText: "source__in",
}

State = Doubt.State

#: The kinds that the consequences of a write tell anew, so that `Doubt.raised` may be of before the write.
TOLD_ANEW = DERIVED | {AMBIGUOUS_PLACE}


def may_open(doubt: Doubt) -> bool:
    """Return whether a closed doubt may be opened again: the machine still raises it, or tells it anew."""
    return doubt.raised or doubt.kind in TOLD_ANEW


def named_by(changed: Iterable[tuple[Changed, Collection[str]]], state: str) -> list[Doubt]:
    """Return the doubts in `state` that name one of the fields beside each changed row.

    An article that is marked as reviewed has no open doubts left: all of them are named. Rows with the same fields take
    one query for each 900.
    """
    groups: dict[tuple[type[Model], frozenset[str], bool], set[int]] = defaultdict(set)
    for each, fields in changed:
        if fields and each.row is not None and each.model in (Article, Page, Issue, SourceText):
            is_reviewed = each.model is Article and each.row.review == Article.Review.REVIEWED and "review" in fields
            groups[each.model, frozenset(fields), is_reviewed].add(each.row.pk)
    found: dict[int, Doubt] = {}
    for (model, fields, is_reviewed), ids in groups.items():
        named = Doubt.objects.all() if is_reviewed else _naming(model, fields)
        for part in batches(ids):
            rows = named.filter(**{LOOKUPS[model]: part}, state=state)
            if model in (Page, Issue):
                rows = rows.filter(article=None)
            found |= {row.pk: row for row in rows.select_related("page")}
    return [found[pk] for pk in sorted(found)]


def _naming(model: type[Model], fields: Collection[str]) -> DoubtQuerySet:
    """Return the doubts that name one of these fields of a model. A text is named as a whole."""
    if model is SourceText:
        return Doubt.objects.all()
    if model is Issue:
        return Doubt.objects.naming([OF_ISSUE[name] for name in fields if name in OF_ISSUE])
    return Doubt.objects.naming(fields)


def set_state(doubts: Collection[Doubt], state: str, user: int | None) -> None:
    """Store the state of doubts. A closed one tells who closed it (the id of the user) and when."""
    is_open = state == State.OPEN
    told = {"state": state, "by": None if is_open else user, "at": None if is_open else timezone.now()}
    for part in batches({doubt.pk for doubt in doubts}):
        Doubt.objects.filter(pk__in=part).update(**told)


def close_proposal(proposal: Proposal, user: int | None) -> None:
    """Let nobody be asked about the value of a proposal: the person who set the field has seen it."""
    raised = of_proposal(proposal.field, proposal.value)
    target = {"page_id": proposal.page_id, "article_id": proposal.article_id}
    closed = {"state": State.SETTLED, "by_id": user, "at": timezone.now()}
    values = {"detail": raised.detail, "rule": raised.rule, **closed}
    Doubt.objects.get_or_create(**target, kind=PROPOSAL, digest=raised.digest, defaults=values)
