"""Undoing batches: what is as the batch wrote it goes back, the rest is told, and an undo can be undone."""

import pytest

from articles.desk.applying import apply
from articles.desk.deleting import delete_row
from articles.desk.queue import dismiss
from articles.desk.releasing import release
from articles.desk.undoing import plan, undo
from articles.desk.writing import writing
from articles.ingest.derived_doubts import derive
from articles.models import (
    Article,
    ArticleTopic,
    Batch,
    Contributor,
    Correction,
    Doubt,
    Page,
    Proposal,
    Redirect,
    archive,
)
from tests.desk.state import state
from tests.make import PAGE, load, make_doubt, make_page, write
from tests.tables import load_tables

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(tmp_path):
    load_tables()
    return load(write(tmp_path, PAGE)).page


@pytest.fixture
def article(page):
    return page.articles.as_printed()[0]


def correct(row, reason="", **told):
    """Correct `row` as the desk does. Return the batch, or None if nothing differed."""
    with writing(None, reason=reason) as this:
        apply(this, type(row).objects.get(pk=row.pk), told)
    return this.batch


def headline(article):
    return Article.objects.get(pk=article.pk).headline


def test_a_correction_is_recorded_with_both_values_and_goes_back(article):
    before = state()
    batch = correct(article, "照报样", headline="人工改过的标题")
    told = Correction.objects.get()
    assert (told.batch, told.model, told.object_id, told.field) == (batch, "article", str(article.pk), "headline")
    assert (told.old, told.new, told.was_protected) == ("青海湖畔建起流动诊室", "人工改过的标题", False)
    assert batch.reason == "照报样"
    assert Article.objects.get(pk=article.pk).edited_fields == ["headline"]
    undone = undo(batch, None)
    assert undone.left == [] and undone.batch.undoes == batch
    assert state() == before
    assert not Batch.objects.get(pk=batch.pk).stands


def test_writing_nothing_leaves_no_batch(article):
    assert correct(article, headline=article.headline) is None
    assert not Batch.objects.exists()


def test_a_later_correction_of_the_same_field_is_left_and_told(article):
    first = correct(article, headline="甲")
    second = correct(article, headline="乙")
    assert [step.left for step in plan(first)] == ["后来又改过"]
    assert undo(first, None).batch is None
    assert headline(article) == "乙" and first.stands
    undo(second, None)
    assert headline(article) == "甲"
    undo(first, None)
    assert headline(article) == "青海湖畔建起流动诊室"


def test_the_same_value_written_later_is_another_correction(article):
    first = correct(article, headline="甲")
    correct(article, headline="乙")
    correct(article, headline="甲")
    assert undo(first, None).batch is None
    assert headline(article) == "甲"


def test_an_undo_can_be_undone_and_that_too(article):
    batch = correct(article, headline="甲", deck="乙")
    back = undo(batch, None).batch
    again = undo(back, None).batch
    assert headline(article) == "甲"
    assert Article.objects.get(pk=article.pk).edited_fields == ["deck", "headline"]
    assert Batch.objects.get(pk=batch.pk).stands
    undo(again, None)
    assert headline(article) == "青海湖畔建起流动诊室"
    assert Article.objects.get(pk=article.pk).edited_fields == []


def test_two_paragraphs_of_one_body_are_undone_apart(article):
    before = article.blocks
    first = correct(article, blocks=[{**before[0], "text": "甲段。"}, before[1]])
    blocks = Article.objects.get(pk=article.pk).blocks
    second = correct(article, blocks=[blocks[0], {**blocks[1], "text": "乙段。"}])
    assert undo(first, None).left == []
    now = Article.objects.get(pk=article.pk)
    assert now.paragraphs == [before[0]["text"], "乙段。"] and now.is_protected("blocks")
    undo(second, None)
    now = Article.objects.get(pk=article.pk)
    assert now.blocks == before and not now.is_protected("blocks")


def test_a_set_goes_back_with_its_evidence(article):
    before = state()
    batch = correct(article, regions=[["410000", True]])
    assert [(row.field, row.new) for row in batch.corrections.all()] == [
        ("regions", [["410000", True, 0, [], "manual"]])
    ]
    undo(batch, None)
    assert state() == before


def test_a_new_contributor_goes_with_the_byline(article):
    before = state()
    batch = correct(article, bylines=[["text", "记者", "新来的人", ""]])
    assert Contributor.objects.filter(name="新来的人").exists()
    undo(batch, None)
    assert state() == before


def test_a_new_contributor_stays_if_another_needs_it(page):
    one, other, _ = page.articles.as_printed()
    batch = correct(one, bylines=[["text", "记者", "新来的人", ""]])
    correct(other, bylines=[["text", "记者", "新来的人", ""]])
    left = undo(batch, None).left
    assert [step.correction.model for step in left] == ["contributor"]
    assert [row.name_as_printed for row in one.bylines.all()] == ["赵一苇"]
    assert [row.name_as_printed for row in other.bylines.all()] == ["新来的人"]


def test_a_moved_page_goes_back_with_its_redirects(page):
    before = state()
    first = correct(page, number=7)
    second = correct(page, number=9)
    paths = dict(Redirect.objects.values_list("old_path", "new_path"))
    assert paths == dict.fromkeys(
        ["/issues/2024-11-22/pages/3/", "/issues/2024-11-22/pages/7/"], "/issues/2024-11-22/pages/9/"
    )
    undo(second, None)
    assert dict(Redirect.objects.values_list("old_path", "new_path")) == {
        "/issues/2024-11-22/pages/3/": "/issues/2024-11-22/pages/7/"
    }
    undo(first, None)
    assert state() == before


def test_a_place_that_is_taken_meanwhile_is_left(page):
    batch = correct(page, number=7)
    make_page(page.issue, 3)
    left = undo(batch, None).left
    assert {step.correction.model: bool(step.left) for step in left} == {"page": True, "redirect": True}
    assert Page.objects.get(pk=page.pk).number == 7
    assert Redirect.objects.get().new_path == page.get_absolute_url().replace("/3/", "/7/")


def test_structure_is_a_persons_as_long_as_a_structural_correction_stands(page):
    one, other, _ = page.articles.as_printed()
    first, second = correct(one, kind="notice"), correct(other, kind="notice")
    undo(first, None)
    assert Page.objects.get(pk=page.pk).structure_edited
    undo(second, None)
    assert not Page.objects.get(pk=page.pk).structure_edited


def test_an_undone_field_takes_what_a_newer_reading_said(article, tmp_path):
    batch = correct(article, headline="人工改过的标题")
    load(write(tmp_path, PAGE.replace("湖畔建起", "湖畔有了")))
    assert headline(article) == "人工改过的标题"
    back = undo(batch, None).batch
    assert headline(article) == "青海湖畔有了流动诊室"
    assert not Proposal.objects.filter(field="headline").exists()
    undo(back, None)
    assert headline(article) == "人工改过的标题"
    assert Proposal.objects.get(field="headline").value == "青海湖畔有了流动诊室"


def test_a_released_field_takes_the_machines_value_at_once(article, tmp_path):
    before = state()
    correct(article, headline="人工改过的标题", bylines=[["text", "记者", "新来的人", ""]])
    release(Article.objects.get(pk=article.pk), "headline", None)
    assert headline(article) == "青海湖畔建起流动诊室"
    release(Article.objects.get(pk=article.pk), "bylines", None)
    assert [row.name_as_printed for row in article.bylines.all()] == ["赵一苇"]
    now = state()
    assert now["Article"] == before["Article"]
    load(write(tmp_path, PAGE.replace("湖畔建起", "湖畔有了")))
    assert headline(article) == "青海湖畔有了流动诊室"
    assert release(Article.objects.get(pk=article.pk), "headline", None) is None


def test_a_field_whose_value_is_the_machines_is_released_too(article, tmp_path):
    correct(article, headline="人工改过的标题")
    correct(article, headline="青海湖畔建起流动诊室")
    batch = release(Article.objects.get(pk=article.pk), "headline", None)
    assert Article.objects.get(pk=article.pk).edited_fields == []
    undo(batch, None)
    assert Article.objects.get(pk=article.pk).edited_fields == ["headline"]


def test_a_jump_that_the_machine_has_not_found_is_no_proposal_and_comes_off_again(article, tmp_path):
    correct(article, continued_to=5)
    load(write(tmp_path, PAGE.replace("三百余名", "四百余名")))
    assert not Doubt.objects.open().filter(kind="proposal").exists()
    release(Article.objects.get(pk=article.pk), "continued_to", None)
    assert Article.objects.get(pk=article.pk).continued_to is None


def test_a_deleted_article_comes_back_with_its_proposals_and_doubts(article):
    correct(article, continued_to=5, headline="甲")
    before = state()
    with writing(None, Batch.Kind.DELETION) as this:
        delete_row(Article.objects.get(pk=article.pk), this)
    undo(this.batch, None)
    assert state() == before
    assert dict(Proposal.objects.values_list("field", "value")) == {
        "continued_to": None,
        "headline": "青海湖畔建起流动诊室",
    }


def test_a_value_that_a_person_has_replaced_is_not_asked_about_and_a_new_one_is(article, tmp_path):
    correct(article, headline="人工改过的标题")
    load(write(tmp_path, PAGE.replace("三百余名", "四百余名")))
    assert not Doubt.objects.open().filter(kind="proposal").exists()
    load(write(tmp_path, PAGE.replace("湖畔建起", "湖畔有了")))
    (asked,) = Doubt.objects.open().filter(kind="proposal")
    assert asked.fields == ("headline",)
    correct(article, headline="再改过的标题")
    asked.refresh_from_db()
    assert asked.state == "settled"


def test_a_correction_settles_the_doubts_that_name_it_and_an_undo_opens_them(article):
    Doubt.objects.filter(article=article).delete()
    named = make_doubt(article, "headline-uncertain", "青海湖畔建起流动诊室：标题，或为引题")
    other = make_doubt(article, "no-byline")
    batch = correct(article, headline="甲")
    assert [Doubt.objects.get(pk=row.pk).state for row in (named, other)] == ["settled", "open"]
    assert undo(batch, None).left == []
    assert [Doubt.objects.get(pk=row.pk).state for row in (named, other)] == ["open", "open"]
    first, second = correct(article, headline="甲"), correct(article, headline="乙")
    left = undo(first, None).left
    assert {step.correction.model for step in left} == {"article", "doubt"}  # the headline is still a person's
    assert Doubt.objects.get(pk=named.pk).state == "settled"
    undo(second, None)
    undo(first, None)
    release(Article.objects.get(pk=article.pk), "headline", None)
    Doubt.objects.filter(pk__in=[named.pk, other.pk]).delete()


def test_an_article_comes_back_although_the_account_that_closed_its_doubt_is_gone(article, django_user_model):
    user = django_user_model.objects.create_user("走了的人")
    doubt = make_doubt(article, "no-headline", by=user, state="dismissed")
    with writing(None, Batch.Kind.DELETION) as this:
        delete_row(Article.objects.get(pk=article.pk), this)
    user.delete()
    assert undo(this.batch, None).left == []
    doubt.refresh_from_db()
    assert (doubt.state, doubt.by) == ("dismissed", None)


def test_a_head_and_its_part_come_back_joined(page):
    part, head, _ = page.articles.as_printed()
    correct(part, continuation_of=head.pk)
    with writing(None, Batch.Kind.DELETION) as this:
        for row in (head, part):
            delete_row(Article.objects.get(pk=row.pk), this)
    undo(this.batch, None)
    assert Article.objects.get(pk=part.pk).continuation_of_id == head.pk


def test_a_paragraph_that_takes_a_newer_reading_counts_as_undone(article, tmp_path):
    before = article.blocks
    batch = correct(article, blocks=[{**before[0], "text": "甲段。"}, *before[1:]])
    load(
        write(
            tmp_path, PAGE.replace("三百余名", "四百余名").replace("健康档案。\n", "健康档案。\n\n又来了一段话。\n", 1)
        )
    )
    assert undo(batch, None).left == []
    now = Article.objects.get(pk=article.pk)
    assert "四百余名" in now.text and "甲段" not in now.text and not now.is_protected("blocks")
    assert plan(batch) == []


def test_a_body_is_released_though_it_is_the_machines_again(article):
    before = article.blocks
    correct(article, blocks=[{**before[0], "text": "甲段。"}, *before[1:]])
    correct(article, blocks=before)
    batch = release(Article.objects.get(pk=article.pk), "blocks", None)
    assert not Article.objects.get(pk=article.pk).is_protected("blocks")
    undo(batch, None)
    assert Article.objects.get(pk=article.pk).is_protected("blocks")


def test_a_release_of_regions_can_be_undone(article):
    correct(article, regions=[["410000", True]])
    batch = release(Article.objects.get(pk=article.pk), "regions", None)
    assert [row.region_id for row in article.article_regions.all()] != ["410000"]
    assert undo(batch, None).left == []
    assert [row.region_id for row in article.article_regions.all()] == ["410000"]
    assert Article.objects.get(pk=article.pk).edited_fields == ["regions"]


#: A page whose second article has no byline.
UNSIGNED = PAGE.replace("（通讯员钱二木）", "")
STILL_UNSIGNED = UNSIGNED.replace("三百余名", "四百余名")

#: A later reading, and whether it raises the doubt.
READ_AGAIN = [(STILL_UNSIGNED, True), (PAGE, False)]


@pytest.fixture
def unsigned(tmp_path):
    """Return the doubt about a missing byline."""
    load_tables()
    page = load(write(tmp_path, UNSIGNED)).page
    return Doubt.objects.get(page=page, kind="no-byline")


@pytest.mark.parametrize(("later", "is_open"), READ_AGAIN)
def test_the_undo_of_a_dismissal_opens_only_a_doubt_that_is_still_raised(unsigned, tmp_path, later, is_open):
    batch = dismiss("no-byline", [unsigned.pk], None)
    load(write(tmp_path, later))
    undone = undo(batch, None)
    unsigned.refresh_from_db()
    assert unsigned.state == ("open" if is_open else "dismissed")
    assert [step.left for step in undone.left] == ([] if is_open else ["机器已不再提出这一处存疑"])


@pytest.mark.parametrize(("later", "is_open"), READ_AGAIN)
@pytest.mark.parametrize("gives_back", ["undo", "release"])
def test_a_field_given_back_opens_only_a_doubt_that_is_still_raised(unsigned, tmp_path, later, is_open, gives_back):
    batch = correct(unsigned.article, bylines=[["text", "记者", "新来的人", ""]])
    load(write(tmp_path, later))
    assert Doubt.objects.get(pk=unsigned.pk).state == "settled"
    if gives_back == "undo":
        undo(batch, None)
    else:
        release(Article.objects.get(pk=unsigned.article_id), "bylines", None)
    assert Doubt.objects.get(pk=unsigned.pk).state == ("open" if is_open else "settled")


def test_a_doubt_that_an_earlier_reading_raised_and_the_next_one_again_opens(unsigned, tmp_path):
    batch = dismiss("no-byline", [unsigned.pk], None)
    for text in (PAGE, STILL_UNSIGNED):
        load(write(tmp_path, text))
    assert undo(batch, None).left == []
    assert Doubt.objects.get(pk=unsigned.pk).state == "open"


def test_a_missing_topic_that_was_found_since_opens_no_doubt(article):
    rows = list(ArticleTopic.objects.filter(article=article))
    for topics in ([], rows):
        with archive.change() as change:
            article.article_topics.all().delete()
            ArticleTopic.objects.bulk_create(topics)
            derive(change, articles=[article.pk])
        if not topics:
            batch = dismiss("no-topic", [Doubt.objects.get(article=article, kind="no-topic").pk], None)
    undo(batch, None)
    assert not Doubt.objects.filter(article=article, kind="no-topic").exists()
