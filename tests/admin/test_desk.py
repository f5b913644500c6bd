"""Every model has its place on the desk. The records that the archive keeps by itself are read-only."""

import pytest
from django.apps import apps
from django.contrib import admin

from articles.models import Batch, Claim, Contributor, Correction, Doubt, Region, SourceText, Topic
from tests.admin.conftest import revision
from tests.make import PAGE, load, write

pytestmark = pytest.mark.django_db

#: A text with the same date and page number as PAGE, and nothing else of it.
RIVAL = PAGE[: PAGE.index("青海湖畔")] + (
    "海南渔村办起健康讲堂\n\n本报讯（记者周五洲）海南省的渔村日前办起健康讲堂。\n"
)


#: The models that the desk shows on screens of its own.
ON_SCREENS = {Batch, Claim, Correction, Doubt}


def own_models():
    return list(set(apps.get_app_config("articles").get_models()) - ON_SCREENS)


def test_every_model_is_on_the_desk():
    assert set(own_models()) <= set(admin.site._registry)


def test_every_list_and_form_opens_with_search_and_filters(desk, page, client):
    for model in own_models():
        base = f"/admin/articles/{model._meta.model_name}/"
        for query in ("", "?q=河南", "?o=1", "?p=1", "?all="):
            assert desk.client.get(base + query).status_code == 200, base + query
        row = model.objects.first()
        if row is not None:
            assert desk.client.get(f"{base}{row.pk}/change/").status_code == 200
        assert client.get(base).status_code == 302  # a visitor without a login is asked to log in


def test_a_renamed_contributor_is_stamped_on_every_article(desk, page):
    person = Contributor.objects.get(name="赵一苇")
    before = revision()
    assert desk.save(person, name="赵一帆") == []
    assert revision() == before + 1
    stamps = {article.headline: article.revision for article in page.articles.all()}
    assert stamps["青海湖畔建起流动诊室"] == before + 1
    assert stamps["云南启动乡村医生轮训"] <= before


def test_reference_data_is_corrected_but_not_deleted(desk, page):
    region, topic = Region.objects.get(pk="630000"), Topic.objects.first()
    for row in (region, topic):
        assert desk.client.post(desk.url(row, "delete"), {"post": "yes"}).status_code == 403
    assert desk.save(region, short="青") == []
    region.refresh_from_db()
    assert region.edited_fields == ["short"]


def test_a_conflict_is_settled_for_the_new_text(desk, page, tmp_path):
    load(write(tmp_path, RIVAL, "other.txt"))
    source = SourceText.objects.get(standing="conflict")
    data = {"action": "adopt_texts", "_selected_action": [source.pk]}
    assert desk.client.post("/admin/articles/sourcetext/", data).status_code == 302
    assert [article.headline for article in page.articles.all()] == ["海南渔村办起健康讲堂"]
    assert {row.file_name: row.standing for row in page.sources.all()} == {
        "page.txt": "superseded",
        "other.txt": "current",
    }
    assert load(write(tmp_path, RIVAL, "other.txt")).outcome == "same"


def test_a_conflict_is_settled_for_the_old_text(desk, page, tmp_path):
    load(write(tmp_path, RIVAL, "other.txt"))
    source = SourceText.objects.get(standing="conflict")
    desk.client.post("/admin/articles/sourcetext/", {"action": "set_aside", "_selected_action": [source.pk]})
    assert page.articles.count() == 3
    assert load(write(tmp_path, RIVAL, "other.txt")).outcome == "same"
