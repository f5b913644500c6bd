"""Counts over the whole archive, kept for one revision, and short tables, kept until one of them changes."""

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


_store = CountStore()


def counted(name: str, count: Callable[[], T]) -> T:
    """Return `count()`, kept in this process under `name` until the archive changes.

    The key is (epoch, revision), so nothing else can make a count stale. With a million articles a count takes
    seconds. All callers share the result and must not change it.
    """
    return _store.get(archive.served_state().content_state, name, count)


#: An import changes the archive several times a second, and the reference tables never.
_reference = CountStore()


def reference(name: str, read: Callable[[], T]) -> T:
    """Return `read()`, kept in this process under `name` until a reference table changes.

    `read` must read nothing but reference tables, see `Archive.reference_state`. All callers share the result and must
    not change it.
    """
    return _reference.get(archive.served_state().reference_state, name, read)


def shown_topics() -> list[Topic]:
    """Return the topics in use, in their order, with the fields that links need."""
    return reference("topic-table", lambda: list(Topic.objects.shown().order_by("position", "pk").only("slug", "name")))


def all_provinces() -> list[Region]:
    """Return the provinces in the order of their codes, with the fields that links need."""
    return reference("province-table", lambda: list(Region.objects.provinces().only("code", "name", "short", "level")))


#: Separate from the counts: counts are few and expensive, neighbours many and cheap, and would push the counts out.
_neighbours = CountStore()


def neighbour_issues(issue: Issue) -> dict[str, Issue | None]:
    """Return the context of the links to the issues before and after `issue`, kept until the archive changes.

    The query takes a sixth of the time of an article's page, and all articles of an issue share the answer.
    """
    before, after = _neighbours.get(archive.served_state().content_state, issue.key, issue.neighbours)
    return {"previous_issue": before, "next_issue": after}
