"""One place decides what readers may see."""

import pytest

from articles.models import Article, Issue, Page
from tests.make import make_article, make_issue, make_page

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
