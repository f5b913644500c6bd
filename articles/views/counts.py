"""Counts over the whole archive, and short tables that every page shows, taken once for each of its revisions."""

from __future__ import annotations

from collections import OrderedDict, defaultdict
from collections.abc import Callable
from threading import Lock
from typing import Any, TypeVar

from django.db.models import TextField, Value
from django.db.models.functions import Cast

from articles.models import Issue, Region, Topic, archive

T = TypeVar("T")

#: Counts of one state of the archive that are remembered; those asked for longest ago go first.
MOST = 2000


class CountStore:
    """The counts of one state of the archive in this process, each taken by one thread while others wait for it."""

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
        """Return `count()`, remembered under `name` until the archive changes."""
        state = archive.served_state()
        return self.get(f"{state.epoch}-{state.revision}", name, count)


_store = CountStore()


def counted(name: str, count: Callable[[], T]) -> T:
    """Return `count()`, remembered in this process under `name` until the archive changes.

    Keyed by (epoch, revision): nothing else can make it stale. At a million articles a count takes seconds. What is
    returned is every caller's: nobody changes it.
    """
    return _store.at_served_state(name, count)


def shown_topics() -> list[Topic]:
    """Return the topics in use, in their order, with what links to them show."""
    return counted("short-tables", _short_tables)[0]


def all_provinces() -> list[Region]:
    """Return the provinces, in the order of their codes, with what links to them show."""
    return counted("short-tables", _short_tables)[1]


def _short_tables() -> tuple[list[Topic], list[Region]]:
    """Read topics and provinces in one query, for most pages show both; other fields than these are read when asked."""
    key = Cast("pk", TextField())
    topics = Topic.objects.shown().values_list(Value("topic"), key, "slug", "name", "position")
    provinces = Region.objects.provinces().values_list(Value("region"), key, "name", "short", "level")
    found: dict[str, list] = {"topic": [], "region": []}
    for table, *values in topics.order_by().union(provinces.order_by(), all=True):
        found[table].append(values)
    # As a query makes rows of some of their fields, in the order in which the models have them.
    return (
        [
            Topic.from_db(topics.db, ("id", "slug", "name", "position"), (int(pk), *values))
            for pk, *values in sorted(found["topic"], key=lambda row: (row[3], int(row[0])))
        ],
        [Region.from_db(provinces.db, ("code", "name", "short", "level"), row) for row in sorted(found["region"])],
    )


#: Apart from the counts, which are few and dear: these are many and cheap, and would push them out.
_neighbours = CountStore()


def neighbour_issues(issue: Issue) -> dict[str, Issue | None]:
    """Return the context of the links to the issues before and after `issue`, remembered until the archive changes.

    To ask costs the page of an article a sixth of its time, and all articles of an issue have the same answer.
    """
    before, after = _neighbours.at_served_state(issue.key, lambda: Issue.objects.visible().beside(issue))
    return {"previous_issue": before, "next_issue": after}
