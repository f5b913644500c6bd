"""The cause of an import's early end, as the ledger tells it."""

import pytest
from django.db import OperationalError

from articles.ingest.runs import cause_of


def cancelling():
    """Raise what a driver raises if Ctrl-C comes while it waits and the statement can't be cancelled."""
    try:
        try:
            raise KeyboardInterrupt
        except KeyboardInterrupt:
            raise ConnectionError("cancelling failed")  # noqa: B904 - as in psycopg
    except ConnectionError as error:
        raise OperationalError from error


@pytest.mark.parametrize(
    ("error", "cause"),
    [
        (KeyboardInterrupt(), "被中断"),
        (SystemExit(1), "被中断"),
        (OperationalError("disk"), "出错中止（OperationalError）"),
    ],
)
def test_the_cause_is_told(error, cause):
    assert cause_of(error) == cause


def test_an_interruption_is_told_though_its_statement_could_not_be_cancelled():
    with pytest.raises(OperationalError) as raised:
        cancelling()
    assert cause_of(raised.value) == "被中断"
