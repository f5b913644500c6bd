"""The form of one article: what an untouched one stores, its doors, its buttons, its questions."""

import re
from urllib.parse import urlencode

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext

from articles.models import Article, Batch, Correction, Doubt, Proposal
from articles.models.block_keys import keys_of
from tests.admin.conftest import fields_of, ledger, revision, rows_in
from tests.desk.state import state
from tests.make import PAGE, load, make_article, sign, write

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(page_made_once):
    return page_made_once


@pytest.fixture
def article(page):
    return page.articles.as_printed()[0]


def kinds(article):
    article.refresh_from_db()
    return [(block["type"], block["text"]) for block in article.blocks]


def answer(desk, article, fields):
    """Post `fields` to the form of an article. Return the answer's status and text."""
    response = desk.client.post(desk.url(article), fields)
    return response.status_code, response.content.decode()


def doubt(article, kind="no-byline", **values):
    return Doubt.objects.create(page=article.page, article=article, kind=kind, **values)


def propose(article, name, value):
    """Make a proposal that the queue has. The field becomes a person's."""
    article.protect(name)
    Article.objects.filter(pk=article.pk).update(edited_fields=article.edited_fields)
    given = {"page": article.page, "article": article, "source_id": article.source_id}
    Proposal.objects.update_or_create(article=article, field=name, defaults={**given, "value": value})
    return doubt(article, "proposal", rule=name, digest=name)


@pytest.mark.disagreeing
def test_untouched_texts_stay_to_the_letter(desk, page):
    texts = ["　　段首两格\n第二行 ", "一\n\n二", "\n\n段前空行", "\u200b看不见"]
    blocks = [{"type": "paragraph", "text": text} for text in texts]
    article = make_article(page, " 标题两边有空格 ", blocks=blocks, agency="\u200b新华社 ")
    assert desk.save(article) == [] and not Batch.objects.exists()
    assert desk.save(article, **{"block-1-text": "改过的一段"}) == []
    article.refresh_from_db()
    assert [block["text"] for block in article.blocks] == [texts[0], "改过的一段", *texts[2:]]
    assert (article.headline, article.edited_fields) == (" 标题两边有空格 ", ["blocks"])


def test_a_save_leads_to_the_form_and_names_its_batch(desk, article):
    fields = desk.filled(article, headline="人工改过的标题", reason="照报样")
    response = desk.client.post(desk.url(article), {**fields, "byline-0-role": "本报记者", "_save": "1"})
    batch = Batch.objects.get()
    assert (response.status_code, response["Location"]) == (302, f"{desk.url(article)}?batch={batch.pk}")
    assert (batch.reason, batch.user_name) == ("照报样", "admin")
    said = desk.client.get(response["Location"]).content.decode()
    assert "《人工改过的标题》已保存：改了标题、署名。" in said and f"/admin/desk/batches/{batch.pk}/undo/" in said
    response = desk.client.post(desk.url(article), desk.form(article), follow=True)
    assert "没有改动" in response.content.decode() and Batch.objects.count() == 1


def test_every_field_is_saved_in_one_batch(desk, page, article):
    other = page.articles.as_printed()[1]
    Article.objects.filter(pk=other.pk).update(continued_to=None)
    changes = {
        **{"head-1-text": "新引题", "head-1-role": "kicker", "head-2-text": "新副题", "head-2-role": "deck"},
        **{"kind": "notice", "agency": "新华社", "continued_to": "4", "continued_from": "2", "position": "7"},
        **{"continuation_of": str(other.pk), "review": "doubtful", "withdrawn": "on"},
        **{"byline-0-of": "photo", "byline-0-role": "摄影", "byline-1-name": "新来的", "byline-1-contributor": "某某"},
        **{"region-0-name": "北京市 朝阳区", "region-main": "1", "topic-0": "press", "topic-1": "tcm", "topic-2": ""},
        **{"block-0-type": "subhead", "block-0-text": "一个小标题", "head-0-text": "新标题", "block-2-text": "补一段"},
    }
    assert desk.save(article, **changes) == []
    article.refresh_from_db()
    assert (article.kicker, article.headline, article.deck) == ("新引题", "新标题", "新副题")
    assert (article.kind, article.agency, article.continued_to, article.continued_from) == ("notice", "新华社", 4, 2)
    assert (article.position, article.continuation_of, article.review) == (7, other, "doubtful")
    assert article.withdrawn
    signed = [(row.of, row.role, row.name_as_printed, row.contributor.name) for row in article.bylines.all()]
    assert signed == [("photo", "摄影", "赵一苇", "赵一苇"), ("text", "", "新来的", "某某")]
    assert {(row.region_id, row.main) for row in article.article_regions.all()} == {("110105", False), ("632800", True)}
    assert [row.topic.slug for row in article.article_topics.all()] == ["press", "tcm"]
    assert kinds(article)[0] == ("subhead", "一个小标题") and kinds(article)[-1] == ("paragraph", "补一段")
    assert Batch.objects.count() == 1
    assert "position" in article.edited_fields and article.page.articles.count() == 3


@pytest.mark.disagreeing
def test_titles_change_places_by_their_roles(desk, page):
    article = make_article(page, "引题在此", kicker="标题在此")
    kicker, headline = sorted((0, 1), key=lambda at: desk.form(article)[f"head-{at}-role"] != "kicker")
    assert desk.save(article, **{f"head-{kicker}-role": "headline", f"head-{headline}-role": "kicker"}) == []
    article.refresh_from_db()
    assert (article.kicker, article.headline) == ("引题在此", "标题在此")


def test_blocks_move_join_and_go_without_being_stored(desk, article):
    before = revision(), kinds(article)
    first, second = (text for _, text in before[1])
    fields = {**desk.form(article), "head-0-text": "还没保存的标题", "block-2-text": "补一段", "op": "down-0"}
    for op, expected in (
        ("down-0", [second, first, "补一段"]),
        ("up-2", [second, "补一段", first]),
        ("join-1", [f"{second}补一段", first]),
        ("remove-1", [f"{second}补一段"]),
    ):
        status, text = answer(desk, article, {**fields, "op": op})
        assert status == 200
        fields = fields_of(text)
        found = [fields[f"block-{at}-text"] for at in range(rows_in(fields, "block") - 1)]
        assert (found, fields["head-0-text"]) == (expected, "还没保存的标题")
        assert "autofocus" in text and text.count('<details class="ops" open>') == 1
    assert (revision(), kinds(article)) == before and not Batch.objects.exists()
    key = keys_of(article.blocks)[1]
    assert desk.post(article, fields) == []
    assert kinds(article) == [("paragraph", f"{second}补一段")]
    assert keys_of(article.blocks) == [key] and article.headline == "还没保存的标题"


@pytest.mark.parametrize("op", ["up-0", "down-1", "join-0", "up-99", "up-x", "drop-1", "", "up-" + "9" * 30])
def test_a_button_with_nothing_to_do_shows_the_form(desk, article, op):
    status, text = answer(desk, article, {**desk.form(article), "op": op, "head-0-text": "还没保存"})
    assert status == 200 and fields_of(text)["head-0-text"] == "还没保存"
    assert not Batch.objects.exists()


@pytest.mark.disagreeing
def test_a_table_is_edited_as_lines(desk, page):
    table = {"type": "table", "text": "县\t人数\n甲\t1|2", "caption": "表1"}
    article = make_article(page, blocks=[{"type": "paragraph", "text": "# 不是小标题\n第二行"}, table])
    assert desk.form(article)["block-1-text"] == "|+ 表1\r\n| 县 | 人数 |\r\n| 甲 | 1\\|2 |"
    assert desk.save(article) == [] and not Batch.objects.exists()
    assert desk.save(article, **{"block-1-text": "|+ 表1\r\n| 县 | 人数 |\r\n| 甲 | 3 |"}) == []
    article.refresh_from_db()
    assert article.blocks[0]["text"] == "# 不是小标题\n第二行"
    assert (article.blocks[1]["text"], article.blocks[1]["caption"]) == ("县\t人数\n甲\t3", "表1")
    assert any("每行须写作" in each for each in desk.save(article, **{"block-1-text": "没有格子"}))


@pytest.mark.parametrize(
    ("changes", "control", "sentence"),
    [
        ({"head-1-text": "没有身份的一行"}, "head-1-role", "请选这一行是引题、标题、副题、正文还是不用"),
        ({"head-0-role": "king"}, "head-0-role", "请选这一行是"),
        ({"column": "没有的栏目"}, "column", "没有叫“没有的栏目”的栏目，请从列表里选"),
        ({"continued_to": "1000"}, "continued_to", "版次须为 1 至 999 的整数"),
        ({"continuation_of": "99999"}, "continuation_of", "没有编号是 99999 的文章"),
        ({"continuation_of": "９"}, "continuation_of", "首篇的编号须为"),
        ({"kind": "poem"}, "kind", "请从所列的几项里选一项"),
        ({"review": "x"}, "review", "请从所列的几项里选一项"),
        ({"topic-0": "no-topic-of-ours"}, "topic-0", "没有这个主题"),
        ({"topic-0": "tcm", "topic-1": "tcm"}, "topic-1", "同一主题选了两次"),
        ({"byline-0-name": ""}, "byline-0-name", "请填姓名"),
        ({"byline-0-of": "song"}, "byline-0-of", "请选署于文字还是图片"),
        ({"byline-0-contributor": "名" * 101}, "byline-0-contributor", "超过 100 个字"),
        ({"block-0-type": "song"}, "block-0-text", "类型请选段落、小标题或表格"),
        ({"block-0-type": "subhead", "block-0-text": "两\r\n行"}, "block-0-text", "只能写一行"),
        ({"reason": "为" * 400}, "reason", "超过 300 个字"),
        ({"release": "page"}, "", "没有“page”这个字段"),
        ({"proposal-headline": "take"}, "", "机器建议在您打开表单之后变了"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_above(desk, article, changes, control, sentence):
    before = revision()
    status, text = answer(desk, article, {**desk.form(article), "agency": "还没保存", **changes})
    assert status == 200 and text.count(sentence) == (2 if control else 1)
    assert not control or (f'<a href="#id_{control}">' in text and f'id="id_{control}"' in text)
    assert fields_of(text)["agency"] == "还没保存"
    assert revision() == before and not Batch.objects.exists()


def test_what_is_missing_is_as_it_was_opened(desk, article):
    seen = desk.form(article)["seen"]
    status, _ = answer(desk, article, {"seen": seen, "_save": "1"})
    assert status == 302 and not Batch.objects.exists()
    body = kinds(article)
    status, _ = answer(desk, article, {"seen": seen, "block-1-text": "只传了一段", "byline-0-role": "本报记者"})
    assert status == 302
    assert kinds(article) == [body[0], ("paragraph", "只传了一段")]
    assert [(row.role, row.name_as_printed) for row in article.bylines.all()] == [("本报记者", "赵一苇")]


def test_a_form_without_its_state_is_shown_again(desk, page, article):
    before = revision()
    other = desk.form(page.articles.as_printed()[1])["seen"]
    for seen in (None, "", "x", other, desk.form(article)["seen"][:-1]):
        fields = {**desk.filled(article, headline="新标题"), "seen": seen}
        status, text = answer(desk, article, {name: value for name, value in fields.items() if value is not None})
        assert status == 200 and "表单的底稿失效了" in text
        assert fields_of(text)["head-0-text"] == "新标题"
    assert revision() == before
    assert desk.post(article, fields_of(text)) == []
    article.refresh_from_db()
    assert article.headline == "新标题"


HOSTILE = [
    {"head-1000000000-text": "远", "head-1000000000-role": "deck"},
    {"block-total": "9999999"},
    {"block-total": "-1"},
    {"block-total": "５"},
    {"byline-99999999999999999999-name": "甲"},
    {f"block-{at}-text": "段" for at in range(1100)},
    {f"byline-{at}-name": "甲" for at in range(1100)},
    {"head-0-text": "题\0\ud800"},
    {"block-0-text": "段" * 200_000},
    {"block-0-text": "| " * 20_000, "block-0-type": "table"},
    {"block-0-key": "'\"><x", "block-1-key": "x" * 10_000},
    {"region-0-name": "区" * 100_000, "region-main": "-1"},
    {"topic-0": "\0", "topic-7": "tcm", "topic-1000000000": "x"},
    {"byline-0-position": "²", "position": "1e3", "continuation_of": "9" * 4000},
    {"doubt-abc": "dismiss", "doubt-": "x", "choice-headline": "both", "choice-": "mine", "settle": "x"},
    {"proposal-": "take", "proposal-x": "take", "release": ["", "x" * 400]},
    {"queue": "<b>", "_next": "1"},
    {"seen": "x" * 100_000},
    {"head--1-text": "x", "head-0": "x", "byline": "y", "head-0-TEXT": "z"},
]


@pytest.mark.parametrize("changes", HOSTILE, ids=range(len(HOSTILE)))
def test_no_form_however_odd_fails(desk, article, changes):
    opened = desk.form(article)
    for fields in ({**opened, **changes}, changes, {**opened, **changes, "op": "up-1"}):
        body = urlencode(fields, doseq=True, errors="surrogatepass")
        sent = desk.client.post(desk.url(article), body, content_type="application/x-www-form-urlencoded")
        assert sent.status_code in (200, 302)


def test_more_rows_than_a_body_has_are_refused_with_a_sentence(desk, article):
    rows = {f"block-{at}-text": "段" for at in range(1001)} | {"block-total": "1001"}
    status, text = answer(desk, article, {**desk.form(article), **rows})
    assert status == 200 and "正文有 1001 行，一次最多保存 1000 行" in text
    gone = {name: value for name, value in desk.form(article).items() if not name.startswith("block-1-")}
    status, text = answer(desk, article, gone)
    assert status == 200 and "正文少了几段" in text
    assert not Batch.objects.exists()


@pytest.mark.disagreeing
def test_a_doubt_without_cause_is_dismissed_and_can_be_undone(desk, article):
    row = doubt(article, detail="没有署名")
    assert "没有署名" in desk.client.get(desk.url(article)).content.decode()
    response = desk.client.post(desk.url(article), {**desk.form(article), f"doubt-{row.pk}": "dismiss"}, follow=True)
    assert "了结存疑 1 处" in response.content.decode()
    row.refresh_from_db()
    assert (row.state, row.by.get_username(), bool(row.at)) == ("dismissed", "admin", True)
    batch = Batch.objects.get()
    assert [(each.model, each.field, each.old, each.new) for each in Correction.objects.all()] == [
        ("doubt", "state", "open", "dismissed")
    ]
    assert desk.client.post(f"/admin/desk/batches/{batch.pk}/undo/", {"_undo": "1"}).status_code == 302
    row.refresh_from_db()
    assert row.state == "open"


def test_a_review_asks_before_it_settles_doubts(desk, article):
    Doubt.objects.all().delete()
    rows = [doubt(article, "no-byline"), doubt(article, "no-headline", detail="哪一行")]
    fields = {**desk.filled(article, deck="新副题"), "review": "reviewed", f"doubt-{rows[0].pk}": "dismiss"}
    status, text = answer(desk, article, {**fields, "_save": "1"})
    assert status == 200 and "还有 1 处存疑" in text and "哪一行" in text and not Batch.objects.exists()
    asked = fields_of(text, "question_form")
    late = doubt(article, "open-paragraph", detail="后来的")
    status, text = answer(desk, article, {**asked, "_save": "1"})
    assert status == 200 and "还有 2 处存疑" in text and "后来的" in text
    status, text = answer(desk, article, {**asked, "op": "back"})
    assert status == 200 and fields_of(text)["review"] == "reviewed"
    status, _ = answer(desk, article, {**asked, "_save": "1", "settle": [rows[1].pk, late.pk]})
    assert status == 302
    article.refresh_from_db()
    assert (article.review, article.deck) == ("reviewed", "新副题")
    states = [Doubt.objects.get(pk=row.pk).state for row in (*rows, late)]
    assert states == ["dismissed", "settled", "settled"] and Batch.objects.count() == 1
    assert desk.save(article, review="unreviewed") == []
    assert desk.save(article, review="reviewed") == []  # nothing is open, and nothing is asked


@pytest.mark.disagreeing
def test_a_proposal_is_taken_refused_or_handed_back(desk, article):
    shown = "青海湖畔建起流动诊室"
    for choice, headline, protected, ends in (
        ("take", "机器的标题", True, "settled"),
        ("release", "机器的标题", False, "settled"),
        ("refuse", shown, True, "dismissed"),
    ):
        Article.objects.filter(pk=article.pk).update(headline=shown)
        article.refresh_from_db()
        row = propose(article, "headline", "机器的标题")
        text = desk.client.get(desk.url(article)).content.decode()
        assert "<ins>机器的标题</ins>" in text and "以后再说" in text
        assert desk.save(article) == []
        assert Doubt.objects.get(pk=row.pk).state == "open"
        assert desk.save(article, **{"proposal-headline": choice}) == []
        article.refresh_from_db()
        assert (article.headline, "headline" in article.edited_fields) == (headline, protected), choice
        assert Doubt.objects.get(pk=row.pk).state == ends
        Doubt.objects.all().delete()


def test_a_proposal_of_a_set_or_a_body_is_shown_and_taken(desk, page, article):
    propose(article, "bylines", [["text", "通讯员", "钱二木"]])
    article.refresh_from_db()
    propose(article, "blocks", [{"type": "paragraph", "text": "机器的正文。"}])
    article.refresh_from_db()
    propose(article, "topics", [["tcm", 2.0, ["针灸"]]])
    text = desk.client.get(desk.url(article)).content.decode()
    assert "通讯员 钱二木" in re.sub("<[^>]+>", "", text).replace("␣", " ") and "机器的正文。" in text
    choices = dict.fromkeys(("proposal-bylines", "proposal-blocks", "proposal-topics"), "take")
    assert desk.save(article, **choices) == []
    assert kinds(article) == [("paragraph", "机器的正文。")]
    assert [row.name_as_printed for row in article.bylines.all()] == ["钱二木"]
    assert [row.topic.slug for row in article.article_topics.all()] == ["tcm"]
    assert Batch.objects.count() == 1


def test_a_proposal_that_changed_meanwhile_is_asked_about_again(desk, article):
    propose(article, "headline", "机器的标题")
    fields = desk.form(article) | {"proposal-headline": "take"}
    Proposal.objects.update(value="机器又改的标题")
    status, text = answer(desk, article, fields)
    assert status == 200 and "请看过现在的再选" in text
    assert desk.post(article, fields_of(text)) == []
    article.refresh_from_db()
    assert article.headline == "机器又改的标题"


@pytest.mark.disagreeing
def test_a_field_is_typed_or_taken_but_not_both(desk, article):
    propose(article, "headline", "机器的标题")
    errors = desk.save(article, headline="人的标题", **{"proposal-headline": "take"})
    assert any("只取其一" in each for each in errors)
    assert any("只取其一" in each for each in desk.save(article, headline="人的标题", release="headline"))


def test_fields_are_handed_back_without_a_proposal(desk, article):
    desk.save(article, headline="人工改过的标题", agency="新华社")
    assert desk.client.get(desk.url(article)).content.decode().count('name="release"') == 2
    assert desk.save(article, release=["headline", "agency"]) == []
    article.refresh_from_db()
    assert (article.headline, article.agency, article.edited_fields) == ("青海湖畔建起流动诊室", "", [])


def test_every_correction_of_the_form_stands_through_imports(desk, article, tmp_path):
    changes = {
        **{"head-1-text": "新引题", "head-1-role": "kicker", "head-2-text": "新副题", "head-2-role": "deck"},
        **{"head-0-text": "新标题", "kind": "notice", "agency": "新华社", "continued_to": "4", "continued_from": "2"},
        **{"byline-0-name": "人工署名", "region-0-name": "110105", "topic-0": "press", "block-0-text": "人工的正文。"},
    }
    assert desk.save(article, **changes) == []
    url, told = article.get_absolute_url(), ledger(article)
    article.refresh_from_db()
    names = [name for name in (*Article.READ_FIELDS, *Article.READ_SETS) if name != "column"]
    assert set(names) <= set(article.edited_fields)
    before = {name: state()["Article"][article.pk][name] for name in names}
    load(write(tmp_path, PAGE))
    load(write(tmp_path, PAGE.replace("三百余名", "四百余名").replace("赵一苇", "赵一帆").replace("青海湖畔", "湖畔")))
    after = state()["Article"][article.pk]
    assert {name: after[name] for name in names} == before
    assert (Article.objects.get(pk=article.pk).get_absolute_url(), ledger(article)) == (url, told)
    unedited = revision()
    load(write(tmp_path, PAGE.replace("三百余名", "四百余名").replace("赵一苇", "赵一帆").replace("青海湖畔", "湖畔")))
    assert revision() == unedited
    assert desk.save(article, release=["headline"]) == []
    assert Article.objects.get(pk=article.pk).headline == "湖畔建起流动诊室"


@pytest.mark.disagreeing
def test_the_form_takes_few_queries_whatever_it_shows(desk, article):
    def queries():
        with CaptureQueriesContext(
            connection,
        ) as captured:
            desk.client.get(desk.url(article))
        own = ("django_session", "auth_", "SAVEPOINT", "BEGIN", "PRAGMA", "COMMIT")
        return [each["sql"] for each in captured if not any(name in each["sql"] for name in own)]

    few = len(queries())
    for number in range(12):
        sign(article, f"姓名{number:02d}")
        doubt(article, f"kind-{number}")
    Article.objects.filter(pk=article.pk).update(
        blocks=[{"type": "paragraph", "text": f"第{number}段。"} for number in range(80)]
    )
    propose(Article.objects.get(pk=article.pk), "headline", "机器的标题")
    many = queries()
    assert (few, len(many)) <= (15, 15), many


def test_who_may_not_change_can_only_look(desk, article, client, django_user_model):
    viewer = django_user_model.objects.create_user("viewer", password="viewer-pass", is_staff=True)
    fields = desk.filled(article, headline="新标题")
    client.force_login(viewer)
    assert client.get(desk.url(article)).status_code == client.post(desk.url(article), fields).status_code == 403
    viewer.user_permissions.add(Permission.objects.get(codename="view_article"))
    text = client.get(desk.url(article)).content.decode()
    assert "不能修改这篇文章" in text and 'name="_save"' not in text and "青海湖畔" in text
    before = revision()
    for more in ({}, {"op": "up-1"}):
        assert client.post(desk.url(article), {**fields, **more}).status_code == 403
    assert revision() == before and not Batch.objects.exists()


def test_the_next_one_is_asked_for_from_a_queue_only(desk, article):
    assert 'name="_next"' not in desk.client.get(desk.url(article)).content.decode()
    assert 'name="_next"' in desk.client.get(f"{desk.url(article)}?queue=no-byline").content.decode()
    assert 'name="_next"' not in desk.client.get(f"{desk.url(article)}?queue=<x>").content.decode()
