"""Counts are taken once for each revision of the archive."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest

from articles.views.counts import MOST, CountStore


def test_threads_that_ask_at_once_wait_for_one_that_counts():
    store, started, taken = CountStore(), Event(), []

    def count():
        taken.append(1)
        started.wait(5)
        return 7

    with ThreadPoolExecutor(4) as pool:
        asked = [pool.submit(store.get, "1", "stories", count) for _ in range(4)]
        started.set()
        assert [each.result() for each in asked] == [7] * 4
    assert len(taken) == 1


def test_another_state_is_counted_anew_and_the_old_one_forgotten():
    store = CountStore()
    assert [store.get("1", "x", lambda: 1), store.get("2", "x", lambda: 2), store.get("2", "x", lambda: 3)] == [1, 2, 2]
    assert store.get("1", "x", lambda: 4) == 4


def test_a_count_that_fails_is_taken_again():
    store = CountStore()
    with pytest.raises(ZeroDivisionError):
        store.get("1", "x", lambda: 1 // 0)
    assert store.get("1", "x", lambda: 5) == 5


def test_nothing_is_left_of_a_count_but_the_count():
    store = CountStore()
    for number in range(3 * MOST):
        store.get("1", str(number), int)
    assert (len(store._counts), len(store._taking)) == (MOST, 0)


def test_what_was_asked_for_longest_ago_goes_first():
    store = CountStore()
    for number in range(MOST + 1):
        store.get("1", str(number), lambda: "old")
    assert (store.get("1", "0", lambda: "new"), store.get("1", str(MOST), lambda: "new")) == ("new", "old")
