"""Doubts that the rows alone tell. They come with an import, and go with a correction without another reading."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from articles.ingest.derived_doubts import derive, field_name, of_proposal
from articles.ingest.readers import reader_from_database
from articles.ingest.removal import remove_pages
from articles.ingest.stored_texts import adopt, read_stored
from articles.models import Article, Doubt, Issue, Page, Proposal, SourceText, Topic, archive
from tests.ingest.test_stitching import files
from tests.make import DAY, PAGE, TODAY, correct, doubts_of, load, make_article, make_issue, make_page, write
from tests.tables import load_tables

pytestmark = pytest.mark.django_db

UNLIKE = (
    PAGE[: PAGE.index("青海湖畔")]
    + "海南渔村办起健康讲堂\n\n本报讯（记者周五洲）海南省文昌市的渔村日前办起健康讲堂。\n"
)


def deriving(**rows):
    with archive.change() as change:
        derive(change, **{name: [row.pk for row in of] for name, of in rows.items()})


def open_jumps():
    rows = Doubt.objects.open().filter(kind="open-jump").order_by("pk")
    return [(row.article.page.number, row.detail) for row in rows.select_related("article__page")]


def test_a_page_without_number_and_date_is_doubted_until_a_person_sets_them(tmp_path):
    page = load(write(tmp_path, PAGE[PAGE.index("青海湖畔") :])).page
    assert doubts_of(page) == ["date-unknown", "number-unknown"]
    before = archive.state().revision
    correct(page, number=5, issue=make_issue())
    deriving(pages=[page])
    assert doubts_of(page) == []
    assert archive.state().revision == before  # no page of readers tells of them


def test_all_pages_of_an_issue_lose_the_doubt_about_its_date_when_one_prints_it(tmp_path):
    issue = make_issue(date_basis="inferred")
    pages = [make_page(issue, 1), make_page(issue, 2)]
    deriving(pages=pages)
    assert [row.detail for row in Doubt.objects.filter(kind="date-inferred")] == ["2024-11-22"] * 2
    load(write(tmp_path, PAGE))
    assert Issue.objects.get().date_basis == "printed"
    assert not Doubt.objects.filter(kind="date-inferred").exists()


def test_text_that_no_item_has_is_doubted_as_long_as_it_is_left_over():
    page = make_page(make_issue(), segments=[[0, 4, "leftover"], [5, 9, "folio"]])
    deriving(pages=[page])
    assert doubts_of(page) == ["leftover-text"]
    Page.objects.update(segments=[[0, 4, "note"], [5, 9, "folio"]])
    deriving(pages=[page])
    assert doubts_of(page) == []


def test_a_story_without_a_topic_is_doubted_until_it_has_one_or_a_person_says_none():
    page = make_page(make_issue())
    plain, settled, photo, head = (
        make_article(page),
        make_article(page, edited_fields=["topics"]),
        make_article(page, kind="photo"),
        make_article(page),
    )
    part = make_article(page, continuation_of=head)
    head.article_topics.create(topic=Topic.objects.create(slug="tcm", name="中医药"))
    deriving(pages=[page])
    assert [doubts_of(each) for each in (plain, settled, photo, head, part)] == [["no-topic"], [], [], [], []]
    plain.article_topics.create(topic=Topic.objects.get())
    deriving(articles=[plain])
    assert not Doubt.objects.exists()


def test_a_jump_is_open_until_the_page_that_answers_it_is_there(tmp_path):
    load_tables()
    front, inner = files(tmp_path)
    load(inner)
    assert open_jumps() == [(3, "上接第1版")] * 2
    load(front)
    assert open_jumps() == []
    with archive.change() as change:
        remove_pages(Page.objects.filter(number=3), change)
    assert sorted(open_jumps()) == [(1, "下转第3版")] * 2


def test_a_jump_is_open_again_when_the_part_moves_to_another_page(tmp_path):
    load_tables()
    front, inner = files(tmp_path)
    load(front)
    page = load(inner).page
    correct(page, number=4)
    deriving(pages=[page])
    assert sorted(open_jumps()) == [(1, "下转第3版")] * 2


def test_neither_a_teaser_nor_a_jump_that_a_person_has_settled_is_doubted():
    page = make_page(make_issue())
    make_article(page, kind="teaser", continued_to=3)
    make_article(page, kind="notice", continued_from=3)
    fields = ["continuation_of", "continued_from", "continued_to", "topics"]
    make_article(page, continued_to=3, edited_fields=fields)
    make_article(page, continued_to=3, edited_fields=["topics", "continued_to"])
    deriving(pages=[page])
    assert open_jumps() == [(1, "下转第3版")]


def test_a_proposal_is_a_doubt_of_its_field_and_value(tmp_path):
    page = load(write(tmp_path, PAGE)).page
    article = page.articles.as_printed()[0]
    correct(article, headline="人工改过的标题")
    correct(page, section="专版")
    load(write(tmp_path, PAGE.replace("三百余名", "四百余名")))
    proposed = Doubt.objects.filter(kind="proposal").order_by("article")
    told = {(row.article, row.detail, row.fields, row.state) for row in proposed}
    assert told == {(article, "标题", ("headline",), "open"), (None, "版名", ("section",), "open")}
    proposed.update(state=Doubt.State.DISMISSED)
    load(write(tmp_path, PAGE.replace("三百余名", "五百余名")))
    assert {row.state for row in Doubt.objects.filter(kind="proposal")} == {"dismissed"}
    load(write(tmp_path, PAGE.replace("湖畔建起", "湖畔有了")))
    assert [row.detail for row in Doubt.objects.open().filter(kind="proposal")] == ["标题"]
    Proposal.objects.all().delete()
    deriving(pages=[page])
    assert not Doubt.objects.open().filter(kind="proposal").exists()


def test_a_proposal_of_the_same_regions_with_another_score_is_the_same_doubt():
    regions = [[["630000", True, score, evidence]] for score, evidence in ((2.0, []), (5.5, [["body"]]))]
    assert len({of_proposal("regions", value) for value in regions}) == 1
    assert of_proposal("regions", [["640000", True, 2.0, []]]) != of_proposal("regions", regions[0])
    assert of_proposal("topics", [["tcm", 1.0, []]]) == of_proposal("topics", [["tcm", 2.0, ["针灸"]]])
    assert of_proposal("kicker", "甲") != of_proposal("deck", "甲")


@pytest.mark.parametrize("field", ["kind", "blocks", "column", "bylines", "regions", "issue", "credits", "items"])
def test_each_field_that_can_be_proposed_has_a_name_of_people(field):
    assert not field_name(field).isascii()


def test_a_conflict_is_a_doubt_about_the_text_until_it_is_settled(tmp_path):
    page = load(write(tmp_path, PAGE, "right.txt")).page
    load(write(tmp_path, UNLIKE, "wrong.txt"))
    source = SourceText.objects.get(standing="conflict")
    row = Doubt.objects.get(kind="conflict")
    assert (row.page, row.article, row.source, row.detail) == (page, None, source, "wrong.txt")
    load(write(tmp_path, UNLIKE, "wrong.txt"))
    assert Doubt.objects.get(kind="conflict").pk == row.pk
    with archive.change() as change:
        adopt(read_stored(source, reader_from_database(), today=TODAY), change)
    assert not Doubt.objects.filter(kind="conflict").exists()


def test_a_text_in_conflict_that_becomes_a_page_of_its_own_is_no_conflict_any_more(tmp_path):
    load(write(tmp_path, PAGE, "right.txt"))
    load(write(tmp_path, UNLIKE, "wrong.txt"))
    assert load(write(tmp_path, UNLIKE, "wrong.txt"), given_page=8).outcome == "added"
    assert not Doubt.objects.filter(kind="conflict").exists()


def test_deriving_takes_as_many_queries_for_many_pages_as_for_one():
    pages = [make_page(make_issue(DAY.replace(day=day)), None) for day in range(1, 9)]
    for page in pages:
        head = make_article(page, continued_to=3)
        make_article(page, continued_from=1, continuation_of=head)
    SourceText.objects.create(page=pages[0], path="/a.txt", sha256="a", standing="conflict")
    counts = []
    for some in (pages[:1], pages):
        with CaptureQueriesContext(connection) as queries:
            deriving(pages=some)
        counts.append(len([query for query in queries if '"articles_archive"' not in query["sql"]]))
    assert counts[0] <= counts[1] <= 11  # one more deletes, inserts or updates
    assert Doubt.objects.filter(kind="number-unknown").count() == 8


def test_a_dry_run_leaves_no_doubt(tmp_path):
    load(write(tmp_path, PAGE), dry_run=True)
    assert not Doubt.objects.exists()


def test_a_closed_derived_doubt_stays_closed(tmp_path):
    page = load(write(tmp_path, PAGE)).page
    Doubt.objects.update(state=Doubt.State.DISMISSED)
    deriving(pages=[page], articles=Article.objects.all())
    assert not Doubt.objects.open().exists() and Doubt.objects.count() == 3
    page.articles.update(kind="photo")
    deriving(pages=[page])
    assert Doubt.objects.count() == 3
