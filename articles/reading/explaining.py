"""A report on the labels of a page: for each line its probabilities and the evidence that decided."""

from __future__ import annotations

from collections.abc import Iterator

from .evidence import evidence_of
from .labelling import label_page
from .reference import Reference
from .view import view_of

#: The greatest numbers of labels and of weights that are printed for a line.
TOLD_LABELS, TOLD_WEIGHTS = 3, 5


def explain(text: str, reference: Reference) -> Iterator[str]:
    """Yield a row for each line of a page: its label, the likely labels with probabilities, the weights, the text.

    A weight is the difference between the label and the next likely one: "+3.2 front=lead" speaks for the label. Rows
    for repeated lines come last, with the label "duplicate".
    """
    view = view_of(text, reference.words)
    page, labels, repeats = label_page(view.page, reference.labelling)
    evidence = evidence_of(page)
    shares = reference.labelling.probabilities(evidence, page.folio)
    for at, line in enumerate(page.lines):
        ranked = sorted(shares[at].items(), key=lambda pair: -pair[1])[:TOLD_LABELS]
        told = " ".join(f"{label} {share:.2f}" for label, share in ranked)
        best, other = labels[at].label, labels[at].other
        reasons = "; ".join(
            f"{weight:+.1f} {feature}"
            for weight, feature in reference.labelling.reasons(evidence, at, best, other)[:TOLD_WEIGHTS]
        )
        yield f"{best:12} {told}\t{reasons}\t{line.text[:60]}"
    for line in repeats:
        yield f"{'duplicate':12}\t\t{line.text[:60]}"
