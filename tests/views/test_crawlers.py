"""The files that programs read: robots.txt, the sitemaps and the description of the search."""

import datetime
import re
from urllib.robotparser import RobotFileParser
from xml.etree import ElementTree

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.html import escape

from articles.models import Article, Column, Page, Topic, archive
from articles.views import crawlers
from tests.make import DAY, make_article, make_issue, make_page, make_region, sign, update

pytestmark = pytest.mark.django_db

SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
LASTMOD = f"{SITEMAP}lastmod"
OPENSEARCH = "{http://a9.com/-/spec/opensearch/1.1/}"
HOST = "http://testserver"


def locations(client, path, root):
    """Return the URLs of a sitemap, or of an index of sitemaps, after a check against the protocol."""
    response = client.get(path)
    assert (response.status_code, response["Content-Type"]) == (200, "application/xml")
    tree = ElementTree.fromstring(response.content)
    entry = {"urlset": "url", "sitemapindex": "sitemap"}[root]
    assert tree.tag == SITEMAP + root
    assert {child.tag for child in tree} <= {SITEMAP + entry}
    assert all([leaf.tag for leaf in child] in ([f"{SITEMAP}loc"], [f"{SITEMAP}loc", LASTMOD]) for child in tree)
    found = [child[0].text for child in tree]
    assert len(found) == len(set(found)) <= 50_000
    assert all(url.startswith(f"{HOST}/") and len(url) < 2048 for url in found)
    return [url.removeprefix(HOST) for url in found]


@pytest.fixture
def november():
    """A month with rows that a sitemap lists and rows that it leaves out, and a second month."""
    page = make_page(make_issue(), 1)
    head = make_article(page, "一")
    make_article(make_page(page.issue, 2), "一的续篇", continuation_of=head)
    make_article(page, "撤回", withdrawn=True)
    make_article(make_page(None), "待考")
    unnumbered = make_article(make_page(make_issue(DAY, edition=2), None), "二", kind="notice")
    make_issue(DAY + datetime.timedelta(1))  # an issue without a page
    make_article(make_page(make_issue(datetime.date(2025, 1, 1))), "三")
    return head, unnumbered


def test_a_sitemap_for_each_month_lists_its_visible_urls(november, client):
    head, unnumbered = november
    assert locations(client, "/sitemap.xml", "sitemapindex") == [
        "/sitemaps/lists.xml",
        "/sitemaps/2025-01.xml",
        "/sitemaps/2024-11.xml",
    ]
    listed = locations(client, "/sitemaps/2024-11.xml", "urlset")
    assert listed == [
        "/issues/2024-11-22/",
        "/issues/2024-11-22-2/",
        "/issues/2024-11-22/pages/1/",
        "/issues/2024-11-22/pages/2/",
        f"/pages/{unnumbered.page_id}/",
        f"/articles/{head.pk}/",
        f"/articles/{unnumbered.pk}/",
    ]
    assert [client.get(path).status_code for path in listed] == [200] * 7
    for path in ("/sitemaps/2024-10.xml", "/sitemaps/2024-11-2.xml", "/sitemaps/2023-11.xml"):
        assert client.get(path).status_code == 404


def test_a_story_says_when_it_changed_last_and_nothing_else_does(november, client):
    head, notice = november
    with archive.change() as change:
        change.articles([head.continuations.get().pk])
    Article.objects.filter(pk=notice.pk).update(changed_at=None)
    tree = ElementTree.fromstring(client.get("/sitemaps/2024-11.xml").content)
    times = {url[0].text.removeprefix(HOST): url[1].text for url in tree if len(url) > 1}
    changed = archive.state().changed_at.replace(microsecond=0)
    assert {path: datetime.datetime.fromisoformat(time) for path, time in times.items()} == {
        f"/articles/{head.pk}/": changed
    }
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d", times[f"/articles/{head.pk}/"])  # W3C Datetime
    for path in ("/sitemap.xml", "/sitemaps/lists.xml"):
        assert "lastmod" not in client.get(path).content.decode()


def test_a_month_of_more_urls_than_a_file_may_have_is_split(november, client, monkeypatch):
    whole = locations(client, "/sitemaps/2024-11.xml", "urlset")
    lists = locations(client, "/sitemaps/lists.xml", "urlset")
    monkeypatch.setattr(crawlers, "MOST_URLS", 3)
    client = Client()  # a new client has an empty page cache
    assert locations(client, "/sitemap.xml", "sitemapindex") == [
        "/sitemaps/lists.xml",
        *(f"/sitemaps/lists-{part}.xml" for part in range(2, 5)),
        "/sitemaps/2025-01.xml",
        "/sitemaps/2024-11.xml",
        "/sitemaps/2024-11-2.xml",
        "/sitemaps/2024-11-3.xml",
    ]
    lots = [locations(client, f"/sitemaps/2024-11{part}.xml", "urlset") for part in ("", "-2", "-3")]
    assert [len(lot) for lot in lots] == [3, 3, 1]
    assert sum(lots, []) == whole
    assert client.get("/sitemaps/2024-11-4.xml").status_code == 404
    parts = [locations(client, f"/sitemaps/lists{part}.xml", "urlset") for part in ("", "-2", "-3", "-4")]
    assert sum(parts, []) == lists and max(map(len, parts)) == 3
    assert client.get("/sitemaps/lists-5.xml").status_code == 404


def test_one_sitemap_lists_what_belongs_to_no_month_as_far_as_it_has_a_story(november, client):
    head, notice = november
    for code, name in (("410000", "河南"), ("420000", "湖北"), ("430000", "湖南")):
        make_region(code, f"{name}省", name)
    make_region("410100", "郑州市", "郑州", 2, "410000")
    county = make_region("410122", "中牟县", "中牟", 3, "410100")
    topic = Topic.objects.create(slug="tcm", name="中医药")
    Topic.objects.create(slug="old", name="旧主题", disabled=True)
    columns = [Column.objects.create(name=name, disabled=name == "停用") for name in ("资讯", "没有文章", "停用")]
    head.article_regions.create(region=county)
    withdrawn = Article.objects.get(withdrawn=True)
    withdrawn.article_regions.create(region_id="420000")
    notice.article_regions.create(region_id="430000")
    writers = [sign(article, name).contributor_id for article, name in ((head, "甲"), (notice, "乙"))]
    sign(withdrawn, "丙")
    update(Article.objects.filter(pk=head.pk), column=columns[0])
    update(Article.objects.filter(pk=notice.pk), column=columns[2])
    update(Page.objects.filter(pk=head.page_id), section="文化/生活&'")
    listed = locations(client, "/sitemaps/lists.xml", "urlset")
    assert listed == [
        *("/", "/help/", "/issues/", "/regions/", "/topics/", "/columns/", "/sections/", "/contributors/"),
        *("/issues/2025/", "/issues/2024/", "/issues/2025/01/", "/issues/2024/11/"),
        *("/regions/410000/", "/regions/410100/", "/regions/410122/"),
        topic.get_absolute_url(),
        columns[0].get_absolute_url(),
        "/sections/%E6%96%87%E5%8C%96/%E7%94%9F%E6%B4%BB&'/",
        *(f"/contributors/{pk}/" for pk in writers),
    ]
    for path in listed:  # each page exists under exactly this address
        assert f'rel="canonical" href="{HOST}{escape(path)}"' in client.get(path).content.decode(), path


def test_sitemaps_cost_the_same_queries_for_a_few_urls_and_for_many(november, client):
    paths = ("/sitemap.xml", "/sitemaps/lists.xml", "/sitemaps/2024-11.xml")

    def cost(path):
        client.get(path)  # counts over the whole archive are taken once for each revision
        with CaptureQueriesContext(connection) as queries:
            Client().get(path)
        return len(queries)

    few = [cost(path) for path in paths]
    for day in range(1, 6):
        sign(make_article(make_page(make_issue(datetime.date(2024, 11, day)), day)), f"作者{day}")
        make_article(make_page(make_issue(datetime.date(2024, day, 1)), day))
    assert [cost(path) for path in paths] == few
    assert max(few) <= 4


def test_an_empty_archive_lists_what_is_always_there(client):
    assert locations(client, "/sitemap.xml", "sitemapindex") == ["/sitemaps/lists.xml"]
    assert locations(client, "/sitemaps/lists.xml", "urlset")[:3] == ["/", "/help/", "/issues/"]


def test_robots_are_let_in_but_for_other_views_of_the_same(client):
    response = client.get("/robots.txt")
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    text = response.content.decode()
    robots = RobotFileParser()
    robots.parse(text.splitlines())
    assert robots.site_maps() == [f"{HOST}/sitemap.xml"]
    for path in ("/", "/articles/1/", "/issues/", "/sections/要闻/", "/feed/", "/search/", "/sitemaps/2024-11.xml"):
        assert allows(text, path), path
        # The standard parser knows no * and takes the first rule that fits. It forbids even the search without a query.
        assert robots.can_fetch("Anybot/1.0", f"{HOST}{path}") or path == "/search/", path
    for path in ("/admin/", "/admin/articles/article/?q=x", "/search/?q=x", "/search/feed/?q=x", "/suggest/?q=x"):
        assert not robots.can_fetch("Anybot/1.0", f"{HOST}{path}"), path
    for path in (
        "/admin/",
        "/admin/articles/article/?q=x",
        "/search/?q=x",
        "/search/feed/?q=x",
        "/suggest/?q=x",
        "/topics/tcm/?year=2024",
        "/topics/tcm/?year=2024&page=2",
        "/topics/tcm/?x=1&sort=oldest",
        "/topics/tcm/?page=2",
        "/topics/tcm/?x=1&page=2",
        "/topics/tcm/?as=csv",
        "/issues/2024-11-22/?x=1&as=ris",
        "/issues/2024/11/?as=csv",
        "/regions/?as=csv&sort=count",
        "/issues/missing/?as=csv&year=2024",
    ):
        assert not allows(text, path), path


def allows(text, path):
    """Return whether `text` allows `path` by RFC 9309, 2.2.2 and 2.2.3: the longest match, and * in a path.

    The standard library's parser lacks both.
    """
    rules = [line.split(": ", 1) for line in text.splitlines() if line.startswith(("Allow: ", "Disallow: "))]
    matching = [(len(rule), verb) for verb, rule in rules if matches(rule, path)]
    return max(matching, default=(0, "Allow"))[1] == "Allow"


def matches(rule, path):
    first, *rest = rule.split("*")
    if not path.startswith(first):
        return False
    at = len(first)
    for piece in rest:
        found = path.find(piece, at)
        if found < 0:
            return False
        at = found + len(piece)
    return True


def test_a_browser_is_told_how_to_search(client):
    response = client.get("/opensearch.xml")
    assert response["Content-Type"] == "application/opensearchdescription+xml"
    tree = ElementTree.fromstring(response.content)
    assert tree.tag == f"{OPENSEARCH}OpenSearchDescription"
    assert tree.find(f"{OPENSEARCH}ShortName").text == "健康报档案"  # 16 characters at most
    assert 0 < len(tree.find(f"{OPENSEARCH}Description").text) <= 1024
    assert {url.get("type"): url.get("template") for url in tree.findall(f"{OPENSEARCH}Url")} == {
        "text/html": f"{HOST}/search/?q={{searchTerms}}",
        "application/x-suggestions+json": f"{HOST}/suggest/?q={{searchTerms}}",
        "application/atom+xml": f"{HOST}/search/feed/?q={{searchTerms}}",
        "application/opensearchdescription+xml": f"{HOST}/opensearch.xml",
    }
    assert '<link rel="search" type="application/opensearchdescription+xml"' in client.get("/").content.decode()
