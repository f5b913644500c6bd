"""Every URL of urls.py, with a sample, a withdrawn, an undated and an unnumbered page's article in the archive."""

import datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver

from articles.models import Column, Topic
from articles.models.archive import change
from articles.search.sync import sync
from articles.views.counts import CountStore
from tests.make import DAY, make_article, make_issue, make_page, make_region, make_schedule, sign, update
from tests.markup import check_markup

pytestmark = pytest.mark.django_db

SAMPLE, WITHDRAWN, UNDATED = "示例的文章", "撤回的文章", "待考的文章"
MARK = "示例（虚构）"


@pytest.fixture
def archive(settings, tmp_path):
    """Four articles: a sample, a withdrawn one, an undated one and one on a page without a number.

    Each is signed, and has a region, a topic and a column.
    """
    settings.SEARCH_DIR = tmp_path / "search"
    region = make_region()
    topic = Topic.objects.create(slug="tcm", name="中医药")
    column = Column.objects.create(name="资讯速递")
    make_schedule("1947-01-01", "1947-12-31", weekdays="1")
    page = make_page(make_issue(), 1, is_sample=True, section="要闻")
    rows = {
        "sample": make_article(page, SAMPLE),
        "withdrawn": make_article(page, WITHDRAWN, withdrawn=True),
        "undated": make_article(make_page(None, 1), UNDATED),
        "unnumbered": make_article(make_page(make_issue(DAY + datetime.timedelta(1)), None), "无版次的文章"),
    }
    for name, article in rows.items():
        sign(article, f"作者{name}")
        article.article_regions.create(region=region, main=True)
        article.article_topics.create(topic=topic)
        article.column = column
        article.save()
    page.credits.create(contributor=rows["sample"].bylines.get().contributor, role="责编", name_as_printed="作者sample")
    sync()
    return rows


def contributor(rows, name):
    return rows[name].bylines.get().contributor


#: A URL for each name in urls.py: (name, path from the archive's rows, status, whether the page lists the sample).
def walk(rows):
    sample, undated, unnumbered = rows["sample"], rows["undated"], rows["unnumbered"]
    return [
        ("home", "/", 200, False),
        ("feed", "/feed/", 200, True),
        ("search", "/search/?q=文章", 200, False),
        ("search", "/search/?q=文章 地区:河南 地区:410000 主题:中医药 栏目:资讯速递", 200, False),
        ("search-feed", "/search/feed/?q=文章", 200, False),
        ("trends", "/trends/", 200, False),
        ("trends", "/trends/?q=文章&q=没有&by=month", 200, False),
        ("suggest", "/suggest/?q=文章", 200, False),
        ("help", "/help/", 200, False),
        ("status", "/status/", 200, False),
        ("display", "/display/", 200, False),
        ("issues", "/issues/", 200, False),
        ("issue-year", "/issues/2024/", 200, False),
        ("issue-year", "/issues/1999/", 404, False),
        ("issue-month", "/issues/2024/11/", 200, True),
        ("issue-month", "/issues/2024/10/", 404, False),
        ("issue-year", "/issues/1947/", 200, False),
        ("issue-month", "/issues/1947/02/", 200, False),
        ("missing", "/issues/missing/", 200, False),
        ("missing-csv", "/issues/missing.csv", 301, False),
        ("issue", "/issues/2024-11-22/", 200, True),
        ("issue", "/issues/2024-11-22-2/", 404, False),
        ("page", "/issues/2024-11-22/pages/1/", 200, True),
        ("page", "/issues/2024-11-22/pages/9/", 404, False),
        ("unnumbered-page", f"/pages/{unnumbered.page_id}/", 200, False),
        ("unnumbered-page", f"/pages/{sample.page_id}/", 301, False),
        ("unnumbered-page", f"/pages/{undated.page_id}/", 404, False),
        ("scan", f"/pages/{sample.page_id}/scan/", 404, False),
        ("article", f"/articles/{sample.pk}/", 200, True),
        ("article", f"/articles/{rows['withdrawn'].pk}/", 410, False),
        ("article", f"/articles/{undated.pk}/", 404, False),
        ("source", f"/articles/{sample.pk}/source/", 200, True),
        ("source", f"/articles/{rows['withdrawn'].pk}/source/", 410, False),
        ("source", f"/articles/{undated.pk}/source/", 404, False),
        ("article-cite", f"/articles/{sample.pk}/cite/", 200, True),
        ("article-cite", f"/articles/{rows['withdrawn'].pk}/cite/", 410, False),
        ("article-cite", f"/articles/{undated.pk}/cite/", 404, False),
        ("article-file", f"/articles/{sample.pk}.bib", 200, True),
        ("article-file", f"/articles/{sample.pk}.ris", 200, True),
        ("article-file", f"/articles/{sample.pk}.csl.json", 200, True),
        ("article-file", f"/articles/{sample.pk}.json", 200, True),
        ("article-file", f"/articles/{sample.pk}.txt", 200, True),
        ("article-file", f"/articles/{rows['withdrawn'].pk}.bib", 410, False),
        ("article-file", f"/articles/{undated.pk}.bib", 404, False),
        ("regions", "/regions/", 200, False),
        ("region", "/regions/410000/", 200, True),
        ("region-feed", "/regions/410000/feed/", 200, True),
        ("region", "/regions/410000/?year=2024&topic=tcm&sort=oldest", 200, True),
        ("region", "/regions/999999/", 404, False),
        ("region-feed", "/regions/999999/feed/", 404, False),
        ("topics", "/topics/", 200, False),
        ("topic", "/topics/tcm/", 200, True),
        ("topic-feed", "/topics/tcm/feed/", 200, True),
        ("topic", "/topics/tcm/?year=2024&region=410000", 200, True),
        ("topic", "/topics/none/", 404, False),
        ("topic-feed", "/topics/none/feed/", 404, False),
        ("columns", "/columns/", 200, False),
        ("column", f"/columns/{sample.column_id}/", 200, True),
        ("column-feed", f"/columns/{sample.column_id}/feed/", 200, True),
        ("column", f"/columns/{sample.column_id}/?year=2024&topic=tcm&region=410000", 200, True),
        ("column", "/columns/999999/", 404, False),
        ("column-feed", "/columns/999999/feed/", 404, False),
        ("sections", "/sections/", 200, False),
        ("section", "/sections/要闻/", 200, True),
        ("section-feed", "/sections/要闻.atom", 200, True),
        ("section", "/sections/要闻/feed/", 301, False),
        ("section", "/sections/没有/", 404, False),
        ("section", "/sections/没有/feed/", 404, False),
        ("section-feed", "/sections/没有.atom", 404, False),
        ("contributors", "/contributors/", 200, False),
        ("contributors", "/contributors/?sort=count", 200, False),
        ("contributor", f"/contributors/{contributor(rows, 'sample').pk}/", 200, True),
        ("contributor", f"/contributors/{contributor(rows, 'sample').pk}/?topic=tcm&region=410000", 200, True),
        ("contributor", f"/contributors/{contributor(rows, 'withdrawn').pk}/", 404, False),
        ("contributor", f"/contributors/{contributor(rows, 'undated').pk}/", 404, False),
        ("robots", "/robots.txt", 200, False),
        ("sitemap", "/sitemap.xml", 200, False),
        ("sitemap-month", "/sitemaps/2024-11.xml", 200, False),
        ("sitemap-month", "/sitemaps/1999-01.xml", 404, False),
        ("sitemap-month-part", "/sitemaps/2024-11-2.xml", 404, False),
        ("sitemap-lists", "/sitemaps/lists.xml", 200, False),
        ("sitemap-lists-part", "/sitemaps/lists-2.xml", 404, False),
        ("opensearch", "/opensearch.xml", 200, False),
        ("favicon", "/favicon.ico", 200, False),
        ("security", "/.well-known/security.txt", 404, False),
    ]


def test_the_walk_leaves_no_url_out(archive):
    names = {name for name in get_resolver("articles.urls").reverse_dict if isinstance(name, str)}
    assert names == {name for name, *_ in walk(archive)}


def test_each_url_shows_what_readers_may_see_and_marks_the_sample(archive, client):
    sync()
    for _, path, status, lists_sample in walk(archive):
        response = client.get(path)
        text = response.content.decode(errors="replace")  # the icon is not text
        assert response.status_code == status, path
        assert WITHDRAWN not in text and "作者withdrawn" not in text, path
        assert UNDATED not in text and "作者undated" not in text, path
        if lists_sample:
            assert MARK in text, path
        assert (SAMPLE in text) <= (MARK in text), path


def test_counts_leave_out_what_readers_may_not_see(archive, client):
    assert "收有 2 期、2 版、2 篇文章和图片" in client.get("/").content.decode()
    for path in ("/regions/", "/topics/", "/columns/"):
        assert "2 篇" in client.get(path).content.decode()
    assert "共 2 篇" in client.get("/regions/410000/").content.decode()
    assert "共 2 位" in client.get("/contributors/").content.decode()


@pytest.mark.one_database  # the walk above asks both databases for each URL
def test_every_page_is_strict_html_with_unique_ids_and_one_h1(archive, client):
    for _, path, status, _ in walk(archive):
        response = client.get(path)
        if status == 301 or not response["Content-Type"].startswith("text/html"):
            continue  # a redirect has no page, and files for programs have their own tests
        check_markup(response.content.decode(), path)


@pytest.mark.one_database  # the walk above asks both databases for each URL
def test_every_response_carries_the_policy(archive, client):
    for _, path, _, _ in walk(archive):
        assert client.get(path)["Content-Security-Policy"].startswith("default-src 'self'; "), path


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("/", "档案里还没有可以阅读的报纸"),
        ("/issues/", "档案里还没有可以阅读的报纸"),
        ("/regions/", "<h1>地区</h1>"),
        ("/topics/", "<h1>主题</h1>"),
        ("/contributors/", "共 0 位"),
        ("/sections/", "档案里还没有印出版名的版面"),
        ("/feed/", "<name>健康报</name>"),
        ("/search/feed/", "<name>健康报</name>"),
        ("/sitemap.xml", "<sitemapindex"),
        ("/status/", "还没有导入过版面"),
    ],
)
def test_an_empty_archive_answers(client, path, says):
    response = client.get(path)
    assert response.status_code == 200
    assert says in response.content.decode()


@pytest.mark.parametrize(
    "path",
    [
        "/issues/2024-02-30/",
        "/issues/0000-01-01/",
        "/issues/2024-11-22/pages/0/",
        "/issues/2024-11-22/pages/99999999999999999999/",
        "/articles/99999999999999999999/",
        "/articles/999999999999999999/",
        "/articles/-1/",
        "/regions/河南/",
        "/topics/中医药/",
        "/regions/" + "4" * 5000 + "/",
        "/sections/" + "闻" * 1000 + "/",
        "/sections//",
        "/sections/%ff%fe/",
        "/sections/%0a/",
        "/sections/要闻/综合/feed/",
        "/sitemaps/2024-13.xml",
        "/sitemaps/2024-11-0.xml",
        "/articles/1/x",
    ],
)
def test_odd_paths_are_not_found(client, path):
    assert client.get(path).status_code == 404


@pytest.mark.parametrize(
    ("query", "notice"),
    [
        ("page=0", "页码从 1 起"),
        ("page=abc", "页码请写数字"),
        ("page=1000000000000", "列表只翻到第 200 页"),
        ("year=abc", "年份请写四位数字"),
        ("year=99999999999999999999", "年份请写四位数字"),
        ("page=%01&year=%ff", "页码请写数字"),
    ],
)
def test_odd_queries_are_answered_with_a_sentence(archive, client, query, notice):
    for path in ("/regions/410000/", "/topics/tcm/", f"/contributors/{contributor(archive, 'sample').pk}/"):
        response = client.get(f"{path}?{query}")
        assert response.status_code == 200
        assert notice in response.content.decode()


@pytest.mark.parametrize(
    "path", ["/regions/%00/", "/%00", "/topics/%00/", "/topics/?page=%00", "/static/%00", "/admin/?q=%00"]
)
def test_a_nul_is_refused_before_it_reaches_a_database(client, path):
    response = client.get(path)
    assert response.status_code == 400
    assert "请求有误" in response.content.decode()


def test_a_nul_in_a_cookie_is_refused_too(client):
    client.cookies["sessionid"] = "\0aaaaaaaa"
    assert client.get("/admin/").status_code == 400


def test_a_part_that_readers_may_not_see_says_nothing_of_its_story(archive, client):
    head = archive["sample"]
    part = make_article(make_page(head.page.issue, 2), "续篇", continuation_of=head, withdrawn=True)
    sign(part, "撤回的人")
    part.article_regions.create(region=make_region("420000", "湖北省", "湖北"))
    assert "没有文章" in client.get("/regions/420000/").content.decode()
    assert client.get(f"/contributors/{part.bylines.get().contributor_id}/").status_code == 404
    assert "湖北省</a></th><td>420000</td><td>0</td>" in client.get("/regions/").content.decode()


def test_a_disabled_topic_is_linked_nowhere(archive, client):
    update(Topic.objects.all(), disabled=True)
    for path in ("/", "/topics/", archive["sample"].get_absolute_url()):
        assert "/topics/tcm/" not in client.get(path).content.decode(), path
    assert client.get("/topics/tcm/").status_code == 404


def test_a_list_is_narrowed_by_year_and_keeps_it_over_pages(archive, client):
    old = make_page(make_issue(datetime.date(1999, 1, 4)), 1)
    for index in range(60):
        article = make_article(old, f"旧文{index}")
        article.article_regions.create(region_id="410000")
    text = client.get("/regions/410000/?year=1999").content.decode()
    assert "1999年，共 60 篇" in text and "第 1 页，共 2 页" in text
    assert "?year=1999&amp;page=2" in text
    assert "旧文59" in client.get("/regions/410000/?year=1999&page=2").content.decode()
    assert "2099年，没有文章" in client.get("/regions/410000/?year=2099").content.decode()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("is_indexed", [False, True])
def test_a_first_look_after_a_change_takes_few_queries(archive, settings, tmp_path, monkeypatch, is_indexed):
    city = make_region("410300", "洛阳市", "洛阳", 2, "410000")
    head, old = archive["sample"], make_page(make_issue(datetime.date(2023, 1, 4)), 1, section="要闻")
    with change() as changed:
        part = make_article(make_page(head.page.issue, 2), "续篇", continuation_of=head)
        for article in (part, make_article(old, "旧文", column=head.column)):
            sign(article, "作者sample", "通讯员")
            article.article_regions.create(region=city)
            article.article_topics.create(topic=Topic.objects.get())
        changed.articles([head.pk])
    settings.SEARCH_DIR = tmp_path / "search"
    if is_indexed:
        sync(rebuild=True)
    cost = {}
    most = {}
    for name, path, status, _ in walk(archive):
        # A search also reads the names of its facets and other names, which are then kept, and those of its filters.
        # The page of an article also reads the related stories, and suggestions the names that are then kept.
        most[path] = {"search": 18, "suggest": 12, "article": 11}.get(name, 10)
        for store in ("_store", "_reference", "_neighbours"):
            monkeypatch.setattr(f"articles.views.counts.{store}", CountStore())
        with CaptureQueriesContext(connection) as queries:
            response = Client().get(path)
            b"".join(response)  # the rows of a file are read while it is sent
        assert response.status_code == status
        cost[path] = len(queries) - (status == 404)  # a 404 also looks for a redirect
    assert {path: n for path, n in cost.items() if n > most[path]} == {}


def test_lists_cost_the_same_queries_for_one_row_and_for_many(archive, client):
    paths = [path for _, path, status, _ in walk(archive) if status == 200]

    def cost(path):
        client.cookies.clear()
        client.get(path)  # counts over the whole archive are taken once for each revision
        client.cookies["display"] = "night"  # another display has another page, which is not cached
        with CaptureQueriesContext(connection) as queries:
            client.get(path)
        return len(queries)

    page = archive["sample"].page
    make_article(page, "旁边的一篇")  # a story without neighbours makes no query for them
    few = {path: cost(path) for path in paths}
    for index in range(4):
        article = make_article(page, f"又一篇{index}")
        sign(article, f"又一人{index}")
        sign(article, "作者sample")
        article.article_regions.create(region_id="410000")
        article.article_topics.create(topic=Topic.objects.get())
    make_article(make_page(page.issue, 2))
    assert {path: cost(path) for path in paths} == few
    assert max(few.values()) <= 10


def test_a_length_that_is_no_number_is_refused(client):
    for length in ("x", "-1", "１", ""):
        response = client.generic("POST", "/admin/login/", b"a=b", CONTENT_LENGTH=length)
        assert response.status_code == (400 if length else 200), length
