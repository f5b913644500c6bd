"""The queue: its front, the list of a kind, the next item, and doubts about pages."""

import datetime
import re

import pytest
from django.contrib.auth.models import Group, Permission

from articles.desk.roles import EDITOR, PROOFREADER
from articles.models import Batch, Claim, Doubt, Issue, Page
from tests.admin.conftest import revision
from tests.make import PAGE, load, make_doubt, make_issue, make_page, write
from tests.tables import load_tables

pytestmark = pytest.mark.django_db

#: A page without a date or a number, whose articles have no bylines.
BARE = PAGE[PAGE.index("青海湖畔") :].replace("（记者赵一苇）", "").replace("（通讯员钱二木）", "")


@pytest.fixture
def bare(db, tmp_path):
    load_tables()
    return load(write(tmp_path, BARE)).page


def log_in(client, django_user_model, name, role=EDITOR):
    user = django_user_model.objects.create_user(name, password="x" * 12, is_staff=True)
    user.groups.add(Group.objects.get(name=role))
    client.force_login(user)
    return user


def open_kinds():
    return dict(
        Doubt.objects.open().counts_by_kind()
        and [(row.kind, row.number) for row in Doubt.objects.open().counts_by_kind()]
    )


def test_the_front_leads_to_each_kind_with_its_number(admin_client, bare):
    text = admin_client.get("/admin/").content.decode()
    rows = re.findall(r'href="/admin/desk/queue/([^/"]+)/">[^<]*</a></th><td class="num"><strong>(\d+)</strong>', text)
    assert {kind: int(number) for kind, number in rows} == open_kinds()
    assert f"待办 {sum(open_kinds().values())}" in text
    for kind, _ in rows:
        assert admin_client.get(f"/admin/desk/queue/{kind}/").status_code == 200


def test_the_front_of_an_empty_archive_says_so(admin_client):
    text = admin_client.get("/admin/").content.decode()
    assert "没有待办" in text and "还没有人改动过" in text


def test_many_are_dismissed_at_once_and_an_undo_opens_them_again(admin_client, bare):
    before, number = revision(), open_kinds()["no-byline"]
    taken = list(Doubt.objects.open().filter(kind="no-byline").values_list("pk", flat=True))
    url = "/admin/desk/queue/no-byline/"
    response = admin_client.post(url, {"op": "dismiss", "take": taken, "reason": "本来就没有署名"})
    batch = Batch.objects.get()
    assert response["Location"] == f"{url}?batch={batch.pk}"
    assert (batch.kind, batch.reason, batch.corrections.count()) == ("dismissal", "本来就没有署名", number)
    assert "没有待办" in admin_client.get(url).content.decode()
    assert "no-byline" not in open_kinds() and revision() == before  # no page of readers shows a missing byline
    closed = Doubt.objects.filter(kind="no-byline").first()
    assert closed.state == "dismissed" and closed.by.username == "admin" and closed.at
    admin_client.post(f"/admin/desk/batches/{batch.pk}/undo/", {"_undo": "1"})
    assert open_kinds()["no-byline"] == number
    closed.refresh_from_db()
    assert (closed.state, closed.by, closed.at) == ("open", None, None)


def test_the_page_of_a_list_is_dismissed_whole(admin_client, bare):
    url = "/admin/desk/queue/no-byline/"
    shown = re.findall(r'name="shown" value="(\d+)"', admin_client.get(url).content.decode())
    assert len(shown) == open_kinds()["no-byline"]
    admin_client.post(url, {"op": "dismiss-page", "shown": shown})
    assert "no-byline" not in open_kinds()


@pytest.mark.parametrize("taken", [[], ["abc"], ["9" * 30], ["-1"], ["0"]])
def test_nothing_sensible_to_dismiss_changes_nothing(admin_client, bare, taken):
    before = open_kinds()
    response = admin_client.post("/admin/desk/queue/no-byline/", {"op": "dismiss", "take": taken}, follow=True)
    assert "什么也没有改" in response.content.decode()
    assert open_kinds() == before and not Batch.objects.exists()


@pytest.mark.parametrize("path", ["queue/nonsense/", "queue/nonsense/next/", "doubts/99/", f"doubts/{'9' * 25}/"])
def test_what_is_not_there_is_not_found(admin_client, bare, path):
    assert admin_client.get(f"/admin/desk/{path}").status_code == 404


@pytest.mark.disagreeing
def test_the_least_sure_comes_first(admin_client, bare):
    Doubt.objects.filter(kind="label-uncertain").delete()
    one, two, three = bare.articles.as_printed()
    unknown = make_doubt(one, "label-uncertain", "行一：甲")
    surer, least_sure = (
        make_doubt(row, "label-uncertain", "行二：甲", probability=sure) for row, sure in ((two, 0.7), (three, 0.4))
    )
    order = [least_sure, surer, unknown]
    at = None
    for doubt in order:
        url = "/admin/desk/queue/label-uncertain/next/" + (f"?after={at.pk}" if at else "")
        assert admin_client.get(url)["Location"] == f"/admin/desk/doubts/{doubt.pk}/"
        at = doubt
    assert admin_client.get(f"/admin/desk/queue/label-uncertain/next/?after={at.pk}")["Location"].endswith(
        "/admin/desk/queue/label-uncertain/"
    )
    assert admin_client.get("/admin/desk/queue/label-uncertain/next/?after=abc").status_code == 302


def test_two_editors_do_not_get_one_item(client, bare, django_user_model):
    one, other = type(client)(), type(client)()
    log_in(one, django_user_model, "甲")
    log_in(other, django_user_model, "乙")
    url = "/admin/desk/queue/no-byline/next/"
    first, second = one.post(url)["Location"], other.post(url)["Location"]
    assert first != second
    assert one.get(url)["Location"] == first and other.get(url)["Location"] == second
    Claim.objects.update(at="2020-01-01T00:00:00+00:00")  # the claims lapse
    assert other.get(url)["Location"] == first


def test_skipping_writes_nothing_and_goes_on(client, bare, django_user_model):
    log_in(client, django_user_model, "甲", PROOFREADER)
    first, second = Doubt.objects.open().filter(kind="no-byline").least_sure_first()[:2]
    response = client.post(f"/admin/desk/doubts/{first.pk}/", {"_skip": "1"})
    assert response["Location"] == f"/admin/desk/queue/no-byline/next/?after={first.pk}"
    assert not Batch.objects.exists()
    assert client.get(response["Location"])["Location"] == f"/admin/desk/doubts/{second.pk}/"
    assert Claim.objects.get().doubt == second


def test_one_is_dismissed_and_the_next_is_offered(client, bare, django_user_model):
    log_in(client, django_user_model, "甲", PROOFREADER)
    first = Doubt.objects.open().filter(kind="no-byline").least_sure_first()[0]
    response = client.post(f"/admin/desk/doubts/{first.pk}/", {"_fine": "1", "reason": "无需署名"})
    batch = Batch.objects.get()
    assert response["Location"] == f"/admin/desk/queue/no-byline/next/?after={first.pk}&batch={batch.pk}"
    first.refresh_from_db()
    assert (first.state, first.by.username) == ("dismissed", "甲")


def test_a_doubt_about_a_page_is_settled_by_its_field(admin_client, bare):
    doubt = Doubt.objects.get(kind="number-unknown")
    text = admin_client.get(f"/admin/desk/doubts/{doubt.pk}/").content.decode()
    assert re.search(r'name="number"[^>]*autofocus', text) and 'name="section"' not in text
    response = admin_client.post(f"/admin/desk/doubts/{doubt.pk}/", {"_next": "1", "number": "5"})
    batch = Batch.objects.get()
    assert response["Location"].endswith(f"?after={doubt.pk}&batch={batch.pk}")
    doubt.refresh_from_db()
    assert doubt.state == "settled" and Page.objects.get().number == 5
    admin_client.post(f"/admin/desk/batches/{batch.pk}/undo/", {"_undo": "1"})
    doubt.refresh_from_db()
    assert doubt.state == "open" and Page.objects.get().number is None


def test_an_undated_page_is_dated_from_the_queue(admin_client, bare, client):
    doubt = Doubt.objects.get(kind="date-unknown")
    errors = admin_client.post(f"/admin/desk/doubts/{doubt.pk}/", {"_next": "1", "issue_date": "五月"})
    assert errors.status_code == 200 and "日期“五月”无法识别" in errors.content.decode()
    admin_client.post(f"/admin/desk/doubts/{doubt.pk}/", {"_next": "1", "issue_date": "2024-05-20"})
    page = Page.objects.get()
    assert str(page.issue.date) == "2024-05-20" and "date-unknown" not in open_kinds()
    assert client.get(page.articles.first().get_absolute_url()).status_code == 200


@pytest.mark.parametrize("kind", ["issue-number-disagrees", "other-issue-number"])
def test_a_doubt_about_the_number_of_an_issue_is_settled_by_that_number(admin_client, db, kind):
    issue = make_issue(number=9875)
    page, other = make_page(issue, 1), make_page(issue, 2)
    doubts = [make_doubt(row, kind, "9875 ≠ 9876") for row in (page, other)]
    url = f"/admin/desk/doubts/{doubts[0].pk}/"
    shown = admin_client.get(url).content.decode()
    field = re.search(r'<input[^>]*name="issue_number"[^>]*>', shown)[0]
    assert "autofocus" in field and 'value="9875"' in field and 'name="number"' not in shown
    refused = admin_client.post(url, {"_next": "1", "issue_number": "0"})
    assert refused.status_code == 200 and not Batch.objects.exists()
    seen = re.search(r'name="seen" value="([^"]*)"', shown)[1]
    response = admin_client.post(url, {"_next": "1", "issue_number": "9876", "seen": seen})
    batch = Batch.objects.get()
    assert response["Location"].endswith(f"?after={doubts[0].pk}&batch={batch.pk}")
    issue.refresh_from_db()
    assert (issue.number, issue.edited_fields) == (9876, ["number"])
    assert set(Doubt.objects.filter(kind=kind).values_list("state", flat=True)) == {"settled"}
    late = admin_client.post(url, {"_next": "1", "issue_number": "9877", "seen": seen})
    assert "有了新的改动" in late.content.decode() and Batch.objects.count() == 1
    admin_client.post(f"/admin/desk/batches/{batch.pk}/undo/", {"_undo": "1"})
    issue.refresh_from_db()
    assert (issue.number, issue.edited_fields) == (9875, [])


def test_who_may_change_pages_alone_gives_an_issue_no_number(client, db, django_user_model):
    page = make_page(make_issue(number=9875), 1)
    doubt = make_doubt(page, "other-issue-number", "9876，本期为 9875")
    user = django_user_model.objects.create_user("甲", is_staff=True)
    user.user_permissions.add(*Permission.objects.filter(codename__in=["view_doubt", "change_page"]))
    client.force_login(user)
    url = f"/admin/desk/doubts/{doubt.pk}/"
    assert "issue_number" not in client.get(url).content.decode()
    assert client.post(url, {"_next": "1", "issue_number": "9876"}).status_code == 403
    assert Issue.objects.get().number == 9875 and not Batch.objects.exists()


def test_the_number_of_an_undated_issue_comes_with_its_date(admin_client, bare):
    doubt = make_doubt(bare, "issue-number-disagrees", "9875 ≠ 9876")
    url = f"/admin/desk/doubts/{doubt.pk}/"
    assert 'name="issue_date"' in admin_client.get(url).content.decode()
    refused = admin_client.post(url, {"_next": "1", "issue_number": "9876"}).content.decode()
    assert "这一版还没有日期，总期号 9876 不知属于哪一期，请先填日期。" in refused
    admin_client.post(url, {"_next": "1", "issue_number": "9876", "issue_date": "2024-05-20"})
    assert Issue.objects.get().number == 9876
    doubt.refresh_from_db()
    assert doubt.state == "settled"


@pytest.mark.disagreeing
@pytest.mark.parametrize("held", [9875, None])
def test_a_number_typed_with_a_date_does_not_overwrite_that_of_the_issue_of_the_day(admin_client, bare, held):
    issue = make_issue(datetime.date(2024, 5, 20), number=held)
    make_page(issue, 7)
    url = f"/admin/desk/doubts/{make_doubt(bare, 'issue-number-disagrees', '9875 ≠ 9876').pk}/"
    response = admin_client.post(url, {"_next": "1", "issue_number": "9876", "issue_date": "2024-05-20"})
    issue.refresh_from_db()
    if held:
        assert "2024-05-20 的报纸已有总期号 9875，与所填的不同" in response.content.decode()
        assert issue.number == 9875 and Page.objects.get(pk=bare.pk).issue is None and not Batch.objects.exists()
    else:
        assert response.status_code == 302 and issue.number == 9876


def test_saving_a_page_unchanged_leaves_its_doubt_open(admin_client, bare):
    doubt = Doubt.objects.get(kind="number-unknown")
    response = admin_client.post(f"/admin/desk/doubts/{doubt.pk}/", {"_next": "1", "number": ""}, follow=True)
    assert "没有改动" in response.content.decode()
    doubt.refresh_from_db()
    assert doubt.state == "open" and not Batch.objects.exists()


def test_a_proofreader_corrects_no_page(client, bare, django_user_model):
    log_in(client, django_user_model, "甲", PROOFREADER)
    doubt = Doubt.objects.get(kind="number-unknown")
    assert 'name="number"' not in client.get(f"/admin/desk/doubts/{doubt.pk}/").content.decode()
    assert client.post(f"/admin/desk/doubts/{doubt.pk}/", {"_next": "1", "number": "5"}).status_code == 403
    assert Page.objects.get().number is None


def test_a_closed_doubt_says_so_and_can_not_be_closed_again(admin_client, bare):
    doubt = Doubt.objects.get(kind="number-unknown")
    admin_client.post(f"/admin/desk/doubts/{doubt.pk}/", {"_fine": "1"})
    assert "无误" in admin_client.get(f"/admin/desk/doubts/{doubt.pk}/").content.decode()
    response = admin_client.post(f"/admin/desk/doubts/{doubt.pk}/", {"_fine": "1"}, follow=True)
    assert "已由别人了结" in response.content.decode() and Batch.objects.count() == 1


def test_marking_articles_as_reviewed_settles_their_doubts_after_asking(admin_client, bare):
    articles = list(bare.articles.as_printed()[:2])
    doubts = Doubt.objects.open().filter(article__in=articles)
    number, others = doubts.count(), Doubt.objects.open().exclude(article__in=articles).count()
    data = {"action": "mark_reviewed", "_selected_action": [row.pk for row in articles]}
    asked = admin_client.post("/admin/articles/article/", data)
    assert asked.status_code == 200 and f"还有 {number} 处存疑未结" in asked.content.decode()
    assert not Batch.objects.exists()
    assert admin_client.post("/admin/articles/article/", {**data, "sure": "1"}).status_code == 302
    assert not doubts.exists() and Doubt.objects.open().count() == others
    assert {row.review for row in bare.articles.filter(pk__in=[row.pk for row in articles])} == {"reviewed"}
    admin_client.post(f"/admin/desk/batches/{Batch.objects.get().pk}/undo/", {"_undo": "1"})
    assert doubts.count() == number


@pytest.fixture
def titled(db, tmp_path):
    """Return an article whose head is doubted."""
    load_tables()
    page = load(write(tmp_path, PAGE)).page
    article = page.articles.as_printed()[0]
    make_doubt(article, "headline-uncertain", "青海湖畔建起流动诊室：标题，或为引题", probability=0.4)
    return article


@pytest.mark.disagreeing
def test_a_doubt_about_an_article_shows_its_fields_alone_and_saving_leads_on(admin_client, titled):
    doubt = Doubt.objects.get(kind="headline-uncertain")
    url = f"/admin/desk/doubts/{doubt.pk}/"
    text = admin_client.get(url).content.decode()
    assert re.search(r'name="head-0-text"[^>]*autofocus', text) and len(re.findall("autofocus", text)) == 1
    assert 'name="block-0-text"' not in text and 'name="byline-0-name"' not in text
    assert "青海湖畔建起流动诊室" in text and 'name="_next"' in text
    seen = re.search(r'name="seen" value="([^"]+)"', text)[1]
    typed = {"head-0-role": "kicker", "head-1-text": "流动诊室开到湖边", "head-1-role": "headline"}
    response = admin_client.post(url, {**typed, "seen": seen, "_next": "1", "reason": "照报样"})
    batch = Batch.objects.get()
    assert response["Location"] == f"/admin/desk/queue/headline-uncertain/next/?after={doubt.pk}&batch={batch.pk}"
    titled.refresh_from_db(), doubt.refresh_from_db()
    assert (titled.kicker, titled.headline) == ("青海湖畔建起流动诊室", "流动诊室开到湖边")
    assert (doubt.state, batch.reason) == ("settled", "照报样")
    assert titled.blocks and titled.bylines.count() == 1
    told = admin_client.get(response["Location"], follow=True).content.decode()
    assert f"/admin/desk/batches/{batch.pk}/undo/" in told


@pytest.mark.disagreeing
def test_a_whole_article_is_reviewed_from_a_doubt_after_asking(admin_client, titled):
    make_doubt(titled, "no-byline")
    doubt = Doubt.objects.get(kind="headline-uncertain")
    url = f"/admin/desk/doubts/{doubt.pk}/"
    seen = re.search(r'name="seen" value="([^"]+)"', admin_client.get(url).content.decode())[1]
    asked = admin_client.post(url, {"_reviewed": "1", "seen": seen})
    assert asked.status_code == 200 and "没有署名" in asked.content.decode() and not Batch.objects.exists()
    fields = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', asked.content.decode()))
    settle = re.findall(r'name="settle" value="(\d+)"', asked.content.decode())
    response = admin_client.post(url, {**fields, "settle": settle, "_save": "1"})
    assert response.status_code == 302 and "/next/?after=" in response["Location"]
    titled.refresh_from_db()
    assert titled.review == "reviewed" and not Doubt.objects.open().filter(article=titled).exists()
