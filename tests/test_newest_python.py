"""The newest Python of a machine is found among those that answer, and gets only what the fast tests need."""

import re
import sys
from pathlib import Path

from healthnews import installing
from tests import newest_python
from tests.conftest import sample_of
from tests.newest_python import LEFT_OUT, releases, without

OWN = tuple(sys.version_info[:3])


def program(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path


def test_pythons_that_answer_are_found_on_the_path_and_among_those_of_pyenv(tmp_path):
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "python3.11").symlink_to(sys.executable)
    (tmp_path / "bin" / "python3").symlink_to(sys.executable)
    program(tmp_path / "bin" / "python3.98", "echo 'not chosen' >&2; exit 127")  # as pyenv's are
    program(tmp_path / "bin" / "python3.97", "echo 3 97 0 candidate")
    (tmp_path / "bin" / "python3.96").write_text("no program")
    newest = program(tmp_path / "pyenv" / "versions" / "3.99.1" / "bin" / "python3", "echo 3 99 1 final")
    found = releases(f"{tmp_path / 'nothing'}::{tmp_path / 'bin'}", tmp_path / "pyenv")
    assert found == [(OWN, str(tmp_path / "bin" / "python3.11")), ((3, 99, 1), str(newest))]


def test_a_machine_without_a_newer_python_is_said(monkeypatch, tmp_path, capsys):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path))
    assert newest_python.main() == 0
    assert re.fullmatch(r"newest Python: none here is newer than 3\.\d+\.\d+\n", capsys.readouterr().out)


def test_the_lock_for_it_lacks_nothing_but_what_is_left_out():
    lock = installing.LOCKS["test"].read_text("utf-8")
    names = set(re.findall(r"^([A-Za-z0-9._-]+)==", lock, re.MULTILINE))
    assert names >= LEFT_OUT
    short = without(lock, LEFT_OUT)
    assert set(re.findall(r"^([A-Za-z0-9._-]+)==", short, re.MULTILINE)) == names - LEFT_OUT
    entry = without("a==1 \\\n    --hash=sha256:0\n    # via b\nb==2 \\\n    --hash=sha256:1\n", {"a"})
    assert entry == "b==2 \\\n    --hash=sha256:1\n"


class Item:
    def __init__(self, name, *fixturenames):
        self.path, self.fixturenames = Path(name), fixturenames

    def get_closest_marker(self, name):
        return None


def test_a_sample_has_the_first_tests_of_each_module_in_order():
    first, second, once = Item("a.py"), Item("a.py"), Item("a.py", "made_once")
    other, long = Item("b.py"), Item(Path(__file__).parent / "search" / "test_relevance.py")
    stored, also_stored = Item("desk/c.py", "db"), Item("desk/d.py", "db")
    items = [once, first, second, other, long, stored, also_stored]
    assert sample_of(items, 1) == [first, other, stored]
    assert sample_of(items, 2) == [first, second, other, stored, also_stored]
