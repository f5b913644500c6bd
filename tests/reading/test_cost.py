"""The cost of reading: a text of any shape costs an import less than three times as much as ordinary text."""

import datetime
import time
from functools import cache

import pytest

from articles.ingest.bounds import MAX_LINES, read_within_bounds
from articles.ingest.sources import Refusal
from articles.reading import Clues
from tests.reading.odd_texts import SHAPES, as_served, ordinary_text, text_of

SIZE = 60_000
#: A text must cost less than LIMIT times ordinary text of as many characters and lines. A shape that seems to cost more
#: is measured up to TRIES times.
LIMIT, TRIES = 3.0, 4
#: The difference in lines between the ordinary texts that shapes are compared with. Lines count because each line is
#: labelled, however short it is.
STEP = 2000


def cost(text: str) -> float:
    """Return the processor seconds until a text is read, or refused as no page."""
    started = time.process_time()
    try:
        read_within_bounds(text, "1.txt", reference=as_served(), clues=Clues(), today=datetime.date(2026, 1, 1))
    except Refusal as refusal:
        assert "不像一个版面" in str(refusal)
    return time.process_time() - started


@cache
def ordinary(lines: int) -> float:
    """Return the cost of SIZE characters of ordinary text in about `lines` lines, or with 0 in its own lines."""
    text = (ordinary_text() * 2)[:SIZE]
    if lines:
        width = len(text) // lines + 1
        text = "\n".join(text[at : at + width].replace("\n", "") for at in range(0, len(text), width))
    return min(cost(text), cost(text))


@pytest.mark.parametrize("shape", SHAPES)
def test_no_shape_of_text_costs_three_times_as_much_as_ordinary_text(shape: str) -> None:
    text = text_of(shape, SIZE)
    lines = sum(bool(line.strip()) for line in text.splitlines())
    # The best of a few tries counts, because other work of the machine only adds to the time.
    best = cost(text)
    if best >= LIMIT * ordinary(0):  # ordinary text of more lines costs more
        peer = ordinary(min(lines, MAX_LINES) // STEP * STEP)
        assert best < LIMIT * peer or any(cost(text) < LIMIT * peer for _ in range(TRIES - 1))
