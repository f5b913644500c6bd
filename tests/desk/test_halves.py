"""Halves of a split and parts of a merge beside other writes: in one form, undone in turn, parted together."""

import pytest

from articles.desk.applying import apply
from articles.desk.joining import merge, part
from articles.desk.placing_text import current_text, give, left_over
from articles.desk.queue import close
from articles.desk.releasing import release
from articles.desk.splitting import split
from articles.desk.undoing import undo
from articles.desk.writing import writing
from articles.models import Article, Doubt, Page, Proposal
from tests.desk.state import assert_partition, state
from tests.desk.test_placing_text import LEFT
from tests.desk.test_structure import check_read_again
from tests.make import PAGE, load, write
from tests.tables import load_tables

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(tmp_path):
    load_tables()
    return load(write(tmp_path, PAGE)).page


def texts(article):
    return [block["text"] for block in Article.objects.get(pk=article.pk).blocks]


def split_first(page):
    """Split the first article of a page before its second paragraph. Return it, the new one and the batch."""
    article = page.articles.as_printed()[0]
    with writing(None) as this:
        second = split(this, article, 1)
    return article, second, this.batch


@pytest.mark.parametrize("way", ["undo", "release"])
def test_a_corrected_body_that_was_split_and_put_together_is_whole_when_the_machine_has_it(page, way, tmp_path):
    article = page.articles.as_printed()[0]
    machines = texts(article)
    with writing(None) as edit:
        apply(edit, article, {"blocks": [{**article.blocks[0], "text": "人写的一段。"}, *article.blocks[1:]]})
    article.refresh_from_db()
    _, second, batch = split_first(page)
    undone = undo(batch, None)
    assert undone.left == [] and texts(article) == ["人写的一段。", machines[1]]
    assert [block["text"] for block in Proposal.objects.get(article=article).value] == machines
    again = undo(undone.batch, None)  # the split once more
    assert again.left == [] and texts(second) == machines[1:]
    assert [block["text"] for block in Proposal.objects.get(article=article).value] == machines[:1]
    assert undo(again.batch, None).left == []
    if way == "undo":
        assert undo(edit.batch, None).left == []
    else:
        release(Article.objects.get(pk=article.pk), "blocks", None)
    assert texts(article) == machines
    check_read_again(tmp_path)


def test_a_body_whose_subhead_became_a_headline_is_put_together_with_it(tmp_path):
    load_tables()
    text = PAGE.replace("巡诊队由州人民医院派出", "三百人建档\n\n巡诊队由州人民医院派出")
    article = load(write(tmp_path, text)).page.articles.as_printed()[0]
    machines = [dict(block) for block in article.blocks]
    assert machines[1]["type"] == "subhead"
    with writing(None) as edit:
        apply(edit, article, {"blocks": [{**article.blocks[0], "text": "人写的一段。"}, *article.blocks[1:]]})
    article.refresh_from_db()
    with writing(None) as this:
        assert split(this, article, 1).headline == "三百人建档"
    undo(this.batch, None)
    undo(edit.batch, None)
    found = Article.objects.get(pk=article.pk).blocks
    assert [(block["type"], block["text"]) for block in found] == [(each["type"], each["text"]) for each in machines]


@pytest.mark.parametrize("later", ["merge", "kind and headline"])
def test_a_split_is_undone_though_a_later_batch_has_changed_several_fields_of_a_half_and_was_undone(page, later):
    before = state()
    _, second, batch = split_first(page)
    with writing(None) as this:
        if later == "merge":
            merge(this, page.articles.as_printed()[2], [second])
        else:
            apply(this, second, {"kind": "notice", "headline": "新题"})
    undone = undo(this.batch, None)
    assert undone.left == []
    assert undo(batch, None).left == [] and without_redirects(state()) == without_redirects(before)


def test_a_split_is_not_undone_over_what_was_undone_in_part(page):
    article, second, batch = split_first(page)
    with writing(None) as later:
        apply(later, second, {"kind": "notice", "headline": "新题"})
    second.refresh_from_db()
    with writing(None) as last:
        apply(last, second, {"headline": "更新的题"})
    assert len(undo(later.batch, None).left) == 1  # the headline has a later word
    assert undo(last.batch, None).left == []
    assert undo(batch, None).batch is None and len(texts(article)) == 1


def without_redirects(told):
    return {name: rows for name, rows in told.items() if name != "redirects"}


def test_a_split_and_left_over_text_given_in_one_form_go_back_together(tmp_path):
    load_tables()
    page = load(write(tmp_path, LEFT)).page
    before = state()
    article = page.articles.as_printed()[0]
    with writing(None) as this:
        split(this, article, 1)
        page = Page.objects.get(pk=page.pk)
        give(this, page, [(left_over(page, current_text(page).text)[0], Article.objects.get(pk=article.pk))])
    assert len(texts(article)) == 2
    assert undo(this.batch, None).left == []
    assert without_redirects(state()) == without_redirects(before)
    assert_partition()


def test_a_kind_set_in_the_form_of_a_split_stands_in_both_halves(page, tmp_path):
    article = page.articles.as_printed()[0]
    with writing(None) as this:
        apply(this, article, {"kind": "notice"})
        second = split(this, article, 1)
    halves = Article.objects.filter(pk__in=[article.pk, second.pk])
    assert {(half.kind, half.is_protected("kind")) for half in halves} == {("notice", True)}
    check_read_again(tmp_path)


@pytest.mark.parametrize("order", [(0, 1, 2), (1, 0, 2), (2, 1, 0), (1, 2, 0)])
def test_what_came_with_two_parted_articles_goes_with_the_nearer_one(page, order):
    """The third came into the story of the second, and both into that of the first, which then joined another."""
    rows = list(page.articles.as_printed())
    first, second, third = (rows[at] for at in order)
    with writing(None) as this:
        merge(this, second, [third])
    with writing(None) as this:
        merge(this, first, [Article.objects.get(pk=second.pk)])
    last = Article.objects.create(
        page=page, position=9, headline="另一篇", blocks=[{"type": "paragraph", "text": "文。"}]
    )
    with writing(None) as this:
        merge(this, last, [Article.objects.get(pk=first.pk)])
    with writing(None) as this:
        part(this, list(Article.objects.filter(pk__in=[first.pk, second.pk]).as_printed()))
    heads = dict(Article.objects.values_list("pk", "continuation_of"))
    assert heads == {first.pk: None, second.pk: None, third.pk: second.pk, last.pk: None}


@pytest.mark.parametrize("is_answered", [True, False])
def test_a_newer_body_of_the_machine_is_asked_about_after_a_split_unless_it_was_answered(page, tmp_path, is_answered):
    article = page.articles.as_printed()[0]
    with writing(None) as this:
        apply(this, article, {"blocks": [{**article.blocks[0], "text": "人写的一段。"}, *article.blocks[1:]]})
    load(write(tmp_path, PAGE.replace("每月沿牧道巡诊两次", "每月沿牧道巡诊三次")))
    asked = Doubt.objects.open().filter(kind="proposal")
    assert asked.get().article_id == article.pk
    if is_answered:
        with writing(None) as this:
            close(this, asked, Doubt.State.SETTLED)
    _, second, batch = split_first(page)
    assert set(asked.values_list("article", flat=True)) == (set() if is_answered else {article.pk, second.pk})
    undo(batch, None)
    assert set(asked.values_list("article", flat=True)) == (set() if is_answered else {article.pk})


def test_a_half_keeps_the_machines_kind_though_a_person_has_set_two_one_after_the_other(page, tmp_path):
    article = page.articles.as_printed()[0]
    with writing(None) as this:
        apply(this, article, {"kind": "notice"})
    article = Article.objects.get(pk=article.pk)
    with writing(None) as this:
        apply(this, article, {"kind": "photo"})
        second = split(this, article, 1)
    assert Proposal.objects.get(article=second, field="kind").value == "article"
    check_read_again(tmp_path)
