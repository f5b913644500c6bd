"""Every migration can be reversed."""

import datetime

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from articles.models import Archive, ArticleRegion, Proposal, Topic, archive
from tests.make import make_article, make_region, sign


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
def test_an_archive_of_before_gets_its_identity_and_no_new_revision():
    made = make_article()
    before = archive.state()
    call_command("migrate", "articles", "0006", verbosity=0)
    call_command("migrate", "articles", verbosity=0)
    after = archive.state()
    assert (after.epoch, after.revision, after.changed_at) == (before.epoch, before.revision, before.changed_at)
    assert len(after.identity) == 32 and Archive.objects.count() == 1
    made.refresh_from_db()
    assert made.changed_at is None


@pytest.mark.django_db(transaction=True)
def test_sets_that_are_empty_though_nobody_emptied_them_are_a_persons_no_more():
    added = make_article(edited_fields=["bylines", "headline", "regions", "topics"])
    sign(added, "甲甲甲")
    emptied = make_article(edited_fields=["regions"])
    region = make_region()
    call_command("migrate", "articles", "0006", verbosity=0)
    old = MigrationExecutor(connection).loader.project_state([("articles", "0006_section_index")]).apps
    deleted = {"history_type": "-", "history_date": datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)}
    old.get_model("articles", "HistoricalArticleRegion").objects.create(
        id=1, article_id=emptied.pk, region_id=region.pk, **deleted
    )
    call_command("migrate", "articles", verbosity=0)
    added.refresh_from_db()
    emptied.refresh_from_db()
    assert (added.edited_fields, emptied.edited_fields) == (["bylines", "headline"], ["regions"])
