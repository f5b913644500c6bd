"""The order by relevance does not get worse (python -m tests.bench.relevance prints it)."""

import json

from tests.bench.relevance import DEPTH, GRADES, measure, stories

#: The mean of NDCG@10, rounded down. A change of the order may raise it.
FLOOR = 0.936


def test_the_best_stories_come_first():
    found = measure()
    assert len(found) == 60
    assert sum(found.values()) / len(found) >= FLOOR


def test_each_query_has_grades_that_tell_orders_apart():
    known = {name for name, _ in stories()}
    for row in map(json.loads, GRADES.read_text("utf-8").splitlines()):
        assert row["grades"].keys() <= known, row["query"]
        assert len(row["grades"]) >= 3 and DEPTH > 0
        assert set(row["grades"].values()) <= {0, 1, 2, 3} and len(set(row["grades"].values())) > 1, row["query"]
