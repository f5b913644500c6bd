"""The machine's values of fields that a person has set, in the form in which an import proposes them."""

from __future__ import annotations

from typing import Any

from articles.models import Article, Issue, Page
from articles.models.block_keys import without_keys
from articles.models.row_values import Values

#: The fields whose machine's value an import proposes, and a release takes.
PROPOSED = {Article: (*Article.READ_FIELDS, *Article.READ_SETS), Page: ("issue", "number", "section", "credits")}

#: How many of the first values of a row of a set an import proposes.
_PROPOSED_VALUES = {"bylines": 3, "credits": 2, "regions": 4, "topics": 3}


def is_proposed(row: Article | Page, name: str, told: Values) -> bool:
    """Return whether an import would propose the value of a field among the values `told` of `row`.

    No reading proposes that a page has no issue.
    """
    return name in PROPOSED[type(row)] and not (name == "issue" and told[name] is None)


def as_proposed(row: Article | Page, name: str, told: Values) -> Any:  # noqa: ANN401 - as in `Proposal.value`
    """Return the value of a field among the values `told` of `row` in the form in which an import proposes it.

    Return None for a field that no import proposes: see `is_proposed`.
    """
    if not is_proposed(row, name, told):
        return None
    value = told[name]
    if name in _PROPOSED_VALUES:
        return [each[: _PROPOSED_VALUES[name]] for each in value]
    if name == "blocks":
        return without_keys(value)
    if name == "column":
        kicker = row.proposals_for(["kicker"]).values_list("value", flat=True).first()
        return told["kicker"] if kicker is None else kicker
    if name == "issue":
        return Issue.objects.get(pk=value).date.isoformat()
    return value
