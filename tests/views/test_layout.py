"""The layout of a page by weight: full rows, in printed order."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from articles.models import Article
from articles.views.layout import COLUMNS, SPANS, lay_out


def items(*sizes, kinds=()):
    found = []
    for index, size in enumerate(sizes):
        kind = kinds[index] if index < len(kinds) else "article"
        blocks = [{"type": "paragraph", "text": "字" * size}]
        found.append(Article(pk=index + 1, headline=f"标题{index}", kind=kind, blocks=blocks))
    return found


def shape(cells):
    return [(cell.rank, cell.span) for cell in cells]


def test_the_first_article_leads_and_the_rest_weigh_what_they_hold():
    cells = lay_out(items(800, 2000, 500, 60, 60))
    assert shape(cells) == [("lead", 12), ("major", 6), ("medium", 6), ("brief", 6), ("brief", 6)]


def test_a_photo_before_it_takes_nothing_from_the_lead():
    cells = lay_out(items(40, 800, 400, kinds=["photo"]))
    assert shape(cells) == [("photo", 4), ("lead", 8), ("medium", 12)]


def test_a_page_of_photos_has_no_lead():
    assert [rank for rank, _ in shape(lay_out(items(40, 40, kinds=["photo", "photo"])))] == ["photo", "photo"]


def test_what_is_shown_below_a_headline_goes_by_rank():
    lead, brief = lay_out(items(900, 10))
    assert (lead.excerpt, brief.excerpt) == ("字" * 220 + "……", "")
    assert lay_out(items(900), with_text=False)[0].excerpt == ""


def test_the_text_of_an_untitled_item_goes_on_where_its_title_ends():
    (item,) = items(0)
    item.headline, item.kind = "", "photo"
    item.blocks = [{"type": "paragraph", "text": "牧民第一次做了心电图检查，医生正在讲解结果。诊室一周来一次。"}]
    (cell,) = lay_out([item])
    assert (item.title, cell.excerpt) == ("牧民第一次做了心电图检查，医生正在讲解结果", "诊室一周来一次。")


def test_an_empty_page_is_empty():
    assert lay_out([]) == []


@given(st.lists(st.tuples(st.integers(0, 3000), st.sampled_from(["article", "photo", "teaser", "notice"]))))
def test_rows_are_full_in_printed_order_and_nothing_is_narrower_than_it_asks(sized):
    sizes, kinds = [size for size, _ in sized], [kind for _, kind in sized]
    cells = lay_out(items(*sizes, kinds=kinds))
    assert [cell.article.pk for cell in cells] == list(range(1, len(sized) + 1))
    filled = 0
    for cell in cells:
        assert cell.span >= SPANS[cell.rank]
        filled = (filled + cell.span) % COLUMNS if filled + cell.span <= COLUMNS else pytest.fail("a row overflows")
    assert filled == 0
