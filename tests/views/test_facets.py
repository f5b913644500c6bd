"""The search index and the database give the same lists and counts. A damaged index gives none."""

import datetime
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from urllib.parse import urlencode

import pytest
from django.db import connection, transaction
from django.test import Client

from articles.models import Article, Column, Contributor, Issue, Region, Topic, archive
from articles.search import current
from articles.search.files import IndexUnavailable
from articles.search.state import serving_folder, serving_index, write_state
from articles.search.sync import paused, sync
from articles.views import facets
from articles.views.counts import CountStore
from articles.views.story_sets import StorySet
from tests.make import make_article, sign, update

pytestmark = pytest.mark.django_db(transaction=True)

FACETS = {name: facet for name, facet in vars(facets).items() if isinstance(facet, facets.Facet)}


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.SEARCH_DIR = tmp_path / "search"


def index_at(now):
    """Return the serving index if it holds the archive's state `now`, else None."""
    try:
        found = current.current_index()
    except IndexUnavailable:
        return None
    return found.index if found.holds(now) else None


def parts_of(region):
    return facets.by_part(region, region.children.all())


def sets():
    """Return the set of all stories, and the set of each subject that a list may have or be narrowed by."""
    rows = [row for model in (Region, Topic, Column, Contributor) for row in model.objects.order_by("pk")]
    subjects = [*rows, "要闻", "综合 新闻", "没有的版名", 1999, 2024, 2025]
    return [StorySet(of, editorial) for of in ((), *((row,) for row in subjects)) for editorial in (False, True)]


def test_the_index_and_the_database_count_alike(stories, settings, tmp_path):
    every = {**FACETS, **{row.name: parts_of(row) for row in Region.objects.all()}}
    asked = {stories: {name: (stories, facet) for name, facet in every.items()} for stories in sets()}
    assert index_at(archive.state()) is not None
    by_index = {stories: facets.counts(each) for stories, each in asked.items()}
    settings.SEARCH_DIR = tmp_path / "none"
    assert {stories: facets.counts(each) for stories, each in asked.items()} == by_index
    assert sum(bool(found) for each in by_index.values() for found in each.values()) > 200  # many counts are not empty


def paths():
    """Return the addresses of each list, plain and narrowed by each facet, and of the pages that count all lists."""
    rows = (Region.objects.all(), Topic.objects.shown(), Column.objects.shown(), Contributor.objects.all())
    lists = [row.get_absolute_url() for each in rows for row in each] + ["/sections/要闻/", "/sections/综合 新闻/"]
    narrowed = ("", "?year=1999", "?topic=tcm", "?region=410000&sort=oldest", "?year=2024&topic=tcm&region=410000")
    narrowed += ("?as=bib", "?as=jsonl&sort=oldest", "?page=2")
    indexes = ["/", "/regions/", "/topics/", "/columns/", "/sections/", "/contributors/", "/sitemap.xml"]
    indexes += [f"{path}feed/" for path in lists if path.startswith(("/regions", "/topics", "/columns"))]
    return [*(path + query for path in lists for query in narrowed), *indexes]


def test_every_list_is_the_same_page_from_either(stories, settings, tmp_path, monkeypatch):
    def pages():
        for store in ("_store", "_reference"):
            monkeypatch.setattr(f"articles.views.counts.{store}", CountStore())
        client = Client()
        return {path: b"".join(client.get(path)).decode() for path in paths()}

    monkeypatch.setattr("articles.views.lists.PAGE_SIZE", 2)  # so that lists of three stories have two pages
    by_index = pages()
    assert index_at(archive.state()) is not None
    settings.SEARCH_DIR = tmp_path / "none"
    assert pages() == by_index


def test_the_counts_are_right(stories):
    topics = dict(Topic.objects.values_list("slug", "pk"))
    henan = Region.objects.get(pk="410000")
    reading = StorySet(editorial=True)
    assert index_at(archive.state())
    assert facets.count(reading, facets.BY_PROVINCE) == {"410000": 4, "420000": 2}
    assert facets.count(reading, facets.BY_TOPIC) == {topics["tcm"]: 2, topics["reform"]: 3, topics["old"]: 2}
    assert facets.count(StorySet(), facets.BY_YEAR) == {1999: 6, 2024: 3}
    assert facets.count(reading, facets.BY_SECTION) == {"要闻": 5}
    assert facets.count(StorySet((henan,), editorial=True), parts_of(henan)) == {"410100": 1, "410300": 3}


def titled(headline):
    return Article.objects.get(headline=headline)


def alter(headline, **fields):
    """Change an article as the desk does: the change names it, and the head that it leaves."""
    article = titled(headline)
    with archive.change() as change:
        Article.objects.filter(pk=article.pk).update(**fields)
        change.articles({article.pk, article.continuation_of_id or article.pk})


def move_issue():
    issue = titled("旧文").page.issue
    with archive.change() as change:
        Issue.objects.filter(pk=issue.pk).update(date=datetime.date(2025, 1, 3))
        change.articles(Article.objects.showing(issue))


def put_elsewhere():
    part = titled("另一版的")
    with archive.change() as change:
        part.article_regions.all().delete()
        part.article_topics.create(topic=Topic.objects.get(slug="tcm"))
        sign(part, "钱二木")
        change.articles([part.pk])


def delete():
    with archive.change() as change:
        change.vanished([titled("无版名").pk])
        titled("无版名").delete()


#: Changes that move stories into sets, out of them, and within their order.
CHANGES = {
    "a story of several parts is withdrawn": lambda: alter("首篇", withdrawn=True),
    "it is shown again": lambda: alter("首篇", withdrawn=False),
    "a withdrawn story is shown": lambda: alter("撤回的首篇", withdrawn=False),
    "a part is shown": lambda: alter("撤回的续篇", withdrawn=False),
    "a part is a story": lambda: alter("续篇", continuation_of=None),
    "a story is a part": lambda: alter("另一版的第二篇", continuation_of=titled("另一版的")),
    "a story is about something else": put_elsewhere,
    "an issue gets another day": move_issue,
    "a teaser is an article": lambda: alter("导读", kind="article"),
    "an article gets another place": lambda: alter("导读", position=9),
    "an article is deleted": delete,
    "a new story arrives": lambda: make_article(titled("首篇").page, "新到的一篇"),
    "nothing about stories changes": lambda: update(Topic.objects.filter(slug="old"), disabled=False),
}


def listed():
    """Return the counts of a set of each kind, and whether the index gave them. Check its lists against the rows."""
    henan, tcm = Region.objects.get(pk="410000"), Topic.objects.get(slug="tcm")
    subjects = [henan, tcm, Column.objects.first(), Contributor.objects.get(name="赵一苇"), "要闻", 1999]
    every = {**FACETS, "parts": parts_of(henan)}
    found, lists = {}, []
    for each in [StorySet(), StorySet(editorial=True), *(StorySet((subject,)) for subject in subjects)]:
        found[each] = facets.counts({name: (each, facet) for name, facet in every.items()})
        orders = {"oldest": each.rows().oldest_first(), "newest": each.rows().newest_first()}
        for order, rows in (orders | {"id": each.rows().recently_added_first()}).items():
            for most in (2, 50):
                hits = each.recently_added(most) if order == "id" else each.first(most, order)
                lists.append(hits)
                if hits is not None:
                    ids = list(rows.values_list("pk", flat=True))
                    assert (hits.ids, hits.total) == (ids[:most], len(ids)), (each, order)
    return found, None not in lists


def test_an_index_behind_the_page_answers_with_the_changed_stories_of_the_database(stories, settings, tmp_path):
    ours = settings.SEARCH_DIR
    with paused():
        for name, change in CHANGES.items():
            change()
            assert index_at(archive.state()) is None, name
            (by_index, is_of_index), settings.SEARCH_DIR = listed(), tmp_path / "none"
            (by_database, is_of_index_too), settings.SEARCH_DIR = listed(), ours
            assert is_of_index and not is_of_index_too
            assert by_index == by_database, name
    sync()
    assert index_at(archive.state()) is not None and listed()[0] == by_database


def test_an_index_ahead_of_the_page_answers_for_the_present(stories):
    now = archive.state()
    alter("旧文", withdrawn=True)
    assert index_at(now) is None and index_at(archive.state()) is not None
    with archive.serving_at(now):
        assert StorySet().first(100, "oldest").total == 8


def test_a_list_in_a_snapshot_takes_nothing_that_others_have_read_since(stories):
    with paused():
        alter("旧文", withdrawn=True)
    with archive.snapshot() as now:
        total = StorySet().first(100, "oldest").total

        def look_later():
            try:
                with paused():
                    alter("首篇", withdrawn=True)
                with archive.serving_at(now):  # a page that was begun before
                    return StorySet().first(100, "oldest").total
            finally:
                connection.close()

        with ThreadPoolExecutor() as threads:
            assert threads.submit(look_later).result() == total - 1
        assert StorySet().first(100, "oldest").total == total


@pytest.mark.parametrize("step", [1, -1])
def test_a_province_is_searched_and_opened_in_either_order(stories, monkeypatch, step):
    monkeypatch.setattr("articles.views.counts._reference", CountStore())
    texts, search = {}, f"/search/?{urlencode({'q': '地区:河南省'})}"
    for path in (search, "/regions/410000/")[::step]:
        response = Client().get(path)
        assert response.status_code == 200
        texts[path] = response.content.decode()
    assert {"郑州市", "洛阳市"} <= set(re.findall(r">(\w+市)<", texts[search]))


def test_an_index_ahead_of_the_database_is_not_asked(stories):
    with transaction.atomic():
        now = archive.state()
        with archive.snapshot():
            write_state(
                serving_folder(), replace(serving_index().state, revision=now.revision + 1), serving_index().kept
            )
            assert StorySet().first(100, "oldest") is None
            assert facets.count(StorySet(), facets.BY_YEAR) == {1999: 6, 2024: 3}


def test_an_index_far_behind_is_not_asked(stories, monkeypatch):
    monkeypatch.setattr("articles.search.lag.MOST", 1)
    with paused():
        alter("旧文", withdrawn=True)
        assert StorySet().first(100, "oldest").total == 8
        alter("什么也没说", withdrawn=True)
        assert StorySet().first(100, "oldest") is None
    assert facets.count(StorySet(), facets.BY_YEAR) == {1999: 4, 2024: 3}


def test_what_the_engine_cannot_count_the_database_does(stories, monkeypatch):
    monkeypatch.setattr("articles.search.index.MOST_VALUES", 1)
    assert facets.count(StorySet(), facets.BY_YEAR) == {1999: 6, 2024: 3}


def test_where_the_index_is_damaged_the_database_counts(stories, monkeypatch):
    monkeypatch.setattr(current, "_opened", None)  # as in a new process
    for path in serving_folder().glob("*.fast"):
        path.write_bytes(b"\0" * path.stat().st_size)
    assert index_at(archive.state()) is None
    assert facets.count(StorySet(), facets.BY_YEAR) == {1999: 6, 2024: 3}
