"""Two releases with different fingerprints side by side: each has its index, and neither rebuilds the other's."""

import os
import time

import pytest
from django.conf import settings

from articles.models import Archive, archive
from articles.search import pointers, state
from articles.search import sync as syncing
from articles.search.find import find
from articles.search.state import serving_folder, serving_index
from articles.search.sync import remove_unneeded, sync
from tests.make import make_article

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def as_release(monkeypatch, settings, tmp_path):
    """Return a function that lets this process be the release with another fingerprint, at first "old".

    There is no index at first.
    """
    settings.SEARCH_DIR = tmp_path

    def become(fingerprint):
        monkeypatch.setattr(state, "fingerprint", lambda: fingerprint)
        monkeypatch.setattr(syncing, "fingerprint", lambda: fingerprint)

    become("old")
    return become


def folders():
    return {path for path in settings.SEARCH_DIR.iterdir() if path.is_dir()}


def age(fingerprint, seconds):
    """Let a release have been silent for so many seconds."""
    at = time.time() - seconds
    os.utime(pointers.pointer_of(fingerprint), (at, at))


def test_releases_in_turn_bring_their_own_index_up_and_build_none(as_release):
    make_article(headline="第一篇")
    own = {}
    for release in ("old", "new"):
        as_release(release)
        sync()
        own[release] = serving_folder()
    assert own["old"] != own["new"] and folders() == set(own.values())
    for number in range(2):
        for release in ("old", "new"):
            as_release(release)
            make_article(headline=f"文章之{release}{number}")
            sync()
            assert serving_folder() == own[release] and find("文章之").rows.total == 2 * number + 1 + (release == "new")
            assert serving_index().state.revision == archive.state().revision


def test_a_release_without_an_index_asks_the_one_that_served_before_until_its_own_is_whole(as_release):
    make_article(headline="一篇文章")
    as_release("older")
    sync()
    age("older", 100)
    as_release("old")
    sync()
    served = serving_folder()
    as_release("new")
    assert serving_folder() == served and serving_index().state.fingerprint == "old"
    sync()
    assert serving_folder() != served and serving_index().state.fingerprint == "new"


def test_the_index_of_a_release_that_is_gone_goes_after_a_week_and_not_before(as_release):
    make_article(headline="一篇文章")
    as_release("old")
    sync()
    old = serving_folder()
    age("old", 100 * pointers.KEPT)  # it was built long ago, and served until now
    as_release("new")
    sync()
    own = serving_folder()
    age("new", 100 * pointers.KEPT)
    remove_unneeded()
    assert folders() == {old, own}
    age("old", pointers.KEPT + 60)
    remove_unneeded()
    assert folders() == {own} and [path.name for path in settings.SEARCH_DIR.glob("current*")] == ["current-new"]
    assert find("一篇文章").rows.total == 1


def test_a_release_that_runs_keeps_its_index_by_saying_so(as_release):
    make_article(headline="一篇文章")
    for release in ("old", "new"):
        as_release(release)
        sync()
    age("old", pointers.KEPT + 60)
    pointers.keep("old")
    pointers.keep("never built")
    remove_unneeded()
    assert len(folders()) == 2


def test_a_rebuild_by_one_release_leaves_the_index_of_the_other(as_release):
    make_article(headline="一篇文章")
    as_release("old")
    sync()
    old = serving_folder()
    as_release("new")
    sync()
    Archive.objects.update(epoch="f" * 32)
    sync(rebuild=True)
    assert old in folders() and len(folders()) == 2


def test_the_one_pointer_of_before_serves_until_the_first_build(as_release):
    make_article(headline="一篇文章")
    as_release("old")
    sync()
    old = serving_folder()
    pointers.pointer_of("old").rename(settings.SEARCH_DIR / "current")
    as_release("new")
    assert serving_folder() == old
    sync()
    assert serving_folder() != old and old in folders()
