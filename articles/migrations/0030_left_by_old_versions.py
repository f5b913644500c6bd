"""Archives of versions 0.1 and 0.2 lack four things that the desk does at once since it has a ledger.

* An article was deleted, and its text stood in no segment of its page any more.
* A person replaced the machine's value of a field. The desk keeps it as a proposal that nobody needs to look at;
  without it, the next reading asks about each old correction.
* A person corrected a field that a doubt named, or marked an article as reviewed. The desk settles such doubts.
* Groups kept permissions on the tables of history, which are gone.

An import after a correction may have raised a doubt anew. So only corrections after the last reading of the page settle
its doubts.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from typing import Any

from django.conf import settings
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps
from django.utils import timezone

from articles.migrations._left_by_old_versions import (
    LABELS,
    MISLEADING,
    OF_ISSUE,
    PROPOSAL,
    PROPOSED,
    Write,
    digest_of_proposal,
    firsts_of,
    gaps,
    in_batches,
    proposed,
    settling,
)


def give_text_to_pages(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Give the text of deleted articles to their pages. Deleting an article has made the structure a person's."""
    Page, Article, SourceText = (apps.get_model("articles", name) for name in ("Page", "Article", "SourceText"))
    pages = Page._base_manager.filter(structure_edited=True).values_list("pk", flat=True)
    for part in in_batches(pages):
        current = SourceText._base_manager.filter(page__in=part, standing="current")
        for source, page_id, text in current.values_list("pk", "page", "text"):
            page = Page._base_manager.only("segments").get(pk=page_id)
            held = Article._base_manager.filter(source=source).values_list("segments", flat=True)
            missing = gaps(text, [*page.segments, *(each for segments in held for each in segments)])
            if missing:
                page.segments = sorted([*page.segments, *missing])
                page.save(update_fields=["segments"])


def forget_permissions(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Delete the content types of the tables of history, and with them the permissions."""
    types = apps.get_model("contenttypes", "ContentType")._base_manager
    types.filter(app_label="articles", model__startswith="historical").delete()


class _Ledger:
    """The corrections of the old history, and the times of the last readings."""

    def __init__(self, apps: StateApps) -> None:
        self.apps = apps

    def rows(self, name: str) -> models.QuerySet:
        return self.apps.get_model("articles", name)._base_manager.all()

    def ids(self, model: str) -> set[int]:
        """Return the ids of the rows of `model` that the old history tells of."""
        told = self.rows("Correction").filter(model=model, batch__kind="history").exclude(field="")
        return {int(pk) for pk in told.order_by().values_list("object_id", flat=True).distinct()}

    def writes(self, model: str, ids: list[int]) -> dict[int, list[Write]]:
        """Return {id of a row: its corrections}, the oldest first. Fields that were written since are left out."""
        told = self.rows("Correction").filter(model=model, object_id__in=[str(pk) for pk in ids]).exclude(field="")
        found: defaultdict[int, list[Write]] = defaultdict(list)
        since: set[tuple[int, str]] = set()
        for each in told.select_related("batch").order_by("batch_id", "seq"):
            pk, field = int(each.object_id), each.field.partition("/")[0]
            if each.batch.kind == "history":
                values = (each.old, each.new, each.was_protected)
                found[pk].append(Write(field, *values, each.batch.at, each.batch.user_id))
            else:
                since.add((pk, field))
        return {pk: [each for each in writes if (pk, each.field) not in since] for pk, writes in found.items()}

    def readings(self, pages: list[int]) -> dict[int, tuple[int, datetime.datetime]]:
        """Return {page: (its current text, when it was read last)}."""
        items = self.rows("ImportItem").filter(page__in=pages, outcome__in=("added", "changed")).order_by()
        runs = dict(items.values_list("page").annotate(last=models.Max("run__started_at")))
        texts = self.rows("SourceText").filter(page__in=pages, standing="current")
        return {
            page: (pk, max(loaded, runs.get(page) or loaded))
            for pk, page, loaded in texts.values_list("pk", "page", "loaded_at")
        }

    def came(self, pages: list[int]) -> dict[int, datetime.datetime]:
        """Return {page: when its first text came}."""
        texts = self.rows("SourceText").filter(page__in=pages).order_by()
        return dict(texts.values_list("page").annotate(first=models.Min("loaded_at")))


def settle(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Keep the values of the machine that people have replaced, and settle the doubts that people have answered."""
    ledger = _Ledger(apps)
    seen: set[int] = set()
    for ids in in_batches(ledger.ids("article")):
        seen |= _settle_articles(ledger, ids)
    pages = ledger.ids("page")
    for ids in in_batches(ledger.ids("issue")):
        pages |= set(ledger.rows("Page").filter(issue__in=ids).values_list("pk", flat=True))
    dates = dict(ledger.rows("Issue").values_list("pk", "date"))
    for ids in in_batches(pages):
        _settle_pages(ledger, ids, dates)
    if seen:
        archive = ledger.rows("Archive").get()
        archive.revision, archive.changed_at = archive.revision + 1, timezone.now()
        archive.save()
        for part in in_batches(seen):
            changed = {"revision": archive.revision, "changed_at": archive.changed_at}
            ledger.rows("Article").filter(pk__in=part).update(**changed)


def _settle_articles(ledger: _Ledger, ids: list[int]) -> set[int]:
    """Settle what is about some articles. Return the ids of those whose readers are told of fewer doubts."""
    rows = ledger.rows("Article").filter(pk__in=ids).defer("blocks", "segments").order_by("pk")
    articles = list(rows)
    written = ledger.writes("article", ids)
    readings = ledger.readings([row.page_id for row in articles])
    doubts, proposals = (_by(ledger.rows(name).filter(article__in=ids), "article_id") for name in ("Doubt", "Proposal"))
    seen = set()
    for row in articles:
        stored = {each.field: each for each in proposals[row.pk]}
        closing = _Closing(ledger, row.page_id, row.pk, stored, doubts[row.pk])
        writes = written.get(row.pk, [])
        firsts = firsts_of(writes)
        for field, first in firsts.items():
            if field in row.edited_fields and field in PROPOSED["article"] and row.source_id:
                value = first.old
                if field == "column":  # an import proposes the kicker that names the column
                    value = firsts["kicker"].old if "kicker" in firsts else row.kicker
                closing.keep("article", first, value, _last(writes, field), row.source_id)
        if row.page_id in readings and closing.settle(writes, readings[row.page_id][1]) & MISLEADING:
            seen.add(row.pk)
    return seen


def _settle_pages(ledger: _Ledger, ids: list[int], dates: dict[int, datetime.date]) -> None:
    """Settle what is about some pages themselves. `dates` are those of all issues, by their ids."""
    pages = list(ledger.rows("Page").filter(pk__in=ids).select_related("issue").defer("segments").order_by("pk"))
    written = ledger.writes("page", ids)
    of_issues = ledger.writes("issue", [page.issue_id for page in pages if page.issue_id])
    readings, came = ledger.readings(ids), ledger.came(ids)
    own = {"article": None, "page__in": ids}
    doubts = _by(ledger.rows("Doubt").filter(**own, source=None), "page_id")
    proposals = _by(ledger.rows("Proposal").filter(**own), "page_id")
    for page in pages:
        if page.pk not in readings:
            continue
        source, read_at = readings[page.pk]
        stored = {each.field: each for each in proposals[page.pk]}
        closing = _Closing(ledger, page.pk, None, stored, doubts[page.pk])
        writes, on_issue = written.get(page.pk, []), of_issues.get(page.issue_id, [])
        firsts = firsts_of(writes)
        for field, first in firsts.items():
            value, now = first.old, _last(writes, field)
            if field == "issue":
                value, now = (dates[pk].isoformat() if pk in dates else None for pk in (value, now))
            if field in page.edited_fields and field in PROPOSED["page"] and (field, value) != ("issue", None):
                closing.keep("page", first, value, now, source)
        date = firsts_of(on_issue).get("date")
        # A page that came later was read for the new day.
        if date and "date" in page.issue.edited_fields and "issue" not in firsts and came[page.pk] <= date.at:
            closing.keep("page", date._replace(field="issue"), date.old, _last(on_issue, "date"), source)
        on_issue = [each._replace(field=OF_ISSUE[each.field]) for each in on_issue if each.field in OF_ISSUE]
        closing.settle(sorted([*writes, *on_issue], key=lambda each: each.at), read_at)


def _by(rows: models.QuerySet, column: str) -> defaultdict[int, list[Any]]:
    found: defaultdict[int, list[Any]] = defaultdict(list)
    for row in rows.order_by("pk"):
        found[getattr(row, column)].append(row)
    return found


def _last(writes: list[Write], field: str) -> Any:
    return [each.new for each in writes if each.field == field][-1]


class _Closing:
    """The doubts and proposals about one article, or about one page itself."""

    def __init__(
        self, ledger: _Ledger, page: int, article: int | None, proposals: dict[str, Any], doubts: list[Any]
    ) -> None:
        self.ledger = ledger
        self.target = {"page_id": page, "article_id": article}
        self.proposals = proposals
        self.doubts = doubts

    def keep(self, model: str, first: Write, value: Any, now: Any, source: int) -> None:
        """Keep the machine's `value`, which the correction `first` replaced, as a proposal that nobody is asked about.

        It is no proposal if the person's value is the same by `now`, or if a later reading has proposed another.
        """
        field = first.field
        machines = proposed(model, field, value)
        if field not in self.proposals and (field == "column" or proposed(model, field, now) != machines):
            kept = self.ledger.rows("Proposal").model(**self.target, field=field, value=machines, source_id=source)
            kept.save()
            self.proposals[field] = kept
        digest = digest_of_proposal(model, field, machines)
        for doubt in self.doubts:
            if (doubt.kind, doubt.digest) == (PROPOSAL, digest):
                self._close(doubt, first)
                return
        stored = self.proposals.get(field)
        told = {"kind": PROPOSAL, "digest": digest, "detail": LABELS[field], "rule": field}
        told["raised"] = stored is not None and digest_of_proposal(model, field, stored.value) == digest
        doubt = self.ledger.rows("Doubt").model(**self.target, **told)
        self.doubts.append(doubt)
        self._close(doubt, first)

    def settle(self, writes: list[Write], read_at: datetime.datetime) -> set[str]:
        """Settle the open doubts that a correction since the last reading has answered. Return their kinds."""
        is_of_article = self.target["article_id"] is not None
        kinds = set()
        for doubt in self.doubts:
            write = settling(doubt.kind, doubt.rule, writes, read_at, is_of_article=is_of_article)
            if write and doubt.state == "open":
                self._close(doubt, write)
                kinds.add(doubt.kind)
        return kinds

    def _close(self, doubt: Any, write: Write) -> None:
        if doubt.state == "open":
            doubt.state, doubt.by_id, doubt.at = "settled", write.user, write.at
            doubt.save()


class Migration(migrations.Migration):
    dependencies = [
        ("articles", "0029_erasure"),
        ("admin", "0003_logentry_add_action_flag_choices"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunPython(give_text_to_pages, migrations.RunPython.noop, elidable=True),
        migrations.RunPython(settle, migrations.RunPython.noop, elidable=True),
        migrations.RunPython(forget_permissions, migrations.RunPython.noop, elidable=True),
    ]
