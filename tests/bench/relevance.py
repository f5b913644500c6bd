"""Print how well searches are ordered by relevance: NDCG@10 over 60 queries with graded answers.

    VAR_DIR=$(mktemp -d) .venv/bin/python -m tests.bench.relevance

The stories are those of the labelled pages (tests/pages). tests/search/relevance.jsonl has a query a line, and a grade
for each story that was judged: 3 if it is about this, 2 if this is a main part of it, 1 if it is told with substance, 0
if it is only mentioned. The grades were given by reading the stories, without regard to any order. Hits that were not
judged are left out of the order. NDCG is that of Järvelin and Kekäläinen 2002, with the gain 2^grade - 1.
"""

from __future__ import annotations

import json
import math
import tempfile
from collections.abc import Iterator
from pathlib import Path

from articles.search.index import StoryIndex
from articles.search.index_rows import StoryDocument, make_index_row
from articles.search.query import parse
from articles.search.query_tree import positive_texts
from articles.text.tokens import search_splitter
from articles.training.labelled import read_labelled

ROOT = Path(__file__).resolve().parent.parent
PAGES, GRADES = ROOT / "pages", ROOT / "search" / "relevance.jsonl"
FOLDERS = ("dev", "own", "kinds", "small", "formats", "tools", "unseen")
WORDS = ROOT.parent / "fixtures" / "words.txt"

#: The hits that count.
DEPTH = 10


def stories() -> Iterator[tuple[str, dict[str, list[str]]]]:
    """Yield (name of the page#index of the item, its values by kind). A story of several pages comes once."""
    seen = set()
    for folder in FOLDERS:
        for path in sorted((PAGES / folder).glob("*.page")):
            for index, item in enumerate(read_labelled(path).gold()["items"]):
                texts = [text for text in item["texts"] if text.strip()]
                key = ("".join((item["headline"] or "").split()), "".join(texts[0].split())) if texts else None
                if key is None or key in seen:
                    continue
                seen.add(key)
                titles = [item[name] for name in ("kicker", "headline", "deck") if item[name]]
                yield f"{folder}/{path.stem}#{index}", {"headline": titles, "body": texts}


def measure() -> dict[str, float]:
    """Return {query: NDCG@10} of the present order."""
    splitter = search_splitter(WORDS)
    named = list(stories())
    with tempfile.TemporaryDirectory() as folder:
        index = StoryIndex(Path(folder) / "index", splitter, create=True)
        documents = (StoryDocument(at, at, -at, at, texts) for at, (_, texts) in enumerate(named, start=1))
        index.write(make_index_row(document, splitter) for document in documents)
        index = index.renewed()
        return {
            row["query"]: _ndcg(row["grades"], [named[pk - 1][0] for pk in _order(index, row["query"])])
            for row in map(json.loads, GRADES.read_text("utf-8").splitlines())
        }


def _order(index: StoryIndex, typed: str) -> list[int]:
    tree = parse(typed).tree
    wanted = index.compile(tree, lambda leaf: index.among("id", []))
    return index.first(index.ranked(wanted, [leaf.text for leaf in positive_texts(tree)]), 1000).ids


def _ndcg(grades: dict[str, int], order: list[str]) -> float:
    def gain(values: list[int]) -> float:
        return sum((2**grade - 1) / math.log2(place + 2) for place, grade in enumerate(values[:DEPTH]))

    best = gain(sorted(grades.values(), reverse=True))
    return gain([grades[name] for name in order if name in grades]) / best


def main() -> None:
    """Print the mean, and the queries with the lowest values."""
    found = measure()
    print(f"NDCG@{DEPTH} of {len(found)} queries: {sum(found.values()) / len(found):.4f}")
    for query in sorted(found, key=found.__getitem__)[:12]:
        print(f"  {found[query]:.3f} {query}")


if __name__ == "__main__":
    main()
