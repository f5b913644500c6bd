"""A story lies in one issue, whatever moves: a page that gets another date by hand, by an undo, by another text."""

import pytest
from django.core.exceptions import ValidationError

from articles.admin.page_form import PageForm
from articles.desk.applying import apply
from articles.desk.joining import join, merge
from articles.desk.undoing import undo
from articles.desk.writing import writing
from articles.ingest.stitching import stitch
from articles.models import Article, Issue, Page, Proposal, archive
from tests.desk.test_moving import OTHER_DAY
from tests.make import DAY, PAGE, load, make_article, make_issue, make_page, write
from tests.tables import load_tables

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(tmp_path):
    load_tables()
    return load(write(tmp_path, PAGE)).page


@pytest.fixture
def front(page):
    """The first page of the same issue, with an article."""
    front = make_page(page.issue, 1)
    make_article(front, "头版文章")
    return front


def apart():
    """Return the parts whose head stands in another issue."""
    rows = Article.objects.filter(continuation_of__isnull=False).select_related("page", "continuation_of__page")
    return [row.pk for row in rows if not row.page.is_beside(row.continuation_of.page)]


def dated(page, issue):
    """File a page under an issue by hand. Return the batch."""
    page = Page.objects.get(pk=page.pk)
    with writing(None) as this:
        this.watch(page)
        with this.following(page):
            page.issue = issue
            page.save()
    return this.batch


def joined(way, front, page):
    """Join an article of `page` to that of `front`. Return the batch."""
    head, article = front.articles.get(), page.articles.as_printed()[0]
    with writing(None) as this:
        if way == "join":
            join(this, head, [article])
        else:
            merge(this, head, [article])
    return this.batch


@pytest.mark.parametrize("moving", ["the part's page", "the head's page"])
@pytest.mark.parametrize("way", ["join", "merge"])
def test_a_page_with_a_joined_story_gets_no_other_date_by_hand(page, front, way, moving):
    joined(way, front, page)
    target = Page.objects.select_related("issue").get(pk=(page if moving == "the part's page" else front).pk)
    data = {"issue_date": OTHER_DAY.isoformat(), "issue_edition": "1", "number": target.number, "section": ""}
    form = PageForm(data, instance=target)
    assert not form.is_valid() and "须在同一期；请先解开" in str(form.errors)
    same = PageForm({**data, "issue_date": DAY.isoformat()}, instance=target)
    assert "须在同一期" not in str(same.errors)


@pytest.mark.parametrize("way", ["join", "merge"])
@pytest.mark.parametrize("was_dated", [True, False])
def test_the_date_of_a_page_is_not_undone_below_a_story_that_was_joined_since(page, front, way, was_dated):
    away = make_page(make_issue(OTHER_DAY) if was_dated else None, 5)
    make_article(away, "另一篇")
    batch = dated(away, page.issue)
    join_batch = joined(way, front, Page.objects.get(pk=away.pk))
    undone = undo(batch, None)
    assert undone.batch is None and any("须在同一期" in step.left for step in undone.left)
    assert apart() == []
    undo(join_batch, None)
    assert undo(batch, None).left == [] and apart() == []
    assert Page.objects.get(pk=away.pk).issue == (Issue.objects.get(date=OTHER_DAY) if was_dated else None)


def test_a_date_and_a_join_of_one_form_are_undone_together(page, front):
    away = make_page(make_issue(OTHER_DAY), 5)
    article = make_article(away, "另一篇")
    away = Page.objects.get(pk=away.pk)
    with writing(None) as this:
        this.watch(away)
        away.issue = page.issue
        away.save()
        join(this, front.articles.get(), [Article.objects.select_related("page").get(pk=article.pk)])
    assert undo(this.batch, None).left == []
    assert apart() == [] and Page.objects.get(pk=away.pk).issue.date == OTHER_DAY


@pytest.mark.parametrize("edited", ["neither", "the part's page", "the head's page"])
@pytest.mark.parametrize("target", ["another issue", "no issue"])
def test_a_join_of_the_machine_is_parted_when_a_page_leaves_although_its_structure_is_a_persons(
    page, front, edited, target
):
    head, article = front.articles.get(), page.articles.as_printed()[0]
    Article.objects.filter(pk=head.pk).update(continued_to=page.number)
    Article.objects.filter(pk=article.pk).update(continued_from=front.number)
    with archive.change() as change:
        stitch(page.issue, change)
    assert list(head.continuations.all()) == [article]
    if edited != "neither":
        row = article if edited == "the part's page" else head
        with writing(None) as this:
            apply(this, Article.objects.get(pk=row.pk), {"position": 9})
    dated(page, make_issue(OTHER_DAY) if target == "another issue" else None)
    assert apart() == [] and not head.continuations.exists()


def test_a_text_with_another_date_leaves_a_page_with_a_joined_story_in_its_issue(page, front, tmp_path):
    joined("join", front, page)
    load(write(tmp_path, PAGE.replace("11月22日 星期五", "11月25日 星期一")))
    page.refresh_from_db()
    assert page.issue.date == DAY and apart() == []
    assert Proposal.objects.get(page=page, article=None, field="issue").value == OTHER_DAY.isoformat()


def test_a_story_of_one_page_moves_with_it(page):
    first, second, _ = page.articles.as_printed()
    with writing(None) as this:
        merge(this, first, [second])
    dated(page, make_issue(OTHER_DAY))
    second.refresh_from_db()
    assert second.continuation_of == first and apart() == []


def test_a_join_across_issues_is_refused(page):
    other = make_article(make_page(make_issue(OTHER_DAY), 2), "另一期的")
    with pytest.raises(ValidationError), writing(None) as this:
        join(this, other, [page.articles.as_printed()[0]])


def test_of_two_pages_dated_in_one_batch_both_stay_if_one_is_held_and_a_story_lies_on_both(page, front):
    first, second = (make_page(make_issue(OTHER_DAY, edition=number), number + 4) for number in (1, 2))
    one, other = make_article(first, "甲"), make_article(second, "乙")
    held = make_article(second, "丙")
    with writing(None) as dating:
        for each in (first, second):
            row = Page.objects.get(pk=each.pk)
            dating.watch(row)
            row.issue = page.issue
            row.save()
    for head, part in ((other, one), (front.articles.get(), held)):
        with writing(None) as this:
            join(this, Article.objects.get(pk=head.pk), [Article.objects.get(pk=part.pk)])
    assert undo(dating.batch, None).batch is None and apart() == []
