"""Labelled pages -> weights. The labelling is trained with crfsuite, which only this module needs."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Sequence
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import Any

import pycrfsuite

from articles.reading.labelling import EVIDENCE_DIGEST, features_of

from .examples import example_of
from .labelled import LabelledPage
from .typesetter import excerpt, some_layouts

Words = Callable[[str], list[str]]
Example = tuple[list[list[str]], list[str]]

#: The number of layouts besides its own in which a page is trained.
VARIANTS = 4
#: The number of these layouts in which an excerpt is trained, too.
EXCERPTS = 2
#: The penalties of weights: c1 for their sum, c2 for the sum of their squares.
PENALTIES = {"c1": 0.15, "c2": 0.05}
ROUNDS = 120
#: The least weight that is kept. Smaller weights decide nothing.
LEAST = 0.05


def featured(page: LabelledPage, words: Words) -> Example:
    """Return the features and the labels of a page's lines."""
    _, evidence, labels = example_of(page, words)
    return [features_of(evidence, at) for at in range(len(evidence))], labels


def train(examples: Iterable[Example]) -> dict[str, Any]:
    """Return the weights learned from `examples`, in the form that `labelling.Model` reads."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "model")
        fit(examples, path)
        tagger = pycrfsuite.Tagger()
        tagger.open(str(path))
        return weights_of(tagger)


def fit(examples: Iterable[Example], path: Path) -> None:
    """Train crfsuite on `examples` and write its model to `path`."""
    trainer = pycrfsuite.Trainer(verbose=False)
    for features, labels in examples:
        trainer.append(features, labels)
    trainer.set_params({**PENALTIES, "max_iterations": ROUNDS})
    trainer.train(str(path))


def weights_of(tagger: pycrfsuite.Tagger, *, least: float = LEAST, digits: int = 2) -> dict[str, Any]:
    """Return the weights of a model whose size is at least `least`, rounded to `digits` decimal digits."""
    info = tagger.info()
    labels = sorted(info.labels, key=lambda label: int(info.labels[label]))
    index = {label: at for at, label in enumerate(labels)}
    features: dict[str, list[float]] = {}
    for (feature, label), weight in sorted(info.state_features.items()):
        if abs(weight) >= least:
            features.setdefault(feature, []).extend((index[label], round(weight, digits)))
    moves = {
        f"{before}>{after}": round(weight, digits)
        for (before, after), weight in sorted(info.transitions.items())
        if abs(weight) >= least
    }
    return {"evidence": EVIDENCE_DIGEST, "labels": labels, "features": features, "moves": moves}


#: One page in this many is sampled, to show whether the evidence still finds the same.
SAMPLED = 20


def learned_from(pages: Sequence[LabelledPage], words: Words) -> dict[str, Any]:
    """Return the values that identify weights learned from these pages with the present evidence.

    `pages` is the number of pages, `labels` a digest of the labels and texts of all pages, and `evidence` a digest of
    the evidence found in every SAMPLED-th page.
    """
    labels = [[(part.label, part.begins, part.text) for part in row] for page in pages for row in page.rows]
    found = [example_of(page, words)[1] for page in pages[::SAMPLED]]
    return {"pages": len(pages), "labels": _digest(labels), "evidence": _digest(found)}


def _digest(values: object) -> str:
    return sha256(str(values).encode()).hexdigest()[:12]


def variants(page: LabelledPage, seed: int = 7, count: int = VARIANTS) -> list[LabelledPage]:
    """Return a page as it came, in `count` layouts drawn by `seed` and the page's name, and excerpts of some."""
    chance = Random(f"{seed}{page.name}")
    layouts = some_layouts(page, chance, count)
    return [page, *layouts, *(excerpt(each, chance) for each in (page, *layouts[:EXCERPTS]))]
