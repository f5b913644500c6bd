"""A browser keeps answers by itself. A reader must see what has changed since, without JavaScript."""

from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest


def ask(site, target, **headers):
    """Return the status and the text of an answer to a request without a browser. In `headers`, "__" stands for "-"."""
    connection = HTTPConnection(urlsplit(site.address).netloc)
    connection.request("GET", target, headers={name.replace("__", "-"): value for name, value in headers.items()})
    response = connection.getresponse()
    text = response.read().decode()
    connection.close()
    return response.status, text


@pytest.fixture
def look(open_page, site):
    """Return a function that goes to a path from another page, always in the same window, and returns the status and
    the heading.
    """
    pk = site.facts["article"]
    page = open_page(javascript=False, changing=[f"/articles/{pk}/"])

    def look_once(path):
        page.goto("/help/")
        status = page.goto(path).status
        return status, page.locator("h1").inner_text()

    return look_once


def test_an_article_that_was_seen_withdrawn_is_seen_restored(look, site):
    pk, there = site.facts["article"], (200, site.facts["headline"])
    assert look(f"/articles/{pk}/") == there
    ask(site, f"/withdrawn/{pk}/yes/")
    try:
        assert look(f"/articles/{pk}/") == (410, "已撤下")
    finally:
        ask(site, f"/withdrawn/{pk}/no/")
    assert look(f"/articles/{pk}/") == there


def test_an_address_that_leads_elsewhere_now_is_followed_there(look, site):
    ask(site, "/moved-to/0/")
    assert look("/moved/") == (200, "主题")
    ask(site, "/moved-to/1/")
    assert look("/moved/") == (200, "栏目")


@pytest.mark.parametrize("script", ["/issues", "/", "/nothing", "/%zz", "x"])
def test_a_script_name_that_somebody_sends_is_not_heard(site, script):
    usual = ask(site, "/issues/")
    assert ask(site, "/issues/", SCRIPT_NAME=script) == usual
    assert ask(site, "/issues/") == usual


@pytest.mark.parametrize(
    "claim", [{"X__Forwarded__Proto": "https"}, {"X__Forwarded__Ssl": "on"}, {"X__Forwarded__Protocol": "ssl"},
              {"X__Forwarded__Proto": "https", "X__Forwarded__Ssl": "off"}, {"X__Forwarded__Host": "evil.example"}],
)  # fmt: skip
def test_without_a_proxy_nobody_else_tells_how_he_asked(site, claim):
    assert ask(site, "/topics/", **claim) == ask(site, "/topics/")
