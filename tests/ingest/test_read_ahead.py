"""Workers read files ahead. The archive is the same as without them, and a lost worker costs one file."""

import dataclasses
import datetime
import json
import os
import signal
from pathlib import Path

import pytest
from django.db import transaction

from articles.ingest import read_ahead as reading_ahead
from articles.ingest.importer import import_page
from articles.ingest.read_ahead import EarlyReading, read_ahead
from articles.ingest.readers import reader_from_database
from articles.ingest.runs import run_import
from articles.ingest.sources import Refusal, find_files
from articles.models import Article, Doubt, ImportItem, Page, SourceText
from articles.reading import Clues
from articles.workers import from_workers
from tests.make import PAGE, SAMPLES, TODAY, read_file, write
from tests.tables import load_tables

DOUBT = ("kind", "digest", "detail", "rule", "probability")

FATAL = "打死读它的进程"


@pytest.fixture
def folder(tmp_path) -> Path:
    """A folder with pages and with files of every kind that is refused."""
    for number, sample in enumerate(sorted(SAMPLES.glob("*.txt")), start=1):
        write(tmp_path, sample.read_text("utf-8"), f"{number}.txt")
    write(tmp_path, PAGE, "gb.txt", "gb18030")
    write(tmp_path, PAGE, "twice.txt", "gb18030")
    write(tmp_path, "", "empty.txt")
    write(tmp_path, "健\n" * 10_001, "long.txt")
    write(tmp_path, "\0" + PAGE, "nul.txt")
    write(tmp_path, "This is no page of a newspaper.\n" * 20, "english.txt")
    write(tmp_path, PAGE.replace("11月22日", "11月23日"), "manifest.txt")
    pages = [
        {"type": "text", "text": f"第{n}页的标题\n本报讯（记者丁一凡）第{n}页的正文。", "page_idx": n} for n in range(2)
    ]
    write(tmp_path, json.dumps(pages, ensure_ascii=False), "two_content_list.json")
    with open(os.fsencode(tmp_path) + b"/\xb9\xfa.txt", "wb") as file:  # a name in GBK
        file.write(PAGE.encode())
    write(tmp_path, "file,date,page\nmanifest.txt,2001-02-03,7\n", "pages.csv")
    return tmp_path


def told_and_stored(folder: Path, workers: int) -> tuple[list[str], list[object]]:
    """Return what an import says and stores. Nothing stays."""
    said: list[str] = []
    with transaction.atomic():
        run_import(find_files([folder]), say=said.append, arguments=[folder], workers=workers)
        stored = [
            list(Article.objects.order_by("pk").values_list("headline", "blocks", "segments", "position")),
            list(Page.objects.order_by("pk").values_list("number", "section", "issue__date", "segments")),
            list(Doubt.objects.order_by("pk").values_list("page__number", "article__headline", *DOUBT)),
            list(SourceText.objects.order_by("pk").values_list("path", "sha256", "clues", "encoding", "standing")),
            list(ImportItem.objects.order_by("pk").values_list("path", "outcome", "message")),
        ]
        transaction.set_rollback(True)
    return [line.partition("；用时")[0] for line in said if not line.startswith("进度")], stored


@pytest.mark.one_database  # the workers only read files
@pytest.mark.django_db
def test_the_archive_is_the_same_with_workers_and_without(folder, settings, tmp_path_factory):
    settings.SEARCH_DIR = tmp_path_factory.mktemp("search")
    load_tables()
    told, stored = told_and_stored(folder, 2)
    assert (told, stored) == told_and_stored(folder, 0)
    assert "新增 7，更新 0，相同 0，版面冲突 2，失败 5" in told[-1]


@pytest.mark.django_db
def test_an_early_reading_serves_only_with_its_own_clues_and_day(tmp_path):
    file = read_file(write(tmp_path, PAGE))
    reader = reader_from_database()
    early = EarlyReading(Clues(), TODAY, Refusal("早先读过，读不了。"))
    with pytest.raises(Refusal, match="早先读过"):
        import_page(file, Clues(), reader, today=TODAY, early=early)
    tomorrow = TODAY + datetime.timedelta(1)
    for other in (dataclasses.replace(early, clues=Clues(given_page=5)), dataclasses.replace(early, today=tomorrow)):
        assert import_page(file, Clues(), reader, today=TODAY, early=other).outcome in ("added", "same")


@pytest.mark.django_db
def test_what_the_archive_holds_is_not_read_ahead(tmp_path):
    files = [(write(tmp_path, PAGE, "held.txt"), Clues())]
    reader = reader_from_database()
    import_page(read_file(files[0][0]), Clues(), reader, today=TODAY)
    assert [early for _, _, early in read_ahead(files, reader, 1)] == [None]
    another = dataclasses.replace(reader, version="another")
    ((_, _, early),) = read_ahead(files, another, 1)
    assert early and early[0][1] and early[0][1].reading().items


@pytest.mark.django_db
def test_few_files_need_no_workers(tmp_path, monkeypatch):
    monkeypatch.setattr(reading_ahead, "from_workers", None)  # would fail if it were called
    files = [(write(tmp_path, PAGE, f"{number}.txt"), Clues()) for number in range(5)]
    assert [early for _, _, early in read_ahead(files, reader_from_database())] == [None] * 5
    assert [early for _, _, early in read_ahead(files, reader_from_database(), 0)] == [None] * 5


def mortal_reader(reference, today):
    """A task for workers: `file_reader`, but a file with a certain name ends the worker."""
    read = reading_ahead.file_reader(reference, today)

    def read_file(file):
        if FATAL in file[0].name:
            os.kill(os.getpid(), signal.SIGKILL)
        return read(file)

    return read_file


def unborn_reader(reference, today):
    raise RuntimeError("this worker never begins")


@pytest.mark.one_database
@pytest.mark.django_db
def test_a_lost_worker_costs_the_file_it_was_reading(tmp_path, monkeypatch, settings):
    settings.SEARCH_DIR = tmp_path / "search"
    monkeypatch.setattr(reading_ahead, "file_reader", mortal_reader)
    names = [f"{number}{FATAL if number in (2, 3, 7) else ''}.txt" for number in range(8)]
    for number, name in enumerate(names):
        write(tmp_path / "in", PAGE.replace("\n3\n", f"\n{number + 1}\n", 1) + f"第{number}版独有的一段。\n" * 40, name)
    said: list[str] = []
    counts = run_import(find_files([tmp_path / "in"]), say=said.append, arguments=[], workers=2)
    assert (counts["added"], counts["failed"]) == (5, 3)
    lost = [line for line in said if line.startswith("失败")]
    assert lost == [
        f"失败  {tmp_path / 'in' / name}：读这个文件的进程意外终止（也许内存不足），该版未载入，请单独重新导入此文件。"
        for name in names
        if FATAL in name
    ]
    assert sorted(Page.objects.values_list("number", flat=True)) == [1, 2, 5, 6, 7]
    assert Article.objects.count() >= 15


@pytest.mark.one_database
@pytest.mark.django_db
def test_without_a_worker_that_can_start_this_process_reads(tmp_path, monkeypatch, settings, caplog):
    settings.SEARCH_DIR = tmp_path / "search"
    monkeypatch.setattr(reading_ahead, "file_reader", unborn_reader)
    write(tmp_path / "in", PAGE)
    counts = run_import(find_files([tmp_path / "in"]), say=lambda line: None, arguments=[], workers=2)
    assert counts["added"] == 1


def exclaim():
    return lambda word: os.kill(os.getpid(), signal.SIGKILL) if word == FATAL else f"{word}！"


def test_answers_come_in_order_whichever_worker_is_lost():
    words = ["一", FATAL, "二", "三", FATAL, FATAL, "四"]
    answers = list(from_workers(exclaim, words, 2, lambda word: "丢了"))
    assert answers == ["一！", "丢了", "二！", "三！", "丢了", "丢了", "四！"]
    with pytest.raises(RuntimeError, match="a worker ended"):
        list(from_workers(exclaim, words, 2))
