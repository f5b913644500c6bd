"""Left-over text given to an article or to the furniture of its page, and the text of the page read again."""

import dataclasses

import pytest
from django.core.exceptions import ValidationError

from articles.desk.applying import apply
from articles.desk.deleting import delete_row
from articles.desk.joining import merge
from articles.desk.moving import move
from articles.desk.placing_text import current_text, give, left_over
from articles.desk.splitting import split
from articles.desk.undoing import undo
from articles.desk.writing import writing
from articles.ingest.doubt_check import doubt_differences
from articles.ingest.readers import reader_from_database
from articles.models import Article, Correction, Page, Proposal
from tests.desk.state import assert_partition, state
from tests.desk.test_structure import read_again, without_bookkeeping
from tests.make import DAY, PAGE, doubts_of, load, other_page, write
from tests.tables import load_tables

pytestmark = pytest.mark.django_db

#: A page with lines that the reader leaves to nobody: above the first article, two within it, and below the last.
LEFT = PAGE.replace("青海湖畔", "k\n\n青海湖畔").replace("巡诊队由州", "q\nq\n\n巡诊队由州") + "\nz\n"
TOP, INSIDE, END = 0, 1, 2


@pytest.fixture
def page(tmp_path):
    load_tables()
    return load(write(tmp_path, LEFT)).page


def stretches_of(page):
    page = Page.objects.get(pk=page.pk)
    return left_over(page, current_text(page).text)


def given(page, number, article):
    """Give the left-over stretches of a page with this number. Return the batch."""
    page = Page.objects.get(pk=page.pk)
    with writing(None) as this:
        give(this, page, [(stretches_of(page)[number], article and Article.objects.get(pk=article.pk))])
    return this.batch


def texts(article):
    return [block["text"] for block in Article.objects.get(pk=article.pk).blocks]


def test_running_lines_are_offered_as_one(page):
    text = current_text(page).text
    found = ["".join(text[start:end] for start, end, _ in each) for each in stretches_of(page)]
    assert found == ["k", "qq", "z"] and "leftover-text" in doubts_of(page)


def test_given_text_is_a_paragraph_where_it_is_printed_and_stays(tmp_path, page):
    first, second, third = page.articles.as_printed()
    given(page, INSIDE, first)
    assert [text[:3] for text in texts(first)] == ["近日，", "qq", "巡诊队"]
    given(page, TOP, first)
    given(page, 0, first)
    assert [text[:4] for text in texts(first)] == ["k", "近日，青", "qq", "巡诊队由", "z"]
    assert "blocks" not in Article.objects.get(pk=first.pk).edited_fields
    assert stretches_of(page) == [] and "leftover-text" not in doubts_of(page)
    assert_partition()
    check_again(tmp_path)


def check_again(tmp_path):
    """Reading the same text again changes nothing, and the doubts are as a reading would tell them."""
    before = state()
    proposals = list(Proposal.objects.values_list("article", "field"))
    report = read_again(tmp_path, LEFT)
    assert {kind for kind, _ in report.articles} <= {"same", "protected"} and state() == before
    assert list(Proposal.objects.values_list("article", "field")) == proposals
    reader = reader_from_database()
    assert list(doubt_differences(dataclasses.replace(reader, version=reader.version + "+"))) == []
    assert_partition()


def test_furniture_is_left_over_no_more(tmp_path, page):
    given(page, END, None)
    assert [label for *_, label in Page.objects.get(pk=page.pk).segments].count("leftover") == 3
    check_again(tmp_path)
    for number in (1, 0):
        given(page, number, None)
    assert "leftover-text" not in doubts_of(page) and not Page.objects.get(pk=page.pk).structure_edited
    check_again(tmp_path)


def test_another_recognition_of_the_line_goes_to_the_same_article(tmp_path):
    load_tables()
    text = PAGE.replace("青海湖畔", "l1|l\n\n青海湖畔")
    page = load(write(tmp_path, text)).page
    first = page.articles.as_printed()[0]
    given(page, TOP, first)
    read_again(tmp_path, text.replace("l1|l", "l1|I").replace("三百余名", "四百余名"))
    found = texts(first)
    assert found[0] == "l1|I" and "四百余名" in found[-1] and len(found) == 3
    assert stretches_of(page) == [] and not Proposal.objects.exists()
    assert_partition()


@pytest.mark.parametrize("again", [False, True])
@pytest.mark.parametrize("person", [False, True])
def test_a_gift_is_undone_and_done_again(tmp_path, page, again, person):
    first = page.articles.as_printed()[0]
    if person:
        with writing(None) as this:
            apply(this, first, {"blocks": [{"type": "paragraph", "text": "编辑写的一段。"}, *first.blocks[1:]]})
    before, proposed = state(), list(Proposal.objects.values_list("article", "field", "value"))
    batch = given(page, INSIDE, first)
    assert ("blocks" in Article.objects.get(pk=first.pk).edited_fields) is person and "qq" in texts(first)
    after = state()
    if again:
        check_again(tmp_path)
    back = undo(batch, None)
    assert back.left == [] and state() == before
    assert list(Proposal.objects.values_list("article", "field", "value")) == proposed
    if again:
        check_again(tmp_path)
    assert undo(back.batch, None).left == [] and state() == after
    check_again(tmp_path)


def test_a_gift_is_undone_after_the_text_has_changed(tmp_path, page):
    first = page.articles.as_printed()[0]
    batch = given(page, INSIDE, first)
    read_again(tmp_path, LEFT.replace("三百余名", "四百余名"))
    assert undo(batch, None).left == []
    assert [text[:3] for text in texts(first)] == ["近日，", "巡诊队"] and "四百余名" in texts(first)[1]
    assert len(stretches_of(page)) == 3
    assert_partition()


def test_gifts_are_undone_in_any_order(page):
    before = state()
    first, second, _ = page.articles.as_printed()
    batches = [given(page, TOP, first), given(page, TOP, first), given(page, 0, None)]
    for batch in batches:
        assert undo(batch, None).left == []
    assert state() == before


def test_a_gift_in_a_body_that_a_person_has_changed_since_stays(page):
    first = page.articles.as_printed()[0]
    batch = given(page, INSIDE, first)
    article = Article.objects.get(pk=first.pk)
    with writing(None) as this:
        apply(this, article, {"blocks": [*article.blocks[:-1], {"type": "paragraph", "text": "编辑写的一段。"}]})
    assert [step.left for step in undo(batch, None).left] == ["给出的文字后来又改过"]
    assert undo(this.batch, None).left == [] and undo(batch, None).left == []
    assert "qq" not in texts(first)


def test_the_text_of_a_deleted_article_is_left_over_again(tmp_path, page):
    first = page.articles.as_printed()[0]
    given(page, INSIDE, first)
    before = state()
    with writing(None) as this:
        delete_row(Article.objects.get(pk=first.pk), this)
    assert len(stretches_of(page)) == 3 and "leftover-text" in doubts_of(page)
    assert_partition()
    read_again(tmp_path, LEFT)
    assert len(stretches_of(page)) == 3
    assert_partition()
    assert undo(this.batch, None).left == []
    assert without_bookkeeping(state())["Article"] == without_bookkeeping(before)["Article"]
    assert len(stretches_of(page)) == 2
    check_again(tmp_path)


@pytest.mark.parametrize("at", [2, 3, 4])
def test_an_article_with_given_text_is_split(tmp_path, page, at):
    first = page.articles.as_printed()[0]
    for number in (END, INSIDE, TOP):
        given(page, number, first)
    before = state()
    with writing(None) as this:
        second = split(this, Article.objects.get(pk=first.pk), at)
    found = texts(first), texts(second)
    assert [text[:2] for half in found for text in half] == ["k", "近日", "qq", "巡诊", "z"]
    check_again(tmp_path)
    assert (texts(first), texts(second)) == found
    assert undo(this.batch, None).left == []
    assert without_bookkeeping(state())["Article"] == without_bookkeeping(before)["Article"]
    check_again(tmp_path)


def test_no_half_has_given_text_alone_above_the_seam(page):
    first = page.articles.as_printed()[0]
    given(page, TOP, first)
    with writing(None) as this, pytest.raises(ValidationError, match="只有归入的文字"):
        split(this, Article.objects.get(pk=first.pk), 1)


def test_an_article_with_given_text_is_merged_and_moved(tmp_path, page):
    first, second, _ = page.articles.as_printed()
    other = load(other_page(tmp_path), given_date=DAY, given_page=8).page
    given(page, TOP, second)
    with writing(None) as this:
        merge(this, Article.objects.get(pk=first.pk), [Article.objects.get(pk=second.pk)])
    check_again(tmp_path)
    with writing(None) as this:
        move(this, [Article.objects.get(pk=first.pk)], other)
    given(page, TOP, first)
    assert "qq" in texts(first)
    check_again(tmp_path)


def test_text_is_given_to_no_article_of_another_text(tmp_path, page):
    other = load(other_page(tmp_path), given_date=DAY, given_page=8).page
    with pytest.raises(ValidationError, match="不是从.*现用的文本读出的"):
        given(page, TOP, other.articles.first())
    assert not Correction.objects.exists()


def test_given_text_stays_when_the_body_is_a_persons_and_the_machine_reads_on(tmp_path, page):
    first = page.articles.as_printed()[0]
    with writing(None) as this:
        apply(this, first, {"blocks": [*first.blocks, {"type": "paragraph", "text": "编辑补上的一段。"}]})
    given(page, INSIDE, first)
    check_again(tmp_path)
    read_again(tmp_path, LEFT.replace("三百余名", "四百余名"))
    assert [text[:3] for text in texts(first)] == ["近日，", "qq", "巡诊队", "编辑补"]
    (proposal,) = Proposal.objects.filter(field="blocks")
    assert [block["text"][:3] for block in proposal.value] == ["近日，", "qq", "巡诊队"]
