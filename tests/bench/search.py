"""Print how fast the archive is searched, how large its index is, how fast it is built, and whether it finds all.

    VAR_DIR=$(mktemp -d) .venv/bin/python -m tests.bench.search [--articles 20000] [--fts5] [--oracle 200]

The bench fills the database of DATABASE_URL, or SQLite in VAR_DIR, with an invented archive (tests/bench/corpus.py)
unless one of that size is there already. It builds the index, then asks some 90 queries of every class through the
view, as a reader does: first with neither pages nor facets kept in memory, so that each answer is made anew, with
facets and without, then as the archive is served. It says how many answers came from memory. Beside the times of an
answer it prints those of its bound, the 20 best by BM25 alone, and their ratio. It asks for 80 quotations with a slip,
and says how many are among the first three. It makes excerpts and marks in two texts of 690,000 characters, one
repeated character and ordinary sentences. `--fts5` puts the same bigrams into an SQLite FTS5 table and asks it the same
strings. `--oracle` cuts the given number of strings at random from the texts and compares the index's counts with a
brute-force look at every story. Times are milliseconds.
"""

from __future__ import annotations

import argparse
import gc
import os
import random
import re
import resource
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import copy
from functools import partial
from pathlib import Path
from typing import Any

import django

CHANCE = random.Random(42)

#: The parts of an answer that follow one another.
PARTS = ("engine", "database", "excerpts")


def main() -> None:
    """Run the bench."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=20_000)
    parser.add_argument("--fts5", action="store_true")
    parser.add_argument("--oracle", type=int, default=0, metavar="STRINGS")
    parser.add_argument("--keep-index", action="store_true", help="ask the index that is there")
    parser.add_argument("--rounds", type=int, default=3, help="times that each query is asked")
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "healthnews.settings")
    django.setup()
    prepare(options.articles)
    if not options.keep_index:
        build_index()
    queries = make_queries()
    ask_all(queries, options.rounds)
    ask_with_slips()
    mark_a_long_text()
    if options.oracle:
        compare_with_brute_force(options.oracle)
    if options.fts5:
        compare_with_fts5(queries, options.rounds)


def prepare(count: int) -> None:
    """Fill the database with `count` articles, unless it has as many."""
    from django.core.management import call_command

    from articles.models import Article
    from tests.bench import corpus

    call_command("migrate", verbosity=0)
    call_command("load_tables")
    call_command("collectstatic", interactive=False, verbosity=0)
    if Article.objects.count() == count:
        return
    started = time.monotonic()
    corpus.build(count, say=print)
    print(f"corpus: {count} articles in {time.monotonic() - started:.0f} s")


def build_index() -> None:
    """Build the index anew and print rate, size and memory."""
    from django.conf import settings

    from articles.models import Article
    from articles.search.state import serving_folder
    from articles.search.sync import sync

    lines: list[str] = []
    started = time.monotonic()
    sync(say=lines.append, rebuild=True)
    elapsed = time.monotonic() - started
    count = Article.objects.visible().stories().count()
    size = sum(path.stat().st_size for path in serving_folder().rglob("*") if path.is_file())
    characters = mean_length() * count
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    workers = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(
        f"index: {count} stories of {characters / count:.0f} characters in {elapsed:.1f} s, {count / elapsed:.0f} a "
        f"second with the database read; {size / 1e6:.0f} MB, {size / characters:.2f} bytes a character; "
        f"memory {memory:.0f} MB, a worker {workers:.0f} MB ({settings.DATABASES['default']['ENGINE'].split('.')[-1]})"
    )


def mean_length(sample: int = 2000) -> float:
    """Return the mean number of characters of a story's values."""
    from articles.models import Article
    from articles.search.documents import story_documents

    ids = list(Article.objects.visible().stories().values_list("pk", flat=True))
    stories = story_documents(random.Random(1).sample(ids, min(sample, len(ids))))
    return statistics.mean(sum(len(value) for values in story.texts.values() for value in values) for story in stories)


def make_queries() -> list[tuple[str, str]]:
    """Return (class, query) pairs, chosen by how many stories hold each string."""
    from articles.search.current import current_index
    from tests.bench.corpus import read_words

    index = current_index().index
    words = [word for word in read_words(words_file()) if len(word) >= 2]
    count = {word: index.count(index.contains(word)) for word in words}
    by_count = sorted((word for word in words if count[word]), key=count.get)
    third = len(by_count) // 3
    rare, mid, often = by_count[:third], by_count[third : 2 * third], by_count[-40:]
    names = names_of_people(8)
    long = cuts(10, 8, 16)
    pick = CHANCE.sample
    return [
        *(("rare", word) for word in pick(rare, 10)),
        *(("mid", word) for word in pick(mid, 10)),
        *(("very frequent", word) for word in often[-10:]),
        *(("two strings", " ".join(pair)) for pair in zip(pick(often, 6), pick(mid, 6), strict=True)),
        *(("two strings", " ".join(pick(often, 2))) for _ in range(6)),
        *(("three strings", " ".join(pick(often, 3))) for _ in range(4)),
        *(("long string", f"“{text}”") for text in long),
        *(("cut anywhere", text) for text in cuts(10, 2, 6)),
        *(("one character", character) for character in "医，的癌疫杏"),
        *(("or", " OR ".join(pair)) for pair in zip(pick(often, 3), pick(rare, 3), strict=True)),
        *(("or", " OR ".join(pick(often, 2))) for _ in range(3)),
        *(("not", f"{one} -{other}") for one, other in zip(pick(often, 6), pick(mid, 6), strict=True)),
        *(("date", f"{word} 日期:{year}") for word, year in zip(pick(often, 4), (1990, 2003, 2014, 2024), strict=True)),
        *(("date", f"{word} 日期:2010-05..2012") for word in pick(mid, 2)),
        *(("name", f"作者:{name}") for name in names[:4]),
        *(("name", name) for name in names[4:]),
        *(("filter", f"{word} 地区:河南") for word in pick(often, 2)),
        *(("headline", f"标题:{word}") for word in pick(often, 4)),
        *(("nowhere", one + other) for one, other in zip(pick(rare, 4), pick(rare, 4), strict=True)),
    ]


def words_file() -> Path:
    from django.conf import settings

    return settings.WORDS_FILE


def names_of_people(count: int) -> list[str]:
    from articles.models import Contributor

    return list(Contributor.objects.order_by("pk").values_list("name", flat=True)[: count * 50 : 50])


def cuts(count: int, shortest: int, longest: int) -> list[str]:
    """Return strings cut at random from paragraphs."""
    from articles.models import Article

    ids = list(Article.objects.visible().stories().values_list("pk", flat=True))
    found = []
    while len(found) < count:
        text = CHANCE.choice(Article.objects.get(pk=CHANCE.choice(ids)).paragraphs)
        length = CHANCE.randint(shortest, longest)
        start = CHANCE.randrange(max(1, len(text) - length))
        piece = text[start : start + length]
        if re.fullmatch(r"\w+", piece):
            found.append(piece)
    return found


class Clock:
    """A clock that adds up the time spent in parts of a search."""

    def __init__(self) -> None:
        self.spent = dict.fromkeys((*PARTS, "facets", "whole"), 0.0)

    def timed(self, part: str, function: Callable) -> Callable:
        def run(*args: object, **kwargs: object) -> object:
            started = time.perf_counter()
            try:
                return function(*args, **kwargs)
            finally:
                self.spent[part] += (time.perf_counter() - started) * 1000

        return run

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Time the engine, the database, the excerpts and the facets as long as the `with` lasts.

        The facets are counted in a thread beside the rest, so that their time is no part of the whole's. The engine's
        time is that of the hits.
        """
        from django.db import connection

        from articles.search import facets, run
        from articles.views.highlighting import Highlighter

        timed = [
            (owner, name, self.timed(part, getattr(owner, name)))
            for part, owner, name in (
                ("engine", run.SearchRun, "ranked"),
                ("engine", run.SearchRun, "dated"),
                ("excerpts", Highlighter, "excerpt"),
                ("facets", facets, "_count"),
            )
        ]
        with swapped(*timed), connection.execute_wrapper(lambda execute, *args: self.timed("database", execute)(*args)):
            yield


@contextmanager
def swapped(*changes: tuple[Any, str, Callable]) -> Iterator[None]:
    """Replace the function of each (owner, name, function) by the function as long as the `with` lasts."""
    kept = [(owner, name, getattr(owner, name)) for owner, name, _ in changes]
    for owner, name, function in changes:
        setattr(owner, name, function)
    try:
        yield
    finally:
        for owner, name, function in kept:
            setattr(owner, name, function)


def raw_search(typed: str) -> Callable[[], object]:
    """Return the bound of a search: the 20 best by BM25 alone, each string as a phrase of bigrams, without a page."""
    from articles.search.current import current_index
    from articles.search.run import SearchRun, read_query
    from articles.text.tokens import Splitter

    opened, query = current_index(), read_query(typed)
    index = copy(opened.index)
    index._splitter = Splitter(index._splitter.words, lambda text: [])  # no string is a term of its own
    wanted = index.compile(query.tree, SearchRun.of(opened, query, False).filters)
    return lambda: index._searcher.search(wanted, 20)


def no_facets(run: object) -> Callable[[], object]:
    """Take the place of the count of facets: there are none."""
    from articles.search import facets

    return lambda: facets.Facets(0, 0, {})


def ask_all(queries: list[tuple[str, str]], rounds: int) -> None:
    """Ask each query `rounds` times in each order, and print the times of the parts and of the whole answer.

    The first server keeps neither pages nor facets, so that each answer is made anew. The last keeps pages, as the
    archive is served. The bound of each query is asked right before the query.
    """
    from articles.search import find

    print(f"{len(queries)} queries, each {rounds} times; p50 / p95 / max in ms; nothing kept")
    by_class: dict[str, list[float]] = {}
    for sort in ("relevance", "newest"):
        for name, changes in (("", ()), (", no facets", ((find, "beside", no_facets),))):
            with swapped(*changes):
                rows, kept = ask_each(queries, sort, rounds, memory=0)
            if kept:
                raise SystemExit("a server without memory for pages has kept some")
            for row in rows:
                row["template and rest"] = row["whole"] - sum(row[part] for part in PARTS)
            print(f" {sort}{name}")
            for part in ("raw", *PARTS, "template and rest", "facets", "whole"):
                print(f"  {part:18} {figures([row[part] for row in rows])}")
            ratio = percentile([row["whole"] for row in rows]) / percentile([row["raw"] for row in rows])
            print(f"  whole p95 ÷ raw p95: {ratio:.2f}")
            if sort == "relevance" and not name:
                for row, (kind, _) in zip(rows, (query for query in queries for _ in range(rounds)), strict=True):
                    by_class.setdefault(kind, []).append(row["whole"])
    for kind, spent in by_class.items():
        print(f"  {kind:16} {figures(spent)}")
    for sort in ("relevance", "newest"):
        rows, kept = ask_each(queries, sort, rounds, memory=64)
        print(f"  {sort:10} pages kept         {figures([row['whole'] for row in rows])}, "
              f"{kept} of {len(rows)} answers from memory ({kept / len(rows):.0%})")  # fmt: skip


def ask_each(queries: list[tuple[str, str]], sort: str, rounds: int, memory: int) -> tuple[list[dict[str, float]], int]:
    """Return the times of each answer by a server with `memory` megabytes for finished pages, and of its bound, "raw".

    The second value is the number of answers that came from memory.
    """
    from django.test import Client, override_settings

    from articles.search import facets
    from articles.web.page_cache import PageStore

    kept = [0]
    get = PageStore.get

    def counted(*args: object) -> object:
        page = get(*args)
        kept[0] += page is not None
        return page

    rows = []
    with override_settings(PAGE_CACHE_MB=memory), swapped((PageStore, "get", counted)):
        client = Client(headers={"host": "localhost"})
        client.get("/search/", {"q": "医"})  # opens the index, compiles the templates
        gc.freeze()  # as healthnews/wsgi.py does
        kept[0] = 0
        for _, query in queries:
            raw = raw_search(query)
            for _ in range(rounds):
                clock = Clock()
                took: list[float] = []
                _ms(took, raw)
                clock.spent |= {"raw": took[0]}
                facets.forget()
                with clock.watching():
                    started = time.perf_counter()
                    response = client.get("/search/", {"q": query, "sort": sort})
                    clock.spent["whole"] = (time.perf_counter() - started) * 1000
                assert response.status_code == 200, query
                rows.append(clock.spent)
    return rows, kept[0]


def slips(count: int, seed: int = 19) -> Iterator[tuple[str, str, int, float]]:
    """Yield (string with a slip or two, string as printed, its one story, share of its bigrams that are left).

    Each string is cut from a story, has 8 to 20 characters and stands nowhere else. The slips are wrong, missing, added
    and swapped characters.
    """
    from articles.models import Article
    from articles.search.current import current_index
    from articles.text.fold import fold

    def grams(text: str) -> set[str]:
        return {text[at : at + 2] for at in range(len(text) - 1)}

    index, chance = current_index().index, random.Random(seed)
    ids = list(Article.objects.visible().stories().order_by("pk").values_list("pk", flat=True))
    while count:
        pk, length = chance.choice(ids), chance.randint(8, 20)
        text = fold(chance.choice(Article.objects.get(pk=pk).paragraphs))
        start = chance.randrange(max(1, len(text) - length))
        printed = text[start : start + length]
        if not re.fullmatch(r"[\u4e00-\u9fff][\u4e00-\u9fff、,]{6,18}[\u4e00-\u9fff]", printed):
            continue
        typed = printed
        for _ in range(chance.choice((1, 2))):
            at, letter = chance.randrange(len(typed) - 1), chance.choice("的一是在不了有和人这中大为上个国")
            typed = {
                "wrong": typed[:at] + letter + typed[at + 1 :],
                "missing": typed[:at] + typed[at + 1 :],
                "added": typed[:at] + letter + typed[at:],
                "swapped": typed[:at] + typed[at + 1] + typed[at] + typed[at + 2 :],
            }[chance.choice(("wrong", "missing", "added", "swapped"))]
        if index.count(index.contains(printed)) == 1 and not index.count(index.contains(typed)):
            count -= 1
            yield typed, printed, pk, len(grams(printed) & grams(typed)) / len(grams(printed))


def ask_with_slips(count: int = 80) -> None:
    """Ask for quotations with a slip. Print how many are among the first three, and how long an exact search takes."""
    from django.test import Client, override_settings

    from articles.search import facets
    from articles.search.find import find

    found: list[tuple[bool, float]] = []
    spent: dict[str, list[float]] = {"nearly": [], "exactly": []}
    with override_settings(PAGE_CACHE_MB=0):
        client = Client(headers={"host": "localhost"})
        for typed, printed, pk, kept in slips(count):
            nearly = find(typed).nearly
            found.append((nearly is not None and pk in [hit.story.head.pk for hit in nearly.hits[:3]], kept))
            for name, query in (("nearly", typed), ("exactly", printed)):
                facets.forget()
                _ms(spent[name], partial(client.get, "/search/", {"q": query}))
    most = [right for right, kept in found if kept >= 0.7]
    print(
        f"{count} quotations with a slip: {sum(right for right, _ in found)} among the first three; "
        f"{sum(most)} of the {len(most)} that keep 70 % of their bigrams"
    )
    for name, values in spent.items():
        print(f"  {name:18} {figures(values)}")


def mark_a_long_text(length: int = 690_000) -> None:
    """Print how long an excerpt and marks take in a text of one repeated character, and in an ordinary text."""
    from articles.search.excerpt import excerpt, highlight
    from articles.text.fold import fold

    sentence = "今天记者在医院看到，人们的健康水平提高了。"
    for name, text in (("one character", "健" * length), ("ordinary", sentence * (length // len(sentence)))):
        spent: dict[str, list[float]] = {"fold": [], "excerpt": [], "marks": []}
        for needles in (["健"], ["健康", "医院", "健"], ["健" * number for number in range(1, 13)]):
            _ms(spent["fold"], partial(fold, text))
            _ms(spent["excerpt"], partial(excerpt, [text], needles))
            _ms(spent["marks"], partial(highlight, text, needles))
        print(
            f"  {length} characters, {name:14} " + "; ".join(f"{part} {max(ms):.0f} ms" for part, ms in spent.items())
        )


def figures(values: list[float]) -> str:
    """Return p50, p95 and the greatest of `values`."""
    return f"{percentile(values, 0.5):8.1f} {percentile(values):8.1f} {max(values):8.1f}"


def percentile(values: list[float], share: float = 0.95) -> float:
    """Return the value below which this share of `values` lies."""
    return sorted(values)[int(len(values) * share)]


def compare_with_brute_force(count: int) -> None:
    """Cut `count` strings at random from all values and look for each in every story. Print where the index differs."""
    from articles.models import Article
    from articles.search.current import current_index
    from articles.search.documents import story_documents
    from articles.text.fold import fold

    index = current_index().index
    ids = list(Article.objects.visible().stories().order_by("pk").values_list("pk", flat=True))
    wanted: set[str] = set()
    for story in story_documents(CHANCE.sample(ids, min(len(ids), count * 2))):
        value = CHANCE.choice([value for values in story.texts.values() for value in values])
        start = CHANCE.randrange(len(value))
        if len(wanted) < count and fold(piece := value[start : start + CHANCE.randint(1, 8)]):
            wanted.add(fold(piece))
    truth: dict[str, int] = dict.fromkeys(wanted, 0)
    started = time.monotonic()
    for story in story_documents(ids):
        # Each story is one text. No string holds the NUL between two values, because fold removes it.
        text = "\0".join(fold(value) for values in story.texts.values() for value in values)
        for piece in wanted:
            if piece in text:
                truth[piece] += 1
    wrong = {piece: (index.count(index.contains(piece)), n) for piece, n in truth.items()}
    wrong = {piece: pair for piece, pair in wrong.items() if pair[0] != pair[1]}
    print(f"oracle: {len(truth)} strings over {len(ids)} stories, {len(wrong)} counts differ {wrong or ''} "
          f"({time.monotonic() - started:.0f} s)")  # fmt: skip


def compare_with_fts5(queries: list[tuple[str, str]], rounds: int) -> None:
    """Ask SQLite FTS5, over the same bigrams, for the count and the best twenty hits of each query of one string."""
    from articles.models import Article
    from articles.search.current import current_index
    from articles.search.documents import story_documents
    from articles.search.index_rows import BOUNDARY, bigrams
    from articles.text.fold import fold

    index = current_index().index
    ids = list(Article.objects.visible().stories().order_by("pk").values_list("pk", flat=True))
    with tempfile.TemporaryDirectory() as folder:
        table = sqlite3.connect(f"{folder}/fts5.sqlite3")
        table.execute("PRAGMA journal_mode=OFF")
        table.execute("CREATE VIRTUAL TABLE story USING fts5(grams, content='', tokenize='ascii')")
        started = time.monotonic()
        table.executemany(
            "INSERT INTO story(rowid, grams) VALUES (?, ?)",
            (
                (story.id, BOUNDARY.join(
                    " ".join(map(_letters, bigrams(fold(value)))) for values in story.texts.values() for value in values
                ))
                for story in story_documents(ids)
            ),
        )  # fmt: skip
        table.commit()
        elapsed = time.monotonic() - started
        size = Path(f"{folder}/fts5.sqlite3").stat().st_size
        print(f"fts5: {len(ids) / elapsed:.0f} a second on one core, {size / 1e6:.0f} MB")
        spent: dict[str, list[float]] = {"fts5 ranked": [], "fts5 count": [], "ours ranked": [], "ours count": []}
        differ = 0
        for kind, query in queries:
            text = fold(query.strip("“”"))
            if kind not in ("rare", "mid", "very frequent", "long string", "cut anywhere") or len(text) < 2:
                continue
            phrase = '"' + " ".join(map(_letters, bigrams(text))) + '"'
            for _ in range(rounds):
                theirs = _ms(spent["fts5 count"], partial(_rows, table, "count(*)", phrase, ""))[0][0]
                _ms(spent["fts5 ranked"], partial(_rows, table, "rowid", phrase, "ORDER BY rank LIMIT 20"))
                ours = _ms(spent["ours count"], partial(index.count, index.contains(text)))
                _ms(spent["ours ranked"], partial(index.search, index.ranked(index.contains(text), [text])))
            differ += theirs != ours
        for name, values in spent.items():
            print(f"  {name:12} {figures(values)}")
        print(f"  counts that differ: {differ}")


def _rows(table: sqlite3.Connection, what: str, phrase: str, tail: str) -> list[tuple]:
    return table.execute(f"SELECT {what} FROM story WHERE story MATCH ? {tail}", [phrase]).fetchall()


def _letters(gram: str) -> str:
    """Return a bigram in letters that FTS5's ascii tokenizer takes for one word."""
    return "".join(f"{ord(character):06x}" for character in gram)


def _ms(spent: list[float], function: Callable[[], object]) -> object:
    started = time.perf_counter()
    result = function()
    spent.append((time.perf_counter() - started) * 1000)
    return result


if __name__ == "__main__":
    main()
