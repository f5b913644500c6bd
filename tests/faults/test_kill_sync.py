"""The index is right after the next start, whenever its writer or builder dies. A rebuild misses no change."""

import json
import os
import signal
import time

import pytest
from django.conf import settings

from articles import workers
from articles.models import Article
from articles.search import state
from articles.search import sync as syncing
from articles.search.check import differences
from articles.search.documents import story_documents
from articles.search.find import find
from articles.search.index_rows import make_index_row
from articles.search.state import serving_folder
from articles.search.sync import paused, sync
from articles.workers import from_workers
from tests.faults.processes import children, is_alive, start
from tests.make import make_article, make_issue, make_many, make_page

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.SEARCH_DIR = tmp_path / "search"
    return settings.SEARCH_DIR


def make_articles(count):
    with paused():
        headlines = [f"第{number}篇文章" for number in range(count)]
        make_many(make_page(make_issue()), headlines, "这是第{0}篇的正文，说的是第{0}件事。" * 20)


def test_saving_and_searching_go_on_while_the_index_is_rebuilt():
    make_articles(300)
    sync()
    saved = []
    for _ in range(2):
        process = start("manage.py", "sync_search", "--rebuild")
        saved.append(0)
        while process.poll() is None:
            number = Article.objects.count()
            make_article(Article.objects.first().page, f"重建时的第{number}号", "存下就要找到。")
            found = find(f"“重建时的第{number}号”")
            assert [story.head.headline for story in found.stories] == [f"重建时的第{number}号"]
            assert find("“这是第7篇的正文”").rows.total == 1
            saved[-1] += 1
        assert process.returncode == 0
    sync()
    assert list(differences()) == []
    assert min(saved) > 0 and find("存下就要找到").rows.total == sum(saved)


def test_workers_make_the_same_rows_as_one_process(monkeypatch):
    make_articles(1000)  # the database takes fewer ids than this in one query
    ids = list(Article.objects.values_list("pk", flat=True))
    parcels = [ids[:100], ids[100:550], ids[550:]]
    made = list(from_workers(syncing.row_maker, parcels, 2))
    assert [{row.id for row in rows} for rows in made] == [set(parcel) for parcel in parcels]
    by_workers = {row.id: row for rows in made for row in rows}
    split = state.splitter()
    here = {story.id: make_index_row(story, split) for story in story_documents(ids)}
    # The order of a set differs between processes. It means nothing for a set of characters.
    assert {pk: unordered(row) for pk, row in by_workers.items()} == {pk: unordered(row) for pk, row in here.items()}
    monkeypatch.setattr(workers, "WORTH_WHILE", 10)
    sync(rebuild=True)
    assert find("正文").rows.total == len(here) == 1000
    assert list(differences()) == []


def unordered(row):
    return {name: sorted(value) if name.endswith("_chars") else value for name, value in json.loads(row.fields).items()}


def test_a_worker_that_dies_ends_the_build_and_leaves_the_old_index(monkeypatch, folder):
    make_articles(30)
    sync()
    before = serving_folder()
    monkeypatch.setattr(syncing, "PARCEL", 1)
    monkeypatch.setattr(workers, "WORTH_WHILE", 10)

    def killing(rows, total, say):
        for number, row in enumerate(rows):
            if number == 2:
                os.kill(children(os.getpid())[-1], signal.SIGKILL)
            yield row

    monkeypatch.setattr(syncing, "_told", killing)
    with pytest.raises(RuntimeError, match="a worker ended"):
        sync(rebuild=True)
    assert serving_folder() == before and find("文章").rows.total == 30
    monkeypatch.undo()
    settings.SEARCH_DIR = folder
    sync(rebuild=True)
    assert [path for path in folder.iterdir() if path.is_dir()] == [serving_folder()]


def test_a_killed_builder_leaves_no_workers_behind():
    make_articles(40)
    process = start("-m", "tests.faults.slow_builder")
    deadline = time.monotonic() + 30
    while len(children(process.pid)) < 2 and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.01)
    left = children(process.pid)
    assert len(left) >= 2
    process.send_signal(signal.SIGKILL)
    process.wait()
    while any(map(is_alive, left)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not any(map(is_alive, left))
    assert sync()
    assert list(differences()) == []
