"""Articles moved to another page or issue by hand, and the texts of both pages read again."""

import dataclasses

import pytest
from django.core.exceptions import ValidationError

from articles.desk.applying import apply
from articles.desk.deleting import delete_row
from articles.desk.joining import join, merge
from articles.desk.moving import move
from articles.desk.splitting import split
from articles.desk.texts import replace
from articles.desk.undoing import undo
from articles.desk.writing import writing
from articles.ingest.doubt_check import doubt_differences
from articles.ingest.readers import reader_from_database
from articles.ingest.removal import remove_pages
from articles.ingest.stored_texts import read_stored
from articles.models import Archive, Article, Batch, Doubt, Page, Proposal, SourceText, archive
from tests.desk.state import assert_partition, state
from tests.desk.test_structure import check_read_again, read_again, without_bookkeeping
from tests.make import DAY, PAGE, TODAY, doubts_of, load, make_doubt, make_issue, make_page, other_page, write
from tests.tables import load_tables

pytestmark = pytest.mark.django_db

OTHER_DAY = DAY.replace(day=25)


@pytest.fixture
def page(tmp_path):
    load_tables()
    return load(write(tmp_path, PAGE)).page


@pytest.fixture
def neighbour(tmp_path, page):
    """The eighth page of the same issue."""
    return load(other_page(tmp_path), given_date=DAY, given_page=8).page


@pytest.fixture
def elsewhere(page):
    """An empty page of another issue."""
    return make_page(make_issue(OTHER_DAY), number=2)


def moved(article, page):
    """Move an article. Return the batch."""
    with writing(None) as this:
        move(this, [Article.objects.get(pk=article.pk)], page)
    article.refresh_from_db()
    return this.batch


def read_other_again(tmp_path):
    return load(other_page(tmp_path), _newer(), given_date=DAY, given_page=8)


def _newer():
    reader = reader_from_database()
    return dataclasses.replace(reader, version=reader.version + "+")


def test_a_moved_article_stands_last_on_its_page_and_keeps_its_url(client, tmp_path, page, neighbour):
    first, url, count = page.articles.as_printed()[0], page.articles.as_printed()[0].get_absolute_url(), 10
    batch = moved(first, neighbour)
    assert neighbour.articles.as_printed().last() == first and neighbour.articles.count() == count + 1
    assert first.get_absolute_url() == url and client.get(url).status_code == 200
    assert first.title in client.get(neighbour.get_absolute_url()).content.decode()
    assert first.title not in client.get(page.get_absolute_url()).content.decode()
    assert all(Page.objects.values_list("structure_edited", flat=True)) and batch is not None
    assert_partition()


def test_texts_of_both_pages_read_again_change_nothing(tmp_path, page, neighbour):
    moved(page.articles.as_printed()[0], neighbour)
    moved(neighbour.articles.as_printed()[1], page)
    check_read_again(tmp_path)
    before, revision = state(), Archive.objects.get().revision
    assert read_other_again(tmp_path).outcome == "same"
    assert state() == before and Archive.objects.get().revision == revision
    assert list(doubt_differences(_newer())) == [] and not Proposal.objects.exists()
    assert_partition()


def test_a_moved_article_follows_the_changed_text_of_the_page_it_was_read_from(tmp_path, page, elsewhere):
    first = page.articles.as_printed()[0]
    moved(first, elsewhere)
    with writing(None) as this:
        apply(this, Article.objects.get(pk=first.pk), {"headline": "人改的标题"})
    read_again(tmp_path, PAGE.replace("三百余名牧民", "四百余名牧民"))
    first.refresh_from_db()
    assert "四百余名" in first.blocks[1]["text"] and first.headline == "人改的标题"
    assert (first.page, page.articles.count(), Article.objects.count()) == (elsewhere, 2, 3)
    assert not Proposal.objects.exclude(field="headline").exists()
    assert_partition()


def test_a_move_is_undone_with_page_position_and_structure(tmp_path, page, elsewhere):
    before = state()
    first = page.articles.as_printed()[0]
    make_doubt(first, "no-byline", "甲")
    batch = moved(first, elsewhere)
    assert Doubt.objects.get(article=first, kind="no-byline").page == elsewhere
    read_again(tmp_path)
    back = undo(batch, None)
    assert back.left == []
    Doubt.objects.filter(kind="no-byline", detail="甲").delete()
    assert state() == before
    assert undo(back.batch, None).left == []
    first.refresh_from_db()
    assert first.page == elsewhere and Page.objects.get(pk=page.pk).structure_edited
    assert_partition()


def test_what_was_merged_moves_along_and_comes_back_with_it(tmp_path, page, elsewhere):
    first, second, third = page.articles.as_printed()
    with writing(None) as this:
        merge(this, first, [third])
    batch = moved(first, elsewhere)
    assert [row.pk for row in elsewhere.articles.as_printed()] == [first.pk, third.pk]
    check_read_again(tmp_path)
    assert undo(batch, None).left == []
    assert [row.pk for row in page.articles.as_printed()] == [first.pk, second.pk, third.pk]


def test_a_story_stays_in_one_issue(page, neighbour, elsewhere):
    first, part = page.articles.as_printed()[0], neighbour.articles.as_printed()[0]
    with writing(None) as this:
        join(this, first, [part])
    for article in (first, part):
        with writing(None) as this, pytest.raises(ValidationError, match="须在同一期；请先解开"):
            move(this, [Article.objects.get(pk=article.pk)], elsewhere)
    moved(first, neighbour)  # the same issue
    assert Article.objects.get(pk=part.pk).continuation_of == first
    with writing(None) as this, pytest.raises(ValidationError, match="已在"):
        move(this, [first], neighbour)


def test_an_article_that_was_joined_since_does_not_move_back_alone(page, elsewhere):
    first, second, _ = page.articles.as_printed()
    batch = moved(first, elsewhere)
    moved(second, elsewhere)
    with writing(None) as this:
        join(this, Article.objects.get(pk=first.pk), [Article.objects.get(pk=second.pk)])
    left = undo(batch, None).left
    assert "page" in {step.correction.field for step in left}
    assert "须在同一期" in left[0].left and Article.objects.get(pk=first.pk).page == elsewhere


@pytest.mark.parametrize("at", ["whole", "halves"])
def test_a_moved_article_is_split_and_its_text_read_again(tmp_path, page, elsewhere, at):
    first = page.articles.as_printed()[0]
    moved(first, elsewhere)
    with writing(None) as this:
        second = split(this, Article.objects.get(pk=first.pk), 1)
    assert second.page == elsewhere
    if at == "halves":
        moved(second, page)
    check_read_again(tmp_path)
    assert_partition()
    changed = PAGE.replace("每月沿牧道巡诊两次", "每月沿牧道巡诊三次").replace("三百余名牧民", "四百余名牧民")
    read_again(tmp_path, changed)
    first.refresh_from_db()
    second.refresh_from_db()
    assert "三次" in first.blocks[0]["text"] and "四百余名" in second.blocks[0]["text"] and doubts_of(second) == []
    assert_partition()


def test_articles_of_two_texts_are_merged_on_one_page(tmp_path, page, neighbour):
    first, other = page.articles.as_printed()[0], neighbour.articles.as_printed()[2]
    moved(first, neighbour)
    with writing(None) as this:
        merge(this, other, [Article.objects.get(pk=first.pk)])
    check_read_again(tmp_path)
    before = state()
    read_other_again(tmp_path)
    assert state() == before
    assert_partition()


def test_a_moved_article_is_deleted_and_comes_back(tmp_path, page, elsewhere):
    first = page.articles.as_printed()[0]
    moved(first, elsewhere)
    before = state()
    with writing(None) as this:
        delete_row(Article.objects.get(pk=first.pk), this)
    read_again(tmp_path)
    assert Article.objects.count() == 2
    assert_partition()
    assert undo(this.batch, None).left == []
    assert state()["Article"] == before["Article"]
    assert_partition()


def test_articles_return_when_the_structure_of_their_page_gives_way(tmp_path, page, neighbour):
    first, guest = page.articles.as_printed()[0], neighbour.articles.as_printed()[0]
    moved(first, neighbour)
    moved(guest, page)
    rival = PAGE.replace("三百余名牧民", "四百余名牧民")
    text = SourceText.objects.get(page=page)
    row = SourceText.objects.create(
        path="/elsewhere/rival.txt", sha256="0" * 64, encoding="utf-8", text=rival, page=page, standing="conflict",
        reader_version=text.reader_version,
    )  # fmt: skip
    row = SourceText.objects.select_related("page__issue").get(pk=row.pk)
    before, read = state(), read_stored(row, reader_from_database(), today=TODAY)
    with writing(None, Batch.Kind.CONFLICT) as this:
        replace(this, read, structure_gives_way=True)
    first.refresh_from_db()
    assert (first.page, first.position, page.articles.count()) == (page, 0, 4)
    assert "四百余名" in first.blocks[1]["text"]
    assert [row.pk for row in page.articles.as_printed()][-1] == guest.pk
    assert_partition()
    assert undo(this.batch, None).left == []
    first.refresh_from_db()
    assert first.page == neighbour and [row.pk for row in page.articles.as_printed()][-1] == guest.pk
    assert without_bookkeeping(state())["Article"] == without_bookkeeping(before)["Article"]
    assert_partition()


def test_an_article_that_the_new_text_lacks_returns_and_guests_stand_last(page, neighbour):
    first, second, third = page.articles.as_printed()
    guest = neighbour.articles.as_printed()[0]
    for article, target in ((first, neighbour), (second, neighbour), (guest, page), (third, neighbour)):
        moved(article, target)
    Article.objects.filter(pk=guest.pk).update(position=0)
    text = SourceText.objects.get(page=page)
    rival = SourceText.objects.create(
        path="/elsewhere/rival.txt", sha256="0" * 64, encoding="utf-8", text=PAGE[: PAGE.index("福建社区")], page=page,
        standing="conflict", reader_version=text.reader_version,
    )  # fmt: skip
    read = read_stored(
        SourceText.objects.select_related("page__issue").get(pk=rival.pk), reader_from_database(), today=TODAY
    )
    with writing(None, Batch.Kind.CONFLICT) as this:
        replace(this, read, structure_gives_way=True)
    rows = list(page.articles.as_printed())
    assert (
        [row.pk for row in rows[:2]] == [first.pk, second.pk]
        and rows[-1] == guest
        and third not in neighbour.articles.all()
    )
    assert_partition()
    assert undo(this.batch, None).left == []
    assert third in neighbour.articles.all()
    assert_partition()


@pytest.mark.parametrize("sample", ["from", "onto"])
def test_samples_are_removed_with_what_was_read_from_them_alone(page, neighbour, sample):
    away, guest = page.articles.as_printed()[0], neighbour.articles.as_printed()[0]
    moved(away, neighbour)
    moved(guest, page)
    removed, kept = (page, neighbour) if sample == "from" else (neighbour, page)
    Page.objects.filter(pk=removed.pk).update(is_sample=True)
    with archive.change() as change:
        remove_pages(Page.objects.filter(is_sample=True), change)
    expected = 10 if sample == "from" else 3
    assert Article.objects.count() == kept.articles.count() == expected
    assert_partition()


@pytest.mark.disagreeing
def test_an_article_does_not_move_back_to_a_page_that_is_gone(page, neighbour):
    guest = neighbour.articles.as_printed()[0]
    batch = moved(guest, page)
    SourceText.objects.filter(page=neighbour).update(page=page, standing="superseded")
    neighbour.articles.all().delete()
    Doubt.objects.filter(page=neighbour).delete()
    neighbour.delete()
    assert {step.left for step in undo(batch, None).left if step.correction.model == "article"} == {"原来的版面已不在"}
