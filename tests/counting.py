"""A counter of searches without a hit for one test. Nothing of it is left to write after the test."""

import logging
from contextlib import contextmanager

from articles.web import searches_without_hit
from articles.web.searches_without_hit import SearchCounter

#: Seconds that are longer than any test.
NEVER = 3600.0


@contextmanager
def counting(settings, monkeypatch, interval=NEVER):
    """Count searches without a hit in this block by a counter of its own, and yield the counter."""
    settings.COUNT_SEARCHES_WITHOUT_HIT = True
    counter = SearchCounter(interval)
    monkeypatch.setattr(searches_without_hit, "counter", counter)
    try:
        yield counter
    finally:
        with counter._lock:
            counter._counts.clear()
            counter._is_large.set()
            thread = counter._thread
        if thread:
            thread.join(30)
            assert not thread.is_alive()


@contextmanager
def logged(caplog):
    """Yield a function that returns the sentences which the counter has logged in this block."""
    logger = logging.getLogger("articles")  # it has a file of its own and passes nothing on
    logger.addHandler(caplog.handler)
    try:
        yield lambda: [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR]
    finally:
        logger.removeHandler(caplog.handler)
