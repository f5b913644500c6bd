"""OPERATIONS.md is true: its commands, followed word for word, do what it says."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from healthnews import launcher
from tests.conftest import missing
from tests.operations import document, promises

UNITS = sorted((launcher.ROOT / "healthnews/operations").glob("healthnews*"))


def why_not():
    """Return why this machine can't be the ground of other hosts, or an empty string."""
    if os.geteuid() != 0:
        return "only root can start a host"
    if not Path("/lib/systemd/systemd").exists() or not shutil.which("apt-get"):
        return "this machine is no Debian with systemd"
    tried = subprocess.run(
        ["unshare", "-m", "-n", "-p", "-f", "-u", "-i", "-C", "true"], capture_output=True, text=True
    )
    return tried.stderr.strip()


def test_the_commands_are_followed_word_for_word():
    if reason := why_not():
        missing("operations", f"OPERATIONS.md can't be followed here: {reason}")
    command = [sys.executable, "-u", "-m", "tests.operations"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as following:
        try:
            said, _ = following.communicate()
        finally:
            following.terminate()
    print(said)
    assert following.returncode == 0, said[-6000:]


def test_each_heading_with_promises_has_commands():
    headings = {block.heading for block in document.read_blocks(document.DOCUMENT.read_text("utf-8"))}
    assert set(promises.AFTER) | set(promises.BEFORE) <= headings


def test_a_block_of_commands_says_where_it_is_run():
    blocks = document.read_blocks("# A\n\n```sh\na\nb\n```\n\n## B\n\n```json\nc\n```\n\n```sh by hand\nd\n```\n")
    assert blocks == [("A", "", "a\nb\n", 4), ("B", "by hand", "d\n", 15)]
    for block in document.read_blocks(document.DOCUMENT.read_text("utf-8")):
        assert block.where in ("", "on the second host", "by hand"), block


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_the_document_names_each_unit_and_no_unit_names_what_is_not_there(path):
    assert path.suffix in (".service", ".socket", ".timer")
    for line in path.read_text("utf-8").splitlines():
        for part in line.split():
            if "/healthnews/operations/" in part:
                name = part.rsplit("/", 1)[1]
                assert os.access(launcher.ROOT / "healthnews/operations" / name, os.X_OK), line
