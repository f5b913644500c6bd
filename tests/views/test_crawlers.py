"""What programs read of the site: robots.txt, the sitemaps and the description of its search."""

import datetime
from urllib.robotparser import RobotFileParser
from xml.etree import ElementTree

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from articles.views import crawlers
from tests.make import DAY, make_article, make_issue, make_page

pytestmark = pytest.mark.django_db

SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
OPENSEARCH = "{http://a9.com/-/spec/opensearch/1.1/}"
HOST = "http://testserver"


def locations(client, path, root):
    """Return the URLs of a sitemap or of an index of them, having checked it against the protocol."""
    response = client.get(path)
    assert (response.status_code, response["Content-Type"]) == (200, "application/xml")
    tree = ElementTree.fromstring(response.content)
    entry = {"urlset": "url", "sitemapindex": "sitemap"}[root]
    assert tree.tag == SITEMAP + root
    assert {child.tag for child in tree} <= {SITEMAP + entry}
    assert all([leaf.tag for leaf in child] == [f"{SITEMAP}loc"] for child in tree)
    found = [child[0].text for child in tree]
    assert len(found) == len(set(found)) <= 50_000
    assert all(url.startswith(f"{HOST}/") and len(url) < 2048 for url in found)
    return [url.removeprefix(HOST) for url in found]


@pytest.fixture
def november():
    """A month with what a sitemap lists and what it leaves out, and a month beside it."""
    page = make_page(make_issue(), 1)
    head = make_article(page, "一")
    make_article(make_page(page.issue, 2), "一的续篇", continuation_of=head)
    make_article(page, "撤回", withdrawn=True)
    make_article(make_page(None), "待考")
    unnumbered = make_article(make_page(make_issue(DAY, edition=2), None), "二", kind="notice")
    make_issue(DAY + datetime.timedelta(1))  # of which no page is held
    make_article(make_page(make_issue(datetime.date(2025, 1, 1))), "三")
    return head, unnumbered


def test_a_sitemap_for_each_month_lists_its_visible_urls(november, client):
    head, unnumbered = november
    assert locations(client, "/sitemap.xml", "sitemapindex") == ["/sitemaps/2025-01.xml", "/sitemaps/2024-11.xml"]
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


def test_a_month_of_more_urls_than_a_file_may_have_is_split(november, client, monkeypatch):
    whole = locations(client, "/sitemaps/2024-11.xml", "urlset")
    monkeypatch.setattr(crawlers, "MOST_URLS", 3)
    client = Client()  # by a server that has kept no page
    assert locations(client, "/sitemap.xml", "sitemapindex") == [
        "/sitemaps/2025-01.xml",
        "/sitemaps/2024-11.xml",
        "/sitemaps/2024-11-2.xml",
        "/sitemaps/2024-11-3.xml",
    ]
    lots = [locations(client, f"/sitemaps/2024-11{part}.xml", "urlset") for part in ("", "-2", "-3")]
    assert [len(lot) for lot in lots] == [3, 3, 1]
    assert sum(lots, []) == whole
    assert client.get("/sitemaps/2024-11-4.xml").status_code == 404


def test_sitemaps_cost_the_same_queries_for_a_few_urls_and_for_many(november, client):
    def cost(path):
        with CaptureQueriesContext(connection) as queries:
            client.get(path)
        return len(queries)

    few = [cost(path) for path in ("/sitemap.xml", "/sitemaps/2024-11.xml")]
    for day in range(1, 6):
        make_article(make_page(make_issue(datetime.date(2024, 11, day)), day))
        make_article(make_page(make_issue(datetime.date(2024, day, 1)), day))
    assert [cost(path) for path in ("/sitemap.xml", "/sitemaps/2024-11.xml")] == few
    assert max(few) <= 4


def test_an_empty_archive_has_an_empty_index(client):
    assert locations(client, "/sitemap.xml", "sitemapindex") == []


def test_robots_are_let_in_but_for_other_views_of_the_same(client):
    response = client.get("/robots.txt")
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    text = response.content.decode()
    robots = RobotFileParser()
    robots.parse(text.splitlines())
    assert robots.site_maps() == [f"{HOST}/sitemap.xml"]
    for path in ("/", "/articles/1/", "/issues/", "/sections/要闻/", "/feed/", "/search/", "/sitemaps/2024-11.xml"):
        assert allows(text, path), path
    for path in (
        "/admin/",
        "/admin/articles/article/?q=x",
        "/search/?q=x",
        "/search/feed/?q=x",
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
    """Judge by RFC 9309, 2.2.2 and 2.2.3, which the standard library's parser lacks: * in a path, longest match."""
    rules = [line.split(": ", 1) for line in text.splitlines() if line.startswith(("Allow: ", "Disallow: "))]
    matching = [(len(rule), verb) for verb, rule in rules if matches(rule, path)]
    return max(matching)[1] == "Allow"


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
        "application/atom+xml": f"{HOST}/search/feed/?q={{searchTerms}}",
        "application/opensearchdescription+xml": f"{HOST}/opensearch.xml",
    }
    assert '<link rel="search" type="application/opensearchdescription+xml"' in client.get("/").content.decode()
