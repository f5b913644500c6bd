"""Scores of labels against the gold: strings by label, lines, and the share of mistakes in the least sure lines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from articles.reading.labelling import Labelled

#: The labels whose F1 is shown.
SHOWN = ("kicker", "column", "headline", "deck", "subhead", "names", "credit", "caption", "lead", "paragraph", "table")
#: The share of lines that count as the least sure ones.
LEAST_SURE = 0.1


class LabelScores:
    """The counts over several pages."""

    def __init__(self) -> None:
        self.right: Counter[str] = Counter()
        self.missed: Counter[str] = Counter()
        self.wrong: Counter[str] = Counter()
        self.sure: list[tuple[float, bool]] = []

    def add(self, texts: Sequence[str], gold: Sequence[str], found: Sequence[Labelled]) -> None:
        """Count a page, given the text of its lines, their gold labels and the labels that were found."""
        wanted, given = strings(texts, gold), strings(texts, [each.label for each in found])
        for counter, part in (
            (self.right, wanted & given), (self.missed, wanted - given), (self.wrong, given - wanted)
        ):  # fmt: skip
            counter.update({label: 0 for label, _ in part})
            for (label, _), times in part.items():
                counter[label] += times
        self.sure += [(each.probability, each.label != label) for each, label in zip(found, gold, strict=True)]

    def f1(self, label: str) -> float:
        """Return F1 of the strings of a label. It is 1 if the label has no strings."""
        total = 2 * self.right[label] + self.missed[label] + self.wrong[label]
        return 2 * self.right[label] / total if total else 1.0

    def __str__(self) -> str:
        mistakes = sum(wrong for _, wrong in self.sure)
        least = sorted(self.sure)[: int(len(self.sure) * LEAST_SURE)]
        held = sum(wrong for _, wrong in least)
        shown = "  ".join(f"{label} {self.f1(label):.3f}" for label in SHOWN)
        lines = f"{1 - mistakes / max(1, len(self.sure)):.4f} of {len(self.sure)} lines"
        return f"{shown}  {lines}; the least sure {LEAST_SURE:.0%} hold {held} of {mistakes} mistakes"


def strings(texts: Sequence[str], labels: Sequence[str]) -> Counter[tuple[str, str]]:
    """Return the strings (label, text) into which `labels` join the lines `texts`, with the number of each.

    >>> sorted(strings(["山里来了", "新大夫", "丁一凡"], ["headline", "headline+", "names"]))
    [('headline', '山里来了新大夫'), ('names', '丁一凡')]
    """
    found: Counter[tuple[str, str]] = Counter()
    label, text = "", ""
    for own, line in zip([*labels, "end"], [*texts, ""], strict=True):
        if label and own == f"{label}+":
            text += line
            continue
        if label:
            found[label, text] += 1
        label, text = own.removesuffix("+"), line
    return found
