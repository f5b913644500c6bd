"""One place decides what readers may see."""

import pytest

from articles.models import Article, Byline, Issue, Page
from tests.make import make_article, make_issue, make_page, make_region, sign

pytestmark = pytest.mark.django_db


def test_hidden_are_the_withdrawn_their_stories_and_the_undated():
    issue = make_issue()
    page = make_page(issue, 1)
    shown = make_article(page)
    head_withdrawn = make_article(page, withdrawn=True)
    make_article(make_page(issue, 2), continuation_of=head_withdrawn)
    shown_part = make_article(make_page(issue, 3), continuation_of=shown)
    make_article(make_page(issue, 4), continuation_of=shown, withdrawn=True)
    undated = make_article(make_page(None, 1))
    make_article(make_page(issue, 5), continuation_of=undated)
    assert set(Article.objects.visible()) == {shown, shown_part}
    assert set(Article.objects.visible().stories()) == {shown}


def test_hidden_is_all_that_stands_on_a_withdrawn_page_or_in_a_withdrawn_issue():
    issue, other = make_issue(), make_issue(edition=2, withdrawn=True)
    shown_page, gone_page, gone_with_issue = make_page(issue, 1), make_page(issue, 2, withdrawn=True), make_page(other)
    shown, head_gone = make_article(shown_page), make_article(gone_page)
    hidden = {
        head_gone,
        make_article(shown_page, continuation_of=head_gone),
        make_article(gone_page, continuation_of=shown),
        make_article(gone_with_issue),
    }
    assert set(Article.objects.visible()) == {shown}
    assert set(Article.objects.hidden()) == set(Article.objects.withdrawn()) == hidden
    assert (
        list(Article.objects.continuing([shown.pk]))
        == list(Article.objects.continuing([shown.pk], visible=False))
        == []
    )
    assert set(Page.objects.visible()) == {shown_page}
    assert set(Page.objects.hidden()) == set(Page.objects.withdrawn()) == {gone_page, gone_with_issue}
    assert set(Issue.objects.visible()) == {issue} and set(Issue.objects.withdrawn()) == {other}


def test_an_issue_whose_pages_are_all_withdrawn_is_hidden_and_held():
    issue, empty = make_issue(), make_issue(edition=2)
    make_page(issue, 1, withdrawn=True)
    assert not Issue.objects.visible().exists()
    assert set(Issue.objects.withdrawn()) == set(Issue.objects.held()) == {issue}
    make_page(issue, 2)
    assert set(Issue.objects.visible()) == {issue} and not Issue.objects.withdrawn().exists()
    assert Issue.objects.with_holdings().get(pk=issue.pk).page_count == 1
    make_page(empty, 1)
    assert set(Issue.objects.held()) == {issue, empty}


def test_the_rows_of_a_hidden_part_do_not_count_for_its_story():
    head = make_article(make_page(make_issue(), 1))
    part = make_article(make_page(head.page.issue, 2, withdrawn=True), continuation_of=head)
    part.article_regions.create(region=make_region())
    sign(part, "孙三水", "摄影", "photo")
    assert Article.objects.visible().stories().by_region().fetch() == {}
    assert not Article.objects.visible().about(part.regions.get()).exists()
    assert not Article.objects.visible().about(part.regions.get(), walking=True).exists()
    assert Byline.objects.name_of_photographer() == ""


def test_an_undated_page_is_no_page_for_readers():
    dated, undated = make_page(make_issue(), 1), make_page(None, 1)
    assert set(Page.objects.visible()) == {dated}
    assert undated in Page.objects.all()


def test_an_issue_without_pages_is_no_issue_for_readers():
    empty = make_issue()
    held = make_page(make_issue(edition=2)).issue
    assert set(Issue.objects.visible()) == {held}
    assert empty in Issue.objects.all()


def test_teasers_and_notices_are_no_reading_matter():
    rows = {kind: make_article(kind=kind) for kind in Article.Kind.values}
    assert set(Article.objects.editorial()) == {rows["article"], rows["photo"]}
