"""The folders and files of the workers' counters: each server has its own, and no room means no files."""

import os
import subprocess
import sys

import pytest

from healthnews import counter_files
from tests.run import ROOT


@pytest.fixture(autouse=True)
def no_files(monkeypatch):
    """Give the variable back after the test."""
    monkeypatch.setenv(counter_files.VARIABLE, "")
    monkeypatch.delenv(counter_files.VARIABLE)


def test_folders_of_servers_that_live_stay(tmp_path):
    for name in (str(os.getppid()), str(os.getpid()), "99999999", "odd"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "counter_1.db").write_bytes(b"a")
    counter_files.begin(tmp_path)
    assert {each.name for each in tmp_path.iterdir()} == {str(os.getppid()), str(os.getpid())}
    assert os.environ[counter_files.VARIABLE] == str(tmp_path / str(os.getpid()))
    assert not list((tmp_path / str(os.getpid())).iterdir())


def test_a_worker_takes_the_room_of_its_files_and_keeps_those_of_its_number(tmp_path):
    counter_files.begin(tmp_path)
    folder = tmp_path / str(os.getpid())
    kept = folder / f"counter_{os.getpid()}.db"
    kept.write_bytes(b"a")
    counter_files.reserve()
    other = folder / f"histogram_{os.getpid()}.db"
    assert {kept, other} == set(folder.iterdir()) and kept.read_bytes() == b"a"
    assert other.stat().st_blocks * 512 >= other.stat().st_size == counter_files.SIZE


#: A worker that may write no file as large as its counters need.
NO_ROOM = """
import resource, signal, sys
from pathlib import Path
from healthnews import counter_files
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
counter_files.begin(Path(sys.argv[1]))
counter_files.reserve()
from articles import metrics
metrics.count_event("desk_saves")
print(metrics.EVENTS["desk_saves"]._value.get(), metrics.HAS_FILES)
"""


def test_without_room_a_worker_counts_for_itself(tmp_path):
    done = subprocess.run([sys.executable, "-c", NO_ROOM, str(tmp_path)], cwd=ROOT, capture_output=True, text=True)
    assert done.stdout == "1.0 False\n" and done.stderr.startswith("计数文件建不成（")
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_a_folder_that_cannot_be_made_stops_no_server(tmp_path, capsys):
    (tmp_path / "file").write_text("")
    counter_files.begin(tmp_path / "file")
    counter_files.reserve()
    assert counter_files.VARIABLE not in os.environ and "计数文件建不成" in capsys.readouterr().err
