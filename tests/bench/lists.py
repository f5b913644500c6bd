"""Print the time of a long list's first view after a change, and of the next, counted by the index and the database.

    VAR_DIR=$(mktemp -d) .venv/bin/python -m tests.bench.lists [--articles 20000]

The bench runs on the database of DATABASE_URL, or on SQLite in VAR_DIR. It fills the database with an invented archive
(tests/bench/corpus.py) unless one is there already. Each list is the longest of its kind. Times are milliseconds in
this process, the best of three, without the network. "counts" is the part of the first view that counting takes.
"""

import argparse
import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import django

ROUNDS = 3


def main() -> None:
    """Run the bench."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=20_000)
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "healthnews.settings")
    django.setup()
    prepare(options.articles)
    from django.conf import settings

    paths = longest()
    by_index = {path: views(path) for path in paths}
    settings.SEARCH_DIR = Path(tempfile.mkdtemp())
    by_database = {path: views(path) for path in paths}
    print(f"{'':28}{'by index':>26}{'by database':>26}\n{'':28}" + f"{'first':>10}{'counts':>8}{'next':>8}" * 2)
    for path, name in paths.items():
        print(f"{name:28}" + "".join(f"{f:10.0f}{c:8.0f}{n:8.0f}" for f, c, n in (by_index[path], by_database[path])))


def prepare(count: int) -> None:
    """Fill the database with `count` articles unless it holds as many, and bring the index up to date."""
    from django.conf import settings
    from django.core.management import call_command

    from articles.models import Article
    from articles.search.sync import sync
    from tests.bench.corpus import build

    settings.ALLOWED_HOSTS = ["testserver"]
    call_command("migrate", verbosity=0)
    call_command("load_tables")
    call_command("collectstatic", interactive=False, verbosity=0)
    is_filled = Article.objects.count() >= count
    if not is_filled:
        build(count, say=print)
    sync(say=print, rebuild=not is_filled)  # the index does not follow a bench's rows


def longest() -> dict[str, str]:
    """Return {address: name} of the longest list of each kind, of some narrowed lists and of pages that count all."""
    from articles.models import Column, Contributor, Region, Topic
    from articles.views.facets import BY_COLUMN, BY_CONTRIBUTOR, BY_PROVINCE, BY_TOPIC, count
    from articles.views.story_sets import StorySet

    def first(model: type, way: object) -> str:
        numbers = count(StorySet(), way)
        return model.objects.get(pk=max(numbers, key=numbers.get)).get_absolute_url()

    topic, region = first(Topic, BY_TOPIC), first(Region, BY_PROVINCE)
    slug, code = topic.split("/")[2], region.split("/")[2]
    return {
        "/": "home",
        region: "region",
        f"{region}?topic={slug}": "region, topic",
        topic: "topic",
        f"{topic}?year=2024": "topic, year",
        f"{topic}?region={code}&year=2024": "topic, region, year",
        "/sections/要闻/": "section (all articles)",
        first(Column, BY_COLUMN): "column",
        first(Contributor, BY_CONTRIBUTOR): "contributor",
        "/regions/": "regions",
        "/topics/": "topics",
        "/columns/": "columns",
        "/sections/": "sections",
        "/contributors/": "contributors",
        "/sitemap.xml": "sitemap",
    }


def views(path: str) -> tuple[float, float, float]:
    """Return the milliseconds of a page's first view, of its counts, and of the next view, which remembers them."""
    from articles.views import counts

    taken: list[tuple[float, float, float]] = []
    for _ in range(ROUNDS):
        counts._store = Timed()
        first = timed(lambda: look(path))
        taken.append((first, counts._store.seconds, timed(lambda: look(path))))
    return tuple(1000 * min(each) for each in zip(*taken, strict=True))


def look(path: str) -> None:
    """Ask for a page from a server that nobody has asked for it yet."""
    from django.test import Client

    response = Client().get(path)
    if response.status_code != 200:
        raise RuntimeError(f"{path}: {response.status_code}")


def timed(do: Callable[[], object]) -> float:
    started = time.perf_counter()
    do()
    return time.perf_counter() - started


class Timed:
    """A store that remembers counts as CountStore does and adds up the time that they took."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.held: dict[str, object] = {}

    def get(self, state: str, name: str, count: Callable[[], object]) -> object:
        if name not in self.held:
            started = time.perf_counter()
            self.held[name] = count()
            self.seconds += time.perf_counter() - started
        return self.held[name]


if __name__ == "__main__":
    main()
