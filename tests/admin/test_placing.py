"""A row that a person adds to an order without a position becomes the last."""

import pytest

from articles.models import Article, Topic
from tests.make import sign

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(page_made_once):
    return page_made_once


NAMES = ("赵一苇", "甲甲甲", "乙乙乙", "丙丙丙", "丁丁丁")


@pytest.fixture
def article(page):
    article = page.articles.as_printed()[0]
    for name in NAMES[1:]:
        sign(article, name)
    return article


def names(article):
    return [row.name_as_printed for row in article.bylines.all()]


def added(desk, like, **changes):
    """Add an article to the page of `like`, and return it."""
    given = {"page": str(like.page_id), "headline": "人工补录的一篇", "body": "正文。"}
    fields = {**desk.blank(Article), **given, **changes}
    response = desk.client.post("/admin/articles/article/add/", fields)
    assert response.status_code == 302, response.context["errors"]
    return Article.objects.get(headline=fields["headline"])


def test_a_sixth_author_is_the_last(desk, article):
    assert desk.form(article)["byline-5-position"] == ""
    assert desk.save(article, **{"byline-5-name": "戊戊戊"}) == []
    assert names(article) == [*NAMES, "戊戊戊"]


def test_authors_change_places_and_one_whose_place_is_blanked_goes_to_the_end(desk, article):
    assert desk.save(article, **{"byline-1-position": "", "byline-5-name": "戊戊戊"}) == []
    assert names(article) == [NAMES[0], *NAMES[2:], "甲甲甲", "戊戊戊"]
    assert desk.save(article, **{"byline-4-DELETE": "on", "byline-5-position": "1"}) == []
    assert names(article) == [NAMES[0], "戊戊戊", *NAMES[2:]]


@pytest.mark.parametrize("position", ["-1", "99999999999999999999", "x"])
def test_a_place_that_is_none_is_an_error_of_the_form(desk, article, position):
    assert desk.save(article, **{"byline-1-position": position}) != []
    assert names(article) == list(NAMES)


def test_a_topic_that_is_added_comes_after_the_best(desk, article):
    article.article_topics.all().delete()
    first, second = Topic.objects.all()[:2]
    assert desk.save(article, **{"topic-0": second.slug}) == []
    assert desk.save(article, **{"topic-1": first.slug}) == []
    assert list(article.article_topics.values_list("topic", "position")) == [(second.pk, 0), (first.pk, 1)]


def test_a_name_of_the_staff_line_is_the_last(desk, page):
    assert desk.save(page, **{"credits-1-role": "美编", "credits-1-name_as_printed": "甲甲甲"}) == []
    assert list(page.credits.values_list("name_as_printed", "position")) == [("冯以宁", 0), ("甲甲甲", 1)]


def test_an_article_that_is_added_is_the_last_of_its_page(desk, article):
    new = added(desk, article)
    assert list(article.page.articles.as_printed())[3:] == [new]
    assert desk.save(new, position="") == []
    new.refresh_from_db()
    assert new.position == 3


def test_a_topic_that_is_new_is_the_last_of_the_list(desk, page):
    last = Topic.objects.last()
    fields = {"slug": "new", "name": "新主题", "words": "{}", "headline_boost": "3", "position": ""}
    assert desk.client.post("/admin/articles/topic/add/", fields).status_code == 302
    assert Topic.objects.last().position == last.position + 1


def test_what_an_added_article_is_about_is_judged_from_its_text(desk, article):
    new = added(desk, article, headline="山东名老中医：针灸、推拿下乡", body="针灸、推拿等中医适宜技术是重点。")
    assert list(new.article_regions.values_list("region", "source")) == [("370000", "auto")]
    assert "tcm" in new.article_topics.values_list("topic__slug", flat=True)
    assert not set(Article.READ_SETS) & set(new.edited_fields)


def test_of_an_added_article_the_sets_that_a_person_filled_are_theirs(desk, article):
    new = added(desk, article, headline="山东的针灸、推拿", **{"article_regions-0-region": "410000"})
    assert list(new.article_regions.values_list("region", "source")) == [("410000", "manual")]
    assert set(new.edited_fields) & set(Article.READ_SETS) == {"regions"}
    assert desk.save(new, **{"region-0-DELETE": "on"}) == []  # a set that a person emptied is a person's too
    assert desk.save(new, headline="山东的针灸和推拿") == []
    assert not new.article_regions.exists()
