"""The corpus score: readings of the gold pages may not get worse.

Set a floor up when a rule earns it; a total below its floor fails with the misses of each page.
"""

import json
import os
from pathlib import Path

import pytest

from articles.reading import read_page
from tests.conftest import missing
from tests.reading.reference import ROOT, province_names, reference
from tests.score_reading import MEASURES, Tally, score_page

#: The recorded totals. Topics and provinces are soft: a judgement that could go either way costs a few hundredths.
DEV = {**dict.fromkeys(MEASURES, 1.0), "provinces": 0.97, "topics": 0.96}
SEEDS = {**dict.fromkeys(MEASURES, 1.0), "topics": 0.93}
#: Invented pages of other layouts, scored apart: wrapped columns, interviews, briefs, photos, OCR slips, jumps,
#: verse, essays, boxes, old front pages.
OWN = {
    **dict.fromkeys(MEASURES, 1.0),
    **{"kicker": 0.99, "bylines": 0.99, "subheads": 0.97, "body": 0.98, "paragraphs": 0.98},
    **{"provinces": 0.98, "topics": 0.9},
}


def score(gold: Path, texts: Path) -> tuple[dict[str, float], str]:
    """Read every gold page and score it: totals by measure, and the table with its misses."""
    total = {measure: Tally() for measure in MEASURES}
    topics = {topic.slug: topic.name for topic in reference().topics}
    rows = [f"{'page':24}" + "".join(f"{measure:>11}" for measure in MEASURES)]
    for path in sorted(gold.glob("*.json")):
        text = (texts / f"{path.stem}.txt").read_bytes().decode("utf-8")
        found = read_page(text, reference=reference()).as_json(f"{path.stem}.txt", province_names(), topics)
        page = {measure: Tally() for measure in MEASURES}
        misses: list[str] = []
        score_page(json.loads(path.read_text("utf-8")), found, text, page, misses.append)
        for measure in MEASURES:
            for part in ("hit", "gold", "found"):
                setattr(total[measure], part, getattr(total[measure], part) + getattr(page[measure], part))
        assert page["kept"].f1 == 1.0, f"{path.stem}: characters lost"
        rows.append(f"{path.stem[:23]:24}" + "".join(f"{page[measure].f1:11.3f}" for measure in MEASURES))
        rows.extend(f"    {miss}" for miss in misses)
    rows.append(f"{'all':24}" + "".join(f"{total[measure].f1:11.3f}" for measure in MEASURES))
    return {measure: total[measure].f1 for measure in MEASURES}, "\n".join(rows)


def assert_floors(gold: Path, texts: Path, floors: dict[str, float], capsys: pytest.CaptureFixture[str]) -> None:
    totals, table = score(gold, texts)
    with capsys.disabled():
        os.write(1, f"\n{gold}\n{table}\n".encode())
    short = {name: round(totals[name], 3) for name, floor in floors.items() if totals[name] < floor}
    assert short == {}, table


def test_it_reads_the_dev_pages_as_well_as_before(capsys: pytest.CaptureFixture[str]) -> None:
    assert_floors(ROOT / "tests/pages/dev", ROOT / "fixtures/pages", DEV, capsys)


def test_it_reads_the_invented_pages_of_other_layouts_as_well_as_before(capsys: pytest.CaptureFixture[str]) -> None:
    assert_floors(ROOT / "tests/pages/own", ROOT / "tests/pages/own", OWN, capsys)


def test_it_reads_the_real_pages_as_well_as_before(capsys: pytest.CaptureFixture[str]) -> None:
    seeds = (ROOT / os.environ.get("GOLD_PAGES", "../shared/pages")).resolve() / "seeds"
    if not seeds.is_dir():
        missing("gold", f"the real pages are not here: {seeds} (set GOLD_PAGES to the folder that holds seeds/)")
    assert_floors(seeds, seeds, SEEDS, capsys)
