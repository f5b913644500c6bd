"""`read_pages`: JSON Lines, no database."""

import json
import os
import subprocess
import sys

import pytest

from tests.make import PAGE, SAMPLES, write

pytestmark = pytest.mark.process

ITEM_KEYS = (
    "kind kicker headline deck bylines credits dateline_agency subheads paragraphs continued_to continued_from "
    "provinces topics doubts span"
).split()
PAGE_KEYS = "source date date_basis issue_number page_number section editors items furniture leftover".split()


def read(*paths):
    """Run it as its user does, on a database that can't be reached."""
    environment = os.environ | {"DATABASE_URL": "postgres://nobody@/none?host=/nonexistent"}
    command = [sys.executable, "manage.py", "read_pages", *map(str, paths)]
    return subprocess.run(command, env=environment, capture_output=True, text=True, encoding="utf-8")


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
