"""The index follows the database: it has each change at the next request, whatever process dies in between."""

import itertools
import shutil
import subprocess
import threading
import time
from types import SimpleNamespace

import pytest
import tantivy

from articles.ingest import runs
from articles.ingest.runs import run_import
from articles.ingest.sources import find_files
from articles.models import Archive, Article, archive
from articles.search import state
from articles.search import sync as syncing
from articles.search.check import differences
from articles.search.find import SearchOptions, find
from articles.search.following import FollowerLock
from articles.search.index import StoryIndex
from articles.search.state import serving_folder, serving_index
from articles.search.sync import paused, sync
from tests.admin.conftest import Desk
from tests.faults.processes import is_alive, start
from tests.make import PAGE, load, make_article, make_issue, make_page, write

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.SEARCH_DIR = tmp_path / "search"


def titles(typed):
    return [story.head.headline for story in find(typed, SearchOptions(sort="oldest")).stories]


def test_a_saved_article_is_found_and_its_old_text_no_more():
    article = make_article(headline="流动诊室进牧区", text="心电图机")
    assert titles("心电图") == titles("流动诊室") == ["流动诊室进牧区"]
    with archive.change() as change:
        Article.objects.filter(pk=article.pk).update(headline="移动医院进牧区")
        change.articles([article.pk])
    assert (titles("移动医院"), titles("流动诊室")) == (["移动医院进牧区"], [])
    assert list(differences()) == []


def test_what_readers_may_not_see_is_not_found():
    article = make_article(headline="撤回之前")
    undated = make_article(make_page(None, 1), headline="日期待考")
    assert (titles("撤回"), titles("待考")) == (["撤回之前"], [])
    with archive.change() as change:
        Article.objects.filter(pk=article.pk).update(withdrawn=True)
        change.articles([article.pk, undated.pk])
    assert titles("撤回") == []


def test_a_story_is_one_document_whatever_part_holds_the_string():
    issue = make_issue()
    head = make_article(make_page(issue, 1), "首篇", "首篇的话")
    part = make_article(make_page(issue, 3), "续篇", "续篇的话", continuation_of=head)
    assert titles("续篇的话") == titles("首篇的话") == ["首篇"]
    with archive.change() as change:
        change.articles([head.pk, part.pk])
        Article.objects.filter(pk=part.pk).update(continuation_of=None)
    assert titles("续篇的话") == ["续篇"]


def test_a_deleted_article_is_gone():
    article = make_article(headline="要删的文章")
    with archive.change() as change:
        change.vanished([article.pk])
        article.delete()
    assert titles("要删") == []
    assert list(differences()) == []


def test_a_byline_corrected_on_the_desk_is_found_over_http(admin_client, client, tmp_path):
    page = load(write(tmp_path, PAGE)).page
    article = page.articles.as_printed()[0]
    assert Desk(admin_client).save(article, **{"byline-0-name": "欧阳新笔"}) == []
    text = client.get("/search/", {"q": "作者:欧阳新笔"}).content.decode()
    assert "共 </span>1 <small>篇" in text and "青海湖畔建起流动诊室" in text
    assert "没有找到" in client.get("/search/", {"q": "作者:赵一苇"}).content.decode()


def test_a_new_epoch_and_a_new_fingerprint_are_another_index(monkeypatch):
    make_article(headline="一篇文章")
    first = serving_folder()
    Archive.objects.update(epoch="f" * 32)
    sync()
    second = serving_folder()
    monkeypatch.setattr(state, "fingerprint", lambda: "another")
    monkeypatch.setattr(syncing, "fingerprint", lambda: "another")
    sync()
    assert len({first, second, serving_folder()}) == 3
    assert not first.exists() and second.exists()  # the release with the old fingerprint may still run
    assert titles("文章") == ["一篇文章"]


def test_an_index_ahead_of_the_database_is_built_anew():
    make_article(headline="一篇文章")
    ahead = serving_folder()
    Archive.objects.update(revision=0)
    sync()
    assert serving_folder() != ahead
    assert serving_index().state.revision == 0


def test_a_state_file_that_is_broken_is_built_over():
    make_article(headline="一篇文章")
    (serving_folder() / "state.json").write_text("{", "utf-8")
    sync()
    assert titles("文章") == ["一篇文章"]


def test_applying_the_same_changes_twice_is_harmless():
    make_article(headline="一篇文章")
    state = serving_folder() / "state.json"
    before = state.read_text("utf-8")
    make_article(headline="又一篇文章")
    state.write_text(before, "utf-8")  # as if the writer had died between the commit and the watermark
    sync()
    assert titles("文章") == ["一篇文章", "又一篇文章"]
    assert list(differences()) == []


def test_an_error_of_the_index_is_nobodys_but_the_logs(monkeypatch):
    def fail(*args, **kwargs):
        raise OSError("disk full")

    make_article(headline="一篇文章")
    monkeypatch.setattr(syncing, "_bring_up", fail)
    make_article(headline="又一篇文章")
    assert find("文章").is_behind
    monkeypatch.undo()
    sync()
    assert titles("“又一篇”") == ["又一篇文章"]


def test_another_process_follows_within_seconds():
    make_article(headline="一篇文章")
    follower = start("manage.py", "sync_search", "--follow")
    try:
        with paused():
            make_article(headline="又一篇文章")
        deadline = time.monotonic() + 20
        while titles("“又一篇”") == [] and time.monotonic() < deadline:
            time.sleep(0.1)
        assert titles("“又一篇”") == ["又一篇文章"]
    finally:
        follower.kill()
        follower.wait()


@pytest.mark.one_database  # the end of a process is none of the database's
def test_a_follower_ends_with_the_process_that_started_it():
    launcher = (
        "import os, subprocess, sys; command = [sys.executable, 'manage.py', 'sync_search', '--follow', '--parent'];"
        "print(subprocess.Popen([*command, str(os.getpid())]).pid, flush=True); sys.stdin.read()"
    )
    server = start("-c", launcher, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    follower = int(server.stdout.readline())
    make_article(headline="一篇文章")
    with paused():
        make_article(headline="又一篇文章")
    deadline = time.monotonic() + 30
    while titles("“又一篇”") == [] and time.monotonic() < deadline:
        time.sleep(0.1)
    assert titles("“又一篇”") == ["又一篇文章"] and is_alive(follower)
    server.kill()
    server.communicate()
    while is_alive(follower) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not is_alive(follower)


@pytest.mark.parametrize("is_followed", [True, False])
def test_a_save_beside_a_follower_leaves_later_changes_to_it(monkeypatch, is_followed):
    page = make_article(headline="旧闻").page
    bring_up, later = syncing._bring_up, iter(["第二篇文章", "第三篇文章"])

    def and_another(folder):
        end = bring_up(folder)
        for headline in itertools.islice(later, 1):  # an import is faster than the index
            with paused():
                make_article(page, headline)
        return end

    monkeypatch.setattr(syncing, "_bring_up", and_another)
    follower = FollowerLock()
    if is_followed:
        follower.hold()
    try:
        make_article(page, "第一篇文章")
        assert len(titles("文章")) == (1 if is_followed else 3)
        assert sync(to_the_end=False, patience=30) and len(titles("文章")) == (2 if is_followed else 3)
        assert sync() and len(titles("文章")) == 3
    finally:
        follower.release()


def test_a_save_beside_a_follower_does_not_wait_for_a_merge(monkeypatch, settings):
    settings.WEB = True
    page = make_article(headline="旧闻").page
    commit, merged = StoryIndex._commit, threading.Event()

    def slow(index, writer):
        wait = commit(index, writer)
        return lambda: (merged.wait(20), wait())

    monkeypatch.setattr(StoryIndex, "_commit", slow)
    follower = FollowerLock()
    follower.hold()
    try:
        make_article(page, "第一篇文章")
        assert titles("第一篇") == ["第一篇文章"] and serving_index().kept.meta is None
        with paused():
            make_article(page, "第二篇文章")
        assert not sync()  # the merge has the lock
        merged.set()
        assert sync(patience=30) and titles("第二篇") == ["第二篇文章"]
        assert serving_index().kept.meta is not None and list(differences()) == []
    finally:
        merged.set()
        follower.release()


def test_what_is_saved_during_a_rebuild_is_in_the_new_index(monkeypatch):
    for number in range(30):
        make_article(headline=f"第{number}篇文章")
    told = syncing._told

    def saving(rows, total, say):
        yield from told(rows, total, say)
        make_article(headline="重建之时的文章")
        assert titles("重建之时") == ["重建之时的文章"]  # in the old index, which still serves

    before = serving_folder()
    monkeypatch.setattr(syncing, "_told", saving)
    sync(rebuild=True)
    assert serving_folder() != before and find("文章").rows.total == 31
    assert titles("重建之时") == ["重建之时的文章"]
    assert list(differences()) == []


def test_an_index_with_other_fields_is_not_asked_but_built_anew(client):
    make_article(headline="一篇文章")
    folder = serving_folder()
    state = (folder / "state.json").read_text("utf-8")
    shutil.rmtree(folder)
    builder = tantivy.SchemaBuilder()
    builder.add_integer_field("id", indexed=True, fast=True)
    folder.mkdir()
    tantivy.Index(builder.build(), path=str(folder))
    (folder / "state.json").write_text(state, "utf-8")
    for address in ("/search/?q=文章", "/search/?q=文"):
        assert client.get(address).status_code == 503, address
    for address in ("/status/", f"/articles/{Article.objects.get().pk}/?q=文章"):
        assert client.get(address).status_code == 200, address
    sync()
    assert titles("文章") == ["一篇文章"]


def test_a_builder_that_fails_leaves_nothing_behind_and_the_old_index_serves(monkeypatch):
    def fail(*args):
        raise OSError("disk full")

    make_article(headline="一篇文章")
    monkeypatch.setattr(syncing, "_told", fail)
    for _ in range(3):
        with pytest.raises(OSError, match="disk full"):
            sync(rebuild=True)
    assert titles("文章") == ["一篇文章"]
    assert [path for path in serving_folder().parent.iterdir() if path.is_dir()] == [serving_folder()]


def test_a_panic_of_the_engine_is_the_logs_too(monkeypatch):
    def panic(*args):
        index = StoryIndex(serving_folder(), state.splitter())
        index._searcher.search(tantivy.Query.all_query(), 0)  # tantivy-py panics at a limit of 0

    make_article(headline="一篇文章")
    monkeypatch.setattr(syncing, "_bring_up", panic)
    make_article(headline="又一篇文章")
    assert find("文章").is_behind
    assert not syncing.sync_and_log()


def test_check_does_not_look_at_what_was_deleted_since():
    articles = [make_article(headline=f"第{number}篇文章") for number in range(2)]
    with paused(), archive.change() as change:
        change.vanished([articles[0].pk])
        articles[0].delete()
    assert [line.partition(" ")[0] for line in differences()] == ["索引停在修订号"]


def test_a_save_does_not_wait_for_the_index_of_a_large_archive(monkeypatch):
    monkeypatch.setattr(syncing, "WRITTEN_WHILE_SAVING", 2)
    with paused():
        for number in range(4):
            make_article(headline=f"第{number}篇文章")
    make_article(headline="又一篇文章")
    assert serving_folder() is None
    sync()
    assert find("文章").rows.total == 5


def test_a_save_does_not_wait_for_what_it_changes_in_many_articles(monkeypatch):
    articles = [make_article(headline=f"第{number}篇文章") for number in range(4)]
    monkeypatch.setattr(syncing, "WRITTEN_WHILE_SAVING", 2)
    with archive.change() as change:
        Article.objects.update(headline="改过的标题")
        change.articles(article.pk for article in articles)
    assert find("文章").is_behind and find("文章").rows.total == 4
    sync()
    assert find("改过的标题").rows.total == 4


@pytest.mark.parametrize(("is_followed", "syncs"), [(False, 3), (True, 1)])
def test_an_import_syncs_by_the_clock_unless_there_is_a_follower_and_at_its_end(
    monkeypatch, tmp_path, is_followed, syncs
):
    follower = FollowerLock()
    if is_followed:
        follower.hold()
    calls, clock = [], iter(range(0, 1000))  # a second goes by whenever the import looks at the clock
    monkeypatch.setattr(syncing, "sync", lambda **options: calls.append(options))
    monkeypatch.setattr(runs, "time", SimpleNamespace(monotonic=lambda: float(next(clock))))
    for number in range(3, 9):
        write(
            tmp_path,
            PAGE.replace("\n3\n", f"\n{number}\n", 1).replace("一", "二三四五六七"[number - 3]),
            f"{number}.txt",
        )
    run_import(find_files([tmp_path]), say=lambda line: None, arguments=[tmp_path])
    follower.release()
    assert runs.TICK == 2 and len(calls) == syncs  # after pages 2 and 4, and at the end
