"""Labelled pages, the typesetter, and the examples that the labelling is trained on."""

import json
from random import Random

import pytest

from articles.training.__main__ import pages_of
from articles.training.examples import example_of
from articles.training.labelled import LABELS, read_labelled
from articles.training.trainer import learned_from
from articles.training.typesetter import LAYOUTS, excerpt, typeset
from tests.reading.reference import ROOT, reference
from tests.score_reading import squeeze

PAGES = sorted((ROOT / "tests/pages").glob("*/*.page"))
SOME = PAGES[::12]


@pytest.mark.parametrize("path", PAGES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_every_labelled_page_is_well_formed(path):
    page = read_labelled(path)
    gold = page.gold()
    bare = squeeze(page.text)
    assert gold["items"]
    for item in gold["items"]:
        for person in item["bylines"] + item["credits"]:
            assert squeeze(person["name"]) in bare or "&nbsp;" in page.text, person


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("@item 1 article\nheadline+|新大夫\n", "goes on with no headline"),
        ("headline|山里来了新大夫\n", "stands before any item"),
        ("@item 1 story\n", "no kind of item"),
        ("@item 1 article\ntitle|山里\n", "no label"),
        ("@item 1 article\n山里\n", r"label\|text is wanted"),
        ("@item 1 article\n@by 丁一凡\n", "role=name is wanted"),
        ("@back 2\n", "2"),
    ],
)
def test_a_page_that_is_not_well_formed_is_refused_with_its_line(tmp_path, text, told):
    path = tmp_path / "p.page"
    path.write_text(text, "utf-8")
    with pytest.raises(ValueError, match=told):
        read_labelled(path)


def test_a_page_says_what_its_lines_say(tmp_path):
    path = tmp_path / "p.page"
    path.write_text(
        "@date 2025-04-08\nfolio|2025年4月8日\n@item 1 article\n@by 记者=丁一凡\n"
        "headline|## 药箱挂在\nheadline+|马背上\n"
        "deck|——清溪县见闻\nlead|本报讯（记者丁一凡）⟦paragraph⟧天没亮，马青山索\n\n"
        "@item 2 photo\ncaption|图为巡诊。\n"
        "@back 1\nparagraph+|性出了门。\n",
        "utf-8",
    )
    page = read_labelled(path)
    first, second = page.gold()["items"]
    assert (first["headline"], first["deck"]) == ("药箱挂在马背上", "清溪县见闻")
    assert (first["texts"], first["chars"]) == (["天没亮，马青山索性出了门。"], 13)
    assert (second["kind"], second["texts"]) == ("photo", ["图为巡诊。"])
    assert page.text.splitlines()[4] == "本报讯（记者丁一凡）天没亮，马青山索"


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_layout_keeps_every_string(layout):
    for path in SOME:
        page = read_labelled(path)
        if "<" in page.text:
            continue  # markup around a string counts as its text here
        gold, other = page.gold(), typeset(page, layout).gold()
        for one, two in zip(gold["items"], other["items"], strict=True):
            for field in ("headline", "kicker", "deck"):
                assert squeeze(one[field]) == squeeze(two[field].replace("*", "") if two[field] else None)
            assert list(map(squeeze, one["texts"])) == list(map(squeeze, two["texts"]))


def test_a_layout_is_the_same_each_time_and_an_excerpt_has_whole_items():
    page = read_labelled(SOME[0])
    assert typeset(page, "wrapped at 18").text == typeset(page, "wrapped at 18").text
    part = excerpt(page, Random(1))
    whole = {item["headline"]: item["texts"] for item in page.gold()["items"]}
    assert all(item["texts"] == whole[item["headline"]] for item in part.gold()["items"])


def test_an_example_has_a_label_for_each_line_that_the_reader_sees():
    known = {"noise", "folio", *LABELS, *(f"{label}+" for label in LABELS)}
    for path in SOME:
        page, evidence, labels = example_of(read_labelled(path), reference().words)
        assert len(page.lines) == len(evidence) == len(labels)
        assert set(labels) <= known


def test_the_shipped_weights_were_learned_from_the_pages_here_by_the_evidence_as_it_is() -> None:
    """If this fails, train anew: python -m articles.training train (see README)."""
    weights = json.loads((ROOT / "fixtures/labelling.json").read_text("utf-8"))
    folders = ("dev", "own", "formats", "tools", "cases", "kinds", "small")
    pages = pages_of(ROOT / "tests/pages" / name for name in folders)
    assert weights["learned_from"] == learned_from(pages, reference().words)
    assert (ROOT / "fixtures/labelling.json").stat().st_size < 300_000
