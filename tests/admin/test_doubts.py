"""The desk's lists and forms show the open doubts, and a corrected set answers those that name it."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from articles.models import Doubt
from tests.make import make_doubt


@pytest.mark.disagreeing
def test_the_list_of_articles_is_narrowed_by_open_doubts(desk, page):
    first, second, third = page.articles.as_printed()
    Doubt.objects.all().delete()
    make_doubt(first, "no-byline")
    make_doubt(second, "no-byline", state=Doubt.State.DISMISSED)
    for value, shown in (("1", {first}), ("0", {second, third})):
        text = desk.client.get(f"/admin/articles/article/?doubts={value}").content.decode()
        assert {each for each in (first, second, third) if each.headline in text} == shown


@pytest.mark.disagreeing
def test_the_lists_take_as_many_queries_for_many_doubts_as_for_none(desk, page):
    Doubt.objects.all().delete()

    def counts():
        found = []
        for path in ("article", "page"):
            with CaptureQueriesContext(connection) as queries:
                desk.client.get(f"/admin/articles/{path}/")
            found.append(len(queries))
        return found

    before = counts()
    for row in (page, *page.articles.all()):
        for detail in "甲乙丙":
            make_doubt(row, "number-disagrees", detail)
    assert counts() == before
    assert "3 处" in desk.client.get("/admin/articles/page/").content.decode()


@pytest.mark.disagreeing
def test_forms_show_open_doubts_alone(desk, page):
    article = page.articles.first()
    for row in (article, page):
        make_doubt(row, "number-disagrees", "1 ≠ 2")
        make_doubt(row, "date-disagrees", "甲 ≠ 乙", state=Doubt.State.SETTLED)
        text = desk.client.get(desk.url(row)).content.decode()
        assert "版次的几处来源不一致 1 ≠ 2" in text and "日期的几处来源不一致" not in text


@pytest.mark.disagreeing
def test_who_sets_the_regions_answers_the_doubts_about_places(desk, page, admin_user, client):
    article = page.articles.as_printed()[0]
    place = make_doubt(article, "place-ambiguous", "鼓楼区：南京市鼓楼区、徐州市鼓楼区")
    other = make_doubt(article, "no-byline")
    assert "地名有几处同名" in client.get(article.get_absolute_url()).content.decode()
    assert desk.save(article, **{"region-0-DELETE": "on"}) == []
    place.refresh_from_db(), other.refresh_from_db()
    assert (place.state, place.by, other.state) == ("settled", admin_user, "open") and place.at
    assert "地名有几处同名" not in client.get(article.get_absolute_url()).content.decode()
