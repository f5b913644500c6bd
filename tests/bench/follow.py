"""Print how soon a process finds a correction that another process saves.

    VAR_DIR=$(mktemp -d) .venv/bin/python -m tests.bench.follow [--saves 30]

The bench measures twice. First both processes use one index, as the workers of one host do. Then the finding process
has an index of its own that `sync_search --follow` keeps, as a second host does. The bench prints the time from the
commit to the moment when a search in this process, asked every 5 ms, finds the new text: p50 / p95 / max in
milliseconds.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import django

from tests.bench.search import figures

SETTINGS = "tests.follower_settings"


def main() -> None:
    """Run the bench, or with --saver the process that saves."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--saves", type=int, default=30)
    parser.add_argument("--saver", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.saver:
        django.setup()
        save(options.saves)
        return
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"DJANGO_SETTINGS_MODULE": SETTINGS, "FOLLOWED_SEARCH_DIR": f"{folder}/own"}
        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        measure("one index", options.saves, Path(folder) / "own")
        follower = subprocess.Popen([sys.executable, "manage.py", "sync_search", "--follow"])
        try:
            measure("own index, followed", options.saves, Path(folder) / "other")
        finally:
            follower.kill()
            follower.wait()


def save(count: int) -> None:
    """Save one article for each line of standard input and print the time of its commit. `count` is unused."""
    from articles.models import archive
    from tests.make import make_article

    for line in sys.stdin:
        make_article(headline=line.strip())
        print(archive.state().changed_at.timestamp(), flush=True)


def measure(name: str, saves: int, folder: Path) -> None:
    """Let another process, whose index lies in `folder`, save articles. Print how long until each is found here."""
    from articles.search.find import find

    environment = os.environ | {"FOLLOWED_SEARCH_DIR": str(folder)}
    saver = subprocess.Popen(
        [sys.executable, "-m", "tests.bench.follow", "--saver"],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    waited = []
    for number in range(saves):
        title = f"第{number}次改动{folder.name}"
        saver.stdin.write(f"{title}\n")
        saver.stdin.flush()
        while not find(f"“{title}”").stories:
            time.sleep(0.005)
        found = time.time()
        waited.append((found - float(saver.stdout.readline())) * 1000)
    saver.stdin.close()
    saver.wait()
    print(f"{name:22} {figures(waited)}")


if __name__ == "__main__":
    main()
