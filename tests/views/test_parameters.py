"""The parameters that reach a view: exactly those that it declares, and it declares those that it reads."""

import re
from collections import defaultdict
from contextlib import suppress
from html import unescape
from urllib.parse import parse_qs, urljoin, urlsplit

import html5lib
import pytest
from django.http import Http404, QueryDict
from django.test import Client
from django.urls import get_resolver, resolve

from articles.models import Page
from articles.web.parameters import parameters_of, view_at
from tests.make import make_article, make_issue, make_page, update
from tests.views import test_walk
from tests.views.test_walk import walk

pytestmark = pytest.mark.django_db

archive = test_walk.archive


class Noting(QueryDict):
    """A query string that records which parameters a view reads."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.asked = set()

    def __getitem__(self, name):
        self.asked.add(name)
        return super().__getitem__(name)

    def __contains__(self, name):
        self.asked.add(name)
        return super().__contains__(name)

    def getlist(self, name, default=None):
        self.asked.add(name)
        return super().getlist(name, default)


def test_each_view_declares_what_it_reads(archive, rf):
    declared, read = {}, defaultdict(set)
    for name, path, *_ in walk(archive):
        match = resolve(urlsplit(path).path)
        request = rf.get(path)
        request.GET, request.resolver_match = Noting(""), match
        with suppress(Http404):
            match.func(request, *match.args, **match.kwargs)
        declared[name] = parameters_of(view_at(urlsplit(path).path))
        read[name] |= request.GET.asked
    assert declared == read
    assert declared.keys() == {name for name in get_resolver("articles.urls").reverse_dict if isinstance(name, str)}


def test_each_link_and_form_asks_for_what_its_page_takes(archive, client):
    asked = 0
    for _, path, status, _ in walk(archive):
        response = client.get(path)
        if status != 200 or not response["Content-Type"].startswith("text/html"):
            continue
        text = response.content.decode()
        for link in map(urlsplit, re.findall(r'href="([^"]*\?[^"]*)"', text)):
            leads_to = urlsplit(urljoin(path, unescape(link.geturl())))
            names = set(parse_qs(leads_to.query))
            if not leads_to.netloc:
                assert names <= parameters_of(view_at(leads_to.path)), (path, leads_to)
                asked += len(names)
        for form in html5lib.parse(text, namespaceHTMLElements=False).iter("form"):
            if form.get("method") == "get":
                fields = {field.get("name") for field in form.iter() if field.get("name")}
                assert fields <= parameters_of(view_at(urljoin(path, form.get("action")))), (path, fields)
    assert asked > 100


def test_what_a_page_does_not_take_makes_no_other_page_of_it():
    client = Client()
    for path in (f"{make_article().get_absolute_url()}cite/", "/", "/topics/", "/issues/2024/", "/help/", "/feed/"):
        plain = client.get(path)
        odd = client.get(f"{path}?year=1985&next=/&before=3&utm_source=%3Cb%3E")
        assert odd["ETag"] == plain["ETag"], path
        assert odd.content == plain.content, path


def test_a_page_that_takes_none_reads_none_however_many(client):
    many = "&".join(f"x{number}=1" for number in range(6000))
    assert client.get(f"/help/?{many}")["ETag"] == client.get("/help/")["ETag"]


@pytest.mark.parametrize(
    ("path", "leads_to"),
    [
        ("/search?q=a&x=1", "/search/?q=a&x=1"),
        ("/topics?sort=count", "/topics/?sort=count"),
        ("/issues/2024-11-22?as=csv", "/issues/2024-11-22/?as=csv"),
    ],
)
def test_an_address_without_its_last_slash_leads_on_with_its_parameters(client, path, leads_to):
    assert client.get(path)["Location"] == leads_to


def test_what_has_moved_leads_on_with_what_was_asked_of_it(client):
    page = make_page(make_issue(), None)
    old = page.get_absolute_url()
    head = make_article(page, "首篇")
    part = make_article(make_page(page.issue, 2), "续篇", continuation_of=head)
    update(Page.objects.filter(pk=page.pk), number=1)
    assert client.get(f"{old}?as=csv")["Location"] == f"{Page.objects.get(pk=page.pk).get_absolute_url()}?as=csv"
    assert client.get(f"/articles/{part.pk}/?q=a&n=3")["Location"] == f"/articles/{head.pk}/?n=3&q=a#part-{part.pk}"
    assert client.get("/search/?q=a&since=1987&as=csv")["Location"].endswith("&as=csv")
