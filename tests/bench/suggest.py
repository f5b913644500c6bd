"""Print how fast suggestions come while a reader types, beside the time of an ordinary search.

    VAR_DIR=$(mktemp -d) .venv/bin/python -m tests.bench.suggest [--articles 20000] [--names 30000]

The bench asks an invented archive (tests/bench/search.py makes it unless it is there) through the view, by a server
that keeps no pages: what a reader has typed after each letter of names, terms and headlines, in characters and in
pinyin, each single letter, and odd texts. Beside each it asks an ordinary search. It also reads the tables of names,
with `--names` contributors. Times are milliseconds.
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import string
import time
from collections.abc import Callable

import django

CHANCE = random.Random(7)

ODD = (
    *"医的人一-。；🙂",
    "(" * 40,
    "a" * 40,
    "医" * 40,
    ".*" * 20,
    "标题:医院 地区:河南",
    "医院 OR 医生 -护士",
    "1",
    "2024",
    "xyz",
)


def main() -> None:
    """Run the bench."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=20_000)
    parser.add_argument("--names", type=int, default=30_000)
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "healthnews.settings")
    django.setup()
    from articles.search.state import serving_index
    from tests.bench.search import build_index, prepare

    prepare(options.articles)
    if serving_index() is None:
        build_index()
    read_tables(options.names)
    ask_all()


def read_tables(count: int) -> None:
    """Print the time and memory of the archive's tables, and of a table of `count` names."""
    from articles.models import Contributor, archive
    from articles.search.current import current_index
    from articles.search.name_table import NameTable
    from articles.views.candidates import candidates

    opened, now = current_index(), archive.state()
    print(f"tables of the archive: {_ms(lambda: candidates(opened, now)):.0f} ms, {Contributor.objects.count()} people")
    held = list(Contributor.objects.values_list("name", flat=True))
    names = [(number, [CHANCE.choice(held)[:2] + CHANCE.choice(held)[-1:]]) for number in range(count)]
    before = _memory()
    print(f"{count} names: {_ms(lambda: NameTable(names)):.0f} ms, {_memory() - before:.0f} MB")


def ask_all() -> None:
    """Ask for suggestions and for searches in turn, and print the times of each class of texts."""
    from django.test import Client, override_settings

    from tests.bench.search import figures

    with override_settings(PAGE_CACHE_MB=0):
        client = Client(headers={"host": "localhost"})
        client.get("/search/", {"q": "医"})
        searches: list[float] = []
        every: list[float] = []
        largest = 0
        for kind, texts in typed().items():
            spent: list[float] = []
            for text in texts:
                started = time.perf_counter()
                response = client.get("/suggest/", {"q": text})
                spent.append((time.perf_counter() - started) * 1000)
                assert response.status_code == 200, text
                largest = max(largest, len(response.content))
                searches.append(_ms(lambda text=text: client.get("/search/", {"q": text})))
            print(f"  {kind:20} {figures(spent)}  ({len(spent)} texts)")
            every += spent
        print(f"  {'suggestions':20} {figures(every)}  largest answer {largest} bytes")
        print(f"  {'searches':20} {figures(searches)}")


def typed() -> dict[str, list[str]]:
    """Return {class: texts} as they stand in the box after each letter."""
    from articles.models import Article, Contributor
    from articles.search.pinyin import spellings
    from articles.text.fold import fold
    from articles.views.candidates import _words

    people = CHANCE.sample(list(Contributor.objects.values_list("name", flat=True)), 15)
    terms = CHANCE.sample(_words(), 15)
    headlines = list(Article.objects.order_by("?").values_list("headline", flat=True)[:15])
    spelt = [spellings(fold(name)) for name in people + terms]
    return {
        "one letter": list(string.ascii_lowercase),
        "initials": _parts(each.initials[0] for each in spelt),
        "syllables": _parts(each.syllables[0][:12] for each in spelt),
        "names": _parts(people),
        "terms": _parts(terms),
        "headlines": _parts(headline[:10] for headline in headlines),
        "mixed": [name[0] + each.initials[0][1] for name, each in zip(people, spelt, strict=False)],
        "odd": list(ODD),
    }


def _parts(texts: object) -> list[str]:
    return sorted({text[:end] for text in texts for end in range(1, len(text) + 1)})  # type: ignore[attr-defined]


def _ms(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return (time.perf_counter() - started) * 1000


def _memory() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
