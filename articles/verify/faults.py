"""The words of the checks: a fault that a check has met, the check itself, and the finding that people read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from django.db import models


class Fault(NamedTuple):
    """A row, or the archive itself, that breaks a promise.

    `said` is a Chinese clause. `model` and `key` name the row; both are None if the fault lies in no row.
    """

    said: str
    model: type[models.Model] | None = None
    key: int | str | None = None


@dataclass(frozen=True)
class Check:
    """A promise that live data can show.

    * `name`: its name for programs
    * `promise`: the promise as a Chinese sentence
    * `remedy`: what to do about a finding, a Chinese sentence
    * `faults`: yields each fault; it raises DatabaseError, or an error of Python, if the rows can't be read
    * `is_deep`: it takes minutes, and runs only if it is asked for
    """

    name: str
    promise: str
    remedy: str
    faults: Callable[[], Iterator[Fault]]
    is_deep: bool = False


@dataclass(frozen=True)
class Finding:
    """A fault as people read it: the name of its check, its place (issue, page, article), the fault, the remedy."""

    check: str
    place: str
    said: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.place}：{self.said}" if self.place else self.said
