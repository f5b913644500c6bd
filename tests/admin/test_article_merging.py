"""A save over a newer version: what only one side changed is kept, what both changed is asked about."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from articles.admin.screens.article.block_ops import BlockRow, press
from articles.admin.screens.article.head_lines import HeadLine, Printed, cut, head_lines, join
from articles.admin.screens.article.merging import differences, marks, merged, undecided
from articles.models import Article, Batch
from tests.admin.conftest import Desk, fields_of, revision
from tests.make import PAGE, load, write


def blocks(*texts):
    return [{"type": "paragraph", "text": text, "key": str(at)} for at, text in enumerate(texts)]


def sides(before, theirs, mine):
    return [(each.name, each.side) for each in differences(before, theirs, mine)]


def test_each_value_is_somebodys():
    before = {"kicker": "", "headline": "甲", "deck": "", "agency": "", "regions": [["1", True], ["2", False]]}
    theirs = {**before, "headline": "乙", "deck": "同", "agency": "他", "regions": [["2", False], ["1", True]]}
    mine = {**before, "headline": "丙", "deck": "同", "kicker": "我"}
    found = differences(before, theirs, mine)
    assert {each.name: each.side for each in found} == {
        "kicker": "mine", "headline": "both", "deck": "same", "agency": "theirs",
    }  # fmt: skip
    assert [each.name for each in undecided(found, {})] == ["headline"]
    assert undecided(found, {"headline": "mine"}) == [] != undecided(found, {"headline": "x"})
    assert merged(theirs, found, {"headline": "mine"}) == {**theirs, "headline": "丙", "kicker": "我"}
    assert merged(theirs, found, {"headline": "theirs"})["headline"] == "乙"


def test_a_body_is_compared_by_block_if_all_three_have_the_same_blocks():
    before = {"blocks": blocks("甲", "乙", "丙", "丁")}
    theirs = {"blocks": blocks("甲一", "乙一", "丙", "丁一")}
    mine = {"blocks": blocks("甲", "乙二", "丙二", "丁一")}
    assert sides(before, theirs, mine) == [
        ("blocks-0", "theirs"), ("blocks-1", "both"), ("blocks-2", "mine"), ("blocks-3", "same"),
    ]  # fmt: skip
    for choices, second in (({"blocks-1": "mine"}, "乙二"), ({"blocks": "mine"}, "乙二"), ({}, "乙一")):
        found = merged(theirs, differences(before, theirs, mine), choices)
        assert [block["text"] for block in found["blocks"]] == ["甲一", second, "丙二", "丁一"]
    fewer = {"blocks": mine["blocks"][:3]}
    assert sides(before, theirs, fewer) == [("blocks", "both")]
    assert sides(before, before, fewer) == [("blocks", "mine")]
    other_keys = {"blocks": [{**block, "key": "x"} for block in before["blocks"]]}
    assert sides(before, before, other_keys) == []


@given(st.text(alphabet="甲乙 　a", max_size=12), st.text(alphabet="甲乙 　a", max_size=12))
def test_marks_keep_the_text(old, new):
    assert "".join(text for _, text in marks(old, new)).replace("␣", "") == new.translate({32: None, 0x3000: None}) or (
        len("".join(text for _, text in marks(old, new))) == len(new)
    )
    assert all(tag == "" for tag, _ in marks(new, new))


def test_long_texts_are_marked_whole():
    old, new = "甲" + "乙" * 5000 + "丁", "甲" + "丙" * 5000 + "丁"
    assert marks(old, new) == [("", "甲"), ("ins", "丙" * 5000), ("", "丁")]


@given(st.lists(st.text(alphabet="甲乙a1 　，", min_size=1, max_size=6), min_size=1, max_size=4))
def test_parts_of_a_head_give_the_head_again(lines):
    value = join(line.strip() for line in lines)
    parts = cut(value, lines)
    assert not parts or (join(parts) == value and len(parts) == len(lines))


def test_a_value_that_is_not_printed_is_one_line():
    printed = [Printed("kicker", "引题", 3), Printed("headline", "标题", 4), Printed("headline", "二行", 5)]
    values = {"kicker": "引题", "headline": "人工标题", "deck": "人工副题"}
    assert head_lines(values, printed) == [
        HeadLine("引题", "kicker", 3), HeadLine("人工标题", "headline", 4), HeadLine("人工副题", "deck"),
    ]  # fmt: skip
    assert [line.text for line in head_lines({**values, "headline": "标题二行"}, printed)] == [
        "引题", "标题", "二行", "人工副题",
    ]  # fmt: skip


def test_a_pressed_button_tells_where_its_block_went():
    rows = [BlockRow("paragraph", text, text) for text in ("abc", "def", "丙")]
    assert press(rows, "join-1").rows[0] == BlockRow("paragraph", "abc def", "abc")
    assert [(press(rows, op).op, press(rows, op).at) for op in ("up-2", "down-0", "remove-2", "join-2")] == [
        ("up", 1), ("down", 1), ("remove", 1), ("join", 1),
    ]  # fmt: skip
    assert press([BlockRow("table", "| a |"), BlockRow("table", "| b |")], "join-1").rows[0].text == "| a |\n| b |"


@pytest.fixture
def article(page):
    return page.articles.as_printed()[0]


@pytest.fixture
def other(client, django_user_model):
    """Return the desk of a second editor."""
    user = django_user_model.objects.create_superuser("祝晓岚", password="a desk for two")
    client.force_login(user)
    return Desk(client)


def asked_of(desk, article, fields):
    """Post a form that meets a newer version. Return the question's text and its fields."""
    response = desk.client.post(desk.url(article), fields)
    assert response.status_code == 409
    text = response.content.decode()
    return text, fields_of(text, "conflict_form")


@pytest.mark.django_db
def test_both_saves_survive_where_only_one_side_changed(desk, other, article):
    mine = desk.filled(article, deck="我的副题", **{"block-0-text": "我的第一段。"})
    assert other.save(article, headline="对方的标题", **{"block-1-text": "对方的第二段。"}) == []
    assert desk.post(article, mine) == []
    article.refresh_from_db()
    assert (article.headline, article.deck) == ("对方的标题", "我的副题")
    assert [block["text"] for block in article.blocks] == ["我的第一段。", "对方的第二段。"]
    assert Batch.objects.count() == 2


@pytest.mark.django_db
@pytest.mark.parametrize(("choice", "headline"), [("mine", "我的标题"), ("theirs", "对方的标题")])
def test_what_both_changed_is_asked_about_and_the_choice_is_saved(desk, other, article, choice, headline):
    mine = desk.filled(article, headline="我的标题", agency="新华社", reason="我的原因")
    other.save(article, headline="对方的标题", kicker="对方的引题", reason="照报样")
    before = revision()
    text, fields = asked_of(desk, article, {**mine, "_save": "1"})
    assert "祝晓岚" in text and "（原因：照报样）" in text and "青海湖畔建起流动诊室" in text
    assert "<ins>我</ins>" in text or "<ins>我的标题</ins>" in text
    assert [name for name in fields if name.startswith("choice-")] == []
    assert text.count('name="choice-') == 2  # both choices of the one field, neither ticked
    assert revision() == before and Batch.objects.count() == 1
    again, _ = asked_of(desk, article, fields)  # nothing chosen
    assert "choice-headline" in again
    assert desk.post(article, {**fields, "choice-headline": choice}) == []
    article.refresh_from_db()
    assert (article.headline, article.kicker, article.agency) == (headline, "对方的引题", "新华社")
    assert Batch.objects.first().reason == "我的原因"


@pytest.mark.django_db
def test_a_choice_holds_only_between_the_values_that_were_shown(desk, other, article):
    mine = desk.filled(article, headline="我的标题", deck="我的副题")
    other.save(article, headline="对方的标题")
    _, fields = asked_of(desk, article, mine)
    other.save(article, headline="对方又改的标题")
    text, fields = asked_of(desk, article, {**fields, "choice-headline": "mine"})
    assert "对方又改的标题" in text.replace("<ins>", "").replace("</ins>", "")
    other.save(article, agency="新华社")  # newer, but not in doubt
    assert desk.post(article, {**fields, "choice-headline": "mine"}) == []
    article.refresh_from_db()
    assert (article.headline, article.deck, article.agency) == ("我的标题", "我的副题", "新华社")


@pytest.mark.django_db
def test_sets_and_paragraphs_are_chosen_too(desk, other, article):
    mine = desk.filled(article, **{"byline-0-name": "我写的", "topic-0": "tcm", "block-1-text": "我的。"})
    other.save(article, **{"byline-0-name": "他写的", "topic-0": "press", "block-1-text": "他的。"})
    text, fields = asked_of(desk, article, mine)
    assert "正文第 2 段" in text and "记者 " in text
    choices = {"choice-bylines": "mine", "choice-topics": "theirs", "choice-blocks-1": "mine"}
    assert desk.post(article, {**fields, **choices}) == []
    article.refresh_from_db()
    assert [row.name_as_printed for row in article.bylines.all()] == ["我写的"]
    assert article.article_topics.first().topic.slug == "press"
    assert article.blocks[1]["text"] == "我的。"


@pytest.mark.django_db
def test_a_body_with_other_blocks_is_chosen_whole(desk, other, article):
    mine = desk.filled(article, **{"block-2-text": "我补的一段。"})
    other.save(article, **{"block-0-text": ""})
    text, fields = asked_of(desk, article, mine)
    assert "choice-blocks" in text and "choice-blocks-" not in text
    assert desk.post(article, {**fields, "choice-blocks": "theirs"}) == []
    assert len(Article.objects.get(pk=article.pk).blocks) == 1


@pytest.mark.django_db
def test_the_form_can_be_taken_up_again_with_what_was_chosen(desk, other, article):
    mine = desk.filled(article, headline="我的标题", deck="我的副题")
    other.save(article, headline="对方的标题", kicker="对方的引题")
    _, fields = asked_of(desk, article, mine)
    response = desk.client.post(desk.url(article), {**fields, "op": "edit", "choice-headline": "theirs"})
    form = fields_of(response.content.decode())
    lines = {form[f"head-{at}-role"]: form[f"head-{at}-text"] for at in range(3)}
    assert lines == {"kicker": "对方的引题", "headline": "对方的标题", "deck": "我的副题"}
    assert Batch.objects.count() == 1
    assert desk.post(article, form) == []
    article.refresh_from_db()
    assert (article.kicker, article.headline, article.deck) == ("对方的引题", "对方的标题", "我的副题")


@pytest.mark.django_db
def test_an_import_that_changed_nothing_shown_is_no_conflict(desk, article, tmp_path):
    mine = desk.filled(article, headline="我的标题")
    load(write(tmp_path, PAGE.replace("福建社区食堂", "福建小区食堂")))
    assert desk.post(article, mine) == []
    assert Article.objects.get(pk=article.pk).headline == "我的标题"


@pytest.mark.django_db
def test_an_import_that_changed_the_same_field_is_the_machines_word(desk, article, tmp_path):
    mine = desk.filled(article, **{"block-1-text": "我的第二段。"})
    load(write(tmp_path, PAGE.replace("三百余名", "四百余名")))
    text, fields = asked_of(desk, article, mine)
    assert "机器又读取过这一版" in text and "对方（机器）" in text
    assert "<ins>四</ins>" in text
    kept = [name for name in fields if name.startswith("choice-")]
    assert kept == []
    name = next(name for name in ("choice-blocks", "choice-blocks-1") if f'name="{name}"' in text)
    assert desk.post(article, {**fields, name: "mine"}) == []
    assert Article.objects.get(pk=article.pk).blocks[1]["text"] == "我的第二段。"
