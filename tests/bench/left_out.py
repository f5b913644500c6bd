"""Print the scores of whole pages that the weights were not trained on, by folds of all labelled pages.

    VAR_DIR=$(mktemp -d) .venv/bin/python -m tests.bench.left_out [--folds 3] [--layouts 6] [--show] [--rules]
    VAR_DIR=$(mktemp -d) .venv/bin/python -m tests.bench.left_out --evidence

The pages of each fold are read with weights learned on the other folds: as they came, and in some layouts. `--rules`
reads the pages once more without each rule of RULES and prints what the rule brings. `--evidence` trains without each
piece of evidence and prints how many lines of left-out pages are then labelled wrongly (an hour).
"""

import argparse
import json
import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from multiprocessing import get_context
from random import Random
from typing import Any

os.environ.setdefault("VAR_DIR", tempfile.mkdtemp(prefix="healthnews-left-out-"))  # the word splitter writes its cache

from articles.reading import Model, items, pieces, read_page, strings, view
from articles.reading.items import Desk
from articles.text.tokens import split_words
from articles.training.labelled import LabelledPage, read_labelled
from articles.training.trainer import featured, train, variants
from articles.training.typesetter import some_layouts
from articles.training.worth import worth_of_evidence
from tests.reading.odd_texts import as_served
from tests.reading.reference import province_names
from tests.score_cases import faults_of
from tests.score_reading import MEASURES, Tally, score_page
from tests.scores import PAGES, row, write

FOLDERS = ("dev", "own", "formats", "tools", "cases", "kinds", "small")

#: Rules that work on the labels: where each is defined, its name there, and the substitute that switches it off.
RULES: dict[str, tuple[Any, str, Any]] = {
    "titles that stand on their text's line are parted": (view, "part_run_ins", lambda lines, folio: (lines, folio)),
    "unsure dirt is text": (strings, "SURE_NOISE", 0.0),
    "a paragraph ends above a blank line": (strings, "is_complete", lambda text: False),
    "a long line that breaks off goes on": (strings, "SURE_BEGIN", 0.0),
    "a credit without an act waits for one": (strings, "_ACTS", re.compile("")),
    "the name of a column before a headline": (pieces, "_COLUMN_BEFORE", re.compile("(?!)(?P<name>)")),
    "any name in a bracket behind the last sentence": (pieces, "read_signature", lambda text, words: None),
    "a count goes on with the item it interrupts": (Desk, "_interrupted_by_count", lambda self, string: None),
    "a subhead behind a box goes on with its feature": (Desk, "_interrupted_feature", lambda self: None),
    "a turn goes on with its interview": (Desk, "_talk", lambda self, string, draft: draft),
    "text behind a photo goes on with an open paragraph": (Desk, "_earlier", lambda self: None),
    "a caption below a title is its own": (Desk, "_is_own_caption", lambda self, draft, string: False),
    "a column ends at an item unlike its others": (items, "_is_alike", lambda draft, group: True),
    "the title of a column is that of all its items": (items, "_share_columns", lambda drafts: None),
    "titles by their words are columns": (items, "is_column_label", lambda text: False),
    "lines of a digital edition belong to nothing": (view, "part_authors", lambda lines: lines),
}

Key = tuple[str, str]
Job = tuple[Key, str, str, dict[str, Any], int]
_examples: dict[Key, list[Any]] = {}
_fold_of: dict[Key, int] = {}
_models: dict[int, Model] = {}


def pages() -> dict[Key, LabelledPage]:
    """Return all labelled pages that weights are trained on, by folder and name."""
    return {
        (name, path.stem): read_labelled(path) for name in FOLDERS for path in sorted((PAGES / name).glob("*.page"))
    }


def gold_of(key: Key, labelled: LabelledPage) -> dict[str, Any]:
    """Return a page's gold: the JSON file that is older than its labels, if there is one, else the gold of its labels.

    For a page of cases it is always the gold of its labels.
    """
    path = PAGES / key[0] / f"{key[1]}.json"
    if key[0] == "cases" or not path.exists():
        return labelled.gold()
    return json.loads(path.read_text("utf-8"))


def _feature(key: Key, labelled: LabelledPage) -> tuple[Key, list[Any]]:
    return key, [featured(version, split_words) for version in variants(labelled)]


def _learn(fold: int) -> dict[str, Any]:
    return train(example for key, own in _examples.items() if _fold_of[key] != fold for example in own)


def _read(job: Job) -> tuple[Key, str, dict[str, tuple[int, int, int]], list[str]]:
    key, version, text, gold, fold = job
    reference = replace(as_served(), labelling=_models[fold])
    topics = {topic.slug: topic.name for topic in reference.topics}
    found = read_page(text, reference=reference).as_json(f"{key[1]}.txt", province_names(), topics)
    tallies = {measure: Tally() for measure in MEASURES}
    misses: list[str] = []
    score_page(gold, found, text, tallies, misses.append)
    if key[0] == "cases" and version == "as it came":
        faults = faults_of(json.loads((PAGES / "cases" / f"{key[1]}.json").read_text("utf-8")), found)
        misses += [f"case: {fault}" for fault in faults] or ["case: right"]
    return key, version, {name: (each.hit, each.gold, each.found) for name, each in tallies.items()}, misses


def scored(jobs: list[Job], *, show: bool = False) -> dict[str, dict[str, Tally]]:
    """Read the pages of `jobs`. Return the totals of each corpus, apart for pages as they came and for layouts."""
    total: dict[str, dict[str, Tally]] = {}
    with get_context("fork").Pool() as pool:
        for key, version, tallies, misses in pool.imap(_read, jobs, chunksize=8):
            name = key[0] if version == "as it came" else f"{key[0]} layouts"
            for corpus in (name, "all" if version == "as it came" else "all layouts"):
                for measure, counts in tallies.items():
                    own = total.setdefault(corpus, {}).setdefault(measure, Tally())
                    own.hit, own.gold, own.found = (
                        a + b for a, b in zip((own.hit, own.gold, own.found), counts, strict=True)
                    )
            if show and version == "as it came":
                write("\n    ".join((f"{key[0]}/{key[1]}", *misses)))
    return total


def jobs_of(labelled: dict[Key, LabelledPage], layouts: int) -> list[Job]:
    """Return the readings to make: each page as it came, and pages of dev, own and kinds also in `layouts` layouts."""
    jobs: list[Job] = []
    for key, own in labelled.items():
        gold = gold_of(key, own)
        jobs.append((key, "as it came", own.text, gold, _fold_of[key]))
        if key[0] in ("dev", "own", "kinds"):
            for version in some_layouts(own, Random(own.name), layouts):
                jobs.append((key, version.name, version.text, gold, _fold_of[key]))
    return jobs


@contextmanager
def without(rule: str) -> Iterator[None]:
    """Switch `rule` off as long as the `with` lasts."""
    owner, name, substitute = RULES[rule]
    kept = vars(owner)[name]
    setattr(owner, name, substitute)
    try:
        yield
    finally:
        setattr(owner, name, kept)


def main() -> None:
    """Run the bench that the arguments ask for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folds", type=int, default=3)
    parser.add_argument("--layouts", type=int, default=6)
    parser.add_argument("--show", action="store_true", help="print the misses of each page")
    parser.add_argument("--rules", action="store_true")
    parser.add_argument("--evidence", action="store_true")
    options = parser.parse_args()
    labelled = pages()
    if options.evidence:
        for name, whole, less in worth_of_evidence(list(labelled.values())):
            write(f"{name:28}{whole:6} wrong lines with it, {less:6} without ({less - whole:+d})")
        return
    order = sorted(labelled)
    Random(3).shuffle(order)
    _fold_of.update((key, at % options.folds) for at, key in enumerate(order))
    with get_context("fork").Pool() as pool:
        _examples.update(pool.starmap(_feature, labelled.items(), chunksize=4))
    with get_context("fork").Pool() as pool:
        for fold, weights in enumerate(pool.imap(_learn, range(options.folds))):
            _models[fold] = Model.from_json(weights)
    jobs = jobs_of(labelled, options.layouts)
    write(f"{'left out':24}" + "".join(f"{measure:>11}" for measure in MEASURES))
    for corpus, tallies in scored(jobs, show=options.show).items():
        write(row(corpus, {measure: tallies[measure].f1 for measure in MEASURES}))
    if options.rules:
        came = [job for job in jobs if job[1] == "as it came"]
        whole = scored(came)["all"]
        for rule in RULES:
            with without(rule):
                less = scored(came)["all"]
            brings = {measure: 100 * (whole[measure].f1 - less[measure].f1) for measure in MEASURES}
            told = (f"{measure} {value:+.1f}" for measure, value in brings.items() if abs(value) >= 0.05)
            write(f"{rule}: {', '.join(told) or 'nothing'} (hundredths)")


if __name__ == "__main__":
    main()
