"""Stories of several parts: paragraphs that a jump cut in two, and many stories fetched at once."""

from articles.models.bodies import whole_paragraphs


def paragraph(text):
    return {"type": "paragraph", "text": text}


def subhead(text):
    return {"type": "subhead", "text": text}


def test_a_paragraph_that_ends_without_a_stop_goes_on_in_the_next_part():
    parts = [[paragraph("开头。"), paragraph("由县级医院下派")], [paragraph("到乡镇坐诊。"), paragraph("结尾。")]]
    kept = [list(part) for part in parts]
    assert whole_paragraphs(parts) == [
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
        assert whole_paragraphs(parts) == parts


def test_a_paragraph_may_run_over_three_parts():
    parts = [[paragraph("一")], [paragraph("二")], [paragraph("三。")]]
    assert whole_paragraphs(parts) == [[paragraph("一二三。")], [], []]
