"""Withdrawing and restoring articles, pages and issues within a person's write."""

import dataclasses

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError

from articles.desk.joining import join, merge, part
from articles.desk.undoing import undo
from articles.desk.withdrawing import hidden_by, restore, withdraw, withdrawal_of, withdrawn_at
from articles.desk.writing import writing
from articles.ingest.readers import reader_from_database
from articles.models import Article, Correction, Page, Proposal, Redirect
from articles.search.sync import sync
from tests.desk.state import hits, state
from tests.make import DAY, PAGE, load, make_article, make_page, other_page, write
from tests.tables import load_tables

pytestmark = pytest.mark.django_db

#: A string of the page of the tests.
QUERY = "流动诊室"


@pytest.fixture
def page(tmp_path):
    load_tables()
    return load(write(tmp_path, PAGE)).page


def rows_of(page):
    """Return a row of each kind that can be withdrawn, and that hides the first article."""
    return {"article": page.articles.as_printed()[0], "page": page, "issue": page.issue}


def hidden_now(row, reason="理由", user=None):
    with writing(user, reason=reason) as this:
        withdraw(this, [row])
    return this.batch


@pytest.mark.parametrize("name", ["article", "page", "issue"])
def test_a_withdrawn_row_is_found_no_more_until_it_is_restored(page, name):
    sync()
    row, found = rows_of(page)[name], hits((QUERY,))
    assert found[QUERY]
    before = state()
    batch = hidden_now(row)
    sync()
    assert hits((QUERY,))[QUERY] == [] and not Page.objects.get().structure_edited
    (correction,) = batch.corrections.all()
    assert (correction.model, correction.field, correction.new) == (name, "withdrawn", True)
    row.refresh_from_db()
    with writing(None) as this:
        restore(this, [row])
    sync()
    assert hits((QUERY,)) == found and state() == before
    undo(this.batch, None)
    sync()
    assert hits((QUERY,))[QUERY] == []
    assert undo(batch, None).left == []


@pytest.mark.parametrize("name", ["page", "issue"])
def test_all_articles_below_a_withdrawn_row_are_stamped_once(page, name):
    hidden_now(rows_of(page)[name])
    (revision,) = set(Article.objects.values_list("revision", flat=True))
    assert revision == Article.objects.get(pk=page.articles.first().pk).revision
    assert not Article.objects.visible().exists()
    assert set(Article.objects.hidden()) == set(Article.objects.withdrawn()) == set(Article.objects.all())


def test_the_same_text_again_and_a_changed_one_leave_a_withdrawn_page_and_propose_nothing(page, tmp_path):
    hidden_now(page)
    before = state()
    reader = reader_from_database()
    load(write(tmp_path, PAGE), dataclasses.replace(reader, version=reader.version + "+"))
    assert state() == before and not Proposal.objects.exists()
    load(write(tmp_path, PAGE.replace("每月沿牧道巡诊两次", "每月沿牧道巡诊三次")))
    page.refresh_from_db()
    assert page.withdrawn and "三次" in page.articles.as_printed()[0].blocks[0]["text"]
    assert not Proposal.objects.exists() and not Article.objects.visible().exists()


def test_a_page_that_is_loaded_into_a_withdrawn_issue_later_is_hidden(page, tmp_path):
    hidden_now(page.issue)
    late = load(other_page(tmp_path), given_date=DAY, given_page=8).page
    assert late.issue == page.issue and late.articles.exists()
    assert not Page.objects.visible().exists() and not Article.objects.visible().exists()


def test_the_ledger_tells_day_person_and_reason_of_what_stands(page):
    user = User.objects.create_user("赵编辑")
    batch = hidden_now(page, "重复刊出", user)
    told = withdrawal_of(page)
    assert (told.at, told.reason, told.user_name) == (batch.at, "重复刊出", "赵编辑")
    article = page.articles.select_related("page__issue").first()
    assert withdrawal_of(article) is None and withdrawn_at(article) == batch.at == withdrawn_at(page.issue)
    page.refresh_from_db()
    with writing(None) as this:
        restore(this, [page])
    assert withdrawal_of(page) is None and withdrawn_at(page) is None
    undo(this.batch, None)
    assert withdrawal_of(Page.objects.get()) == told


def test_what_was_withdrawn_before_there_was_a_ledger_tells_nothing(page):
    Page.objects.update(withdrawn=True)
    page.refresh_from_db()
    assert hidden_by(page) == page and withdrawal_of(page) is None and withdrawn_at(page) is None


@pytest.mark.parametrize("name", ["article", "page", "issue"])
def test_what_can_not_be_withdrawn_or_restored_is_said(page, name):
    row = rows_of(page)[name]
    with writing(None) as this, pytest.raises(ValidationError, match="没有撤下"):
        restore(this, [row])
    hidden_now(row)
    row.refresh_from_db()
    with writing(None) as this, pytest.raises(ValidationError, match="已经撤下"):
        withdraw(this, [row])
    for deed in (withdraw, restore):
        with writing(None) as this, pytest.raises(ValidationError, match="请先勾选"):
            deed(this, [])
    assert Correction.objects.count() == 1


def test_of_several_rows_those_that_are_withdrawn_already_stay(page):
    first, second, _ = page.articles.as_printed()
    hidden_now(first)
    first.refresh_from_db()
    with writing(None) as this:
        withdraw(this, [first, second])
    assert [each.object_id for each in this.batch.corrections.all()] == [str(second.pk)]


def test_a_part_names_the_row_that_hides_it(page):
    first, second, _ = page.articles.as_printed()
    part_there = make_article(make_page(page.issue, 9), "别版的续文", continuation_of=first)
    with writing(None) as this, pytest.raises(ValidationError, match="没有撤下"):
        restore(this, [part_there])
    hidden_now(page)
    for row in (second, part_there):
        row = Article.objects.get(pk=row.pk)
        assert hidden_by(row) == page and row not in Article.objects.visible()
        with writing(None) as this, pytest.raises(ValidationError, match="请恢复那一版"):
            restore(this, [row])


def test_what_a_withdrawn_page_has_hidden_stays_hidden_when_it_leaves_its_head(page):
    first = page.articles.as_printed()[0]
    away = make_article(make_page(page.issue, 9), "别版的续文")
    here = page.articles.as_printed()[1]
    with writing(None) as this:
        join(this, first, [away, here])
    hidden_now(page)
    with writing(None) as this:
        part(this, [Article.objects.get(pk=away.pk), Article.objects.get(pk=here.pk)])
    away.refresh_from_db()
    here.refresh_from_db()
    assert away.withdrawn and not here.withdrawn


def test_no_merge_hides_a_text_on_a_withdrawn_page(page):
    other = make_article(make_page(page.issue, 9), "别版的一篇")
    hidden_now(page)
    with writing(None) as this, pytest.raises(ValidationError, match="所在的版已撤下"):
        merge(this, Article.objects.get(pk=page.articles.first().pk), [Article.objects.get(pk=other.pk)])


def test_a_withdrawn_page_takes_its_part_out_of_the_story_and_its_regions(page):
    head = make_article(make_page(page.issue, 9), "一篇长文", "某地办起诊所。")
    first = page.articles.as_printed()[0]
    with writing(None) as this:
        join(this, head, [first])
    assert head.article_regions.exists()
    batch = hidden_now(page)
    assert not head.article_regions.exists() and list(Article.objects.parts([head.pk])) == [head]
    undo(batch, None)
    assert head.article_regions.exists() and not Redirect.objects.exists()
