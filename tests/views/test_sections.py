"""Browsing by the section names of pages."""

import datetime
import re

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from articles.models import Article
from tests.make import DAY, make_article, make_issue, make_page

pytestmark = pytest.mark.django_db

NAMES = (
    "要闻", "文化/生活", "100%健康", "国内?国际", "科教·#1", "a b", "feed", "长" * 300,
    "要闻/feed", "要闻/feed/feed", "要闻.atom", "要闻/",
)  # fmt: skip


@pytest.fixture
def pages():
    issue = make_issue()
    pages = {name: make_page(issue, number, section=name) for number, name in enumerate(NAMES, start=1)}
    for name, page in pages.items():
        make_article(page, f"{name}的文章")
    return pages


def listed(text):
    """Return the entries of a list of names: (name, number of stories)."""
    return re.findall(r'<li><a href="/sections/[^"]+">(.*?)</a> <span>(.*?)</span></li>', text)


def headlines(text):
    return re.findall(r'<h3 class="headline"><a [^>]*>(.*?)</a>', text)


def test_names_are_listed_with_their_stories_the_fullest_first(client):
    issue = make_issue()
    full, short = make_page(issue, 1, section="综合新闻"), make_page(issue, 2, section="要闻")
    make_article(full, "一")
    make_article(full, "二")
    make_article(full, "二的续篇", continuation_of=make_article(short, "三"))
    make_article(full, "导读", kind="teaser")
    make_article(full, "撤回", withdrawn=True)
    make_article(make_page(issue, 3), "没有版名")
    make_article(make_page(issue, 4, section="只有导读"), "导读", kind="teaser")
    make_article(make_page(None, section="没有日期"), "待考")
    assert listed(client.get("/sections/").content.decode()) == [("综合新闻", "2 篇"), ("要闻", "1 篇")]


@pytest.mark.parametrize("name", NAMES)
def test_any_name_has_a_page_of_its_own_and_a_feed(pages, client, name):
    assert f"<title>{name}的文章</title>" in client.get(reverse("section-feed", args=[name])).content.decode()
    assert headlines(client.get(reverse("section", args=[name])).content.decode()) == [f"{name}的文章"]


def test_where_a_feed_was_leads_to_it_unless_a_name_has_a_page_there(client):
    make_article(make_page(make_issue(), 1, section="文化/生活"))
    response = client.get("/sections/文化/生活/feed/")
    assert (response.status_code, response["Location"]) == (301, reverse("section-feed", args=["文化/生活"]))
    make_article(make_page(make_issue(edition=2), 1, section="文化/生活/feed"), "另一版名的文章")
    assert headlines(client.get("/sections/文化/生活/feed/").content.decode()) == ["另一版名的文章"]


def test_stories_of_all_issues_stand_under_a_name_the_newest_first(client):
    for day in range(3):
        make_article(make_page(make_issue(DAY + datetime.timedelta(day)), 5, section="医改"), f"第{day}天")
    make_article(make_page(None, section="医改"), "待考的文章")
    assert headlines(client.get("/sections/医改/").content.decode()) == ["第2天", "第1天", "第0天"]


def test_a_name_that_no_visible_page_bears_is_not_found(pages, client):
    make_article(make_page(None, section="没有日期"))
    for name in ("没有日期", "要", "要闻 ", "'", "%"):
        assert client.get(reverse("section", args=[name])).status_code == 404, name
        assert client.get(reverse("section-feed", args=[name])).status_code == 404, name


@pytest.mark.plan
def test_a_list_looks_at_no_article_of_another_name(pages):
    plan = Article.objects.visible().stories().editorial().in_section("要闻").newest_first()[:50].explain()
    assert "SEARCH articles_page USING INDEX page_by_section (section=?" in plan
    assert re.search(r"SEARCH articles_article USING INDEX \w+ \(page_id=\?\)", plan)


def test_a_name_longer_than_the_index_takes_is_refused_at_the_desk():
    page = make_page(make_issue(), section="长" * 201)
    with pytest.raises(ValidationError, match="section"):
        page.full_clean()


@pytest.mark.parametrize("name", ["健康?生活", "A#B", "50%41", "文化/生活"])
def test_the_links_of_a_list_lead_to_lists_whatever_the_name(client, name):
    for day in range(2):
        make_article(make_page(make_issue(DAY + datetime.timedelta(400 * day)), 5, section=name), f"第{day}年")
    text = client.get(reverse("section", args=[name])).content.decode()
    (link,) = re.findall(r'href="([^"]*\?sort=oldest)"', text)
    assert headlines(client.get(link).content.decode()) == ["第0年", "第1年"]
