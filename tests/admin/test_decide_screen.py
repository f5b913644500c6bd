"""The screen of a text: what it would do, both texts side by side, and the decision, as scripts and editors use it."""

import datetime
import re

import pytest
from django.core.management import CommandError, call_command

from articles.desk.applying import apply
from articles.desk.writing import writing
from articles.models import Article, Batch, Doubt, Issue, Page, SourceText
from tests.admin.test_desk import RIVAL
from tests.desk.state import state
from tests.make import SAMPLE, load, make_page, write

# tests/desk asks both databases for the writes behind the screen, tests/desk/test_roles.py for its addresses.
pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


@pytest.fixture
def rival(page, tmp_path):
    load(write(tmp_path, RIVAL, "rival.txt"))
    return SourceText.objects.get(standing="conflict")


def url(source):
    return f"/admin/desk/sources/{source.pk}/decide/"


def text_of(response):
    """Return the visible text of an answer."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", response.content.decode()))


def post(client, source, **data):
    return client.post(url(source), {"_save": "1", "reason": "核对过报样", **data})


def batch_of(response):
    assert response.status_code == 302, text_of(response)
    return Batch.objects.get(pk=re.search(r"batch=(\d+)", response["Location"])[1])


def test_the_screen_tells_what_the_text_would_do_and_shows_both(admin_client, page, rival):
    before = state()
    shown = text_of(admin_client.get(url(rival)))
    assert "若用这个文本，会是这样：新增 1、移除 3" in shown
    for said in ("青海湖畔建起流动诊室", "新读法里没有；无人改过", "海南渔村办起健康讲堂", "两边的原文"):
        assert said in shown
    assert state() == before


def test_the_doubt_of_a_conflict_leads_here(admin_client, rival):
    doubt = Doubt.objects.get(kind="conflict")
    response = admin_client.post("/admin/desk/queue/conflict/next/")
    assert response["Location"] == url(rival)
    assert url(rival) in admin_client.get("/admin/desk/queue/conflict/").content.decode()
    assert doubt.is_open


def test_each_decision_is_one_batch_with_its_reason_and_the_undo_is_offered(admin_client, page, rival):
    batch = batch_of(post(admin_client, rival, decision="keep"))
    assert (batch.kind, batch.reason) == ("conflict", "核对过报样")
    assert SourceText.objects.get(pk=rival.pk).standing == "aside"
    assert not Doubt.objects.open().filter(kind="conflict").exists()
    assert f"/admin/desk/batches/{batch.pk}/undo/" in admin_client.get("/admin/").content.decode()


def test_a_text_replaces_another_and_the_undo_screen_takes_it_back(admin_client, page, rival):
    before = {article.pk: article.headline for article in page.articles.all()}
    batch = batch_of(post(admin_client, rival, decision="replace"))
    assert page.articles.get().headline == "海南渔村办起健康讲堂"
    response = admin_client.post(f"/admin/desk/batches/{batch.pk}/undo/", {"_undo": "1"})
    assert response.status_code == 302
    assert {article.pk: article.headline for article in page.articles.all()} == before


def test_a_text_of_another_page_goes_there(admin_client, page, rival):
    data = {"decision": "elsewhere", "to_date": "2024-11-29", "to_edition": "2", "to_number": "7"}
    batch_of(post(admin_client, rival, **data))
    made = Page.objects.exclude(pk=page.pk).get()
    assert (made.issue.key, made.number, made.articles.count()) == ("2024-11-29-2", 7, 1)
    assert page.articles.count() == 3


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({}, "请选怎么办"),
        ({"decision": "burn"}, "没有“burn”这一种办法"),
        ({"decision": "keep", "reason": ""}, "请填原因"),
        ({"decision": "elsewhere", "to_number": "7"}, "请填它是哪一天的报纸"),
        ({"decision": "elsewhere", "to_date": "2024-02-30", "to_number": "7"}, "日期请写成"),
        ({"decision": "elsewhere", "to_date": "1024-02-03", "to_number": "7"}, "日期须在"),
        ({"decision": "elsewhere", "to_date": "2024-11-29"}, "请填它是第几版"),
        ({"decision": "elsewhere", "to_date": "2024-11-29", "to_number": "1000"}, "版次须为 1 至 999"),
        (
            {"decision": "elsewhere", "to_date": "2024-11-29", "to_number": "7", "to_edition": "10"},
            "当日第几种须为 1 至 9",
        ),
        ({"decision": "elsewhere", "to_date": "2024-11-22", "to_number": "3"}, "已有文本"),
        ({"decision": "elsewhere", "to_date": "２０２４", "to_number": "x" * 5000}, "日期请写成"),
    ],
)
def test_what_is_wrong_is_one_sentence_and_nothing_is_stored_or_lost(admin_client, rival, data, said):
    before = state()
    response = post(admin_client, rival, **data)
    assert response.status_code == 200
    assert said in text_of(response)
    assert data.get("reason", "核对过报样") in response.content.decode()
    assert data.get("to_date", "") in response.content.decode()
    assert (state(), Batch.objects.count()) == (before, 0)


def test_a_page_that_changed_meanwhile_is_shown_again(admin_client, page, rival):
    seen = re.search(r'name="seen" value="([^"]+)"', admin_client.get(url(rival)).content.decode())[1]
    with writing(None) as this:
        apply(this, page.articles.first(), {"headline": "人工的标题"})
    response = post(admin_client, rival, decision="replace", seen=seen)
    assert response.status_code == 409
    assert "刚被别人改过" in text_of(response)
    assert page.articles.count() == 3
    assert post(admin_client, rival, decision="replace").status_code == 302


def test_settled_articles_offer_two_ways(admin_client, page, rival):
    with writing(None) as this:
        apply(this, page.articles.first(), {"position": 9})
    shown = text_of(admin_client.get(url(rival)))
    assert "不另立篇 1" in shown and "人工定下的分篇作废" in shown
    batch_of(post(admin_client, rival, decision="replace-structure"))
    assert not Page.objects.get(pk=page.pk).structure_edited
    assert page.articles.get().headline == "海南渔村办起健康讲堂"


def test_a_current_text_is_read_once_more(admin_client, page):
    source = page.sources.get()
    assert "相同 3" in text_of(admin_client.get(url(source)))
    response = post(admin_client, source, decision="replace")
    assert (response.status_code, "batch" in response["Location"]) == (302, False)
    assert "没有不同" in text_of(admin_client.get(response["Location"]))
    assert "不在版面冲突之中" in text_of(post(admin_client, source, decision="keep"))


def test_an_earlier_text_may_come_back(admin_client, page, rival):
    batch_of(post(admin_client, rival, decision="replace"))
    earlier = SourceText.objects.get(standing="superseded")
    batch = batch_of(post(admin_client, earlier, decision="replace"))
    assert batch.kind == "text"
    assert page.sources.get(standing="current") == earlier
    assert page.articles.count() == 3


def test_a_text_that_can_not_be_read_says_so_and_may_still_be_set_aside(admin_client, page, rival):
    SourceText.objects.filter(pk=rival.pk).update(text="\n" * 10_001)
    response = admin_client.get(url(rival))
    assert (response.status_code, "超过 10000 行" in text_of(response)) == (200, True)
    assert "超过 10000 行" in text_of(post(admin_client, rival, decision="replace"))
    batch_of(post(admin_client, rival, decision="keep"))


@pytest.mark.parametrize("pk", ["999", "9" * 18, "9" * 19, "9" * 40])
def test_a_text_that_there_is_not_is_not_found(admin_client, page, pk):
    assert admin_client.get(f"/admin/desk/sources/{pk}/decide/").status_code == 404


def test_the_issue_that_a_decision_makes_goes_with_the_undo(admin_client, rival):
    issues = set(Issue.objects.values_list("pk", flat=True))
    data = {"decision": "elsewhere", "to_date": "2024-11-29", "to_number": "7"}
    batch = batch_of(post(admin_client, rival, **data))
    assert Issue.objects.exclude(pk__in=issues).get().date == datetime.date(2024, 11, 29)
    admin_client.post(f"/admin/desk/batches/{batch.pk}/undo/", {"_undo": "1"})
    assert set(Issue.objects.values_list("pk", flat=True)) == issues
    assert Article.objects.count() == 3


def test_an_undo_whose_text_can_not_be_read_is_refused_in_one_sentence(admin_client, page, rival):
    batch = batch_of(post(admin_client, rival, decision="replace"))
    SourceText.objects.filter(standing="superseded").update(text="字\n" * 20_000)
    before = state()
    shown = text_of(admin_client.post(f"/admin/desk/batches/{batch.pk}/undo/", {"_undo": "1"}))
    assert "不能撤销：" in shown and "不像一个版面" in shown and "没有可以写回的改动" not in shown
    with pytest.raises(CommandError, match="不能撤销：.*不像一个版面"):
        call_command("desk", "undo", str(batch.pk))
    assert state() == before


def test_a_text_stays_if_another_page_has_taken_the_place_that_its_page_has_left(admin_client, page, rival, tmp_path):
    SourceText.objects.filter(pk=rival.pk).update(text=RIVAL.replace("\n3\n", "\n5\n", 1))
    batch = batch_of(post(admin_client, rival, decision="replace"))
    assert load(write(tmp_path, RIVAL.replace("海南", "湖南"), "third.txt")).page != page
    before = state()
    shown = text_of(admin_client.post(f"/admin/desk/batches/{batch.pk}/undo/", {"_undo": "1"}))
    assert "没有可以写回的改动" in shown
    assert state() == before


def test_an_undo_whose_text_is_read_into_the_place_of_another_page_is_refused(admin_client, page, rival):
    batch = batch_of(post(admin_client, rival, decision="replace"))
    make_page(page.issue, number=6)
    old = SourceText.objects.get(standing="superseded")
    SourceText.objects.filter(pk=old.pk).update(text=old.text.replace("\n3\n", "\n6\n", 1))
    before = state()
    shown = text_of(admin_client.post(f"/admin/desk/batches/{batch.pk}/undo/", {"_undo": "1"}))
    assert "不能撤销：" in shown and "第6版，不能再为" in shown
    assert state() == before


def test_the_text_of_a_sample_replaces_no_real_page_and_is_marked_as_a_page_of_its_own(admin_client, page):
    fields = {"path": str(SAMPLE), "text": SAMPLE.read_text("utf-8"), "encoding": "utf-8", "reader_version": ""}
    source = SourceText.objects.create(page=page, sha256="b" * 64, standing="conflict", **fields)
    assert "是示例（虚构）的文本，不能取代" in text_of(post(admin_client, source, decision="replace"))
    batch = batch_of(
        post(admin_client, source, decision="elsewhere", to_date="2024-11-29", to_edition="1", to_number="7")
    )
    made = Page.objects.exclude(pk=page.pk)
    assert made.get().is_sample
    admin_client.post(f"/admin/desk/batches/{batch.pk}/undo/", {"_undo": "1"})
    assert not made.exists()
