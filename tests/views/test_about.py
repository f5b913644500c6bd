"""The help page, and the facts about the site in the footer."""

import datetime
import re

import pytest
from django.test import Client
from django.utils import timezone

from articles.views.search import examples
from tests.make import make_article, sign

pytestmark = pytest.mark.django_db(transaction=True)

FACTS = ("ICP_LICENCE", "POLICE_LICENCE", "COPYRIGHT", "CONTACT")


def footer(client, path="/"):
    text = client.get(path).content.decode()
    return text[text.index("<footer>\n") :]


def test_nothing_is_said_that_is_not_set(settings, client):
    for name in FACTS:
        setattr(settings, name, "")
    text = footer(client)
    assert "https://" not in text and "报告差错" not in text and text.count("<p>") == 1 and "facts-of-site" not in text


def test_each_fact_stands_in_the_footer_where_it_is_set(settings, client):
    settings.ICP_LICENCE = "京ICP备12345678号"
    settings.POLICE_LICENCE = "京公网安备 11010102000001号"
    settings.COPYRIGHT = "© <健康报社>"
    settings.CONTACT = "档案室 archive@example.cn"
    for path in ("/", "/nothing/"):
        text = footer(client, path)
        assert '<a href="https://beian.miit.gov.cn/">京ICP备12345678号</a>' in text
        address = "https://beian.mps.gov.cn/#/query/webSearch?code=11010102000001"
        assert f'<a href="{address}">京公网安备 11010102000001号</a>' in text
        assert "© &lt;健康报社&gt;" in text
        assert '报告差错：档案室 <a href="mailto:archive@example.cn">archive@example.cn</a>' in text
    assert "<rights>© &lt;健康报社&gt;</rights>" in client.get("/feed/").content.decode()


def test_the_examples_of_the_help_can_be_tried(settings, tmp_path, client):
    settings.SEARCH_DIR = tmp_path / "search"
    sign(make_article(), "骆听潮", "", "photo")
    text = client.get("/help/").content.decode()
    assert "摄影:骆听潮" in text
    links = re.findall(r'<th scope="row"><a href="(/search/[^"]+)">(.*?)</a>', text)
    assert [said for _, said in links] == [query.replace("&", "&amp;") for query, _ in examples()]
    for address, said in links:
        found = client.get(address)
        assert found.status_code == 200 and f'value="{said}"' in found.content.decode()


def test_the_help_says_where_to_report_an_error(settings, client):
    settings.CONTACT = ""
    assert "请与为您提供本档案的单位联系" in client.get("/help/").content.decode()
    settings.CONTACT = "archive@example.cn"
    text = Client().get("/help/").content.decode()  # a new client has an empty page cache
    assert '联系：<a href="mailto:archive@example.cn">' in text and "请与为您提供本档案的单位联系" not in text


def test_the_contents_of_the_help_lead_to_its_sections(client):
    text = client.get("/help/").content.decode()
    contents = re.findall(r'<li><a href="#([a-z]+)">(.*?)</a></li>', text)
    assert contents == re.findall(r'<h2 id="([a-z]+)">(.*?)</h2>', text)


@pytest.mark.parametrize("counts", [True, False])
def test_readers_are_told_of_the_count_of_searches_where_there_is_one(settings, counts):
    settings.COUNT_SEARCHES_WITHOUT_HIT = counts
    assert ("不记是谁检索的" in Client().get("/help/").content.decode()) is counts


@pytest.mark.parametrize(
    ("contact", "addresses"),
    [
        ("archive@example.cn", ["mailto:archive@example.cn"]),
        ("档案室 a.b+c@mail.example.cn，电话 010-1", ["mailto:a.b+c@mail.example.cn"]),
        ("信箱：a@example.cn，或 https://example.cn/contact 。", ["mailto:a@example.cn", "https://example.cn/contact"]),
        ("电话 010-12345678", []),
        ("http://example.cn/", []),
        ("", []),
    ],
)
def test_who_finds_a_hole_is_told_whom_to_write_to(settings, client, contact, addresses):
    settings.CONTACT = contact
    answer = client.get("/.well-known/security.txt", secure=True)
    assert answer.status_code == (200 if addresses else 404)
    if addresses:
        assert answer["Content-Type"] == "text/plain; charset=utf-8" and "no-store" in answer["Cache-Control"]
        lines = [line.split(": ", 1) for line in answer.content.decode().splitlines()]
        assert [value for name, value in lines if name == "Contact"] == addresses
        expires = datetime.datetime.fromisoformat(dict(lines)["Expires"]).date()
        assert expires.day == 1 and 27 < (expires - timezone.localdate()).days < 63
        assert dict(lines)["Canonical"] == "https://testserver/.well-known/security.txt"


def test_an_internal_archive_tells_it_as_well(settings):
    settings.CONTACT, settings.REQUIRE_LOGIN = "archive@example.cn", True
    assert Client().get("/.well-known/security.txt").status_code == 200
