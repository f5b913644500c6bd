"""The traces of an erased article in other rows: ledger, page, proposals, doubts, counts, the desk's own log."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db.models import Q, QuerySet

from articles.desk.erased_text import MARK, ErasedText, without_text
from articles.models import (
    Article,
    Batch,
    Contributor,
    Correction,
    Doubt,
    ImportItem,
    Page,
    Proposal,
    SearchWithoutHit,
)
from articles.models.archive import batches

#: The fewest characters of a headline by which reasons, messages and log entries are searched.
SHORTEST_HEADLINE = 4


@dataclass(frozen=True)
class Traces:
    """What is known of an erased article: its id, the batch that erased it, its text, the ids of its pages and of the
    contributors behind its names.
    """

    pk: int
    batch: Batch
    text: ErasedText
    pages: frozenset[int]
    people: frozenset[int]


def remove_traces(of: Traces) -> set[int]:
    """Remove the text of an erased article from all other rows. Return the articles whose proposals have changed."""
    people, headlines = _unused(of.people), _headlines(of)
    _scrub_ledger(of, people)
    Contributor.objects.filter(pk__in=people).delete()
    _scrub_pages(of)
    beside = _scrub_proposals(of)
    doubts = Doubt.objects.filter(page__in=of.pages).exclude(detail="")
    Doubt.objects.filter(pk__in=[each.pk for each in doubts if of.text.holds(each.detail)]).delete()
    asked = SearchWithoutHit.objects.values_list("pk", "query")
    SearchWithoutHit.objects.filter(pk__in=[pk for pk, query in asked if of.text.holds(query)]).delete()
    _scrub_log(of, headlines)
    return beside


def _unused(people: frozenset[int]) -> list[int]:
    """Return those of the contributors (ids) that nothing names any more and that nobody has corrected."""
    unused = Contributor.objects.filter(pk__in=people, bylines=None, page_credits=None, aliases=None)
    return list(unused.filter(edited_fields=[]).values_list("pk", flat=True))


def _headlines(of: Traces) -> list[str]:
    """Return the headlines that the article has ever had. The row is gone, but its deletion is in the ledger."""
    told = Correction.objects.filter(model="article", object_id=str(of.pk), field__in=("headline", ""))
    values = [value for each in told for value in (each.old, each.new)]
    found = {value.get("headline") or "" if isinstance(value, dict) else value or "" for value in values}
    return [each for each in found if len(each) >= SHORTEST_HEADLINE]


def _scrub_ledger(of: Traces, people: list[int]) -> None:
    """Take the text out of the ledger. Each correction stays in its place, so that what others say still holds.

    A split leaves the whole body in the history of its first half, so that the other articles of the page count, too,
    those that are gone included.
    """
    own = Correction.objects.filter(model="article", object_id=str(of.pk))
    for each in own:
        _store(each, without_text(each.field, each.old), without_text(each.field, each.new))
    for each in Correction.objects.filter(model="contributor", object_id__in=map(str, people), field=""):
        _store(each, *(told and {**told, "name": MARK, "note": "", "aliases": []} for told in (each.old, each.new)))
    for other in _others(of, own):
        _store(other, of.text.scrubbed(other.old), of.text.scrubbed(other.new))


def _others(of: Traces, own: QuerySet[Correction]) -> list[Correction]:
    ids = set(Article.objects.read_from(*of.pages).values_list("pk", flat=True))
    ids |= set(Article.objects.filter(page__in=of.pages).values_list("pk", flat=True))
    keys = set(map(str, ids))
    gone = Correction.objects.filter(model="article", field="")
    for page in of.pages:
        keys |= set(gone.filter(old__page=page).values_list("object_id", flat=True))
    found = {each.pk: each for each in Correction.objects.filter(batch__in=own.values("batch")).exclude(pk__in=own)}
    pages = Correction.objects.filter(model="page", object_id__in=map(str, of.pages))
    found |= {each.pk: each for each in pages}
    for part in batches(keys - {str(of.pk)}):
        found |= {each.pk: each for each in Correction.objects.filter(model="article", object_id__in=part)}
    return list(found.values())


def _store(correction: Correction, old: object, new: object) -> None:
    """Store other values of a correction. Each row is saved by itself: a bulk update writes JSON's null for none."""
    if (old, new) != (correction.old, correction.new):
        correction.old, correction.new = old, new
        correction.save(update_fields=["old", "new"])


def _scrub_pages(of: Traces) -> None:
    """Let the pages forget the lines that a person gave to the article, and the cuts within its text."""
    for page in Page.objects.filter(pk__in=of.pages):
        placed = [each for each in page.placed if each[2] != of.pk and not of.text.holds(each[0])]
        cuts = [each for each in page.cuts if not of.text.holds(each)]
        if (placed, cuts) != (page.placed, page.cuts):
            Page.objects.filter(pk=page.pk).update(placed=placed, cuts=cuts)


def _scrub_proposals(of: Traces) -> set[int]:
    """Take the text out of the proposals for the pages and their articles. Return the ids of the articles concerned."""
    beside = set()
    about = Q(page__in=of.pages) | Q(article__in=Article.objects.read_from(*of.pages).values("pk"))
    for proposal in Proposal.objects.filter(about):
        value = proposal.value
        if isinstance(value, list):
            left = [each for each in value if of.text.scrubbed(each) == each]
        else:
            left = [] if of.text.scrubbed(value) != value else value
        if left == value:
            continue
        if proposal.article_id:
            beside.add(proposal.article_id)
        if left:
            proposal.value = left
            proposal.save(update_fields=["value"])
        else:
            proposal.delete()
    return beside


def _scrub_log(of: Traces, headlines: list[str]) -> None:
    """Take the headlines out of reasons, messages of imports, and Django's own log of the desk."""
    kind = ContentType.objects.get_for_model(Article)
    LogEntry.objects.filter(content_type=kind, object_id=str(of.pk)).update(object_repr=MARK, change_message="")
    for headline in headlines:
        LogEntry.objects.filter(object_repr__contains=headline).update(object_repr=MARK)
        LogEntry.objects.filter(change_message__contains=headline).update(change_message="")
        Batch.objects.filter(reason__contains=headline).exclude(pk=of.batch.pk).update(reason=MARK)
        ImportItem.objects.filter(message__contains=headline).update(message=MARK)
