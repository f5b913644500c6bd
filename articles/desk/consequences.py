"""The consequences of a person's write: stamps, joins, columns, regions and topics. They are no corrections.

An undo has the same consequences as the write that it takes back.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db import models

from articles.desk.changes import Changed
from articles.desk.filing import refile
from articles.desk.placing_text import follow
from articles.ingest.classification import heads_of, settle_stories
from articles.ingest.derived_doubts import derive
from articles.ingest.readers import reader_from_database
from articles.ingest.returning import follow_page
from articles.ingest.sets import Known
from articles.ingest.stitching import stitch
from articles.models import Article, Column, Doubt, Issue, Page, SourceText, archive
from articles.models.archive import batches
from articles.models.doubt_kinds import MISLEADING
from articles.models.fields import judged_fields

#: Fields of an article whose change makes the archive judge the regions and topics of its story anew.
JUDGED_BY = judged_fields() | {"page", "withdrawn", "continuation_of", "regions", "topics"}

#: Fields whose change makes the archive look for joins anew.
JOINED_BY: dict[type[models.Model], set[str]] = {
    Article: {"page", "kind", "continued_to", "continued_from", "continuation_of"},
    Page: {"issue", "number"},
}


def draw_consequences(changed: Sequence[Changed], change: archive.Change) -> None:
    """Do what follows from the changed rows, and name the effects in `change`.

    Judging reads the tables of places and topics each time that it judges a story, which takes a fifth of a second.
    A person then sees the effect of a new headline at once, and there is no copy of the tables that could be stale.
    """
    if any(each.model is not Doubt for each in changed):
        change.other()
    for each in changed:
        _stamp(each, change)
    for each in changed:
        if each.model is Column:
            refile(each, change)
        elif each.model is Article and each.row is not None and "page" in each.fields:
            follow_page([each.row.pk], each.row.page_id)
    touched = {pk for each in changed for pk in (*_to_judge(each), *follow(each, change))}
    for issue in _issues_to_join(changed):
        touched |= stitch(issue, change)
    heads = heads_of(touched)
    if heads:
        settle_stories(heads, reader_from_database().reference, Known.subjects(), change)
    _derive_doubts(changed, touched, change)
    _drop_unraised(changed)


def _derive_doubts(changed: Iterable[Changed], touched: set[int], change: archive.Change) -> None:
    """Bring the doubts that stored rows tell to the changed rows."""
    articles = set(touched)
    pages: set[int] = set()
    issues: set[int] = set()
    for each in changed:
        if each.model is Article:
            heads = {told["continuation_of"] for told in each.either if told["continuation_of"]}
            articles |= heads | {int(each.object_id)}
        elif each.model is Page:
            pages.add(int(each.object_id))
        elif each.model is Issue:
            issues.add(int(each.object_id))
        elif each.model is SourceText:
            pages |= {told["page"] for told in each.either if told["page"]}
    pages |= set(Page.objects.filter(issue__in=issues).values_list("pk", flat=True))
    if pages or articles:
        derive(change, pages=pages, articles=articles)


def _drop_unraised(changed: Iterable[Changed]) -> None:
    """Delete the doubts that the write has opened and nothing raises any more, as a reading does with open doubts."""
    opened = {int(each.object_id) for each in changed if each.model is Doubt and each.row and each.row.is_open}
    for part in batches(opened):
        Doubt.objects.open().filter(pk__in=part, raised=False).delete()


def _stamp(each: Changed, change: archive.Change) -> None:
    """Name the articles whose page or search document shows a changed row."""
    if each.model is Article:
        pk = int(each.object_id)
        # A story changes when an article leaves it.
        change.articles(filter(None, (told["continuation_of"] for told in each.either)))
        if each.after is None:
            change.vanished([pk])
        elif each.before is None:
            change.returned([pk])
        else:
            change.articles([pk])
    elif each.model is Doubt:
        if each.row is not None and each.row.article_id and each.row.kind in MISLEADING:
            change.articles([each.row.article_id])
    elif each.row is not None:
        change.articles(Article.objects.showing(each.row))


def _to_judge(each: Changed) -> Iterable[int]:
    """Return the ids of articles whose stories a changed row makes to be judged anew.

    A withdrawn page takes the continuations on it out of stories that begin elsewhere.
    """
    if each.model is Page and "withdrawn" in each.fields:
        parts = Article.objects.filter(page=int(each.object_id), continuation_of__isnull=False)
        return parts.values_list("pk", flat=True)
    if each.model is not Article:
        return []
    if each.before is not None and each.after is not None and not JUDGED_BY & set(each.fields):
        return []
    heads = [told["continuation_of"] for told in each.either]
    return [pk for pk in (*heads, int(each.object_id)) if pk]


def _is_restored(each: Changed) -> bool:
    """Return whether a withdrawn row is shown again. The parts that stayed with a hidden head may leave it now."""
    return "withdrawn" in each.fields and not each.told["withdrawn"]


def _issues_to_join(changed: Iterable[Changed]) -> list[Issue]:
    """Return the issues in which the changed rows may make or part joins."""
    issues: set[int] = set()
    pages: set[int] = set()
    for each in changed:
        fields = JOINED_BY.get(each.model)
        is_whole = each.before is None or each.after is None
        if fields is None or not (is_whole or fields & set(each.fields) or _is_restored(each)):
            continue
        if each.model is Page:
            issues |= {told["issue"] for told in each.either if told["issue"]}
        else:
            pages |= {told["page"] for told in each.either}
    found = models.Q(pk__in=issues) | models.Q(pages__in=pages)
    return list(Issue.objects.filter(found).distinct().order_by("pk"))
