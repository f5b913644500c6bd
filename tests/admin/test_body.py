"""The text of a body on the desk, and the blocks for which it stands."""

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from articles.admin.widgets import BodyField
from articles.reading.model import Block
from articles.reading.tables import table_text

MARKS = st.text(alphabet="#＃\\| 　a字\n", min_size=1, max_size=12)
CELLS = st.text(alphabet="|#字1 ", max_size=4).map(lambda text: " ".join(text.split()))
BLOCKS = st.lists(
    st.one_of(
        st.builds(lambda text: {"type": "paragraph", "text": text}, MARKS),
        st.builds(lambda text: {"type": "subhead", "text": text}, st.text(alphabet="#＃\\ 字", min_size=1, max_size=6)),
        st.builds(
            lambda rows, caption: Block("table", table_text(rows), caption).as_json(),
            st.lists(st.lists(CELLS, min_size=2, max_size=2), min_size=1, max_size=3).filter(
                lambda rows: any(any(row) for row in rows)
            ),
            st.text(alphabet="表1|#", max_size=4),
        ),
    ),
    max_size=4,
)


def as_kept(blocks):
    """Tell whether the texts have the form that the field keeps: no space at an edge, no blank line in a paragraph."""
    texts = [block["text"] for block in blocks if block["type"] != "table"]
    return all(text == text.strip() and all(line.strip() for line in text.split("\n")) for text in texts)


@given(BLOCKS.filter(as_kept))
def test_what_is_shown_is_read_back_as_it_was(blocks):
    assert BodyField().to_blocks(BodyField().clean(BodyField.to_text(blocks))) == blocks


@pytest.mark.parametrize("line", ["## 小标题", "##小标题", "＃＃ 小标题", "＃＃小标题", "#＃　小标题", "  ## 小标题  "])
def test_a_subhead_is_taken_as_people_write_it(line):
    expected = [
        {"type": "paragraph", "text": "一段"},
        {"type": "subhead", "text": "小标题"},
        {"type": "paragraph", "text": "又一段"},
    ]
    assert BodyField.to_blocks(f"一段\r\n\r\n{line}\r\n\r\n又一段") == expected
    assert BodyField.to_blocks(f"一段\n{line}\n又一段") == expected


@pytest.mark.parametrize("line", ["#### 小标题", "###小标题", "# 小标题", "#小标题", "＃＃＃ 小标题", "######"])
def test_another_depth_is_refused_with_the_line_and_the_remedy(line):
    with pytest.raises(ValidationError) as refused:
        BodyField().clean(f"一段\n\n{line}\n\n又一段")
    (message,) = refused.value.messages
    assert f"“{line}”一行" in message and ("请写“## 小标题”" in message or "请补上小标题" in message)


@pytest.mark.parametrize("line", ["##", "## ", "＃＃　"])
def test_marks_without_a_subhead_are_refused(line):
    with pytest.raises(ValidationError, match="只有记号，没有文字"):
        BodyField().clean(f"一段\n\n{line}\n\n又一段")


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (r"\#1 病房", "#1 病房"),
        (r"\## 原文如此", "## 原文如此"),
        (r"\\#", r"\#"),
        ("#健康中国#话题下，读者留言。", "#健康中国#话题下，读者留言。"),
        (r"见 \#1 和 C#", r"见 \#1 和 C#"),
    ],
)
def test_marks_that_are_text_stay_text(typed, kept):
    assert BodyField.to_blocks(typed) == [{"type": "paragraph", "text": kept}]
