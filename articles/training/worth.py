"""The worth of each piece of evidence: the mistakes on left-out pages with it and without it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from multiprocessing import get_context
from random import Random

from articles.reading.evidence import EVIDENCE
from articles.reading.labelling import Model, keys
from articles.text.tokens import split_words

from .examples import example_of
from .labelled import LabelledPage
from .trainer import Example, featured, train, variants

#: The number of versions of a page that are trained here, including the page as it came. It is small because there are
#: many trainings.
VERSIONS = 2

#: The data that the workers share. Each entry holds the pages left out and the examples of the other pages.
_halves: list[tuple[list[LabelledPage], list[Example]]] = []


def worth_of_evidence(pages: Sequence[LabelledPage], workers: int = 2) -> Iterator[tuple[str, int, int]]:
    """Yield for each piece of evidence its name, the mistakes with all evidence, and the mistakes without this piece.

    Each half of the pages is labelled with weights that were learned on the other half.
    """
    order = list(pages)
    Random(7).shuffle(order)
    halves = order[::2], order[1::2]
    _halves[:] = [(left, _examples(kept)) for left, kept in (halves, halves[::-1])]
    with get_context("fork").Pool(workers) as pool:
        mistakes = pool.imap(_mistakes, ["", *(each.name for each in EVIDENCE)])
        whole = next(mistakes)
        for each, without in zip(EVIDENCE, mistakes, strict=True):
            yield each.name, whole, without


def _examples(pages: Iterable[LabelledPage]) -> list[Example]:
    return [featured(version, split_words) for page in pages for version in variants(page)[:VERSIONS]]


def _mistakes(name: str) -> int:
    """Return the number of lines that are labelled wrongly without the evidence `name`. "" means with all evidence."""
    dropped = {key for key, parts in keys() if any(EVIDENCE[own].name == name for _, own in parts)}
    found = 0
    for left_out, examples in _halves:
        model = Model.from_json(train((_without(features, dropped), labels) for features, labels in examples))
        for page in left_out:
            lines, evidence, labels = example_of(page, split_words)
            given = model.label(evidence, lines.folio)
            found += sum(each.label != label for each, label in zip(given, labels, strict=True))
    return found


def _without(features: list[list[str]], dropped: set[str]) -> list[list[str]]:
    return [[each for each in line if each.partition("=")[0] not in dropped] for line in features]
