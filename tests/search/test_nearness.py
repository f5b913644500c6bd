"""Places that are nearly a string, against a search through all substrings."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from articles.search.nearness import aligned, allowed_edits, nearest


def distance(one, other):
    """The distance of optimal string alignment, from its definition."""
    rows = {}
    for i in range(len(one) + 1):
        for j in range(len(other) + 1):
            if not i or not j:
                rows[i, j] = i + j
                continue
            rows[i, j] = min(rows[i - 1, j] + 1, rows[i, j - 1] + 1, rows[i - 1, j - 1] + (one[i - 1] != other[j - 1]))
            if i > 1 and j > 1 and one[i - 1] == other[j - 2] and one[i - 2] == other[j - 1]:
                rows[i, j] = min(rows[i, j], rows[i - 2, j - 2] + 1)
    return rows[len(one), len(other)]


LETTERS = "甲乙丙丁戊己庚辛"
strings = st.text(LETTERS, min_size=5, max_size=12)
texts = st.text(LETTERS + "，", max_size=40)


@st.composite
def slips(draw):
    """Return (needle, text that holds it with as many slips as are allowed, number of slips)."""
    needle = draw(st.text(LETTERS, min_size=5, max_size=20))
    printed = needle
    number = draw(st.integers(0, allowed_edits(len(needle))))
    for _ in range(number):
        at = draw(st.integers(0, len(printed) - 2))
        kind = draw(st.sampled_from(["wrong", "missing", "added", "swapped"]))
        letter = draw(st.sampled_from("子丑寅卯"))
        if kind == "wrong":
            printed = printed[:at] + letter + printed[at + 1 :]
        elif kind == "missing":
            printed = printed[:at] + printed[at + 1 :]
        elif kind == "added":
            printed = printed[:at] + letter + printed[at:]
        else:
            printed = printed[:at] + printed[at + 1] + printed[at] + printed[at + 2 :]
    return needle, draw(st.text("子丑，。", max_size=30)) + printed + draw(st.text("子丑，。", max_size=30)), number


@settings(max_examples=1500, deadline=None)
@given(slips())
def test_a_slip_is_found_with_its_distance(slip):
    needle, text, number = slip
    found = nearest(needle, text, allowed_edits(len(needle)))
    grams = [needle[at : at + 2] for at in range(len(needle) - 1)]
    if found is None:
        assert not any(gram in text for gram in grams)  # no two characters are left together
        return
    assert distance(needle, text[found.start : found.end]) == found.distance
    assert found.distance <= number or number == 2  # two edits of one place may count as three


@settings(max_examples=400, deadline=None)
@given(strings, texts)
def test_nothing_nearer_stands_where_the_bigrams_point(needle, text):
    most = allowed_edits(len(needle))
    found = nearest(needle, text, most)
    if found:
        assert distance(needle, text[found.start : found.end]) == found.distance <= most
        around = text[max(0, found.start - most) : found.end + most]
        parts = (around[a:b] for a in range(len(around)) for b in range(a, len(around) + 1))
        assert found.distance == min(distance(needle, part) for part in parts)


@settings(max_examples=800, deadline=None)
@given(strings, st.text(LETTERS, max_size=14))
def test_an_alignment_is_both_strings_and_costs_their_distance(needle, printed):
    pieces = aligned(needle, printed)
    assert "".join(piece.typed for piece in pieces) == needle
    assert "".join(piece.printed for piece in pieces) == printed
    assert all(piece.typed or piece.printed for piece in pieces)
    assert all(a.is_same != b.is_same for a, b in zip(pieces, pieces[1:], strict=False))
    assert sum(distance(*piece) for piece in pieces if not piece.is_same) == distance(needle, printed)


@pytest.mark.parametrize(
    ("needle", "text", "place"),
    [
        ("让医生靠本事吃饭", "价格理顺，让医生凭本事吃饭。", ("让医生凭本事吃饭", 1)),
        ("看病难看病贵问题", "解决看病难、看病贵问题", ("看病难、看病贵问题", 1)),
        ("分级疗诊制度建设", "推进分级诊疗制度建设", ("分级诊疗制度建设", 1)),  # swapped: one edit
        ("基层首珍双向转珍", "基层首诊、双向转诊", None),  # three edits
        ("医共体", "医联体", None),  # too short
    ],
)
def test_nearest(needle, text, place):
    found = nearest(needle, text, allowed_edits(len(needle)))
    assert (found and (text[found.start : found.end], found.distance)) == place
