"""Doubts were stored as JSON on articles and pages. They become rows, and the JSON goes.

Pages are taken in batches with their articles. The doubts that stored rows tell by themselves (`DERIVED`) are derived
anew; the JSON of the others is carried over. Nothing that readers see changes, so that the revision stays. The way back
writes the open rows as JSON; closed rows are lost.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

import django.db.models.deletion
from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from articles.migrations._doubts_in_0018 import (
    CONFLICT,
    DERIVED,
    NO_TOPIC,
    OPEN_JUMP,
    OTHER_ISSUE_NUMBER,
    PROPOSAL,
    Raised,
    Target,
    derived,
    doubt,
    once,
)

#: Pages of one batch: some 4,000 articles.
BATCH = 500

#: The importer's name of its doubt about the number of an issue. The reader has a doubt of this name as well.
OLD_NAME = "issue-number-disagrees"

#: The kinds that had no JSON.
NEW = (CONFLICT, PROPOSAL, OPEN_JUMP, NO_TOPIC)


def store_rows(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Store the doubts of all pages and their articles as rows."""
    Doubt = apps.get_model("articles", "Doubt")
    for pages in batches(apps):
        raised = derived(apps, pages)
        for target, stored in json_doubts(apps, pages):
            raised.setdefault(target, []).extend(each for each in stored if each.kind not in DERIVED)
        Doubt.objects.bulk_create(
            Doubt(page_id=target.page, article_id=target.article, source_id=target.source, **each._asdict())
            for target, each in once(raised)
        )


def batches(apps: Apps) -> Iterator[set[int]]:
    """Yield the ids of all pages, BATCH at a time."""
    Page = apps.get_model("articles", "Page")
    last = 0
    while pages := list(Page.objects.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:BATCH]):
        yield set(pages)
        last = pages[-1]


def json_doubts(apps: Apps, pages: set[int]) -> Iterator[tuple[Target, list[Raised]]]:
    """Yield the targets on these pages that have doubts, with the doubts in their order."""
    Page, Article = (apps.get_model("articles", name) for name in ("Page", "Article"))
    for pk, stored in Page.objects.filter(pk__in=pages).exclude(doubts=[]).values_list("pk", "doubts"):
        yield Target(pk), carried(stored)
    doubtful = Article.objects.filter(page__in=pages).exclude(doubts=[]).order_by("pk")
    for pk, page, stored in doubtful.values_list("pk", "page_id", "doubts"):
        yield Target(page, pk), carried(stored)


def carried(stored: Iterable[dict[str, Any]]) -> list[Raised]:
    """Return stored doubts as the importer raises them, of whatever kind."""
    found = []
    for each in stored:
        name, rule = str(each.get("name", ""))[:30], str(each.get("rule", ""))[:80]
        if (name, rule) == (OLD_NAME, "importer"):
            name = OTHER_ISSUE_NUMBER
        found.append(doubt(name, str(each.get("detail") or ""), rule, each.get("probability")))
    return found


def store_json(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Store the open doubts of all pages and their articles as JSON again."""
    Page, Article, Doubt = (apps.get_model("articles", name) for name in ("Page", "Article", "Doubt"))
    for pages in batches(apps):
        of_pages: defaultdict[int, list[dict[str, Any]]] = defaultdict(list)
        of_articles: defaultdict[int, list[dict[str, Any]]] = defaultdict(list)
        for row in Doubt.objects.filter(page__in=pages, source=None, state="open").exclude(kind__in=NEW).order_by("pk"):
            told = {"name": OLD_NAME if row.kind == OTHER_ISSUE_NUMBER else row.kind, "rule": row.rule}
            told["detail"] = row.detail
            if row.probability is not None:
                told["probability"] = row.probability
            (of_articles[row.article_id] if row.article_id else of_pages[row.page_id]).append(told)
        for pk, stored in of_pages.items():
            Page.objects.filter(pk=pk).update(doubts=stored)
        for pk, stored in of_articles.items():
            sure = min((each["probability"] for each in stored if "probability" in each), default=1.0)
            Article.objects.filter(pk=pk).update(doubts=stored, certainty=sure)
    Doubt.objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("articles", "0017_ledger")]

    operations = [
        migrations.RunPython(store_rows, store_json, elidable=True),
        migrations.RemoveIndex(model_name="article", name="article_by_certainty"),
        migrations.RemoveField(model_name="article", name="certainty"),
        migrations.RemoveField(model_name="article", name="doubts"),
        migrations.RemoveField(model_name="page", name="doubts"),
        migrations.AlterField(
            model_name="doubt",
            name="page",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="doubts",
                to="articles.page",
                verbose_name="版面",
            ),
        ),
        migrations.AlterField(
            model_name="doubt",
            name="article",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="doubts",
                to="articles.article",
                verbose_name="文章",
            ),
        ),
        migrations.AlterField(
            model_name="doubt",
            name="source",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="doubts",
                to="articles.sourcetext",
                verbose_name="原始文本",
            ),
        ),
    ]
