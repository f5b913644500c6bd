"""Print how long the related stories of an article and a comparison of searches over time take.

    VAR_DIR=... .venv/bin/python -m tests.bench.related [--stories 200]

The archive and its index are those in VAR_DIR (tests/bench/search.py makes one). Nothing is kept in memory, so that
each answer is made anew. Beside the times stands that of a bound in the same run: the 20 best stories by BM25 alone for
a word of each story's headline. Times are milliseconds.
"""

from __future__ import annotations

import argparse
import gc
import os
import random
import statistics
import time
from collections.abc import Callable
from functools import partial

import django


def main() -> None:
    """Run the bench."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--stories", type=int, default=200)
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "healthnews.settings")
    django.setup()

    from django.test import Client, override_settings

    from articles.models import Article
    from articles.models.stories import load_story
    from articles.search.current import current_index
    from articles.search.related import find_related
    from articles.search.trends import Unit, count_over_time
    from articles.text.tokens import read_words
    from articles.views import related
    from tests.bench.search import raw_search, words_file

    ids = list(Article.objects.visible().stories().values_list("pk", flat=True))
    chance = random.Random(19)
    spent: dict[str, list[float]] = {}

    def timed(name: str, ask: Callable[[], object]) -> None:
        started = time.perf_counter()
        ask()
        spent.setdefault(name, []).append((time.perf_counter() - started) * 1000)

    with override_settings(PAGE_CACHE_MB=0):
        client = Client(headers={"host": "localhost"})
        index = current_index().index
        print(f"{index.size} stories, {index.segments} segments")
        words = [word for word in read_words(words_file()) if index.count(index.contains(word))]
        for _ in range(10):  # compiles templates and queries
            client.get(f"/articles/{chance.choice(ids)}/")
        gc.freeze()  # as healthnews/wsgi.py does
        for pk in chance.sample(ids, options.stories):
            story = load_story(Article.objects.get(pk=pk))
            column = story.column.pk if story.column else None
            timed("raw", raw_search(chance.choice(words)))
            timed("related, ids", partial(find_related, pk, related._texts(story), column, related._places(story)))
            timed("related, rows", partial(related.related_to, story))
            timed("article, whole", partial(client.get, f"/articles/{pk}/"))
        for _ in range(options.stories // 5):
            typed = chance.sample(words, 5)
            timed("five by year", partial(count_over_time, typed, Unit.YEAR))
            timed("five by month", partial(count_over_time, typed, Unit.MONTH))
            timed("page by year", partial(client.get, "/trends/", {"q": typed}))
    bound = statistics.median(spent["raw"])
    for name, values in spent.items():
        values.sort()
        middle, high = statistics.median(values), values[int(len(values) * 0.95)]
        times = f"p50 {middle:7.1f}  p95 {high:7.1f}  max {values[-1]:7.1f}"
        print(f"  {name:16} {times}  p50 ÷ raw p50 {middle / bound:5.1f}")


if __name__ == "__main__":
    main()
