"""Every migration can be reversed."""

import datetime
from importlib import import_module

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from articles.ingest.derived_doubts import derive
from articles.models import Archive, Article, ArticleRegion, Doubt, Page, Proposal, Topic, archive
from tests.ingest.test_derived_doubts import UNLIKE
from tests.make import PAGE, correct, load, make_article, make_issue, make_page, make_region, sign, write


@pytest.mark.django_db(transaction=True)
def test_migrations_go_back_and_forth():
    call_command("migrate", "articles", "zero", verbosity=0)
    assert not [name for name in connection.introspection.table_names() if name.startswith("articles_")]
    call_command("migrate", "articles", verbosity=0)
    assert Topic.objects.create(slug="tcm", name="中医药").pk


@pytest.mark.django_db(transaction=True)
def test_evidence_of_the_old_form_goes_wherever_it_stands(admin_client):
    region, article = make_region(), make_article()
    other = make_region("420000", "湖北省", "湖北")
    kept = [["headline", 0, 0, 2, "湖北", "name"]]
    call_command("migrate", "articles", "0003", verbosity=0)
    old = MigrationExecutor(connection).loader.project_state([("articles", "0003_columns")]).apps
    source = old.get_model("articles", "SourceText").objects.create(
        path="a", sha256="a", encoding="utf-8", text="", reader_version="1"
    )
    rows = old.get_model("articles", "ArticleRegion").objects
    rows.create(article_id=article.pk, region_id=region.pk, source="manual", evidence=["河南省"])
    rows.create(article_id=article.pk, region_id=other.pk, source="manual", evidence=kept)
    old.get_model("articles", "Proposal").objects.create(
        page_id=article.page_id,
        article_id=article.pk,
        field="regions",
        value=[["410000", True, 2.0, ["河南省"]], ["420000", False, 1.0, kept]],
        source=source,
    )
    call_command("migrate", "articles", verbosity=0)
    rows = dict(ArticleRegion.objects.values_list("region", "evidence"))
    assert rows == {"410000": [], "420000": kept}
    assert Proposal.objects.get().value == [["410000", True, 2.0, []], ["420000", False, 1.0, kept]]
    assert "标题“湖北”（地名）" in admin_client.get("/admin/articles/articleregion/").content.decode()


@pytest.mark.django_db(transaction=True)
def test_an_archive_of_before_gets_its_identity_and_sets_that_nobody_emptied_are_a_persons_no_more():
    added = make_article(edited_fields=["bylines", "headline", "regions", "topics"])
    sign(added, "甲甲甲")
    emptied = make_article(edited_fields=["regions"])
    region = make_region()
    before = archive.state()
    call_command("migrate", "articles", "0006", verbosity=0)
    old = MigrationExecutor(connection).loader.project_state([("articles", "0006_section_index")]).apps
    deleted = {"history_type": "-", "history_date": datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)}
    old.get_model("articles", "HistoricalArticleRegion").objects.create(
        id=1, article_id=emptied.pk, region_id=region.pk, **deleted
    )
    call_command("migrate", "articles", verbosity=0)
    after = archive.state()
    assert (after.epoch, after.revision, after.changed_at) == (before.epoch, before.revision, before.changed_at)
    assert len(after.identity) == 32 and Archive.objects.count() == 1
    added.refresh_from_db()
    emptied.refresh_from_db()
    assert added.changed_at is None
    assert (added.edited_fields, emptied.edited_fields) == (["bylines", "headline"], ["regions"])


def rows_of_doubts():
    fields = ("page", "article", "source", "kind", "digest", "detail", "rule", "probability", "state")
    return sorted(map(repr, Doubt.objects.values_list(*fields)))


@pytest.mark.django_db(transaction=True)
def test_stored_doubts_become_rows_and_rows_doubts_and_readers_see_the_same(client):
    page = make_page(make_issue(date_basis="inferred"), None)
    article, plain = make_article(page, "甲"), make_article(page, "乙", continued_to=3)
    before = archive.state()
    call_command("migrate", "articles", "0017", verbosity=0)
    old = MigrationExecutor(connection).loader.project_state([("articles", "0017_ledger")]).apps
    doubts = [
        {"name": "split?", "rule": "r", "detail": "丁"},
        {"name": "headline-uncertain", "rule": "labelling", "detail": "甲：主题，或为引题", "probability": 0.41},
        {"name": "headline-uncertain", "rule": "labelling", "detail": "乙：主题，或为引题", "probability": 0.62},
        {"name": "of-long-ago", "detail": "丙", "probability": None},
    ]
    of_page = [
        {"name": "date-inferred", "rule": "day after the latest dated event", "detail": "2024-11-22"},
        {"name": "issue-number-disagrees", "rule": "importer", "detail": "2，本期为 1"},
        {"name": "issue-number-disagrees", "rule": "given > printed", "detail": "1 ≠ 2"},
    ]
    old.get_model("articles", "Article").objects.filter(pk=article.pk).update(doubts=doubts, certainty=0.41)
    old.get_model("articles", "Page").objects.filter(pk=page.pk).update(doubts=of_page)

    call_command("migrate", "articles", verbosity=0)
    told = {(row.article_id, row.kind, row.detail, row.probability) for row in Doubt.objects.all()}
    assert told == {
        (article.pk, "split?", "丁", None),
        (article.pk, "headline-uncertain", "甲：主题，或为引题", 0.41),
        (article.pk, "headline-uncertain", "乙：主题，或为引题", 0.62),
        (article.pk, "of-long-ago", "丙", None),
        (None, "date-inferred", "2024-11-22", None),
        (None, "number-unknown", "", None),
        (None, "other-issue-number", "2，本期为 1", None),
        (None, "issue-number-disagrees", "1 ≠ 2", None),
        (plain.pk, "open-jump", "下转第3版", None),
        *((row.pk, "no-topic", "", None) for row in (article, plain)),
    }
    after = archive.state()
    assert (after.epoch, after.revision, after.changed_at) == (before.epoch, before.revision, before.changed_at)
    sentences = "可能与前一篇是同一篇稿件；引题、主题、副题的划分没有把握"
    assert f"<dt>存疑</dt><dd>{sentences}</dd>" in client.get(article.get_absolute_url()).content.decode()

    Doubt.objects.filter(detail="丁").update(state=Doubt.State.DISMISSED)
    call_command("migrate", "articles", "0017", verbosity=0)
    Old = old.get_model("articles", "Article")
    assert list(Old.objects.filter(pk=article.pk).values_list("doubts", "certainty")) == [
        ([*doubts[1:3], {"name": "of-long-ago", "rule": "", "detail": "丙"}], 0.41)
    ]
    assert list(Old.objects.filter(pk=plain.pk).values_list("doubts", "certainty")) == [([], 1.0)]
    (back,) = old.get_model("articles", "Page").objects.values_list("doubts", flat=True)
    assert sorted((each["name"], each["detail"]) for each in back) == [
        ("date-inferred", "2024-11-22"),
        ("issue-number-disagrees", "1 ≠ 2"),
        ("issue-number-disagrees", "2，本期为 1"),
        ("number-unknown", ""),
    ]
    call_command("migrate", "articles", verbosity=0)
    assert Doubt.objects.count() == len(told) - 1


@pytest.mark.django_db(transaction=True)
def test_migrated_doubts_are_those_that_an_import_stores(tmp_path, monkeypatch):
    migration = import_module("articles.migrations.0018_doubt_rows")
    monkeypatch.setattr(migration, "BATCH", 1)
    load(write(tmp_path, PAGE.replace("（记者孙三水）", ""), "right.txt"))
    load(write(tmp_path, UNLIKE, "wrong.txt"))
    for number in range(3):
        load(write(tmp_path, UNLIKE.replace("海南", f"海南第{number}"), f"{number}.txt"), given_page=10 + number)
    article = Article.objects.first()
    correct(article, headline="人工改过的标题")
    load(write(tmp_path, PAGE.replace("（记者孙三水）", "").replace("三百余名", "四百余名"), "right.txt"))
    head, part = Page.objects.get(number=10).articles.get(), Page.objects.get(number=11).articles.get()
    correct(head, continued_to=12), correct(part, continued_from=10, continuation_of=head)
    with archive.change() as change:
        derive(change, articles=[head.pk])
    before = rows_of_doubts()
    assert len(before) > 8 and {"conflict", "proposal"} <= set(Doubt.objects.values_list("kind", flat=True))
    call_command("migrate", "articles", "0017", verbosity=0)
    call_command("migrate", "articles", verbosity=0)
    assert rows_of_doubts() == before
