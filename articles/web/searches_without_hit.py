"""The count of searches without a hit: a small buffer in each process that serves, which a thread stores in batches."""

from __future__ import annotations

import atexit
import logging
import sqlite3
import time
from collections.abc import Mapping
from contextlib import suppress
from threading import Event, Lock, Thread

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection
from django.http import HttpRequest, HttpResponse

from articles.models import SearchWithoutHit
from articles.models.searches_without_hit import LONGEST_QUERY, SearchCount
from articles.web.page_cache import is_someones
from articles.web.today import date_of_paper

logger = logging.getLogger(__name__)

#: Seconds from the first search of a batch until the batch is stored, and between two tries.
INTERVAL = 60.0

#: The number of different queries with which a batch is stored at once, and the number that it holds at most.
LARGE, MOST = 200, 500

#: The parameters of a request for another page of a list than the first.
FURTHER_PAGES = ("page", "after", "before")

#: PostgreSQL's codes for a database that is not to be written: one that is read-only, such as a standby, and one whose
#: user has no right to write.
REFUSES_WRITES = {"25006", "42501"}


class SearchCounter:
    """The counts that this process has not yet stored, and the thread that stores them.

    The thread starts with the first search of a batch, hence in the process that serves, and ends with the batch. It
    has a connection of its own. A request never waits for it. If the database fails, the counts stay for the next try.
    If the database is read-only, this process counts no more.
    """

    def __init__(self, interval: float = INTERVAL) -> None:
        self.is_refused = False
        self._interval = interval
        self._counts: dict[str, SearchCount] = {}
        self._thread: Thread | None = None
        self._is_large = Event()
        self._said: set[str] = set()
        self._lock = Lock()  # of the counts, held for moments only
        self._storing = Lock()  # of a batch on its way to the database
        self._is_registered = False

    def add(self, query: str, *, is_nearly: bool) -> None:
        """Count a search without a hit. `is_nearly` tells whether near hits were shown."""
        day = date_of_paper()
        with self._lock:
            if self.is_refused:
                return
            self._merge({query: SearchCount(1, int(is_nearly), day, day)})
            if len(self._counts) >= LARGE:
                self._is_large.set()
            self._start()

    def store(self) -> bool:
        """Store the counts on the connection of the present thread. Return whether none of them is left.

        A failure of the database is logged and not raised.
        """
        with self._storing:
            with self._lock:
                counts, self._counts = self._counts, {}
                self._is_large.clear()
            if not counts:
                return True
            try:
                SearchWithoutHit.objects.add(counts)
            except (DatabaseError, InterfaceError) as error:
                with self._lock:
                    if refuses_writes(error):
                        self.is_refused = True
                        self._counts.clear()
                        self._say("searches without a hit are not counted: the database is read-only", error)
                    else:
                        self._merge(counts)
                        self._say("searches without a hit wait, as the database does not store them", error)
                return self.is_refused
            with self._lock:
                self._said.clear()
            return True

    def store_and_close(self) -> bool:
        """Store the counts as `store` does, and close the connection of the present thread."""
        try:
            return self.store()
        finally:
            connection.close()

    def _run(self) -> None:
        """Store batches until nothing is left. A failed batch waits for a whole interval, however large it is."""
        is_stored = True
        while self._has_work():
            if is_stored:
                self._is_large.wait(self._interval)
            else:
                time.sleep(self._interval)
            is_stored = self.store_and_close()

    def _has_work(self) -> bool:
        """Tell whether there is something to store. If not, the thread is about to end."""
        with self._lock:
            if not self._counts:
                self._thread = None
            return bool(self._counts)

    def _start(self) -> None:
        if self._thread and self._thread.is_alive():
            return
        thread = Thread(target=self._run, name="searches-without-hit", daemon=True)
        with suppress(RuntimeError):  # no room for a thread, or the process ends: the next search tries again
            thread.start()
            self._thread = thread
        if not self._is_registered:
            atexit.register(self.store_and_close)
            self._is_registered = True

    def _merge(self, counts: Mapping[str, SearchCount]) -> None:
        """Add to the counts. A query beyond MOST is left out."""
        for query, count in counts.items():
            if query in self._counts:
                self._counts[query] += count
            elif len(self._counts) < MOST:
                self._counts[query] = count
            else:
                self._say(f"more than {MOST} searches without a hit wait to be stored; further ones are not counted")

    def _say(self, sentence: str, error: Exception | None = None) -> None:
        """Log a sentence, once until a batch has been stored. Operators see errors alone."""
        if sentence not in self._said:
            self._said.add(sentence)
            logger.error("%s%s", sentence, f": {str(error).strip()}" if error else "")


counter = SearchCounter()


def is_counting() -> bool:
    """Return whether this process counts searches without a hit."""
    return settings.COUNT_SEARCHES_WITHOUT_HIT and not counter.is_refused


def count_without_hit(request: HttpRequest, response: HttpResponse, query: str, *, is_nearly: bool) -> None:
    """Count a reader's search without a hit, and keep its page out of the page cache, if searches are counted.

    The page cache answers before any view runs, so a kept page would be counted once. The price is that such a page is
    made anew each time. A HEAD does not count, but its answer has no ETag either, since a GET could then be answered by
    304. Nothing counts of who has a session: editors try the searches of the list.
    """
    if not is_counting() or any(name in request.GET for name in FURTHER_PAGES):
        return
    response["Cache-Control"] = "private, no-cache"
    if request.method == "GET" and not is_someones(request.COOKIES):
        counter.add(query[:LONGEST_QUERY], is_nearly=is_nearly)


def refuses_writes(error: Exception) -> bool:
    """Return whether an error means that the database is not to be written: a standby, a read-only file or user."""
    cause = error.__cause__
    if isinstance(cause, sqlite3.Error):
        return getattr(cause, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_READONLY  # the higher bits are details
    return getattr(cause, "sqlstate", None) in REFUSES_WRITES
