"""Searching as a reader does: over HTTP, on the sample pages."""

import datetime
import html
import re

import pytest
from django.test import Client

from articles.ingest.runs import run_import
from articles.ingest.sources import find_files
from articles.models import Article
from articles.search.find import SearchOptions, find
from articles.search.sync import paused, sync
from articles.text.fold import fold
from tests.make import DAY, SAMPLES, make_article, make_issue, make_page
from tests.tables import load_tables

committing = pytest.mark.django_db(transaction=True)


@pytest.fixture(scope="module")
def archive_of_samples(made_once):
    load_tables()
    run_import(find_files([SAMPLES]), say=lambda line: None, arguments=[SAMPLES])
    sync(rebuild=True)


@pytest.fixture
def samples(archive_of_samples, db):
    """Provide the sample pages for tests that only look."""


def values(article):
    names = [name for row in article.bylines.all() for name in (row.name_as_printed, row.contributor.name)]
    return [article.kicker, article.headline, article.deck, *(block["text"] for block in article.blocks), *names]


def holding(text):
    """Return the ids of the visible editorial stories that hold `text`, read from the database."""
    return {
        article.pk
        for article in Article.objects.visible().stories().editorial()
        if any(fold(text) in fold(value) for value in values(article))
    }


def where(**conditions):
    return set(Article.objects.editorial().filter(**conditions).values_list("pk", flat=True))


def titled(text):
    return {row.pk for row in Article.objects.editorial() if text in row.kicker + row.headline + row.deck}


def ids(typed, **options):
    found = find(typed, SearchOptions(**options))
    assert found.rows.total <= 20
    return {story.head.pk for story in found.stories}


def test_strings_are_found_wherever_they_stand(samples):
    for text in (
        "医共体",
        "急救",
        "云药房",
        "移动医院",
        "骆听潮",
        "５名高危",
        "家庭醫生",
        "58.3%",
        "CT67",
        "湘",
        "——",
    ):
        assert ids(text) == holding(text), text


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("医共体 乡镇", lambda: holding("医共体") & holding("乡镇")),
        ("云药房 OR 拍嗝", lambda: holding("云药房") | holding("拍嗝")),
        ("云药房｜拍嗝", lambda: holding("云药房") | holding("拍嗝")),
        ("急救 -卫生院", lambda: holding("急救") - holding("卫生院")),
        ("急救 非 卫生院", lambda: holding("急救") - holding("卫生院")),
        ("（云药房 或 拍嗝） 药", lambda: (holding("云药房") | holding("拍嗝")) & holding("药")),
        ("“医共体三年”", lambda: holding("医共体三年")),
        ("骆 听 潮", lambda: holding("骆听潮")),
        ("标题:医院", lambda: titled("医院")),
        ("作者:骆听潮", lambda: where(bylines__contributor__name="骆听潮")),
        ("地区:浙江 坐诊", lambda: holding("坐诊") & where(regions__code__startswith="33")),
        ("主题:中医药", lambda: where(topics__name="中医药")),
        ("版:4 中医", lambda: holding("中医") & where(page__number=4)),
        ("日期:2025-01 医共体", lambda: holding("医共体") & where(page__issue__date__year=2025)),
        ("日期:2024年6月18日 药师", lambda: holding("药师") & where(page__issue__date="2024-06-18")),
        ("地区:没有的地方 医院", set),
    ],
)  # fmt: skip
def test_the_query_language_finds_what_it_says(samples, typed, expected):
    wanted = expected()
    assert ids(typed) == wanted
    assert wanted or "没有" in typed


def test_a_string_that_is_nowhere_is_split_into_its_words_and_it_is_said(samples):
    found = find("药师医共体")
    wanted = holding("药师") & holding("医共体")
    assert {story.head.pk for story in found.stories} == wanted != set()
    assert found.notices == ("没有文章包含“药师医共体”，这里按词查找：“药师”、“医共体”。",)
    assert find("“药师医共体”").rows.total == 0
    assert not find("“药师医共体”").notices


def test_teasers_and_notices_are_counted_beside_the_list(samples, client):
    text = client.get("/search/", {"q": "遗失"}).content.decode()
    assert "没有找到" in text and "另有 1 条导读、公告" in text
    assert "遗失</mark>声明" in client.get("/search/", {"q": "遗失", "all": "1"}).content.decode()


def test_hits_are_marked_in_headline_and_excerpt(samples, client):
    text = client.get("/search/", {"q": "雲藥房"}).content.decode()
    assert "<mark>云药房</mark>" in text and "示例（虚构）" in text
    assert "检索“雲藥房”：共 </span>1 <small>篇" in text


def shown(client, link):
    """Return the numbers in the headlines of a page of results, the links to the pages beside it, and its HTML."""
    text = client.get(link).content.decode()
    links = {rel: html.unescape(url) for rel, url in re.findall(r'rel="(prev|next)" href="([^"]+)"', text)}
    return [int(number) for number in re.findall(r"</mark>(\d\d)号", text)], links, text


@committing
@pytest.mark.parametrize("sort", ["oldest", "newest"])
def test_by_date_pages_are_turned_to_the_end_and_back(settings, tmp_path, client, sort):
    settings.SEARCH_DIR = tmp_path / "search"
    with paused():
        for number in range(45):
            make_article(make_page(make_issue(DAY + datetime.timedelta(number))), f"文章{number:02d}号")
    sync()
    expected = list(range(45)) if sort == "oldest" else list(range(44, -1, -1))
    pages, link = [], f"?q=文章&sort={sort}"
    while link:
        numbers, links, text = shown(client, f"/search/{link}")
        assert "共 </span>45 <small>篇" in text
        pages.append(numbers)
        last, link = links, links.get("next")
    assert [len(page) for page in pages] == [20, 20, 5]
    assert sum(pages, []) == expected
    numbers, links, text = shown(client, f"/search/{last['prev']}")
    assert numbers == pages[1] and "第 21—40 篇" in text
    numbers, links, text = shown(client, f"/search/{links['prev']}")
    assert numbers == pages[0] and "prev" not in links


@committing
def test_by_relevance_pages_end_where_they_say_how_to_narrow(settings, tmp_path, client, monkeypatch):
    settings.SEARCH_DIR = tmp_path / "search"
    with paused():
        for number in range(45):
            make_article(headline=f"文章{number:02d}号")
    sync()
    seen = [shown(client, f"/search/?q=文章&page={page}")[0] for page in (1, 2, 3)]
    assert sorted(sum(seen, [])) == list(range(45))
    for module in ("articles.search.find", "articles.views.search", "articles.forms"):
        monkeypatch.setattr(f"{module}.LAST_PAGE", 2)
    for module in ("articles.search.find", "articles.views.search"):
        monkeypatch.setattr(f"{module}.MOST", 40)
    client = Client()  # by a server that has kept no page
    assert "最多翻到第 2 页" not in shown(client, "/search/?q=文章&page=1")[2]
    assert "最多翻到第 2 页（40 篇）" in shown(client, "/search/?q=文章&page=2")[2]
    numbers, _, text = shown(client, "/search/?q=文章&page=1000000000000")
    assert numbers == [] and "按时间排序" in text


@committing
def test_before_the_first_index_it_is_said(settings, tmp_path, client):
    settings.SEARCH_DIR = tmp_path / "none"
    response = client.get("/search/", {"q": "医院"})
    assert response.status_code == 503 and "检索暂不可用" in response.content.decode()
    assert client.get("/search/").status_code == 200  # this page searches for nothing
