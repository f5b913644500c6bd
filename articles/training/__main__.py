"""Train the labelling, or measure how well it labels pages that it was not trained on.

    python -m articles.training train FOLDER ... [--to fixtures/labelling.json]
    python -m articles.training check FOLDER ... [--folds 5]

FOLDER holds labelled pages (see labelled.py). `check` leaves each page out of training once. It prints F1 of the
strings of each label, for the pages as they came and in other layouts, and the number of mistakes in the least sure
lines.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from random import Random

from articles.reading.labelling import Model
from articles.text.tokens import split_words

from .examples import example_of
from .label_scores import LabelScores
from .labelled import LabelledPage, read_labelled
from .trainer import featured, learned_from, train, variants

WEIGHTS = Path(__file__).resolve().parents[2] / "fixtures/labelling.json"


def pages_of(folders: Iterable[Path]) -> list[LabelledPage]:
    """Return the labelled pages of the folders, sorted by name within each folder."""
    return [read_labelled(path) for folder in folders for path in sorted(folder.glob("*.page"))]


def write_weights(pages: Sequence[LabelledPage], path: Path) -> None:
    """Train on `pages` and write the weights to `path`, with a record of the pages and evidence that they come from."""
    weights = train(featured(version, split_words) for page in pages for version in variants(page))
    weights["learned_from"] = learned_from(pages, split_words)
    path.write_text(json.dumps(weights, ensure_ascii=False, separators=(",", ":"), sort_keys=True) + "\n", "utf-8")


def check(pages: list[LabelledPage], folds: int) -> tuple[LabelScores, LabelScores]:
    """Return the scores of pages that were left out of training: as they came, and in other layouts.

    The pages are split into `folds` parts. Each part is labelled with weights that were learned on the others.
    """
    order = list(pages)
    Random(7).shuffle(order)
    came, layouts = LabelScores(), LabelScores()
    for fold in range(folds):
        left_out = order[fold::folds]
        kept = [page for number, page in enumerate(order) if number % folds != fold]
        model = Model.from_json(train(featured(version, split_words) for page in kept for version in variants(page)))
        for page in left_out:
            for number, version in enumerate(variants(page)):
                lines, evidence, labels = example_of(version, split_words)
                found = model.label(evidence, lines.folio)
                (layouts if number else came).add(lines.bare, labels, found)
    return came, layouts


def main() -> None:
    """Run the task that the command-line arguments name."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("task", choices=("train", "check"))
    parser.add_argument("folders", nargs="+", type=Path, metavar="FOLDER")
    parser.add_argument("--to", type=Path, default=WEIGHTS)
    parser.add_argument("--folds", type=int, default=5)
    options = parser.parse_args()
    pages = pages_of(options.folders)
    if options.task == "train":
        write_weights(pages, options.to)
        return
    for name, tally in zip(("as they came", "in other layouts"), check(pages, options.folds), strict=True):
        sys.stdout.write(f"{name}: {tally}\n")


if __name__ == "__main__":
    main()
