"""The clues to a page beside its text (date, number, section), and those that were given for a stored text before."""

from __future__ import annotations

import dataclasses
import datetime
from typing import Any

from articles.models import SourceText
from articles.reading import Clues


def given(clues: Clues) -> dict[str, Any]:
    """Return the clues that were given by an option or a manifest, None for those that were not."""
    return {name: value for name, value in dataclasses.asdict(clues).items() if name.startswith("given_")}


def given_before(source: SourceText) -> dict[str, Any]:
    """Return what `given` tells of the clues with which `source` was loaded."""
    return given(clues_from_json(source.clues))


def with_earlier(clues: Clues, source: SourceText | None) -> Clues:
    """Return `clues`, completed by the clues that were given when `source` was loaded."""
    if source is None:
        return clues
    earlier = given_before(source)
    return dataclasses.replace(clues, **{name: earlier[name] for name, value in given(clues).items() if value is None})


def clues_to_json(clues: Clues) -> dict[str, Any]:
    """Return the clues in the form of `SourceText.clues`."""
    return {
        name: value.isoformat() if isinstance(value, datetime.date) else value
        for name, value in dataclasses.asdict(clues).items()
        if value is not None
    }


def clues_from_json(values: dict[str, Any]) -> Clues:
    """Return the clues that are stored in `SourceText.clues`."""
    named = [name for name in ("given_date", "named_date") if name in values]
    dates: dict[str, Any] = {name: datetime.date.fromisoformat(values[name]) for name in named}
    return Clues(**(values | dates))
