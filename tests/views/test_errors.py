"""Pages for content that is missing, hidden or failed. They are in Chinese, and each offers a way on."""

import datetime
import re

import pytest
from django.db import DatabaseError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.views.defaults import server_error

from articles.models import Issue
from tests.make import DAY, make_article, make_issue, make_page
from tests.markup import check_markup

pytestmark = pytest.mark.django_db

#: The headings of pages without a search box. They render without the shared template, or lead only to the home page.
BARE = {"表单已失效", "服务器出错", "档案暂时打不开"}
SEARCH_BOX = '<form class="search wide" action="/search/"'
HELD = (DAY, DAY + datetime.timedelta(7), datetime.date(2025, 2, 1))


@pytest.fixture
def held():
    for day in HELD:
        make_article(make_page(make_issue(day), 1))
    make_issue(DAY + datetime.timedelta(2))  # an issue without a page


def nearest(client, address):
    """Return the issues that a 404 page offers: (words for the relation to the day, address)."""
    response = client.get(address)
    text = response.content.decode()
    assert response.status_code == 404 and SEARCH_BOX in text
    return re.findall(r'<li><span>(.*?)</span> <a href="(.*?)">', text)


@pytest.mark.parametrize(
    ("address", "offers"),
    [
        ("/issues/2024-11-25/", [("此前最近一期", "2024-11-22"), ("此后最近一期", "2024-11-29")]),
        ("/issues/2024-11-24/pages/3/", [("此前最近一期", "2024-11-22"), ("此后最近一期", "2024-11-29")]),
        ("/issues/2024-11-22-2/", [("当日", "2024-11-22")]),
        ("/issues/2024-11-29/pages/9/", [("此前最近一期", "2024-11-22"), ("当日", "2024-11-29")]),
        ("/issues/2024/12/", [("此前最近一期", "2024-11-29"), ("此后最近一期", "2025-02-01")]),
        ("/issues/2026/", [("此前最近一期", "2025-02-01")]),
        ("/issues/1949-10-01/", [("此后最近一期", "2024-11-22")]),
        ("/issues/2024-11-31/", [("此前最近一期", "2024-11-29"), ("此后最近一期", "2025-02-01")]),
        ("/issues/2025-01-32/pages/1/", [("此前最近一期", "2024-11-29"), ("此后最近一期", "2025-02-01")]),
        ("/issues/2024-11-00/", [("此后最近一期", "2024-11-22")]),
        ("/issues/2024/13/", [("此前最近一期", "2024-11-29"), ("此后最近一期", "2025-02-01")]),
        ("/issues/2024-00-25/", [("此后最近一期", "2024-11-22")]),
        ("/issues/2100-12-32/", [("此前最近一期", "2025-02-01")]),
        ("/issues/0000-01-01/", []),
        ("/issues/2024-11-221/", []),
        ("/issues/２０２４-11-25/", []),
        ("/issues/2024-11-25/pages/0/", []),
        ("/articles/999999/", []),
        ("/nothing/", []),
    ],
)
def test_the_address_of_a_day_that_is_not_held_leads_to_its_neighbours(held, client, address, offers):
    assert nearest(client, address) == [(said, f"/issues/{key}/") for said, key in offers]


@pytest.mark.parametrize(
    ("address", "leads_to"),
    [
        ("/issues/2024-2-3/", "/issues/2024-02-03/"),
        ("/issues/2024-2-3", "/issues/2024-02-03/"),
        ("/issues/2024/11/22/", "/issues/2024-11-22/"),
        ("/issues/2024/2/03/?as=csv", "/issues/2024-02-03/?as=csv"),
        ("/issues/2024-11-22-1/pages/03/", "/issues/2024-11-22/pages/3/"),
        ("/issues/2024-2-3-2/pages/4/", "/issues/2024-02-03-2/pages/4/"),
        ("/issues/2024-2/", "/issues/2024/02/"),
        ("/issues/2024/2/", "/issues/2024/02/"),
    ],
)
def test_a_day_or_month_written_otherwise_leads_to_its_address(held, client, address, leads_to):
    response = client.get(address)
    assert (response.status_code, response["Location"]) == (301, leads_to)
    assert "Location" not in client.get(leads_to)


def test_an_empty_archive_offers_a_search_alone(client):
    assert nearest(client, "/issues/2024-11-22/") == []


def test_a_page_not_found_costs_a_few_queries(held, client):
    with CaptureQueriesContext(connection) as queries:
        client.get("/issues/2024-11-25/")
    assert len(queries) == 6  # the state of the archive, the issue, a withdrawn one, two neighbours, a redirect
    with CaptureQueriesContext(connection) as queries:
        client.get("/nothing/")
    assert len(queries) == 2


def test_a_page_not_found_is_shown_when_the_neighbours_cannot_be_read(held, client):
    def without_order(execute, sql, params, many, context):
        if "articles_issue" in sql and "ORDER BY" in sql and "LIMIT 1" in sql:
            raise DatabaseError("the statement took too long")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(without_order):
        assert nearest(client, "/issues/2024-11-25/") == []
    assert len(nearest(client, "/issues/2024-11-25/")) == 2
    assert Issue.objects.visible().count() == 3


@pytest.mark.urls("tests.errors")
@pytest.mark.parametrize(
    ("address", "status", "says"),
    [
        ("/misunderstood/", 400, "请求有误"),
        ("/search/?q=%00", 400, "请求有误"),
        ("/refused/", 403, "无权访问"),
        ("/form-refused/", 403, "表单已失效"),
        ("/nothing/", 404, "没有这一页"),
        ("/failed/", 500, "服务器出错"),
        ("/late/", 503, "暂时来不及"),
        ("/without-index/", 503, "检索暂不可用"),
        ("/without-database/", 503, "档案暂时打不开"),
    ],
)
def test_each_error_says_in_chinese_what_is_wrong_and_leads_on(client, address, status, says):
    client.raise_request_exception = False
    response = client.get(address)
    text = response.content.decode()
    assert response.status_code == status and f"<h1>{says}</h1>" in text
    assert 'href="/"' in text and (SEARCH_BOX in text or says in BARE)
    check_markup(text, address)


def test_a_form_without_its_cookie_is_refused_in_chinese():
    response = Client(enforce_csrf_checks=True).post("/display/", {"theme": "night"})
    assert response.status_code == 403 and "<h1>表单已失效</h1>" in response.content.decode()


@pytest.mark.parametrize("path", ["/topics/", "/search/", "/regions/", "/admin/login/"])
def test_what_is_refused_before_it_is_read_has_the_headers_of_any_answer(client, path):
    usual = client.get(path)
    many = "&".join(f"x{number}=1" for number in range(6000))
    for response in (client.get(f"{path}?{many}"), client.get(path, headers={"host": "evil.example"})):
        text = response.content.decode()
        assert response.status_code == 400 and "<h1>请求有误</h1>" in text and SEARCH_BOX in text
        assert "ETag" not in response
        for name in (
            "Content-Security-Policy", "Permissions-Policy", "X-Content-Type-Options", "X-Frame-Options",
            "Referrer-Policy", "Cross-Origin-Opener-Policy",
        ):  # fmt: skip
            assert response.get(name) == usual[name], name


def test_a_withdrawn_article_leads_on(client):
    article = make_article(withdrawn=True)
    response = client.get(article.get_absolute_url())
    assert response.status_code == 410 and SEARCH_BOX in response.content.decode()


def test_the_page_of_a_failure_needs_no_database(rf):
    def down(*args):
        raise DatabaseError("no server")

    with connection.execute_wrapper(down):
        assert server_error(rf.get("/")).status_code == 500
