"""A builder with workers, however small the archive, that never gets to its end."""

import time

import django

django.setup()

from articles import workers  # noqa: E402 - models are imported once Django is set up
from articles.search import sync as syncing  # noqa: E402


def wait_for_ever(rows, total, say):
    """Take the rows, then hold on as if there were always more."""
    yield from rows
    while True:
        time.sleep(1)


if __name__ == "__main__":
    workers.WORTH_WHILE = 1
    syncing._told = wait_for_ever
    syncing.sync(rebuild=True)
