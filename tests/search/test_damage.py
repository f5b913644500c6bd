"""A damaged index never answers as if it were empty. The damage is reported, logged once, and mended by itself."""

import logging
import os
import shutil
import subprocess
import time

import pytest
import tantivy
from django.core.management import CommandError, call_command
from django.test import Client

from articles.search import current
from articles.search import sync as syncing
from articles.search.check import differences
from articles.search.files import IndexUnavailable
from articles.search.find import find
from articles.search.index import StoryIndex
from articles.search.state import serving_folder, serving_index
from articles.search.sync import paused, sync
from tests.commands.test_sync_search import run
from tests.faults.processes import is_alive, start
from tests.make import make_article
from tests.search.damage import TO_FILES, TO_THE_REST

pytestmark = pytest.mark.django_db(transaction=True)

#: One damage for each way in which damage is met. tests/search/test_files.py covers each file. DAMAGES=all tests all.
DAMAGES = DAMAGES_BY_NAME = TO_FILES | TO_THE_REST
if os.environ.get("DAMAGES") != "all":
    left_out = ("state.json cut", "state.json emptied", ".managed.json e", "current e", "current out")
    few = ("*.term cut", "*.pos one byte", "*.fast gone", "meta.json random")
    DAMAGES = {name: DAMAGES[name] for name in (*few, *TO_THE_REST) if not name.startswith(left_out)}


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.SEARCH_DIR = tmp_path / "search"
    return settings.SEARCH_DIR


@pytest.fixture
def article():
    return make_article(headline="一篇文章", text="正文说的是诊室。")


@pytest.fixture
def log(caplog):
    """Return a function that returns the log records about the index."""
    caplog.set_level(logging.WARNING)
    return lambda: [record for record in caplog.records if record.name.startswith("articles.search")]


def answers(client, article):
    """Return the statuses of all kinds of answers that a search gives, and those of pages that need no index."""
    searches = ("/search/?q=文章", "/search/?q=文&sort=newest", "/search/?q=文章&as=csv", "/search/feed/?q=文章")
    others = ("/search/", "/status/", "/", f"/articles/{article.pk}/", f"/articles/{article.pk}/?q=文章", "/topics/")
    return {client.get(path).status_code for path in searches}, {client.get(path).status_code for path in others}


@pytest.mark.one_database  # the index alone is damaged
def test_whatever_is_damaged_is_said_logged_once_and_built_anew(article, admin_client, log, caplog):
    for number, (name, damage) in enumerate(DAMAGES.items()):
        if number % 2:  # this acts as a new process; otherwise this one has the files mapped
            current._opened = None
        assert find("文章").rows.total == 1
        if ".managed" in name:
            current._opened = None  # a process that has the index open needs that file no more
        caplog.clear()
        # After an index is opened, a thread of the engine reads the files a second time, before the watch that tantivy
        # sets up by default is given up. A file that is cut in that moment ends the process.
        time.sleep(0.05)
        damage(serving_folder())
        assert answers(Client(), article) == ({503}, {200}), name
        assert answers(Client(), article) == ({503}, {200}), name
        assert admin_client.get("/admin/articles/article/?q=文章").status_code == 503
        assert admin_client.get("/admin/articles/article/").status_code == 200
        is_named = name != "current gone"  # that looks as before the first index; the builder knows better
        assert len(log()) == is_named, name
        code, said = run("--check")
        assert code == 1 and said[0].startswith("索引已损坏：" if is_named else "没有索引。"), name
        code, said = run()
        assert code == 0 and said[0].startswith("检索索引已损坏：") and said[1] == "重建索引：1 篇", name
        assert len(log()) == 1, name
        assert answers(Client(), article) == ({200}, {200}), name
        assert find("诊室").rows.total == 1 and list(differences()) == [], name
        assert run() == (0, [])


def test_what_the_engine_panics_over_is_no_empty_answer(article, client, log, monkeypatch):
    def phrase_of_one_term(self, name, folded):
        return tantivy.Query.phrase_query(self._schema, f"{name}_grams", [folded[:2]])  # tantivy-py panics at this

    monkeypatch.setattr(StoryIndex, "_exact", phrase_of_one_term)
    for path in ("/search/?q=文章", "/search/?q=一篇", "/search/feed/?q=文章"):
        response = client.get(path)
        assert (response.status_code, response["Retry-After"]) == (503, "10"), path
        assert "检索暂不可用" in response.content.decode() and "no-store" in response["Cache-Control"]
    assert client.get(f"/articles/{article.pk}/?q=文章").status_code == 200
    assert [record.exc_info is not None for record in log()] == [True]
    monkeypatch.undo()
    assert client.get("/search/?q=文章").status_code == 200


@pytest.mark.one_database  # the index alone is damaged
def test_a_follower_mends_whatever_is_damaged_and_each_process_comes_to_the_new_index(article, folder):
    follower = start("manage.py", "sync_search", "--follow", stdout=subprocess.DEVNULL)
    try:
        for name in ("*.idx emptied", ".managed.json cut", "current gone", "the folder gone"):
            before = serving_folder()
            assert find("文章").rows.total == 1  # this process has mapped the files
            if ".managed" in name:
                current._opened = None
            DAMAGES_BY_NAME[name](before)
            deadline = time.monotonic() + 60
            while not is_found("文章") or serving_folder() == before:
                assert time.monotonic() < deadline, name
                time.sleep(0.05)
            assert list(differences()) == [], name
        assert [path for path in folder.iterdir() if path.is_dir()] == [serving_folder()]
    finally:
        follower.kill()
        follower.wait()


def is_found(text):
    """Tell whether a search finds `text`. If the index is unavailable, the answer is False."""
    try:
        return find(text).rows.total == 1
    except IndexUnavailable:
        return False


#: A program that brings the index up, then rebuilds it, while no file may grow beyond 50,000 bytes.
ON_A_FULL_DISK = """
import resource, django
django.setup()
from django.core.management import CommandError, call_command
resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))
for options in ({}, {"rebuild": True}):
    try:
        call_command("sync_search", **options)
    except CommandError as error:
        print(error)
"""


@pytest.mark.one_database  # the index alone lies on that disk
def test_a_disk_that_takes_no_more_leaves_the_old_index_and_is_said(article, folder):
    with paused():
        make_article(headline="长文", text="".join(map(chr, range(0x4E00, 0x9F00))))
    before = serving_folder()
    process = start("-c", ON_A_FULL_DISK, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    said, errors = process.communicate(timeout=60)
    sentences = [line for line in said.splitlines() if not line.startswith("重建索引")]
    assert len(sentences) == 2, said + errors
    for sentence in sentences:
        assert sentence.startswith("索引没有更新（") and "请检查磁盘空间" in sentence
        assert sentence.endswith("原有索引照常可用。")
    assert serving_folder() == before and find("诊室").rows.total == 1
    assert [path for path in folder.iterdir() if path.is_dir()] == [before]
    assert run() == (0, [])
    assert find("诊室").rows.total == 1 and list(differences()) == []


def test_where_nothing_can_be_written_that_is_said(article, folder):
    shutil.rmtree(folder)
    folder.write_text("a file where the folder should be")
    with pytest.raises(CommandError, match="索引没有更新（.*目前没有可用的索引，检索暂不可用。"):
        call_command("sync_search")
    assert not syncing.sync_and_log()
    assert answers(Client(), article) == ({503}, {200})


def test_a_writer_that_died_between_commit_and_state_leaves_no_damage(article, monkeypatch):
    def die(*args):
        raise KeyboardInterrupt

    with paused():
        make_article(headline="又一篇文章")
    monkeypatch.setattr(syncing, "_state_at", die)
    with pytest.raises(KeyboardInterrupt):
        sync()
    monkeypatch.undo()
    before = serving_folder()
    assert find("文章").rows.total == 2 and find("文章").is_behind  # committed, but the state doesn't say so yet
    sync()
    assert serving_folder() == before and not find("文章").is_behind
    assert list(differences()) == []


def test_a_writer_that_died_while_it_merged_leaves_no_damage(article, monkeypatch):
    def die(*args):
        raise KeyboardInterrupt

    with paused():
        make_article(headline="又一篇文章")
    monkeypatch.setattr(syncing.files, "signatures_written", die)
    with pytest.raises(KeyboardInterrupt):
        sync()
    monkeypatch.undo()
    before = serving_folder()
    assert find("文章").rows.total == 2 and not find("文章").is_behind and serving_index().kept.meta is None
    sync()
    assert serving_index().kept.meta is None  # nothing is to be written
    sync(deep=True)
    assert serving_folder() == before and serving_index().kept.meta is not None
    assert list(differences()) == []


def test_the_follower_is_started_again_when_it_ends(tmp_path):
    """A stand-in for manage.py prints its process id and ends."""
    (tmp_path / "manage.py").write_text("import os, sys; print(os.getpid(), *sys.argv[1:], flush=True)")
    launcher = (
        "import os, sys; from healthnews import keeper; keeper.PAUSE = 0; launcher = os.getpid();"
        "sys.stdin.read() if os.fork() else (os.chdir(sys.argv[1]), keeper.keep(launcher))"
    )
    server = start("-c", launcher, tmp_path, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    lines = [server.stdout.readline().split() for _ in range(3)]
    assert len({pid for pid, *_ in lines}) == 3
    (keeper,) = {parent for *_, parent in lines}
    assert lines[0][1:4] == ["sync_search", "--follow", "--parent"] and is_alive(int(keeper))
    server.kill()
    server.communicate(timeout=30)  # until all of them have closed their output, for they end by themselves
    deadline = time.monotonic() + 10
    while is_alive(int(keeper)) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not is_alive(int(keeper))
