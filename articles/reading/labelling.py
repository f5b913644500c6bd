"""The labelling: a linear-chain CRF labels all lines of a page jointly and gives each label its probability.

The input is the evidence of the lines. crfsuite learns the weights (articles/training). Decoding is plain Python.
Sources: J. Lafferty, A. McCallum, F. Pereira, Conditional Random Fields (ICML 2001). Scaling: L. Rabiner (1989).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from math import exp
from operator import itemgetter
from typing import Any

from .evidence import EVIDENCE, evidence_of
from .lines import Line
from .page_lines import PageLines
from .repeats import find_repeats

#: The distances, in lines, at which a piece of evidence counts: up to the next line, the second and the third next.
#: Evidence that _REACH doesn't name counts at NEAR.
NEAR = (-1, 0, 1)
FAR = (-2, -1, 0, 1, 2)
FARTHEST = (-3, -2, -1, 0, 1, 2, 3)
_REACH = {
    "length": FARTHEST, "end": FARTHEST, "heading": FARTHEST, "whole line": FARTHEST, "front": FARTHEST,
    "width": FAR, "full stops": FAR, "gap": FAR, "dash": FAR, "label": FAR, "folio": FAR, "names": FAR, "role": FAR,
    "begin": FAR, "commas": FAR, "tail": FAR, "form": FAR, "markup": FAR, "gap below": FAR, "turn": FAR,
    "first characters": (0,), "last characters": (0,), "traditional": (0,), "place on the page": (0,),
    "relative length": (0,), "person": (0,), "last character": (0,),
    "text since names": (0,),
    "text until names": (0,),
    "company": (-1, 0, 1), "deck's words": (-1, 0, 1), "news": (0,),
}  # fmt: skip
#: Pairs of pieces of evidence that tell more together than alone. Each piece is given as (distance, name).
PAIRS = (
    ((0, "length"), (0, "end")),
    ((0, "length"), (0, "gap")),
    ((0, "length"), (0, "gap below")),
    ((0, "length"), (0, "heading")),
    ((0, "gap"), (-1, "end")),
    ((0, "gap"), (-1, "width")),
    ((-1, "width"), (-1, "end")),
    ((0, "width"), (0, "end")),
    ((-1, "length"), (0, "length")),
    ((0, "length"), (1, "length")),
    ((-1, "heading"), (0, "heading")),
    ((0, "heading"), (1, "heading")),
    ((0, "gap"), (0, "gap below")),
    ((0, "indent"), (-1, "width")),
    ((0, "indent"), (-1, "end")),
    ((0, "heading"), (0, "gap")),
    ((0, "whole line"), (1, "front")),
    ((0, "length"), (1, "whole line")),
    ((0, "length"), (1, "front")),
    ((0, "length"), (-1, "whole line")),
    ((0, "column's words"), (0, "length")),
    ((0, "full stops"), (0, "length")),
    ((0, "torn"), (-1, "end")),
    ((0, "spans a word"), (-1, "end")),
    ((0, "form"), (-1, "end")),
    ((0, "gap"), (0, "open before")),
    ((0, "text since names"), (0, "text until names")),
    ((0, "company"), (0, "length")),
    ((0, "place among short lines"), (0, "heading")),
    ((0, "place among short lines"), (0, "gap")),
    ((0, "place among short lines"), (0, "length")),
)

#: The label of the folio's lines, and the weight of an impossible label.
FOLIO, NEVER = "folio", -300.0

_INDEX = {each.name: index for index, each in enumerate(EVIDENCE)}


def keys() -> Iterator[tuple[str, tuple[tuple[int, int], ...]]]:
    """Yield the name of each feature, and (distance, index of the evidence) for each of its one or two parts."""
    for each in EVIDENCE:
        for distance in _REACH.get(each.name, NEAR):
            yield f"{distance}{each.name}", ((distance, _INDEX[each.name]),)
    for pair in PAIRS:
        name = "&".join(f"{distance}{name}" for distance, name in pair)
        yield name, tuple((distance, _INDEX[name]) for distance, name in pair)


_KEYS = tuple(keys())
#: The digest of the features' names. It shows whether weights were learned from the present evidence.
EVIDENCE_DIGEST = sha256("\n".join(sorted(name for name, _ in _KEYS)).encode()).hexdigest()[:12]


def features_of(evidence: Sequence[Sequence[str]], at: int) -> list[str]:
    """Return the features of a line in the form that the training uses: "0length=4", "-1end=.".

    Empty evidence gives no feature. A pair gives one unless both of its pieces are empty.
    """
    found = ["bias"]
    if at == 0:
        found.append("first")
    if at + 1 == len(evidence):
        found.append("last")
    for name, parts in _KEYS:
        words = [evidence[at + far][index] for far, index in parts if 0 <= at + far < len(evidence)]
        if len(words) == len(parts) and (any(words) if len(parts) > 1 else words[0]):
            found.append(f"{name}={'|'.join(words)}")
    return found


@dataclass(frozen=True, slots=True)
class Labelled:
    """The label of a line with its probability, and the next likely label with its own."""

    label: str
    probability: float
    other: str
    other_probability: float


#: A label is no longer considered at a line if its weight is this far below the best one. The weights of transitions
#: make up only for smaller differences.
FAR_BELOW = 12.0

Pairs = tuple[tuple[int, float], ...]


class Model:
    """The weights in use.

    `labels` are the names of the labels. `features` maps a feature to label indexes and weights in turn. `moves` maps a
    transition, "before>after", to its weight.
    """

    def __init__(
        self, labels: Sequence[str], features: Mapping[str, Sequence[float]], moves: Mapping[str, float]
    ) -> None:
        self.labels = tuple(labels)
        count = len(self.labels)
        index = {label: at for at, label in enumerate(self.labels)}
        tables: dict[str, dict[str, Pairs]] = {}
        self._weights: dict[str, Pairs] = {}
        for feature, weights in features.items():
            key, _, word = feature.partition("=")
            self._weights[feature] = tuple(zip(map(int, weights[::2]), weights[1::2], strict=True))
            tables.setdefault(key, {})[word] = self._weights[feature]
        self._everywhere, self._first, self._last = (
            tables.get(name, {}).get("", ()) for name in ("bias", "first", "last")
        )
        #: For each piece of evidence, a table from its word to (distance from the line, weights).
        self._singles: list[dict[str, list[tuple[int, Pairs]]]] = [{} for _ in EVIDENCE]
        self._pairs: list[tuple[int, int, int, int, dict[str, Pairs]]] = []
        for name, parts in _KEYS:
            if len(parts) == 2:
                self._pairs.append((*parts[0], *parts[1], tables.get(name, {})))
                continue
            distance, own = parts[0]
            for word, pairs in tables.get(name, {}).items():
                self._singles[own].setdefault(word, []).append((distance, pairs))
        self._moves = [[0.0] * count for _ in range(count)]  # by the label after the transition, then before it
        for move, weight in moves.items():
            before, after = move.split(">")
            self._moves[index[after]][index[before]] = weight
        self._factors = [[exp(weight) for weight in row] for row in self._moves]

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Model:
        """Return the model for the values of a file of weights.

        Raise ValueError if the weights were learned from other evidence.
        """
        if values.get("evidence") != EVIDENCE_DIGEST:
            raise ValueError("标注模型 fixtures/labelling.json 与程序不符，请用 python -m articles.training 重新训练")
        return cls(values["labels"], values["features"], values["moves"])

    def scores(self, evidence: Sequence[Sequence[str]]) -> list[list[float]]:
        """Return the weights of all labels for each line, as the evidence alone gives them."""
        total = len(evidence)
        base = [0.0] * len(self.labels)
        for label, weight in self._everywhere:
            base[label] += weight
        out = [base.copy() for _ in range(total)]
        for at, words in enumerate(evidence):
            for table, word in zip(self._singles, words, strict=True):
                if word:
                    for distance, pairs in table.get(word, ()):
                        if 0 <= at - distance < total:
                            row = out[at - distance]
                            for label, weight in pairs:
                                row[label] += weight
        for far, one, far_too, other, weights in self._pairs:
            for at in range(max(0, -far, -far_too), total - max(0, far, far_too)):
                for label, weight in weights.get(f"{evidence[at + far][one]}|{evidence[at + far_too][other]}", ()):
                    out[at][label] += weight
        for at, more in ((0, self._first), (total - 1, self._last)):
            for label, weight in more:
                out[at][label] += weight
        return out

    def label(self, evidence: Sequence[Sequence[str]], folio: Collection[int]) -> list[Labelled]:
        """Return the labels of the likeliest sequence, each with its marginal probability.

        Only the lines whose indexes are in `folio` get the folio's label.
        """
        if not evidence:
            return []
        likely = self._likely(evidence, folio)
        found = []
        for best, shares in zip(self._best(likely), self._shares(likely), strict=True):
            share = shares.pop(best)
            other = max(shares, key=shares.__getitem__, default=best)
            found.append(Labelled(self.labels[best], share, self.labels[other], shares.get(other, 0.0)))
        return found

    def probabilities(self, evidence: Sequence[Sequence[str]], folio: Collection[int]) -> list[dict[str, float]]:
        """Return the probabilities of the likely labels for each line."""
        shares = self._shares(self._likely(evidence, folio)) if evidence else []
        return [{self.labels[label]: share for label, share in row.items()} for row in shares]

    def reasons(self, evidence: Sequence[Sequence[str]], at: int, label: str, other: str) -> list[tuple[float, str]]:
        """Return the reasons why a line has one label rather than another: (weight, feature), the heaviest first."""
        own, its = self.labels.index(label), self.labels.index(other)
        found = []
        for feature in features_of(evidence, at):
            weights = dict(self._weights.get(feature, ()))
            if weight := weights.get(own, 0.0) - weights.get(its, 0.0):
                found.append((weight, feature))
        return sorted(found, key=lambda pair: -abs(pair[0]))

    def _likely(self, evidence: Sequence[Sequence[str]], folio: Collection[int]) -> list[list[tuple[int, float]]]:
        """Return the likely labels of each line, each with its weight relative to the best label's."""
        own = self.labels.index(FOLIO)
        likely: list[list[tuple[int, float]]] = []
        for at, row in enumerate(self.scores(evidence)):
            if at in folio:
                likely.append([(own, 0.0)])
                continue
            row[own] = NEVER
            top = max(row)
            likely.append([(label, score - top) for label, score in enumerate(row) if score > top - FAR_BELOW])
        return likely

    def _best(self, likely: list[list[tuple[int, float]]]) -> list[int]:
        """Return the sequence of labels with the highest weight (Viterbi)."""
        reached = likely[0]
        came: list[dict[int, int]] = []
        for row in likely[1:]:
            before: dict[int, int] = {}
            now = []
            for label, score in row:
                moves = self._moves[label]
                top, best = max([(weight + moves[other], other) for other, weight in reached])
                before[label] = best
                now.append((label, top + score))
            came.append(before)
            reached = now
        path = [max(reached, key=itemgetter(1))[0]]
        for before in reversed(came):
            path.append(before[path[-1]])
        return path[::-1]

    def _shares(self, likely: list[list[tuple[int, float]]]) -> list[dict[int, float]]:
        """Return the probabilities of the likely labels of each line (forward-backward algorithm)."""
        states = [[(label, exp(score)) for label, score in row] for row in likely]
        forward = [_scaled(states[0])]
        for row in states[1:]:
            before = forward[-1]
            now = []
            for label, state in row:
                factors = self._factors[label]
                now.append((label, state * sum([share * factors[other] for other, share in before])))
            forward.append(_scaled(now))
        backward = [(label, 1.0) for label, _ in states[-1]]
        shares = [dict(forward[-1])]
        for at in range(len(states) - 1, 0, -1):
            seen = [
                (state * weight, self._factors[label])
                for (label, state), (_, weight) in zip(states[at], backward, strict=True)
            ]
            backward = _scaled(
                [(label, sum([weight * factors[label] for weight, factors in seen])) for label, _ in states[at - 1]]
            )
            shares.append(
                dict(
                    _scaled(
                        [
                            (label, share * weight)
                            for (label, share), (_, weight) in zip(forward[at - 1], backward, strict=True)
                        ]
                    )
                )
            )
        return shares[::-1]


def _scaled(row: list[tuple[int, float]]) -> list[tuple[int, float]]:
    total = sum([value for _, value in row])
    return [(label, value / total) for label, value in row]


def label_page(page: PageLines, model: Model) -> tuple[PageLines, list[Labelled], list[Line]]:
    """Label the lines of a page, except repeated lines. Return (page without repeats, labels, repeats)."""
    repeats = find_repeats(page.lines, page.words)
    if repeats:
        page, twice = page.without(repeats), [page.lines[at] for at in sorted(repeats)]
    else:
        twice = []
    return page, model.label(evidence_of(page), page.folio), twice
