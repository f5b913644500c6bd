"""The likeness of texts."""

from articles.text.likeness import LIKE, Likeness
from tests.make import SAMPLES


def test_the_same_text_is_alike_whatever_its_width_case_and_spaces():
    assert Likeness().of("ＣＴ 检查，Ａ１", "ct检查,a1") > 0.4
    assert Likeness().of("ＣＴ　检查", "ct检查") == 1.0
    assert Likeness().of("醫院", "医院") == 1.0
    assert Likeness().of("", "") == 1.0
    assert Likeness().of("", "文") == 0.0


def test_pages_of_one_paper_are_unlike_and_a_page_with_slips_is_alike():
    texts = [path.read_text("utf-8") for path in sorted(SAMPLES.glob("*.txt"))]
    likeness = Likeness()
    worst = max(likeness.of(a, b) for i, a in enumerate(texts) for b in texts[:i])
    slips = texts[0].replace("医", "区").replace("，", ",")
    assert worst < 0.2 < LIKE < 0.7 < likeness.of(texts[0], slips)
