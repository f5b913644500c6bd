"""Print the reader's scores on all gold pages, one row a corpus: python -m tests.scores [--show] [CORPUS ...].

A corpus is a folder of tests/pages; "seeds", if the real pages are available; "layouts", the pages of dev and own set
in other layouts; or "unseen layouts", the pages of unseen set so. The weights of the labelling are trained on all pages
except those of unseen and seeds. The measures are those of tests/score_reading.py. For "cases" the program prints the
cases that come out right.
"""

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from typing import Any

os.environ.setdefault("VAR_DIR", tempfile.mkdtemp(prefix="healthnews-scores-"))  # the word splitter writes its cache

from articles.reading import read_page
from articles.training.labelled import read_labelled
from articles.training.typesetter import LAYOUTS as TYPESET
from articles.training.typesetter import typeset
from tests.reading.layouts import LAYOUTS
from tests.reading.odd_texts import as_served
from tests.reading.reference import ROOT, province_names
from tests.score_cases import faults_of
from tests.score_reading import MEASURES, Tally, score_page

PAGES = ROOT / "tests/pages"
SEEDS = (ROOT / os.environ.get("GOLD_PAGES", "../shared/pages")).resolve() / "seeds"
#: The folder of a corpus's gold and the folder of its texts.
CORPORA = {
    "seeds": (SEEDS, SEEDS),
    "dev": (PAGES / "dev", ROOT / "fixtures/pages"),
    **{name: (PAGES / name, PAGES / name) for name in ("own", "formats", "tools")},
}

#: Labelled pages that the weights were not trained on.
UNSEEN = "unseen"

Say = Callable[[str], None]


def pages_of(corpus: str) -> Iterator[tuple[str, dict[str, Any], str]]:
    """Yield name, gold and text of each page of a corpus."""
    if corpus == "layouts":
        for name, change in LAYOUTS.items():
            for corpus_name in ("dev", "own"):
                for stem, gold, text in pages_of(corpus_name):
                    yield f"{name}: {stem}", gold, change(text, gold)
        return
    if corpus.startswith(UNSEEN):
        for path in sorted((PAGES / UNSEEN).glob("*.page")):
            page = read_labelled(path)
            for version in [page] if corpus == UNSEEN else [typeset(page, name) for name in sorted(TYPESET)]:
                yield version.name, version.gold(), version.text
        return
    folder, texts = CORPORA[corpus]
    for path in sorted(folder.glob("*.json")):
        text = (texts / f"{path.stem}.txt").read_bytes().decode("utf-8")
        yield path.stem, json.loads(path.read_text("utf-8")), text


def read(stem: str, text: str) -> dict[str, Any]:
    """Return a page's reading as read_pages prints it."""
    topics = {topic.slug: topic.name for topic in as_served().topics}
    return read_page(text, reference=as_served()).as_json(f"{stem}.txt", province_names(), topics)


def score(corpus: str, say: Say) -> dict[str, float]:
    """Return the totals of a corpus by measure. Say the values of each page and its misses."""
    total = {measure: Tally() for measure in MEASURES}
    for stem, gold, text in pages_of(corpus):
        page = {measure: Tally() for measure in MEASURES}
        misses: list[str] = []
        score_page(gold, read(stem, text), text, page, misses.append)
        for measure in MEASURES:
            for part in ("hit", "gold", "found"):
                setattr(total[measure], part, getattr(total[measure], part) + getattr(page[measure], part))
        say(row(stem, {measure: page[measure].f1 for measure in MEASURES}))
        for miss in misses:
            say(f"    {miss}")
    return {measure: total[measure].f1 for measure in MEASURES}


def judge_cases(say: Say) -> list[str]:
    """Return the names of the cases that come out right. Say the faults of the others."""
    right: list[str] = []
    for path in sorted((PAGES / "cases").glob("*.json")):
        text = path.with_suffix(".txt").read_bytes().decode("utf-8")
        faults = faults_of(json.loads(path.read_text("utf-8")), read(path.stem, text))
        if faults:
            say(f"wrong {path.stem}" + "".join(f"\n    {fault}" for fault in faults))
        else:
            right.append(path.stem)
    return right


def row(name: str, values: dict[str, float]) -> str:
    """Return a row of the table."""
    return f"{name[:23]:24}" + "".join(f"{values[measure]:11.3f}" for measure in MEASURES)


def write(line: str) -> None:
    """Print a line at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> None:
    """Print the totals of the corpora named in the arguments, or of all corpora."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpora", nargs="*", metavar="CORPUS")
    parser.add_argument("--show", action="store_true", help="print each page with its misses")
    options = parser.parse_args()
    say: Say = write if options.show else lambda line: None
    write(f"{'corpus':24}" + "".join(f"{measure:>11}" for measure in MEASURES))
    for corpus in options.corpora or [*CORPORA, "layouts", UNSEEN, f"{UNSEEN} layouts", "cases"]:
        if corpus == "cases":
            right = judge_cases(say)
            write(f"cases: {len(right)} right: {', '.join(name[:2] for name in right)}")
        elif corpus != "seeds" or SEEDS.is_dir():
            write(row(corpus, score(corpus, say)))


if __name__ == "__main__":
    main()
