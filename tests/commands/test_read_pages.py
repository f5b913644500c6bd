"""`read_pages`: it prints JSON Lines and needs no database."""

import json
import os
import subprocess
import sys

import pytest
from django.core.management import call_command

from articles.ingest import bounds
from tests.make import PAGE, SAMPLE, SAMPLES, write

ITEM_KEYS = (
    "kind kicker headline deck bylines credits dateline_agency subheads paragraphs continued_to continued_from "
    "provinces topics doubts span"
).split()
PAGE_KEYS = "source date date_basis issue_number page_number section editors items furniture leftover".split()


def read(*paths):
    """Run the command as its user does, with a database that can't be reached."""
    environment = os.environ | {"DATABASE_URL": "postgres://nobody@/none?host=/nonexistent"}
    command = [sys.executable, "manage.py", "read_pages", *map(str, paths)]
    return subprocess.run(command, env=environment, capture_output=True, text=True, encoding="utf-8")


def test_it_explains_each_line_by_what_decided(tmp_path):
    done = read("--explain", write(tmp_path, PAGE, "1.txt"))
    assert (done.returncode, done.stderr) == (0, "")
    rows = [line.split("\t") for line in done.stdout.splitlines()]
    printed = [line.strip() for line in PAGE.splitlines() if line.strip()]
    assert [row[2] for row in rows] == [line.lstrip("# ")[:60] for line in printed]
    leads = [row for row in rows if row[0].startswith("lead")]
    assert leads and all("front=lead" in row[1] for row in leads)


def test_it_prints_one_object_a_page_and_touches_no_database(tmp_path):
    done = read(SAMPLES, write(tmp_path, PAGE.replace("\n", "\r\n"), "2024-11-23_02.txt"))
    assert (done.returncode, done.stderr) == (0, "")
    pages = [json.loads(line) for line in done.stdout.splitlines()]
    assert [page["source"] for page in pages] == [
        *sorted(path.name for path in SAMPLES.glob("*.txt")),
        "2024-11-23_02.txt",
    ]
    for page in pages:
        assert set(PAGE_KEYS) <= set(page)
        assert all(set(ITEM_KEYS) <= set(item) for item in page["items"])
    assert (pages[-1]["date"], pages[-1]["date_basis"], pages[-1]["page_number"]) == ("2024-11-22", "printed", 3)
    assert pages[-1]["items"][0]["provinces"] == ["青海省"]


def test_a_bad_file_is_said_on_standard_error_and_the_others_are_read(tmp_path):
    empty = write(tmp_path, "", "空.txt")
    done = read(empty, SAMPLES / "102_27dfc2c884a7a7bb.txt")
    assert done.returncode == 1
    assert done.stderr == f"{empty}：文件是空的，请检查是否漏了识别结果。\n"
    assert len(done.stdout.splitlines()) == 1


def test_a_page_that_the_reader_fails_on_is_said_on_standard_error_and_the_others_are_read(
    tmp_path, monkeypatch, capsys
):
    sound = bounds.read_page

    def faulty(text, **given):
        return sound(text, **given) if "青海" not in text else [].pop()

    monkeypatch.setattr(bounds, "read_page", faulty)
    bad, good = write(tmp_path, PAGE, "1.txt"), write(tmp_path, SAMPLE.read_text("utf-8"), "2.txt")
    with pytest.raises(SystemExit):
        call_command("read_pages", bad, good)
    printed = capsys.readouterr()
    assert [json.loads(line)["source"] for line in printed.out.splitlines()] == ["2.txt"]
    assert f"{bad}：读取器出错（IndexError，test_read_pages.py 第 " in printed.err
