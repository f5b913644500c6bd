"""Print the time of a long list's first view after a change, and of the next.

The stories are counted by the index, by an index that some articles are behind, and by the database.

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

#: The articles that an index is behind: some three seconds of an import.
BEHIND = 200


def main() -> None:
    """Run the bench."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=20_000)
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "healthnews.settings")
    django.setup()
    prepare(options.articles)
    from django.conf import settings

    from articles.models import Article, archive
    from articles.search.sync import paused

    paths = longest()
    by_index = {path: views(path) for path in paths}
    with paused(), archive.change() as change:
        change.articles(Article.objects.order_by("-pk").values_list("pk", flat=True)[:BEHIND])
    behind = {path: views(path) for path in paths}
    settings.SEARCH_DIR = Path(tempfile.mkdtemp())
    by_database = {path: views(path) for path in paths}
    ways = {"by index": by_index, f"{BEHIND} articles behind": behind, "by database": by_database}
    print(f"{'':28}" + "".join(f"{way:>26}" for way in ways))
    print(f"{'':28}" + f"{'first':>10}{'counts':>8}{'next':>8}" * len(ways))
    for path, name in paths.items():
        times = (
            f"{first:10.0f}{counts:8.0f}{later:8.0f}" for first, counts, later in (way[path] for way in ways.values())
        )
        print(f"{name:28}" + "".join(times))


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
    from articles.views.facets import BY_COLUMN, BY_CONTRIBUTOR, BY_PROVINCE, BY_SECTION, BY_TOPIC, count
    from articles.views.story_sets import StorySet

    def first(model: type, way: object) -> str:
        numbers = count(StorySet(), way)
        return model.objects.get(pk=max(numbers, key=numbers.get)).get_absolute_url()

    sections = count(StorySet(), BY_SECTION)
    topic, region = first(Topic, BY_TOPIC), first(Region, BY_PROVINCE)
    slug, code = topic.split("/")[2], region.split("/")[2]
    return {
        "/": "home",
        region: "region",
        f"{region}?topic={slug}": "region, topic",
        topic: "topic",
        f"{topic}?year=2024": "topic, year",
        f"{topic}?region={code}&year=2024": "topic, region, year",
        **({f"/sections/{max(sections, key=sections.get)}/": "section"} if sections else {}),
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

    class Timed(counts.CountStore):
        """A store that adds up the time that counts take."""

        seconds = 0.0

        def get(self, state: str, name: str, count: Callable[[], object]) -> object:
            def timed_count() -> object:
                started = time.perf_counter()
                counted = count()
                self.seconds += time.perf_counter() - started
                return counted

            return super().get(state, name, timed_count)

    taken: list[tuple[float, float, float]] = []
    for _ in range(ROUNDS):
        counts._store = store = Timed()
        first = timed(lambda: look(path))
        taken.append((first, store.seconds, timed(lambda: look(path))))
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


if __name__ == "__main__":
    main()
