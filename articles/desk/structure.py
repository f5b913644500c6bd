"""The structure of a page after an undo: a person's as long as a standing correction has changed it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING

from django.db.models import Q

from articles.desk.standing import histories
from articles.models import Article, Batch, Correction, Page
from articles.models.archive import batches

if TYPE_CHECKING:
    from articles.desk.writing import Writing

#: The fields of corrections that are about the structure of a page. The empty field is an article that came or went.
STRUCTURAL = ("", *Article.STRUCTURE)


#: The articles that one condition names. SQLite takes at most 1,000 conditions, one below the other.
AT_ONCE = 200


def restore_structure(this: Writing, undone: Iterable[Correction]) -> None:
    """Bring `structure_edited` to what stands, for the pages whose structure the corrections `undone` had changed.

    A page whose structure was settled before there was a ledger keeps it.
    """
    undone = list(undone)
    pages = {int(each.object_id) for each in undone if each.model == "page" and each.field == "structure_edited"}
    pages |= _pages_of([each for each in undone if each.model == "article" and each.field in STRUCTURAL])
    for page in Page.objects.filter(pk__in=pages):
        known = Correction.objects.filter(model="page", object_id=str(page.pk), field="structure_edited")
        if not known.exists():
            continue
        is_edited = _is_structured(page, {each.pk for each in undone})
        if page.structure_edited != is_edited:
            this.watch(page)
            Page.objects.filter(pk=page.pk).update(structure_edited=is_edited)


def _pages_of(corrections: Collection[Correction]) -> set[int]:
    """Return the ids of the pages that the articles of these corrections stand on, or stood on."""
    told = {value["page"] for each in corrections for value in (each.old, each.new) if each.field == "" and value}
    told |= {page for each in corrections for page in (each.old, each.new) if each.field == "page"}
    ids = {int(each.object_id) for each in corrections}
    return told | set(Article.objects.filter(pk__in=ids).values_list("page", flat=True))


def _is_structured(page: Page, undoing: Collection[int]) -> bool:
    """Return whether a standing correction is about the structure of `page`, once those of `undoing` are undone."""
    ids = {str(pk) for pk in page.articles.values_list("pk", flat=True)}
    gone = Correction.objects.filter(model="article", field="")
    for told in ("old__page", "new__page"):
        ids |= set(gone.filter(**{told: page.pk}).values_list("object_id", flat=True))
    by_people = Correction.objects.exclude(batch__kind__in=Batch.OF_TEXTS).filter(batch__gt=_given_way(page, undoing))
    own = by_people.filter(model="article", object_id__in=ids, field__in=STRUCTURAL)
    moves = by_people.filter(model="article", field="page").filter(Q(old=page.pk) | Q(new=page.pk))
    rows = set(own.values_list("model", "object_id")) | set(moves.values_list("model", "object_id"))
    relevant = set(own.values_list("pk", flat=True)) | set(moves.values_list("pk", flat=True))
    for part in batches(ids, AT_ONCE):
        joins = by_people.filter(model="article", field="continuation_of").filter(_names_any(part))
        rows |= set(joins.values_list("model", "object_id"))
        relevant |= set(joins.values_list("pk", flat=True))
    return any(each.pk in relevant for history in histories(rows).values() for each in history.standing(undoing))


def _given_way(page: Page, undoing: Collection[int]) -> int:
    """Return the id of the last standing batch in which the structure of `page` gave way to a text, or 0.

    The corrections before it no longer decide about the structure.
    """
    key = "page", str(page.pk)
    standing = histories([key])[key].standing(undoing)
    told = [each for each in standing if each.field == "structure_edited" and each.new is False]
    return max((each.batch_id for each in told if each.batch.kind in Batch.OF_TEXTS), default=0)


def _names_any(ids: Iterable[str]) -> Q:
    """Return the condition that a correction joins an article to one of `ids`, or parts it from one."""
    named = Q(pk__in=[])
    for key in ids:
        named |= Q(old=int(key)) | Q(new=int(key))
    return named
