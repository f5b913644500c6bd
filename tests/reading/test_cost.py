"""What reading costs: no text holds an import up for longer than its length in ordinary text would."""

import datetime
import time

import pytest

from articles.ingest.bounds import read_within_bounds
from articles.ingest.sources import Refusal
from articles.reading import Clues
from tests.reading.odd_texts import SHAPES, as_served, ordinary_text, text_of

SIZE = 60_000
#: How much more a character may cost than one of ordinary text, and how often a shape is measured that seems to.
LIMIT, TRIES = 3.0, 4


def cost(text: str) -> float:
    """Return the seconds of work until a text is read, or refused as no page."""
    started = time.process_time()
    try:
        read_within_bounds(text, "1.txt", reference=as_served(), clues=Clues(), today=datetime.date(2026, 1, 1))
    except Refusal as refusal:
        assert "不像一个版面" in str(refusal)
    return time.process_time() - started


@pytest.fixture(scope="module")
def ordinary() -> float:
    """Return what as much ordinary text costs."""
    text = (ordinary_text() * 2)[:SIZE]
    return min(cost(text) for _ in range(TRIES))


@pytest.mark.parametrize("shape", SHAPES)
def test_no_shape_of_text_costs_three_times_as_much_as_ordinary_text(shape: str, ordinary: float) -> None:
    text = text_of(shape, SIZE)
    # The best of a few: what else the machine does only adds.
    assert any(cost(text) < LIMIT * ordinary for _ in range(TRIES))
