"""Stories of several parts: paragraphs that a jump cut in two, and many stories fetched at once."""

from dataclasses import dataclass

from articles.models.bodies import Block, whole_paragraphs


@dataclass
class Printed:
    """A part of a story as `whole_paragraphs` takes it."""

    blocks: list[Block]
    headline: str = ""
    absorbed: bool = False


def whole(parts):
    return whole_paragraphs([Printed(blocks) for blocks in parts])


def paragraph(text):
    return {"type": "paragraph", "text": text}


def subhead(text):
    return {"type": "subhead", "text": text}


def test_a_paragraph_that_ends_without_a_stop_goes_on_in_the_next_part():
    parts = [[paragraph("开头。"), paragraph("由县级医院下派")], [paragraph("到乡镇坐诊。"), paragraph("结尾。")]]
    kept = [list(part) for part in parts]
    assert whole(parts) == [
        [paragraph("开头。"), paragraph("由县级医院下派到乡镇坐诊。")],
        [paragraph("结尾。")],
    ]
    assert parts == kept


def test_what_is_complete_or_no_paragraph_stays_apart():
    for parts in (
        [[paragraph("说完了。”")], [paragraph("另起一段。")]],
        [[paragraph("没有说完")], [subhead("小标题"), paragraph("另起一段。")]],
        [[subhead("小标题")], [paragraph("另起一段。")]],
        [[], [paragraph("另起一段。")]],
        [[paragraph("没有说完")], []],
        [[paragraph("说完了。")], [], [paragraph("另起一段。")]],
        [],
    ):
        assert whole(parts) == parts


def test_a_paragraph_may_run_over_three_parts():
    parts = [[paragraph("一")], [paragraph("二")], [paragraph("三。")]]
    assert whole(parts) == [[paragraph("一二三。")], [], []]


def test_a_part_below_a_headline_of_its_own_begins_anew():
    first, second, third = [paragraph("没有说完")], [paragraph("另起一段")], [paragraph("接着说。")]
    for parts, expected in (
        (
            [Printed(first, "甲"), Printed(second, "乙", absorbed=True), Printed(third)],
            [first, [paragraph("另起一段接着说。")], []],
        ),
        ([Printed(first, "甲"), Printed(third, "甲", absorbed=True)], [[paragraph("没有说完接着说。")], []]),
        ([Printed(first, "甲"), Printed(third, "", absorbed=True)], [[paragraph("没有说完接着说。")], []]),
        ([Printed(first, "甲"), Printed(third, "乙")], [[paragraph("没有说完接着说。")], []]),
    ):
        assert whole_paragraphs(parts) == expected
