"""The corpus score: readings of the gold pages may not get worse.

Set a floor up when a rule earns it; a total below its floor fails with the misses of each page.
"""

import os

import pytest

from tests import scores
from tests.conftest import missing
from tests.score_reading import MEASURES

#: The recorded totals. Topics and provinces are soft: a judgement that could go either way costs a few hundredths.
FLOORS = {
    "seeds": {**dict.fromkeys(MEASURES, 1.0), "topics": 0.93},
    "dev": {**dict.fromkeys(MEASURES, 1.0), "provinces": 0.97, "topics": 0.96},
    # Invented pages of other layouts: wrapped columns, interviews, briefs, photos, slips, jumps, verse, essays, boxes.
    "own": {
        **dict.fromkeys(MEASURES, 1.0),
        **{"kicker": 0.99, "bylines": 0.99, "body": 0.98, "paragraphs": 0.98, "provinces": 0.98, "topics": 0.9},
    },
    # Pages as tools deliver them.
    "formats": {
        **{"items": 0.85, "kind": 1.0, "headline": 0.71, "kicker": 0.71, "deck": 0.6, "bylines": 0.9, "credits": 1.0},
        **{"subheads": 0.69, "body": 0.63, "paragraphs": 0.63, "jumps": 1.0, "provinces": 0.92, "topics": 0.83},
        **{"folio": 1.0, "kept": 0.999},
    },
    "tools": {
        **{"items": 0.89, "kind": 0.9, "headline": 0.66, "kicker": 0.69, "deck": 0.48, "bylines": 0.81},
        **{"subheads": 0.54, "body": 0.56, "paragraphs": 0.62, "jumps": 0.83, "provinces": 0.79, "topics": 0.76},
        **{"folio": 1.0, "kept": 0.999, "credits": 0.86},
    },
    # The pages of dev and own, set in other layouts.
    "layouts": {
        **{"items": 0.94, "kind": 0.98, "headline": 0.79, "kicker": 0.74, "deck": 0.78, "bylines": 0.96},
        **{"subheads": 0.84, "body": 0.84, "paragraphs": 0.85, "jumps": 0.98, "provinces": 0.95, "topics": 0.88},
        **{"folio": 0.97, "kept": 1.0, "credits": 0.9},
    },
}

#: Cases that come out right.
RIGHT = {"01", "02", "04", "06", "08", "10", "21", "24", "26"}


@pytest.mark.parametrize("corpus", FLOORS)
def test_it_reads_a_corpus_as_well_as_before(corpus: str, capsys: pytest.CaptureFixture[str]) -> None:
    if corpus == "seeds" and not scores.SEEDS.is_dir():
        missing("gold", f"the real pages are not here: {scores.SEEDS} (set GOLD_PAGES to the folder that holds seeds/)")
    pages: list[str] = []
    totals = scores.score(corpus, pages.append)
    with capsys.disabled():
        os.write(1, f"\n{scores.row(corpus, totals)}\n".encode())
    short = {name: round(totals[name], 3) for name, floor in FLOORS[corpus].items() if totals[name] < floor}
    assert short == {}, "\n".join(pages)


def test_cases_that_came_out_right_do_so_still() -> None:
    faults: list[str] = []
    right = {name[:2] for name in scores.judge_cases(faults.append)}
    assert right >= RIGHT, "\n".join(faults)
