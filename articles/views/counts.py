"""Counts over the whole archive and short tables of every page, kept for one revision."""

from __future__ import annotations

from collections import OrderedDict, defaultdict
from collections.abc import Callable
from threading import Lock
from typing import Any, TypeVar

from articles.models import Issue, Region, Topic, archive

T = TypeVar("T")

#: The most counts that are kept. The least recently used go first.
MOST = 2000


class CountStore:
    """The counts of one state of the archive in this process. One thread takes a count while others wait for it."""

    def __init__(self) -> None:
        self._state = ""
        self._counts: OrderedDict[str, Any] = OrderedDict()
        self._taking: dict[str, Lock] = defaultdict(Lock)
        self._lock = Lock()

    def get(self, state: str, name: str, count: Callable[[], T]) -> T:
        with self._lock:
            if state != self._state:
                self._state, self._counts, self._taking = state, OrderedDict(), defaultdict(Lock)
            if name in self._counts:
                self._counts.move_to_end(name)
                return self._counts[name]
            taking = self._taking[name]
        with taking:
            with self._lock:
                if state == self._state and name in self._counts:
                    return self._counts[name]
            counted = count()
            with self._lock:
                if state == self._state:
                    self._taking.pop(name, None)
                    self._counts[name] = counted
                    if len(self._counts) > MOST:
                        self._counts.popitem(last=False)
            return counted

    def at_served_state(self, name: str, count: Callable[[], T]) -> T:
        """Return `count()`, kept under `name` until the archive changes."""
        state = archive.served_state()
        return self.get(f"{state.epoch}-{state.revision}", name, count)


_store = CountStore()


def counted(name: str, count: Callable[[], T]) -> T:
    """Return `count()`, kept in this process under `name` until the archive changes.

    The key is (epoch, revision), so nothing else can make a count stale. With a million articles a count takes
    seconds. All callers share the result and must not change it.
    """
    return _store.at_served_state(name, count)


def shown_topics() -> list[Topic]:
    """Return the topics in use, in their order, with the fields that links need."""
    return counted("topic-table", lambda: list(Topic.objects.shown().order_by("position", "pk").only("slug", "name")))


def all_provinces() -> list[Region]:
    """Return the provinces in the order of their codes, with the fields that links need."""
    return counted("province-table", lambda: list(Region.objects.provinces().only("code", "name", "short", "level")))


#: Separate from the counts: counts are few and expensive, neighbours many and cheap, and would push the counts out.
_neighbours = CountStore()


def neighbour_issues(issue: Issue) -> dict[str, Issue | None]:
    """Return the context of the links to the issues before and after `issue`, kept until the archive changes.

    The query takes a sixth of the time of an article's page, and all articles of an issue share the answer.
    """
    before, after = _neighbours.at_served_state(issue.key, issue.neighbours)
    return {"previous_issue": before, "next_issue": after}
