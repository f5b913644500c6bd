"""The head of each page: one absolute address, however the page was requested, and a description of its content."""

import datetime

import html5lib
import pytest
from django.urls import reverse

from articles.models import Article, ArticleRegion, Column, Topic
from tests.make import DAY, make_article, make_issue, make_many, make_page, make_region, make_schedule, sign

pytestmark = pytest.mark.django_db

HOST = "http://testserver"


def head_of(client, path, **request):
    """Return (canonical address, description, robots) of a page, with None for each that it lacks.

    Assert that the page has at most one canonical address.
    """
    tree = html5lib.parse(client.get(path, **request).content.decode(), namespaceHTMLElements=False)
    said = [tag.get("href") for tag in tree.iter("link") if tag.get("rel") == "canonical"]
    metas = {tag.get("name"): tag.get("content") for tag in tree.iter("meta")}
    assert len(said) <= 1
    return next(iter(said), None), metas.get("description"), metas.get("robots")


def canonical(client, path):
    return head_of(client, path)[0]


@pytest.fixture
def article():
    region = make_region()
    page = make_page(make_issue(number=12001), 3, section="要闻")
    column = Column.objects.create(name="资讯")
    article = make_article(page, "流动诊室", "车上配有“心电图机”和便携式超声。", column=column)
    article.article_regions.create(region=region)
    article.article_topics.create(topic=Topic.objects.create(slug="tcm", name="中医药", description="中医、中药。"))
    sign(article, "赵一苇")
    return article


@pytest.fixture
def region():
    """A region with 60 stories, 51 of them from 2024, so that the list and the list of 2024 have two pages each."""
    region = make_region()
    page, old = make_page(make_issue()), make_page(make_issue(datetime.date(1999, 1, 4)))
    make_many(page, [f"新{number}" for number in range(51)])
    make_many(old, [f"旧{number}" for number in range(9)])
    ArticleRegion.objects.bulk_create(ArticleRegion(article=each, region=region) for each in Article.objects.all())
    return region


@pytest.mark.parametrize(
    ("query", "is_at"),
    [
        ("", ""),
        ("?page=1", ""),
        ("?page=2", "?page=2"),
        ("?page=9", "?page=2"),
        ("?page=abc", ""),
        ("?year=abc", ""),
        ("?topic=none", ""),
        ("?page=2&year=2024", "?year=2024&page=2"),
        ("?sort=newest&page=2", "?page=2"),
        ("?sort=oldest", ""),
        ("?sort=oldest&page=2", ""),
        ("?sort=oldest&page=2&year=2024", "?year=2024"),
        ("?utm_source=x", ""),
    ],
)
def test_a_list_has_an_address_for_each_page_and_none_for_each_order(region, client, query, is_at):
    assert canonical(client, f"/regions/410000/{query}") == f"{HOST}/regions/410000/{is_at}"


def test_an_index_and_the_gaps_have_theirs(client):
    make_schedule("1947-01-01", "1947-12-31", weekdays="1234567")
    make_schedule("1949-01-01", "1949-01-31", weekdays="1234567")
    assert canonical(client, "/topics/?sort=count") == f"{HOST}/topics/"
    assert canonical(client, "/issues/missing/?year=1947&page=2") == f"{HOST}/issues/missing/?year=1947&page=2"
    assert canonical(client, "/issues/missing/?year=1949") == f"{HOST}/issues/missing/?year=1949"
    assert canonical(client, "/issues/missing/?page=2") == f"{HOST}/issues/missing/?page=2"


def test_the_address_is_of_the_host_and_scheme_that_were_asked(article, client, settings):
    settings.ALLOWED_HOSTS = ["archive.example"]
    said = head_of(client, article.get_absolute_url(), headers={"host": "archive.example"}, secure=True)[0]
    assert said == f"https://archive.example{article.get_absolute_url()}"


@pytest.mark.parametrize("name", ["健康?生活", "A#B", "50%41", "文化/生活", "“引”&<号>", "=等;号"])
def test_an_address_leads_to_its_page_whatever_the_name(client, name):
    make_article(make_page(make_issue(), 5, section=name))
    path = reverse("section", args=[name])
    assert canonical(client, path) == f"{HOST}{path}"


def test_what_shows_an_article_otherwise_names_the_article(article, client):
    path = article.get_absolute_url()
    assert head_of(client, f"{path}source/")[::2] == (HOST + path, "noindex")
    assert canonical(client, f"{path}?q=诊室&n=1") == HOST + path


@pytest.mark.parametrize("path", ["/search/", "/search/?q=诊室", "/issues/1999/", "/issues/2024-11-30/"])
def test_searches_and_errors_have_no_address_to_be_known_by(article, client, path):
    assert head_of(client, path)[:2] == (None, None)


def test_each_kind_of_page_tells_what_is_on_it(article, client):
    told = {
        "/": "《健康报》文章档案，收有 1 期、1 版、1 篇文章和图片，可按日期、地区、主题、栏目和作者翻阅，"
        "全文可以检索。",
        "/issues/2024-11-22/": "《健康报》2024年11月22日 星期五，总第12001期，收有 1 版：03版：要闻。",
        "/issues/2024-11-22/pages/3/": "《健康报》2024年11月22日 星期五 第3版：要闻：流动诊室",
        article.get_absolute_url(): ("《健康报》2024年11月22日第3版（总第12001期）：车上配有“心电图机”和便携式超声。"),
        "/regions/410000/": "《健康报》有关河南省的文章，共 1 篇。",
        "/regions/410000/?year=2024": "《健康报》有关河南省的文章，2024年，共 1 篇。",
        "/regions/410000/?year=1999": None,
        "/topics/tcm/": "《健康报》主题“中医药”的文章，共 1 篇。中医、中药。",
        f"/columns/{article.column_id}/": "《健康报》栏目“资讯”的文章，共 1 篇。",
        "/sections/要闻/": "《健康报》“要闻”版的文章，共 1 篇。",
        f"/contributors/{article.bylines.get().contributor_id}/": "赵一苇在《健康报》上署名的文章，共 1 篇。",
        "/help/": None,
    }
    assert {path: head_of(client, path)[1] for path in told} == told


def test_a_sample_and_an_inferred_date_are_told_as_such(client):
    page = make_page(make_issue(date_basis="inferred"), None, is_sample=True)
    article = make_article(page)
    for path in (article.get_absolute_url(), page.get_absolute_url(), "/issues/2024-11-22/"):
        told = head_of(client, path)[1]
        assert "示例（虚构）" in told and "约" in told, path


@pytest.mark.parametrize(
    ("text", "begins"),
    [
        ("甲" * 60 + "。" + "乙" * 100, "甲" * 60 + "。……"),
        ("Pneumonoultramicroscopic " * 20, "Pneumonoultramicroscopic " * 3 + "Pneumonoultramicroscopic……"),
        ("𠮷" * 200, "𠮷" * 120 + "……"),
        ("一行\n\n　两行\x07<b>&amp;“引”</b>", "一行 两行<b>&amp;“引”</b>"),
    ],
)
def test_the_text_of_an_article_is_cut_between_words_and_nothing_in_it_is_markup(client, text, begins):
    told = head_of(client, make_article(text=text).get_absolute_url())[1].partition("：")[2]
    assert told.startswith(begins) and len(told) <= 122


def test_an_article_without_text_tells_nothing(client):
    assert head_of(client, make_article(blocks=[]).get_absolute_url())[1] is None


def test_what_is_long_is_cut_once(client):
    page = make_page(make_issue(DAY))
    for number in range(30):
        make_article(page, f"第{number}篇文章的标题")
    told = head_of(client, page.get_absolute_url())[1]
    assert told.startswith("《健康报》2024年11月22日 星期五 第1版：第0篇文章的标题；第1篇") and told.endswith("；……")
    assert len(told) <= 162
