"""The rows that the values of deleted rows name."""

import sqlite3

import pytest
from django.db import connection

from articles.models import Article, ArticleRegion, Doubt
from articles.models.row_values import lost_keys_of
from tests.make import make_article, make_region

#: More than SQLite's greatest number of parameters.
MANY = 40_000


@pytest.fixture
def usual_limit():
    """Let SQLite take as many parameters as it usually does. Some systems build it with a greater limit."""
    if connection.vendor != "sqlite":
        yield
        return
    connection.ensure_connection()
    name = sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER
    limit = connection.connection.setlimit(name, 32_766)
    yield
    connection.connection.setlimit(name, limit)


def test_more_rows_are_looked_up_than_a_query_takes_parameters(db, usual_limit):
    article, region = make_article(), make_region()
    rows = [(Article, {"continuation_of": article.pk + number}) for number in range(MANY)]
    rows += [(ArticleRegion, {"region": f"{int(region.pk) + number:06}"}) for number in range(MANY)]
    rows.append((Doubt, {"by": 1}))
    *lost, of_doubt = lost_keys_of(rows)
    assert of_doubt == [("by", False)]
    assert lost[0] == lost[MANY] == []
    assert lost[1:MANY] == [[("continuation_of", False)]] * (MANY - 1)
    assert lost[MANY + 1 :] == [[("region", True)]] * (MANY - 1)
