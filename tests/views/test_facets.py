"""The search index and the database give the same lists and counts. A damaged index gives none."""

import pytest
from django.test import Client

from articles.models import Article, Column, Contributor, Region, Topic, archive
from articles.search import current
from articles.search.files import IndexUnavailable
from articles.search.state import serving_folder
from articles.search.sync import paused, sync
from articles.views import facets
from articles.views.counts import CountStore
from articles.views.story_sets import StorySet
from tests.make import update

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
        monkeypatch.setattr("articles.views.counts._store", CountStore())
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


def test_an_index_behind_or_ahead_of_the_page_is_not_asked(stories):
    now = archive.state()
    assert index_at(now) is not None
    with paused():
        update(Article.objects.filter(headline="旧文"), withdrawn=True)
    assert index_at(archive.state()) is None
    assert facets.count(StorySet(), facets.BY_YEAR) == {1999: 5, 2024: 3}
    sync()
    assert index_at(now) is None and index_at(archive.state()) is not None


def test_what_the_engine_cannot_count_the_database_does(stories, monkeypatch):
    monkeypatch.setattr("articles.search.index.MOST_VALUES", 1)
    assert facets.count(StorySet(), facets.BY_YEAR) == {1999: 6, 2024: 3}


def test_where_the_index_is_damaged_the_database_counts(stories, monkeypatch):
    monkeypatch.setattr(current, "_opened", None)  # as in a new process
    for path in serving_folder().glob("*.fast"):
        path.write_bytes(b"\0" * path.stat().st_size)
    assert index_at(archive.state()) is None
    assert facets.count(StorySet(), facets.BY_YEAR) == {1999: 6, 2024: 3}
