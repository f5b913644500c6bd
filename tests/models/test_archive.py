"""`archive.change()`: each change makes one revision and stamps every article that would look different."""

import threading

import pytest
from django.db import connection
from django.db.models import F

from articles.models import Archive, Article, VanishedArticle, archive
from tests.make import make_article, make_issue, make_page, make_region, sign

pytestmark = pytest.mark.django_db


def revision():
    return archive.state().revision


def test_it_raises_the_revision_once_for_all_that_a_change_touches():
    first, second = make_article(), make_article()
    before = revision()
    with archive.change() as change:
        change.articles([first.pk])
        change.articles(Article.objects.filter(pk=second.pk))
        change.other()
    assert revision() == before + 1
    assert set(Article.objects.values_list("revision", flat=True)) == {before + 1}


def test_a_change_that_touches_nothing_leaves_the_revision():
    make_article()
    before = revision()
    with archive.change() as change:
        change.articles(Article.objects.none())
    assert revision() == before


def test_an_inner_change_joins_the_outer_one():
    article = make_article()
    before = revision()
    with archive.change() as outer:
        with archive.change() as inner:
            inner.articles([article.pk])
        assert inner is outer
        assert revision() == before
    assert revision() == before + 1


def test_an_exception_undoes_all_of_it():
    article = make_article(headline="原题")
    before = revision()
    with pytest.raises(ZeroDivisionError), archive.change() as change:
        Article.objects.filter(pk=article.pk).update(headline="新题")
        change.articles([article.pk])
        raise ZeroDivisionError
    article.refresh_from_db()
    assert (article.headline, revision()) == ("原题", before)
    with archive.change() as change:  # the next change is a new one
        change.other()
    assert revision() == before + 1


def test_a_change_to_one_part_of_a_story_is_one_to_all_of_it():
    issue = make_issue()
    head = make_article(make_page(issue, 1))
    parts = [make_article(make_page(issue, number), continuation_of=head) for number in (2, 3)]
    other = make_article(head.page)
    stamped_before = Article.objects.get(pk=other.pk).revision
    with archive.change() as change:
        change.articles([parts[0].pk])
    stamps = dict(Article.objects.values_list("pk", "revision"))
    assert {stamps[head.pk], stamps[parts[0].pk], stamps[parts[1].pk]} == {revision()}
    assert stamps[other.pk] == stamped_before


def test_ids_that_vanish_are_kept_with_their_revision():
    article = make_article()
    with archive.change() as change:
        change.vanished([article.pk])
        article_id = article.pk
        article.delete()
    assert list(VanishedArticle.objects.values_list("article_id", "revision")) == [(article_id, revision())]


def test_an_article_shows_its_issue_page_column_contributor_topic_and_regions():
    make_region()
    city = make_region("410100", "郑州市", "郑州", 2, "410000")
    article, other = make_article(), make_article()
    byline = sign(article, "李四")
    article.article_regions.create(region=city)

    def showing(record):
        return set(Article.objects.showing(record).values_list("pk", flat=True))

    assert showing(byline.contributor) == {article.pk}
    assert showing(city.parent) == {article.pk}
    assert showing(article.page) == showing(article.page.issue) == {article.pk, other.pk}


def test_the_epoch_is_made_with_the_archive_and_stays():
    with archive.change() as change:
        change.other()
    epoch = Archive.objects.get().epoch
    assert len(epoch) == 32
    with archive.change() as change:
        change.other()
    assert archive.state().epoch == epoch


def changed_reference(**options):
    """Make a change with an inner one that has these options. Return whether reference tables may differ after it."""
    before = archive.state().reference_state
    with archive.change(keeps_reference=True) as change:
        change.other()
        if options:
            with archive.change(**options):
                pass
    return archive.state().reference_state != before


def test_a_change_may_write_reference_tables_unless_it_says_otherwise():
    before = archive.state().reference_state
    with archive.change() as change:
        change.other()
    assert archive.state().reference_state != before
    assert [changed_reference() for _ in range(2)] == [False, False]
    assert changed_reference(keeps_reference=True) is False
    assert changed_reference(keeps_reference=False) is True
    assert changed_reference() is False


def test_a_release_that_knows_nothing_of_reference_tables_may_have_written_them():
    changed_reference()
    assert changed_reference() is False
    Archive.objects.update(revision=F("revision") + 1)  # the release before does no more
    old = archive.state().reference_state
    assert changed_reference() is True
    assert changed_reference() is False
    Archive.objects.update(revision=F("revision") + 1)
    assert archive.state().reference_state != old
    assert changed_reference() is True


@pytest.mark.django_db(transaction=True)
def test_changes_come_one_after_another():
    """Eight threads raise the revision at once. No rise is lost, so each thread held the row alone."""
    with archive.change() as change:
        change.other()
    before = revision()
    barrier = threading.Barrier(8)

    def work():
        try:
            barrier.wait()
            for _ in range(5):
                with archive.change() as change:
                    change.other()
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert revision() == before + 40


@pytest.mark.django_db(transaction=True)
def test_the_row_is_locked_before_anything_else():
    with archive.change() as change:
        change.other()
    started, finish = threading.Event(), threading.Event()
    order = []

    def hold():
        try:
            with archive.change():
                started.set()
                finish.wait(10)
                order.append("first leaves")
        finally:
            connection.close()

    def follow():
        try:
            with archive.change():
                order.append("second enters")
        finally:
            connection.close()

    first, second = threading.Thread(target=hold), threading.Thread(target=follow)
    first.start()
    assert started.wait(10)
    second.start()
    second.join(0.3)
    assert second.is_alive()
    finish.set()
    first.join(10)
    second.join(10)
    assert order == ["first leaves", "second enters"]


def test_what_a_failed_inner_block_named_is_undone_with_it():
    article = make_article()
    before = revision()
    with archive.change(), pytest.raises(ZeroDivisionError), archive.change() as inner:
        inner.vanished([article.pk])
        raise ZeroDivisionError
    assert revision() == before
    assert not VanishedArticle.objects.exists()
