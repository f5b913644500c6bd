"""The locks: each says how it is made, and one command makes them anew or says why not."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from healthnews import locks

ROOT = Path(__file__).resolve().parent.parent


@pytest.mark.parametrize("name", locks.LOCKS)
def test_each_lock_has_its_command_and_names_no_host(name):
    told = (ROOT / name).read_text("utf-8")
    command = locks.command_of(told)
    assert command[:2] == ["pip", "compile"] and command[-2:] == ["-o", name]
    assert "--generate-hashes" in command and "--universal" in command
    assert "://" not in told and "--index" not in told
    assert locks.pins_of(told)


def test_all_locks_of_the_tree_are_made():
    assert sorted(path.name for path in ROOT.glob("requirements*.txt")) == sorted(locks.LOCKS)


def test_versions_are_the_same_in_both_locks():
    serve, dev = (
        locks.pins_of((ROOT / name).read_text("utf-8")) for name in ("requirements.txt", "requirements-dev.txt")
    )
    assert {name: dev[name] for name in serve} == serve


def test_a_lock_without_a_command_is_refused():
    with pytest.raises(locks.Refusal, match="请从 git 恢复"):
        locks.command_of("django==5.2.19\n")


@pytest.mark.parametrize("told", ["", "no JSON", "{}", '{"dependencies": [{"name": "a"}]}', "[1]"])
def test_what_is_no_answer_of_the_audit_is_no_sound_package(told):
    with pytest.raises(ValueError):
        locks.audit_of(told)


def test_without_a_network_there_is_a_sentence_and_the_locks_stay(tmp_path):
    before = {name: (ROOT / name).read_bytes() for name in locks.LOCKS}
    outside = {name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "UV_"))}
    environment = {**outside, "PIP_CONFIG_FILE": os.devnull, "PIP_NO_INDEX": "1", "TMPDIR": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-m", "healthnews.locks"], cwd=ROOT, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 1 and done.stderr.startswith("uv 装不上：请接通网络") and "Traceback" not in done.stderr
    assert {name: (ROOT / name).read_bytes() for name in locks.LOCKS} == before and not list(tmp_path.iterdir())
