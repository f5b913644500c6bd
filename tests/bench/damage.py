"""Print how soon a damaged index is reported as damaged, is being rebuilt, and answers again.

    VAR_DIR=$(mktemp -d) .venv/bin/python -m tests.bench.damage [--articles 100000] [--damages 5]

The bench serves the archive as `python3 -m healthnews` does, by gunicorn with two workers and a follower. The archive
holds the sample pages, or `--articles` invented articles (tests/bench/corpus.py). The bench does each damage of
tests/search/damage.py, or only `--damages` of them, to the index while two readers search without a pause. It prints
the seconds from the damage to the first 503, to the beginning of the rebuild and to the first right answer after it. It
also prints how many searches were answered with 200, with 503 and not at all (a worker that has a cut file mapped may
end), and how many had a wrong number of hits, which must be none. A third reader asks for lists. Each answer that it
gets must be a 200.
"""

from __future__ import annotations

import argparse
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPException
from pathlib import Path

import django

#: Seconds within which each damage must be mended.
PATIENCE = 3600


def main() -> None:
    """Run the bench. Exit with 1 if anything was wrong, else with 0."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=0)
    parser.add_argument("--damages", type=int, default=0)
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "healthnews.settings")
    django.setup()
    fill(options.articles)
    from articles.search.state import serving_folder
    from tests.search.damage import TO_FILES, TO_THE_REST

    damages = TO_FILES | TO_THE_REST
    if options.damages:
        damages = dict(list(damages.items())[:: -(-len(damages) // options.damages)])
    slowest, is_right = {"503": 0.0, "rebuild": 0.0, "healed": 0.0}, True
    with served() as port:
        right = answer(port)
        if not right.startswith("共"):
            raise SystemExit(f"the archive answers no search: {right}")
        for name, damage in damages.items():
            folder = serving_folder()
            readers = Readers(port, right)
            before = time.monotonic()
            with readers.reading():
                damage(folder)
                times = watch(folder, readers, before)
            answers = readers.answers
            is_right &= not answers["wrong"] and not answers["list"] and times.keys() >= {"rebuild", "healed"}
            for each, seconds in times.items():
                slowest[each] = max(slowest[each], seconds)
            said = ", ".join(f"{each} after {seconds:.1f} s" for each, seconds in times.items())
            print(f"{name:22} {said}; {dict(answers)}", flush=True)
    print(f"slowest of {len(damages)}: {', '.join(f'{name} {seconds:.1f} s' for name, seconds in slowest.items())}")
    sys.exit(not is_right)


def fill(count: int) -> None:
    """Fill the archive and build its index."""
    from django.core.management import call_command

    from articles.models import Article
    from tests.bench import corpus

    if not count:
        call_command("prepare")
    else:
        call_command("migrate", verbosity=0)
        call_command("load_tables")
        call_command("collectstatic", interactive=False, verbosity=0)
        if Article.objects.count() != count:
            corpus.build(count, say=print)
    call_command("sync_search")


@contextmanager
def served() -> Iterator[int]:
    """Serve the archive as the launcher does and yield the port."""
    from healthnews.launcher import GUNICORN

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen([sys.executable, "-m", "gunicorn", *GUNICORN, "--bind", f"127.0.0.1:{port}"])
    keep = f"from healthnews.keeper import keep; keep({os.getpid()})"
    keeper = subprocess.Popen([sys.executable, "-c", keep], stdout=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 60
        while not answer(port).startswith("共") and time.monotonic() < deadline:
            time.sleep(0.2)
        time.sleep(5)  # by then the follower has come up and looked at every byte
        yield port
    finally:
        for process in (server, keeper):
            process.send_signal(signal.SIGTERM)
            process.wait()


def ask(port: int, path: str) -> tuple[int, str]:
    """Return the status and the text of an answer. The status is 0 if there was no answer."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=60) as response:
            return response.status, response.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()
    except (OSError, HTTPException):  # the worker ended before or during its answer
        return 0, ""


def answer(port: int, number: int = 0) -> str:
    """Return a search's own words on the number of its hits, else its status. Each `number` asks for another page."""
    status, text = ask(port, f"/search/?q=%E5%8C%BB%20-{'x' * 9}{number}&all=1")
    found = re.search(r"共 ([0-9,]+) 篇", text)
    return found[0] if status == 200 and found else str(status)


class Readers:
    """Two readers who search without a pause, each time with another query, and one who looks at lists."""

    def __init__(self, port: int, right: str) -> None:
        self.port, self.right = port, right
        self.answers: Counter[str] = Counter()
        self.unavailable: float | None = None
        self._is_over = False

    def _search(self, first: int) -> None:
        number = first
        while not self._is_over:
            number += 2
            found = answer(self.port, number)
            if found == self.right:
                self.answers["right"] += 1
            elif found == "503":
                self.answers["503"] += 1
                self.unavailable = self.unavailable or time.monotonic()
                time.sleep(0.02)
            else:
                self.answers["none" if found == "0" else "wrong"] += 1

    def _list(self) -> None:
        while not self._is_over:
            for path in ("/topics/", "/regions/", "/issues/", "/status/"):
                status, _ = ask(self.port, path)
                if status not in (0, 200):
                    self.answers["list"] += 1
            time.sleep(0.1)

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Read as long as the `with` lasts."""
        threads = [threading.Thread(target=self._search, args=(first,)) for first in (1_000, 1_001)]
        threads.append(threading.Thread(target=self._list))
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self._is_over = True
            for thread in threads:
                thread.join()


def watch(folder: Path, readers: Readers, before: float) -> dict[str, float]:
    """Return the seconds from `before` to the first "503", to the "rebuild" and to the index being "healed".

    An event that is not seen within PATIENCE is left out.
    """
    from articles.search.files import IndexDamaged
    from articles.search.state import serving_folder

    seen: dict[str, float] = {}
    while time.monotonic() - before < PATIENCE:
        passed = time.monotonic() - before
        if readers.unavailable and "503" not in seen:
            seen["503"] = readers.unavailable - before
        others = {path for path in folder.parent.iterdir() if path.is_dir()} - {folder}
        if others and "rebuild" not in seen:
            seen["rebuild"] = passed
        try:
            is_new = serving_folder() not in (folder, None)
        except IndexDamaged:
            is_new = False
        if is_new and answer(readers.port, int(passed * 1000)) == readers.right:
            return seen | {"healed": time.monotonic() - before}
        time.sleep(0.02)
    return seen


if __name__ == "__main__":
    main()
