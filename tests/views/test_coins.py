"""The metadata of list rows for reference managers (COinS), as Zotero reads it."""

import datetime
from urllib.parse import parse_qsl

import html5lib
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.html import escape

from articles.citing import coins
from articles.citing.cited import one_line
from articles.models import Article, Column, Topic, archive
from articles.search import sync
from tests.citing.test_formats import NASTY, cited
from tests.make import DAY, make_article, make_issue, make_page, make_region, sign
from tests.zotero import item_of, items_of

pytestmark = pytest.mark.django_db(transaction=True)

#: Every kind of page that lists stories.
LISTS = [
    "/", "/issues/2024-11-22/", "/issues/2024-11-22/pages/1/", "/sections/要闻/", "/columns/{column}/",
    "/regions/410000/", "/topics/tcm/", "/contributors/{contributor}/", "/search/?q=中药",
]  # fmt: skip


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.SEARCH_DIR = tmp_path / "search"


@pytest.fixture
def paths():
    """The paths of the lists. Each list has the same three stories, the first of which is on two pages."""
    topic, column = Topic.objects.create(slug="tcm", name="中医药"), Column.objects.create(name="资讯")
    region, issue = make_region(), make_issue(number=12001)
    page = make_page(issue, 1, section="要闻")
    for number in range(3):
        article = make_article(page, f"中药 & <{number}>", "中药的正文。", deck="副题", column=column, kicker="引题")
        contributor = sign(article, "赵一苇").contributor_id
        sign(article, "徐超", role="译")
        sign(article, "摄影者", of="photo")
        article.article_regions.create(region=region, main=True)
        article.article_topics.create(topic=topic)
        if number == 0:
            make_article(make_page(issue, 3), "续篇", continuation_of=article)
    follow()
    return [path.format(column=column.pk, contributor=contributor) for path in LISTS]


def follow():
    """Update the index with the properties that the articles got after they were made."""
    with archive.change() as change:
        change.articles(Article.objects.all())
    sync.sync()


def text_of(client, path):
    response = client.get(path)
    assert response.status_code == 200, path
    return response.content.decode()


def test_zotero_takes_each_story_of_a_list_as_from_its_own_page(paths, client):
    for path in paths:
        items = items_of(text_of(client, path))
        assert sorted(item["title"] for item in items) == [f"中药 & <{number}>：副题" for number in range(3)], path
        for item in items:
            alone = item_of(text_of(client, item["url"].removeprefix("http://testserver")))
            names = [(last, first) for last, first, role in item.pop("creators") if role == "author"]
            assert names == alone.pop("creators") == [("赵一苇", "")]
            if "0" in item["title"] and (path == "/" or path.startswith("/issues/")):
                assert item["pages"] == "1"  # the other part has a row of its own, or is on another page
                item["pages"] = alone["pages"]
            alone |= {"date": alone["date"].replace("/", "-")}
            assert item == {field: alone[field] for field in item}, path
            assert alone.keys() - item.keys() == {"section", "abstractNote"}


def test_translators_are_no_authors(paths, client):
    for item in items_of(text_of(client, "/topics/tcm/")):
        assert ("徐超", "", "contributor") in item["creators"]


def test_the_spans_are_empty_and_nobody_sees_or_hears_them(paths, client):
    for path in paths:
        tree = html5lib.parse(text_of(client, path), namespaceHTMLElements=False)
        spans = [span for span in tree.iter("span") if span.get("class") == "Z3988"]
        assert [(span.text, len(span), span.get("hidden")) for span in spans] == [(None, 0, "")] * 3, path


def test_a_page_of_one_story_has_none_for_zotero_would_prefer_it_to_what_says_more(paths, client):
    (first, *_) = items_of(text_of(client, "/topics/tcm/"))
    address = first["url"].removeprefix("http://testserver")
    for path in (address, f"{address}cite/"):
        assert "Z3988" not in text_of(client, path)


def test_they_cost_no_query_however_many_rows_a_list_has(paths, client):
    def cost(path):
        client.get(path)  # counts over the whole archive are taken once for each revision
        with CaptureQueriesContext(connection) as queries:
            found = items_of(client.__class__().get(path).content.decode())
        return len(queries), len(found)

    few = [cost(path) for path in paths]
    article = Topic.objects.get().article_topics.first().article
    for number in range(12):
        other = make_article(article.page, f"中药{number}", "中药的正文。", column=article.column)
        sign(other, "赵一苇")
        sign(other, f"又一人{number}")
        other.article_regions.create(region_id="410000")
        other.article_topics.create(topic=Topic.objects.get())
    follow()
    many = [cost(path) for path in paths]
    assert [rows for _, rows in many] == [rows + 12 for _, rows in few]
    assert [queries for queries, _ in many] == [queries for queries, _ in few]


def test_a_sample_says_so(client):
    make_article(make_page(make_issue(), is_sample=True), "样张")
    (item,) = items_of(text_of(client, "/"))
    assert item["abstractNote"] == "示例（虚构）"


def test_values_come_through_whatever_they_hold():
    # `parse_qsl` reads the values as any OpenURL reader does. Zotero reads a plus sign as a space, encoded or not.
    written = coins(cited(title=NASTY, deck="", pages=(2, 5, 6), edition=2))
    fields = dict(parse_qsl(written, strict_parsing=True))
    assert written.isascii() and fields["rft.title"] == one_line(NASTY)
    assert (fields["rft.pages"], fields["rft.edition"], fields["rft.date"]) == ("2, 5-6", "当日第2种", "2024-11-05")
    title = escape(coins(cited(title="A=B&D?#", deck="", authors=("欧阳,锋",))))
    (item,) = items_of(f'<span class="Z3988" title="{title}"></span>')
    assert (item["title"], item["creators"][0]) == ("A=B&D?#", ("欧阳，锋", "", "author"))


def test_an_estimated_day_is_marked(client):
    make_article(make_page(make_issue(DAY + datetime.timedelta(1), date_basis="inferred")))
    (item,) = items_of(text_of(client, "/"))
    assert item["date"] == "2024-11-23~"
