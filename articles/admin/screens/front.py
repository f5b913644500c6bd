"""The desk's front page: the queue first, the last batches beside it, and the way to everything else."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.admin import AdminSite
from django.db.models import Count, Q
from django.http import HttpRequest
from django.utils import timezone

from articles.desk.queue import kinds_by_group
from articles.desk.roles import SEE_LEDGER, SEE_QUEUE
from articles.models import Batch, Doubt
from articles.models.doubt_kinds import PROPOSAL

#: The batches beside the queue.
BATCHES_SHOWN = 6

#: What else there is, by group: (name of the list's address, its words).
PLACES = (
    (
        "报纸",
        (
            ("articles_issue_changelist", "期次"),
            ("articles_page_changelist", "版面"),
            ("articles_article_changelist", "文章"),
            ("articles_sourcetext_changelist", "原始文本"),
            ("articles_publicationschedule_changelist", "出版安排"),
        ),
    ),
    (
        "名录与规则",
        (
            ("articles_contributor_changelist", "作者"),
            ("articles_column_changelist", "栏目"),
            ("articles_topic_changelist", "主题"),
            ("articles_region_changelist", "地区"),
            ("articles_regionalias_changelist", "旧地名"),
            ("articles_synonym_changelist", "同义词"),
        ),
    ),
    (
        "系统",
        (
            ("desk-batches", "批次"),
            ("articles_importrun_changelist", "导入记录"),
            ("articles_importitem_changelist", "导入明细"),
            ("articles_redirect_changelist", "网址转接"),
            ("articles_searchwithouthit_changelist", "没有结果的检索"),
            ("articles_archive_changelist", "档案状态"),
            ("auth_user_changelist", "用户"),
            ("auth_group_changelist", "角色"),
        ),
    ),
)


@dataclass(frozen=True)
class Place:
    """A link of the front page."""

    url: str
    label: str


def front_context(site: AdminSite, request: HttpRequest) -> dict[str, Any]:
    """Return the context of the front page. Takes three queries at most.

    Queue and ledger are left out for a user who may not look at them.
    """
    may_see_queue, may_see_ledger = request.user.has_perm(SEE_QUEUE), request.user.has_perm(SEE_LEDGER)
    counts = Doubt.objects.open().counts_by_kind() if may_see_queue else []
    newest = Batch.objects.newest_first().annotate(size=Count("corrections"))
    batches = list(newest[:BATCHES_SHOWN]) if may_see_ledger else []
    stands = _standing(batches)
    return {
        "title": "待办",
        "total": sum(count.number for count in counts),
        "closed": _closed() if may_see_queue else {},
        "may_see_queue": may_see_queue,
        "may_see_ledger": may_see_ledger,
        "groups": kinds_by_group(counts),
        "batches": [(batch, batch.pk in stands) for batch in batches],
        "places": [(group, _places(site, request, each)) for group, each in PLACES],
    }


def _closed() -> dict[str, int]:
    """Return the numbers of doubts that people have closed today and this week."""
    today = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    monday = today - datetime.timedelta(today.weekday())
    # The value that a person has replaced is closed at once: nobody has worked on a doubt.
    worked_on = Doubt.objects.exclude(kind=PROPOSAL, state=Doubt.State.SETTLED)
    return worked_on.filter(at__gte=monday).aggregate(today=Count("pk", filter=Q(at__gte=today)), week=Count("pk"))


def _standing(batches: Sequence[Batch]) -> set[int]:
    """Return the ids of those of the newest batches that stand. What undoes one of them is among them, and later."""
    stands: set[int] = set()
    for batch in batches:  # the newest first
        undos = [each.pk for each in batches if each.undoes_id == batch.pk]
        if not stands.intersection(undos):
            stands.add(batch.pk)
    return stands


def _places(site: AdminSite, request: HttpRequest, names: tuple[tuple[str, str], ...]) -> list[Place]:
    """Return the links to the lists that the user may look at."""
    seen = {
        f"{model._meta.app_label}_{model._meta.model_name}_changelist"
        for model, each in site._registry.items()
        if each.has_view_or_change_permission(request)
    }
    if request.user.has_perm(SEE_LEDGER):
        seen.add("desk-batches")
    return [Place(f"admin:{name}", label) for name, label in names if name in seen]
