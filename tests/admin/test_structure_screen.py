"""The screen of a page's structure, as scripts and editors use it."""

import re

import pytest
from django.contrib import admin

from articles.admin.screens.structure.screen import StructureScreen
from articles.desk.applying import apply
from articles.desk.splitting import split
from articles.desk.writing import writing
from articles.models import Archive, Article, Batch, Page, Proposal, Redirect, SourceText
from tests.admin.conftest import fields_of
from tests.desk.state import assert_partition, state
from tests.desk.test_placing_text import LEFT
from tests.make import DAY, PAGE, load, make_issue, make_page, other_page, write
from tests.tables import load_tables

# tests/desk asks both databases for the writes behind the screen, tests/desk/test_roles.py for its addresses.
pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


def url(page):
    return f"/admin/desk/pages/{page.pk}/"


def batch_of(response):
    """Return the batch that a redirect names."""
    assert response.status_code == 302, response.content.decode()
    return Batch.objects.get(pk=re.search(r"batch=(\d+)", response["Location"])[1])


def test_order_kinds_and_headlines_are_saved_in_one_batch(admin_client, page):
    first, second, third = page.articles.as_printed()
    data = {"item-0-position": "3", "item-2-position": "1", "item-1-kind": "notice", "item-2-headline": "新的标题"}
    batch = batch_of(admin_client.post(url(page), {**data, "reason": "照报纸排"}))
    assert [row.pk for row in page.articles.as_printed()] == [third.pk, second.pk, first.pk]
    assert Article.objects.get(pk=second.pk).kind == "notice"
    assert Article.objects.get(pk=third.pk).headline == "新的标题" and batch.reason == "照报纸排"


def test_what_did_not_change_is_no_batch(admin_client, page):
    response = admin_client.post(url(page), {"_save": "1", "item-0-position": "1"})
    assert response.status_code == 302 and "batch" not in response["Location"] and not Batch.objects.exists()


def test_a_merge_takes_one_answer_and_loses_no_typed_text(admin_client, page):
    first, second, _ = page.articles.as_printed()
    data = {"op": "merge", "take": [first.pk, second.pk], "item-0-headline": "合起来的标题"}
    batch_of(admin_client.post(url(page), data))
    second.refresh_from_db()
    assert second.absorbed and second.continuation_of_id == first.pk
    assert Article.objects.get(pk=first.pk).headline == "合起来的标题"
    listing = admin_client.get(url(page)).content.decode()
    assert "已并入 合起来的标题" in listing


def test_the_survivor_of_a_merge_is_chosen(admin_client, page):
    first, second, _ = page.articles.as_printed()
    batch_of(admin_client.post(url(page), {"op": "merge", "take": [first.pk, second.pk], "survivor": second.pk}))
    assert Article.objects.get(pk=first.pk).continuation_of_id == second.pk


def test_a_split_asks_where_and_then_splits(admin_client, page):
    first = page.articles.as_printed()[0]
    before = state()
    asked = admin_client.post(url(page), {"op": f"split-{first.pk}", "item-1-headline": "打了一半"})
    text = asked.content.decode()
    assert asked.status_code == 200 and 'name="split_at" value="1"' in text and 'value="打了一半"' in text
    assert state() == before
    batch_of(admin_client.post(url(page), {"op": f"split-{first.pk}", "split_at": "1", "item-1-headline": "打了一半"}))
    assert [row.headline for row in page.articles.as_printed()][2] == "打了一半" and page.articles.count() == 4


def test_articles_are_joined_and_parted(admin_client, page):
    first, second, third = page.articles.as_printed()
    batch_of(admin_client.post(url(page), {"op": "join", "take": [second.pk, third.pk], "head_id": first.pk}))
    assert set(first.continuations.all()) == {second, third}
    batch_of(admin_client.post(url(page), {"op": "part", "take": [second.pk]}))
    assert set(first.continuations.all()) == {third}


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"op": "merge"}, "请勾选要合并的"),
        ({"op": "join", "head_id": "FIRST"}, "请先勾选"),
        ({"op": "join", "take": "FIRST"}, "请填首篇的编号"),
        ({"op": "join", "take": "FIRST", "head_id": "9" * 40}, "没有编号为"),
        ({"op": "merge", "take": "FIRST", "survivor": "abc"}, "没有编号为“abc”"),
        ({"op": "explode"}, "没有“explode”这个操作"),
        ({"op": "withdraw", "take": "999", "reason": "重复"}, "不在这一版"),
        ({"op": "withdraw", "take": ["FIRST", "999"], "reason": "重复"}, "不在这一版"),
        ({"item-0-position": "²"}, "次序“²”不是"),
        ({"item-0-position": "9" * 5000}, "不是 1 至"),
        ({"item-0-kind": "poem"}, "没有“poem”这一类"),
        ({"item-0-headline": "长" * 5000}, "请"),
        ({"reason": "两行\n原因"}, "请"),
    ],
)
def test_what_can_not_be_done_is_said_and_stores_nothing(admin_client, page, data, words):
    before, first = state(), str(page.articles.as_printed()[0].pk)
    response = admin_client.post(
        url(page),
        {
            name: [first if each == "FIRST" else each for each in (value if isinstance(value, list) else [value])]
            for name, value in data.items()
        },
    )
    assert response.status_code == 200 and words in response.content.decode()
    assert state() == before and not Batch.objects.exists()


def test_a_split_at_no_block_is_refused(admin_client, page):
    first = page.articles.as_printed()[0]
    for at in ("", "0", "2", "x", "²", "9" * 5000):
        response = admin_client.post(url(page), {"op": f"split-{first.pk}", "split_at": at})
        assert response.status_code == 200 and 'role="alert"' in response.content.decode()
    assert page.articles.count() == 3


def test_a_form_of_another_order_is_shown_again(admin_client, page):
    first, second, third = page.articles.as_printed()
    data = {"item": [second.pk, first.pk, third.pk], "item-0-headline": "该写到第二篇"}
    response = admin_client.post(url(page), data)
    assert response.status_code == 409 and "刚被别人改过" in response.content.decode()
    assert Article.objects.get(pk=first.pk).headline != "该写到第二篇"
    shown = fields_of(response.content.decode())
    assert shown["item-0-headline"] == first.headline and shown["item-1-headline"] == "该写到第二篇"


def form_of(response):
    """Return the fields of the screen as a browser would send them back."""
    text = response.content.decode()
    return {**fields_of(text), "item": re.findall(r'name="item" value="([0-9]+)"', text)}


def correct_headline(article, headline):
    with writing(None) as this:
        apply(this, Article.objects.get(pk=article.pk), {"headline": headline})


def test_an_old_form_leaves_the_corrections_of_others(admin_client, page):
    first, second, _ = page.articles.as_printed()
    form = form_of(admin_client.get(url(page)))
    correct_headline(second, "别人改的标题")
    batch_of(admin_client.post(url(page), {**form, "item-0-headline": "我改的标题"}))
    assert [row.headline for row in page.articles.as_printed()][:2] == ["我改的标题", "别人改的标题"]


def test_two_corrections_of_one_headline_are_shown_before_either_is_lost(admin_client, page):
    first = page.articles.as_printed()[0]
    form = form_of(admin_client.get(url(page)))
    correct_headline(first, "别人改的标题")
    response = admin_client.post(url(page), {**form, "item-0-headline": "我改的标题"})
    assert response.status_code == 409 and Article.objects.get(pk=first.pk).headline == "别人改的标题"
    batch_of(admin_client.post(url(page), form_of(response)))
    assert Article.objects.get(pk=first.pk).headline == "我改的标题"


def test_a_split_of_blocks_that_changed_meanwhile_is_asked_again(admin_client, page):
    first = page.articles.as_printed()[0]
    form = form_of(admin_client.post(url(page), {"op": f"split-{first.pk}"}))
    with writing(None) as this:
        apply(this, first, {"blocks": [{"type": "paragraph", "text": "别人加的一段。"}, *first.blocks]})
    response = admin_client.post(url(page), {**form, "op": f"split-{first.pk}", "split_at": "1"})
    assert response.status_code == 409 and page.articles.count() == 3


def test_a_split_that_comes_between_a_request_and_its_write_doubles_no_text(rf, admin_user, page):
    first = page.articles.as_printed()[0]
    request = rf.post(url(page), {"op": f"split-{first.pk}", "split_at": "1"})
    request.user = admin_user
    screen = StructureScreen(admin.site, request, page)
    with writing(None) as this:
        split(this, first, 1)
    assert screen.posted().status_code == 200
    assert page.articles.count() == 4
    assert_partition()


@pytest.mark.parametrize("pk", ["0", "999", "9" * 19, "9" * 40])
def test_an_id_of_no_page_is_not_found(admin_client, pk):
    assert admin_client.get(f"/admin/desk/pages/{pk}/").status_code == 404


def test_the_screen_takes_few_queries(admin_client, page, django_assert_max_num_queries):
    with django_assert_max_num_queries(15):
        admin_client.get(url(page))


@pytest.fixture
def neighbour(tmp_path, page):
    return load(other_page(tmp_path), given_date=DAY, given_page=8).page


def test_articles_are_moved_behind_those_of_another_page(admin_client, page, neighbour):
    first, second, third = page.articles.as_printed()
    data = {"op": "move", "take": [first.pk, third.pk], "to_page": "8", "item-0-headline": "改过的标题"}
    batch_of(admin_client.post(url(page), data))
    assert [row.pk for row in neighbour.articles.as_printed()][-2:] == [first.pk, third.pk]
    assert list(page.articles.all()) == [second] and Article.objects.get(pk=first.pk).headline == "改过的标题"
    text = admin_client.get(url(page)).content.decode()
    assert "《改过的标题》等 2 篇已移到2024年11月22日 星期五 第8版" in text


@pytest.mark.parametrize("day", ["2024-11-25-2", "2024年11月25日", "待考"])
def test_articles_are_moved_to_another_issue_and_to_an_undated_page(admin_client, page, day):
    issue = None if day == "待考" else make_issue(DAY.replace(day=25), edition=2 if day.endswith("-2") else 1)
    target = make_page(issue, number=None if day == "待考" else 4)
    typed = {"to_page_id": str(target.pk)} if day == "待考" else {"to_issue": day, "to_page": "4"}
    article = page.articles.as_printed()[1]
    batch_of(admin_client.post(url(page), {"op": "move", "take": article.pk, **typed}))
    assert Article.objects.get(pk=article.pk).page == target
    text = admin_client.get(url(page)).content.decode()
    assert ("那一版还没有日期，读者暂时看不到" in text) is (issue is None)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"to_page": "8"}, "请先勾选"),
        ({"take": "FIRST"}, "请填移到第几版"),
        ({"take": "FIRST", "to_page": "八"}, "移到的版次“八”不是"),
        ({"take": "FIRST", "to_page": "0"}, "移到的版次“0”不是"),
        ({"take": "FIRST", "to_page": "5"}, "2024-11-22 没有第5版，有第3、8版"),
        ({"take": "FIRST", "to_page": "3"}, "请填另一版"),
        ({"take": "FIRST", "to_page": "3", "to_issue": "明天"}, "期次“明天”无法识别"),
        ({"take": "FIRST", "to_page": "3", "to_issue": "2020-01-01"}, "没有 2020-01-01 的报纸，最近的有 2024-11-22"),
        ({"take": "FIRST", "to_page": "8", "to_page_id": "1"}, "请只用一处"),
        ({"take": "FIRST", "to_page_id": "9" * 40}, "没有编号为"),
    ],
)
def test_a_move_that_can_not_be_done_is_said_and_keeps_what_was_typed(admin_client, page, neighbour, data, words):
    before, first = state(), str(page.articles.as_printed()[0].pk)
    data = {name: first if value == "FIRST" else value for name, value in data.items()}
    response = admin_client.post(url(page), {"op": "move", **data, "item-1-headline": "打了一半"})
    shown = fields_of(response.content.decode())
    assert response.status_code == 200 and words in response.content.decode()
    assert shown["item-1-headline"] == "打了一半" and shown["to_page"] == data.get("to_page", "")
    assert state() == before and not Batch.objects.exists()


@pytest.fixture
def left(tmp_path):
    """A page with three left-over stretches of text."""
    load_tables()
    return load(write(tmp_path, LEFT)).page


def test_left_over_text_is_given_with_the_other_fields(admin_client, left):
    form = form_of(admin_client.get(url(left)))
    assert [form[f"leftover-{number}"] for number in range(3)] == ["", "", ""]
    given = {"leftover-0": "masthead", "leftover-1": "1", "item-0-headline": "改过的标题"}
    batch_of(admin_client.post(url(left), {**form, **given}))
    first = left.articles.as_printed()[0]
    assert first.headline == "改过的标题" and [block["text"][:2] for block in first.blocks] == ["近日", "qq", "巡诊"]
    shown = form_of(admin_client.get(url(left)))
    assert "leftover-0" in shown and "leftover-1" not in shown
    assert_partition()


def test_a_choice_that_is_refused_stays_chosen(admin_client, left):
    form, before = form_of(admin_client.get(url(left))), state()
    response = admin_client.post(url(left), {**form, "leftover-2": "2", "item-0-position": "x"})
    assert response.status_code == 200 and fields_of(response.content.decode())["leftover-2"] == "2"
    response = admin_client.post(url(left), {**form, "leftover-2": "99"})
    assert response.status_code == 200 and "没有“99”这个去处" in response.content.decode() and state() == before


def test_text_that_somebody_has_given_meanwhile_is_not_given_twice(admin_client, left):
    form = form_of(admin_client.get(url(left)))
    batch_of(admin_client.post(url(left), {**form, "leftover-0": "2"}))
    response = admin_client.post(url(left), {**form, "leftover-0": "masthead", "leftover-2": "3"})
    assert response.status_code == 409 and fields_of(response.content.decode())["leftover-1"] == "3"
    batch_of(admin_client.post(url(left), {**form, "leftover-2": "3"}))  # the other's work stays
    assert [each[2] for each in Page.objects.get(pk=left.pk).placed] == [
        row.pk for row in left.articles.as_printed()[1:]
    ]


def test_an_article_that_was_moved_away_gets_text_of_the_page_it_was_read_from(admin_client, left, tmp_path):
    target = make_page(make_issue(DAY.replace(day=25)), number=4)
    first = left.articles.as_printed()[0]
    data = {"op": "move", "take": first.pk, "to_page_id": target.pk, "leftover-1": "1"}
    batch_of(admin_client.post(url(left), data))
    assert f'value="id-{first.pk}"' in admin_client.get(url(left)).content.decode()
    batch_of(admin_client.post(url(left), {"leftover-0": f"id-{first.pk}"}))
    assert [block["text"][:2] for block in Article.objects.get(pk=first.pk).blocks] == ["k", "近日", "qq", "巡诊"]
    assert_partition()


def test_the_fields_of_the_page_are_put_right(admin_client, page):
    old = page.get_absolute_url()
    typed = {"page-date": "2024-11-25", "page-edition": "2", "page-number": "5", "page-section": "基层"}
    batch_of(admin_client.post(url(page), typed))
    page = Page.objects.get(pk=page.pk)
    assert (page.issue.key, page.number, page.section) == ("2024-11-25-2", 5, "基层")
    assert Redirect.objects.of(old).new_path == page.get_absolute_url() and not page.structure_edited
    batch_of(admin_client.post(url(page), {**form_of(admin_client.get(url(page))), "page-number": ""}))
    assert Page.objects.get(pk=page.pk).number is None


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"page-date": "明天"}, "日期“明天”无法识别"),
        ({"page-date": ""}, "日期不能清空"),
        ({"page-number": "8"}, "第8版已有版面"),
        ({"page-number": "9" * 5000}, "整数"),
        ({"page-number": "1000"}, "版次须为 1 至 999"),
        ({"page-edition": "10"}, "9"),
        ({"page-section": "长" * 500}, "字"),
    ],
)
def test_fields_of_the_page_that_can_not_be_are_refused(admin_client, page, neighbour, typed, words):
    before = state()
    response = admin_client.post(url(page), {**typed, "item-0-headline": "打了一半"})
    shown = fields_of(response.content.decode())
    assert response.status_code == 200 and words in response.content.decode() and state() == before
    assert all(shown[name] == value for name, value in typed.items()) and shown["item-0-headline"] == "打了一半"


def test_two_corrections_of_a_field_of_the_page_are_shown_before_either_is_lost(admin_client, page):
    form = form_of(admin_client.get(url(page)))
    batch_of(admin_client.post(url(page), {"page-section": "别人的"}))
    batch_of(admin_client.post(url(page), {**form, "item-0-headline": "我的标题"}))
    assert Page.objects.get(pk=page.pk).section == "别人的"
    response = admin_client.post(url(page), {**form, "page-section": "我的"})
    assert response.status_code == 409 and Page.objects.get(pk=page.pk).section == "别人的"
    batch_of(admin_client.post(url(page), form_of(response)))
    assert Page.objects.get(pk=page.pk).section == "我的"


def test_a_page_is_withdrawn_with_a_reason_and_restored(admin_client, client, page):
    public = page.get_absolute_url()
    batch = batch_of(admin_client.post(url(page), {"op": "withdraw", "reason": "法院来函"}))
    assert batch.reason == "法院来函"
    assert client.get(public).status_code == 410
    shown = admin_client.get(url(page)).content.decode()
    assert "这一版已撤下" in shown and "法院来函" in shown
    assert "法院来函" not in client.get(public).content.decode()
    batch_of(admin_client.post(url(page), {"op": "restore"}))
    assert client.get(public).status_code == 200


def test_the_articles_that_are_ticked_are_withdrawn_and_the_others_stay(admin_client, client, page):
    first, second, third = page.articles.as_printed()
    batch_of(admin_client.post(url(page), {"op": "withdraw", "take": [first.pk, third.pk], "reason": "来函"}))
    assert [client.get(row.get_absolute_url()).status_code for row in (first, second, third)] == [410, 200, 410]
    assert not Page.objects.get(pk=page.pk).withdrawn
    batch_of(admin_client.post(url(page), {"op": "restore", "take": [first.pk]}))
    assert client.get(first.get_absolute_url()).status_code == 200


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"op": "withdraw"}, "撤下须填原因"),
        ({"op": "withdraw", "reason": "  "}, "撤下须填原因"),
        ({"op": "restore"}, "没有撤下，不用恢复"),
    ],
)
def test_a_withdrawal_without_a_reason_is_refused_and_typed_text_stays(admin_client, page, data, said):
    response = admin_client.post(url(page), {**data, "item-0-headline": "打到一半的标题"})
    assert response.status_code == 200
    assert said in response.content.decode() and "打到一半的标题" in response.content.decode()
    assert not Batch.objects.exists()


def test_a_withdrawn_page_stays_withdrawn_and_proposes_nothing_when_it_is_read_again(admin_client, page, tmp_path):
    batch_of(admin_client.post(url(page), {"op": "withdraw", "reason": "来函"}))
    before = Archive.objects.get().revision
    SourceText.objects.update(reader_version="")
    assert load(write(tmp_path, PAGE)).outcome == "same"
    assert (Archive.objects.get().revision, Proposal.objects.count()) == (before, 0)
    changed = PAGE.replace("每月沿牧道巡诊两次", "每月沿牧道巡诊三次")
    load(write(tmp_path, changed))
    page.refresh_from_db()
    assert page.withdrawn
    assert "巡诊三次" in page.articles.as_printed()[0].blocks[0]["text"]
