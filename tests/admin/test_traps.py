"""Traps that a hunt for them found on the desk, one test each."""

import pytest
from django.contrib.auth.models import Permission

from articles.models import Article, Batch, Contributor, Issue, Page, Region, Topic, VanishedArticle
from tests.admin.conftest import revision, rows_in
from tests.desk.state import state
from tests.make import DAY, PAGE, SAMPLES, load, make_article, make_page, other_page, write

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(page_made_once):
    return page_made_once


@pytest.fixture
def article(page):
    return page.articles.as_printed()[0]


def stamps(*articles):
    return [Article.objects.get(pk=article.pk).revision for article in articles]


def test_who_may_only_look_can_not_undo(desk, page, client, django_user_model):
    topic = Topic.objects.first()
    desk.save(topic, description="改过的说明")
    viewer = django_user_model.objects.create_user("viewer", password="viewer-pass", is_staff=True)
    viewer.user_permissions.add(Permission.objects.get(codename="view_topic"))
    client.force_login(viewer)
    batch = Batch.objects.get()
    assert client.get(f"/admin/articles/topic/{topic.pk}/history/").status_code == 200
    assert client.get("/admin/articles/region/110000/history/").status_code in (403, 404)
    for path in ("batches/", f"batches/{batch.pk}/", "queue/no-byline/", "queue/no-byline/next/", "doubts/1/"):
        assert client.get(f"/admin/desk/{path}").status_code == 403, path
    for method in (client.get, client.post):
        assert method(f"/admin/desk/batches/{batch.pk}/undo/", {"_undo": "1"}).status_code == 403
    topic.refresh_from_db()
    assert topic.description == "改过的说明"


@pytest.mark.parametrize("date", ["3024-05-20", "0999-01-01", "9999-12-31"])
def test_a_date_of_no_newspaper_is_refused(desk, page, date, client):
    assert desk.save(page, issue_date=date) != []
    assert desk.save(page.issue, date=date) != []
    assert client.get("/").status_code == client.get("/issues/").status_code == 200


def test_a_page_number_beyond_a_newspaper_is_refused_in_chinese(desk, page):
    assert any("版次须为 1 至 999" in each for each in desk.save(page, number="10000"))


def test_the_history_of_a_moved_page_opens(desk, page):
    make_page(page.issue, 4)
    desk.save(page, issue_date="2024-11-25")
    text = desk.client.get(desk.url(page, "history")).content.decode()
    assert "2024年11月22日" in text and "2024年11月25日" in text and "style=" not in text


def test_a_lone_page_takes_its_issue_along_with_its_number(desk, page):
    Issue.objects.update(number=12345)
    desk.save(page, issue_date="2024-11-25")
    page.refresh_from_db()
    assert (page.issue.number, str(page.issue.date), Issue.objects.count()) == (12345, "2024-11-25", 1)


def test_filing_a_byline_under_another_person_is_a_correction(desk, article):
    before = revision()
    assert desk.save(article, **{"byline-0-contributor": "另一人"}) == []
    article.refresh_from_db()
    assert (article.edited_fields, article.revision) == (["bylines"], before + 1)
    assert article.bylines.get().contributor == Contributor.objects.get(name="另一人")


def test_the_head_is_stamped_when_a_part_leaves_its_story(desk, page):
    head, part, other = page.articles.as_printed()
    desk.save(part, continuation_of=str(head.pk))
    assert stamps(head, part) == [revision()] * 2
    desk.save(part, continuation_of="")
    assert stamps(head, part) == [revision()] * 2
    desk.save(part, continuation_of=str(head.pk))
    desk.save(part, continuation_of=str(other.pk))
    assert stamps(head, part, other) == [revision()] * 3
    desk.client.post(desk.url(part, "delete"), {"post": "yes"})
    assert stamps(other) == [revision()]


def test_what_a_withdrawn_head_hid_stays_hidden_when_it_is_deleted(desk, page, client):
    head, part, _ = page.articles.as_printed()
    desk.save(part, continuation_of=str(head.pk))
    desk.save(head, withdrawn="on")
    desk.client.post(desk.url(head, "delete"), {"post": "yes"})
    assert client.get(part.get_absolute_url()).status_code == 410


def test_a_redirect_is_asked_about_again(desk, page, client):
    old = page.get_absolute_url()
    desk.save(page, number="5")
    response = client.get(old)
    assert (response.status_code, response["Cache-Control"]) == (301, "no-cache")
    desk.save(Page.objects.get(pk=page.pk), number="3")
    assert client.get(old).status_code == 200
    assert client.get("/issues/2024-11-22/pages/5/")["Location"] == old


@pytest.mark.parametrize("kind", ["page", "issue"])
def test_every_form_notices_that_it_is_stale(desk, page, kind):
    row = {"page": page, "issue": page.issue}[kind]
    stale = desk.form(row)
    first, second = (
        {"page": ("section", "乙版"), "issue": ("number", "777")}[kind],
        {"page": "number", "issue": "edition"},
    )
    assert desk.save(row, **{first[0]: first[1]}) == []
    assert any("有了新的改动" in each for each in desk.post(row, {**stale, second[kind]: "2"}))
    row.refresh_from_db()
    assert str(getattr(row, first[0])) == first[1]


def test_two_regions_change_places(desk, article):
    article.article_regions.all().delete()
    desk.save(article, **{"region-0-name": "410000"})
    desk.save(article, **{"region-1-name": "420000"})
    codes = [desk.form(article)[f"region-{index}-name"] for index in range(2)]
    swapped = {f"region-{index}-name": code for index, code in enumerate(reversed(codes))}
    assert desk.save(article, **swapped) == []
    assert set(article.article_regions.values_list("region", flat=True)) == {"410000", "420000"}


def test_a_region_typed_twice_is_refused_in_chinese(desk, article):
    forms = rows_in(desk.form(article), "region") - 1
    held = article.article_regions.first().region_id
    errors = desk.save(article, **{f"region-{forms}-name": held})
    assert any("同一地区填了两次" in each for each in errors)


@pytest.mark.parametrize("words", ["null", "1", "[1]", '{"": 1}', '{"词": "重"}', '{"词": true}'])
def test_words_of_a_topic_are_words_with_weights(desk, page, words):
    topic = Topic.objects.first()
    errors = desk.save(topic, words=words)
    topic.refresh_from_db()
    assert isinstance(topic.words, dict) and topic.words.get("") is None
    assert words == "null" or errors != []


@pytest.mark.parametrize(
    "path",
    [
        "/admin/articles/article/abc/history/",
        "/admin/articles/page/99999999999999999999/history/",
    ],
)
def test_odd_histories_are_not_found(desk, page, path):
    assert desk.client.get(path).status_code == 404


def test_an_odd_filter_or_selection_is_answered_with_a_sentence(desk, page):
    base = "/admin/articles/article/"
    for response in (
        desk.client.get("/admin/articles/issue/?date__year=99999999999999999999", follow=True),
        desk.client.post(base, {"action": "withdraw", "_selected_action": "abc"}, follow=True),
        desk.client.post(base, {"action": "withdraw", "_selected_action": "9" * 30}, follow=True),
    ):
        assert response.status_code == 200
    assert not Article.objects.filter(withdrawn=True).exists()


def test_a_nul_in_the_body_is_taken_out(desk, article):
    assert desk.save(article, body="正\0文") == []
    article.refresh_from_db()
    assert article.paragraphs == ["正文"]


def test_an_article_added_without_its_page_is_an_error_of_the_form(desk, page):
    head = page.articles.first()
    response = desk.client.post("/admin/articles/article/add/", {"continuation_of": str(head.pk)})
    assert response.status_code == 200
    assert Article.objects.count() == 3


def test_sets_have_their_history_on_the_articles_history_page(desk, article):
    desk.save(article, **{"byline-0-name": "赵一帆"})
    text = desk.client.get(desk.url(article, "history")).content.decode()
    assert "赵一苇" in text and "赵一帆" in text


def test_a_stranger_to_the_story_is_not_stamped(desk, article):
    other = make_article(make_page(None, 9))
    before = stamps(other)
    desk.save(article, headline="人工改过的标题")
    assert stamps(other) == before


def test_a_renamed_contributor_goes_on_signing_what_is_printed_under_the_old_name(desk, page, tmp_path):
    person = Contributor.objects.get(name="赵一苇")
    desk.save(person, name="赵苇")
    load(write(tmp_path, PAGE.replace("三百余名", "四百余名").replace("（记者赵一苇）", "（记者赵一苇 通讯员甲乙丙）")))
    article = page.articles.as_printed()[0]
    assert [row.contributor.name for row in article.bylines.all()] == ["赵苇", "甲乙丙"]
    assert not Contributor.objects.filter(name="赵一苇").exists()


def test_a_contributor_without_articles_can_be_deleted_with_its_aliases(desk, page):
    person = Contributor.objects.create(name="多余的人")
    person.aliases.create(name="多余者")
    assert desk.client.post(desk.url(person, "delete"), {"post": "yes"}).status_code == 302
    assert not Contributor.objects.filter(name="多余的人").exists()


def test_a_join_is_of_both_pages_structure(desk, page, tmp_path):
    other = load(other_page(tmp_path), given_date=DAY, given_page=8).page
    head, part = page.articles.as_printed()[2], other.articles.as_printed()[0]
    assert desk.save(part, continuation_of=str(head.pk)) == []
    assert [Page.objects.get(pk=row.pk).structure_edited for row in (page, other)] == [True, True]


def test_a_text_that_is_another_page_re_read_is_not_adopted(desk, page, tmp_path):
    other = load(other_page(tmp_path), given_date=DAY, given_page=8).page
    better = (SAMPLES / "106_3e7137c4524bc8ff.txt").read_text("utf-8").replace("移动医院", "流动医院")
    source = load(write(tmp_path, better, "mixed-up.txt"), given_date=DAY, given_page=3).source
    assert source.standing == "conflict"
    desk.client.post("/admin/articles/sourcetext/", {"action": "adopt_texts", "_selected_action": [source.pk]})
    assert (page.articles.count(), other.articles.count()) == (3, 10)


def test_a_deleted_article_keeps_its_history_and_comes_back(desk, article, client):
    desk.save(article, headline="人工改过的标题")
    before = state()
    desk.client.post(desk.url(article, "delete"), {"post": "yes"})
    told = desk.client.get(desk.url(article, "history")).content.decode()
    assert "人工改过的标题" in told and "已不在" in told
    batch = Batch.objects.latest("pk")
    assert (batch.kind, batch.user_name) == ("deletion", "admin")
    for again in (1, 2):  # an id may vanish, return and vanish again
        assert desk.client.post(f"/admin/desk/batches/{batch.pk}/undo/", {"_undo": again}).status_code == 302
        assert state() == before
        assert client.get(article.get_absolute_url()).status_code == 200
        undone = Batch.objects.latest("pk")
        assert desk.client.post(f"/admin/desk/batches/{undone.pk}/undo/", {"_undo": again}).status_code == 302
        assert client.get(article.get_absolute_url()).status_code == 301
        assert VanishedArticle.objects.get().article_id == article.pk


def test_an_article_that_a_person_adds_is_theirs(desk, page):
    fields = {**desk.blank(Article), "page": str(page.pk), "headline": "人工补录的一篇", "body": "正文。"}
    fields |= {"bylines-0-name_as_printed": "赵一苇", "article_regions-0-region": "410000"}
    response = desk.client.post("/admin/articles/article/add/", fields)
    assert response.status_code == 302
    added = Article.objects.get(headline="人工补录的一篇")
    assert {"bylines", "regions", "headline", "blocks"} <= set(added.edited_fields)
    assert Page.objects.get(pk=page.pk).structure_edited


def test_a_page_form_notices_that_its_issue_was_moved(desk, page):
    stale = desk.form(page)
    assert desk.save(page.issue, date="2024-11-25") == []
    assert any("有了新的改动" in each for each in desk.post(page, {**stale, "section": "专版"}))
    page.refresh_from_db()
    assert str(page.issue.date) == "2024-11-25"


@pytest.mark.parametrize("words", ['{"\\ud800": 1}', '{"词": 1e999}', '{"词": NaN}', '{"\\u0000": 1}', "[" * 100000])
def test_words_that_no_reader_could_use_are_refused(desk, page, words):
    assert desk.save(Topic.objects.first(), words=words) != []


def test_a_proposal_goes_when_a_person_has_decided(desk, article, tmp_path):
    desk.save(article, headline="人工改过的标题")
    load(write(tmp_path, PAGE.replace("三百余名", "四百余名")))
    assert article.proposals.get().field == "headline"
    desk.save(article, headline="青海湖畔建起流动诊室")
    assert not article.proposals.exists()


def test_a_persons_regions_like_the_machines_leave_no_proposal(desk, article, tmp_path):
    codes = list(article.article_regions.values_list("region", flat=True))
    count = len(codes)
    desk.save(article, **{f"region-{count}-name": "410000"})
    desk.save(article, **{f"region-{count}-DELETE": "on"})
    assert set(article.article_regions.values_list("region", flat=True)) == set(codes)
    assert "regions" in Article.objects.get(pk=article.pk).edited_fields
    load(write(tmp_path, PAGE.replace("三百余名", "四百余名")))
    assert not article.proposals.exists()


def test_one_name_is_one_persons(desk, page):
    first, second = Contributor.objects.get(name="赵一苇"), Contributor.objects.get(name="钱二木")
    assert any("另有作者就叫" in each for each in desk.save(first, **{"aliases-0-name": "钱二木"}))
    second.aliases.create(name="钱二")
    assert any("的别名" in each for each in desk.save(first, name="钱二"))


def test_a_region_lies_in_its_parent(desk, page):
    region = Region.objects.get(pk="630000")
    for parent in ("630000", "632800", "410000"):
        assert any("630000 没有上级" in each for each in desk.save(region, parent=parent))


def test_a_search_of_a_thousand_words_is_answered(desk, page):
    assert desk.client.get("/admin/articles/article/", {"q": "词 " * 1200}).status_code == 200


def test_a_withdrawn_article_that_is_deleted_stays_gone(desk, article, client):
    desk.save(article, withdrawn="on")
    desk.client.post(desk.url(article, "delete"), {"post": "yes"})
    assert client.get(article.get_absolute_url()).status_code == 410
