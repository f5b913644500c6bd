"""Each printed form has an example that its pattern finds. Further rows are texts that a pattern must not match."""

import pytest

from articles.reading import marks

MARKS = [mark for mark in vars(marks).values() if isinstance(mark, marks.Mark)]


@pytest.mark.parametrize("mark", MARKS, ids=lambda mark: mark.name)
def test_it_finds_its_printed_example(mark: marks.Mark) -> None:
    assert mark.search(mark.example)


@pytest.mark.parametrize(
    ("mark", "text"),
    [
        (marks.LEAD, "本报讯息中心成立"),  # a name that begins like a lead
        (marks.LEAD, "本报将于近日推出特刊。"),
        (marks.JUMP_TO, "转变作风"),
        (marks.TEASER_REF, "见义勇为受表彰"),
        (marks.NOTICE_TITLE, "清溪县发布健康公告牌"),
        (marks.AUTHOR_NOTE, "（作者一行走访了三个乡镇）"),
    ],
)
def test_it_leaves_text_alone_that_only_looks_alike(mark: marks.Mark, text: str) -> None:
    assert mark.fullmatch(text) is None and (mark is not marks.LEAD or mark.match(text) is None)
