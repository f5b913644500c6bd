"""An import with workers leaves whole pages and no worker, however it ends. tests/faults/run.py kills at any moment."""

import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from articles.models import Article, ImportItem, ImportRun, Page, SourceText
from articles.search.check import differences
from articles.search.sync import sync
from tests.faults import processes
from tests.make import PAGE, write
from tests.tables import load_tables


def page_text(number):
    """Return the text of a page that differs from others in people, words and number."""
    names = "赵钱孙李周吴郑王冯陈"
    text = PAGE.replace("\n3\n", f"\n{number}\n", 1)
    for index, name in enumerate(("赵一苇", "钱二木", "孙三水")):
        text = text.replace(name, names[(number + index) % 10] + names[number // 10] + "某")
    return text + "".join(f"第{number}版的第{line}段，说的是第{number * line}件事。\n\n" for line in range(1, 30))


def start(folder, *options, **more):
    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    return processes.start("manage.py", "import_pages", folder, *options, **streams, **more)


def start_with_workers(folder):
    """Start an import with two workers in a group of its own. Return it and the workers' ids once it has a page."""
    process = start(folder, "--workers=2", start_new_session=True)
    deadline = time.monotonic() + 60
    while not Page.objects.exists() and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.002)
    # Beside the workers there is the process in which multiprocessing keeps track of their resources.
    workers = [pid for pid in processes.children(process.pid) if "spawn_main" in command_of(pid)]
    assert len(workers) == 2 and process.poll() is None
    return process, workers


def command_of(pid):
    return Path(f"/proc/{pid}/cmdline").read_text("utf-8")


def wait_for_end(pids):
    deadline = time.monotonic() + 20
    while any(map(processes.is_alive, pids)) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not any(map(processes.is_alive, pids))


def check_whole_pages():
    """Check that each page in the database is whole, and return their number."""
    pages = Page.objects.count()
    assert SourceText.objects.count() == pages and Article.objects.count() == 3 * pages
    assert ImportItem.objects.filter(outcome="added").count() == pages
    assert sync()
    assert list(differences()) == []
    return pages


@pytest.fixture(autouse=True)
def index(settings, tmp_path_factory):
    settings.SEARCH_DIR = tmp_path_factory.mktemp("search")


@pytest.mark.django_db(transaction=True)
def test_two_imports_at_once_make_each_page_once(tmp_path):
    load_tables()
    for number in range(1, 16):
        write(tmp_path, page_text(number), f"{number:03d}.txt")
    processes = [start(tmp_path) for _ in range(2)]
    outs = [process.communicate(timeout=120)[0] for process in processes]
    assert [process.returncode for process in processes] == [0, 0], outs
    assert (Page.objects.count(), Article.objects.count(), SourceText.objects.count()) == (15, 45, 15)


@pytest.fixture
def many(tmp_path):
    """A folder of pages that take an import with workers a few seconds."""
    load_tables()
    for number in range(1, 100):
        write(tmp_path, page_text(number), f"{number:03d}.txt")
    return tmp_path


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_an_import_with_workers_that_is_ended_leaves_whole_pages_and_no_worker(many, sent):
    process, workers = start_with_workers(many)
    if sent == signal.SIGINT:
        os.killpg(process.pid, sent)  # as a terminal does
    else:
        process.send_signal(sent)
    out, _ = process.communicate(timeout=60)
    wait_for_end(workers)
    assert 0 < check_whole_pages() < 99
    if sent == signal.SIGINT:
        assert ImportRun.objects.get().ending.startswith("被中断")
        assert "spawn_main" not in out, out  # no worker has printed a traceback


@pytest.mark.one_database  # the worker only reads files
@pytest.mark.django_db(transaction=True)
def test_a_killed_worker_costs_at_most_one_page_and_the_next_import_brings_it(many):
    process, workers = start_with_workers(many)
    os.kill(workers[0], signal.SIGKILL)
    out, _ = process.communicate(timeout=120)
    lost = out.count("读这个文件的进程意外终止")
    assert lost == 1 and process.returncode == 1, out
    assert check_whole_pages() == 98
    assert ImportItem.objects.filter(outcome="failed").count() == 1
    out, _ = start(many).communicate(timeout=120)
    assert "新增 1，更新 0，相同 98，" in out
