"""A builder of the index that never ends. It has workers, however small the archive is."""

import time

import django

django.setup()

from articles import workers  # noqa: E402 - models can be imported only after Django's setup
from articles.search import sync as syncing  # noqa: E402


def wait_for_ever(rows, total, say):
    """Yield the rows, then wait for ever, as if there were always more rows."""
    yield from rows
    while True:
        time.sleep(1)


if __name__ == "__main__":
    workers.WORTH_WHILE = 1
    syncing._told = wait_for_ever
    syncing.sync(rebuild=True)
