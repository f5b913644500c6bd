"""Let many readers read for minutes while pages are imported, editors save and files are made. Print what they wait.

    VAR_DIR=$(mktemp -d) .venv/bin/python -m tests.bench.soak [--seconds 600] [--articles 100000] [--clients 64]

The bench runs on the database of DATABASE_URL, or on SQLite in VAR_DIR. It fills the database with an invented archive
(tests/bench/corpus.py) unless one is there already. Gunicorn with 2 workers of 4 threads answers on loopback, and a
follower keeps the index, as the README command starts them. Each client asks for a page, waits for 0.5 to 1.5 seconds,
and asks for the next: articles, issues, pages, lists and searches in equal parts, most of them asked for once.

First the clients are alone. Then the same clients ask, and beside them an import runs all the time, two editors save
articles through the form of the desk, and two people download the articles of a search as files, one after another.
The goals: no error; the 99th percentile beside all that is at most 4 times the one alone; the memory of the server does
not grow. All processes share the machine's cores, this one included. No finished page is kept (PAGE_CACHE_MB=0): alone
the clients would get most pages from memory, and beside an import, which changes the archive all the time, none. The
import runs under `nice`, as OPERATIONS.md asks.
"""

import argparse
import os
import random
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from urllib.parse import quote, urlencode

import django

from tests.bench.pages import free_port, prepare

#: The goals: the 99th percentile as a multiple of the one alone, and the growth of memory from a third of the time on.
P99, GROWTH = 4.0, 1.1

#: Seconds between two requests of a client, and between two saves of an editor.
PAUSE, SAVING = (0.5, 1.5), (2.0, 6.0)

#: Words of the invented archive, which readers search for.
WORDS = ("健康", "医院", "社区", "门诊", "护士", "培训", "慢性病", "中医药", "急救", "儿童")

#: The searches whose articles are downloaded, two to four thousand each.
DOWNLOADED = ("门诊", "慢性病")

EDITORS = 2

#: The years by which imported pages are older than those that the archive has.
EARLIER = 35

#: Pages of a folder that is imported. When it is done, the next one is written.
PAGES = 400


class Waits:
    """What requests of one kind took, in seconds, and what went wrong."""

    def __init__(self) -> None:
        self.took: list[float] = []
        self.wrong: Counter[str] = Counter()

    def add(self, seconds: float, wrong: str = "") -> None:
        self.took.append(seconds)
        if wrong:
            self.wrong[wrong] += 1

    def at(self, share: float) -> float:
        """Return the seconds within which this share of the requests was answered."""
        took = sorted(self.took)
        return took[min(int(len(took) * share), len(took) - 1)] if took else 0.0

    def __str__(self) -> str:
        times = ", ".join(f"p{share * 100:g} {self.at(share) * 1000:.0f} ms" for share in (0.5, 0.95, 0.99, 1))
        return f"{len(self.took)} answers, {times}" + (f", WRONG: {dict(self.wrong)}" if self.wrong else "")


class Site:
    """The served archive."""

    def __init__(self, port: int) -> None:
        self.port = port

    def ask(self, path: str, waits: Waits, body: str = "", **headers: str) -> tuple[int, str, str]:
        """Return the status, the text and the Location of an answer. A wrong one is counted."""
        started = time.monotonic()
        connection = HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            if body:
                headers["Content-Type"] = "application/x-www-form-urlencoded"
            connection.request("POST" if body else "GET", path, body or None, {"Host": "localhost", **headers})
            response = connection.getresponse()
            text = response.read().decode("utf-8", "replace")
            fine = {302} if body else {200}
            wrong = "" if response.status in fine else f"{response.status} {path.split('?')[0]}"
            waits.add(time.monotonic() - started, wrong)
            return response.status, text, response.headers.get("Location", "")
        except (OSError, HTTPException) as error:
            waits.add(time.monotonic() - started, f"{type(error).__name__} {path.split('?')[0]}")
            return 0, "", ""
        finally:
            connection.close()


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--seconds", type=float, default=600)
    arguments.add_argument("--articles", type=int, default=100_000)
    arguments.add_argument("--clients", type=int, default=64)
    options = arguments.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "healthnews.settings")
    # All clients have one address.
    os.environ.update(SEARCHES_PER_MINUTE="0", EXPORTS_PER_MINUTE="0", PAGE_CACHE_MB="0")
    django.setup()
    paths = prepare(options.articles)
    readers = paths_of_readers(paths)
    editors = [Editor(f"editor-{number}") for number in range(EDITORS)]
    held = imported()
    port = free_port()
    gunicorn = ["-m", "gunicorn", "--config", "healthnews/gunicorn_conf.py", "--bind", f"127.0.0.1:{port}"]
    with Processes() as processes:
        server = processes.start(*gunicorn)
        follower = processes.start("manage.py", "sync_search", "--follow")
        site = Site(port)
        wait_for(site)
        watched = {"server": server, "follower": follower}
        alone = period("alone", site, readers, options.clients, max(60.0, options.seconds / 5), [], watched)
        saves, files = Waits(), Waits()
        beside: list[Callable[[threading.Event], None]] = [
            *(lambda stop, editor=editor: editor.save_until(stop, site, saves) for editor in editors),
            *(lambda stop, words=words: download_until(stop, site, files, words) for words in DOWNLOADED),
            lambda stop: import_until(stop, processes, sum(held.values())),
        ]
        memory: list[float] = []
        together = period("beside all", site, readers, options.clients, options.seconds, beside, watched, memory)
        print(f"saves of editors: {saves}\nfiles: {files}")
        print(f"imported meanwhile: {dict(imported() - held)}")
        again = period("alone again", site, readers, options.clients, max(60.0, options.seconds / 10), [], watched)
    ratio = together.at(0.99) / alone.at(0.99)
    print(f"p99 beside all ÷ alone: {ratio:.2f} (goal {P99:g}: {said(ratio <= P99)})")
    third = memory[len(memory) // 3 :]
    growth = max(third[-3:]) / max(third[:3])
    print(
        f"memory of the server, last minutes ÷ after a third: {growth:.2f} (goal {GROWTH:g}: {said(growth <= GROWTH)})"
    )
    wrong = sum((each.wrong for each in (alone, together, again, saves, files)), Counter())
    print(f"errors: {sum(wrong.values())} {dict(wrong) or ''} (goal 0: {said(not wrong)})")


def said(is_met: bool) -> str:
    return "met" if is_met else "MISSED"


def paths_of_readers(paths: dict[str, list[str]]) -> list[str]:
    """Return addresses as readers ask for them, in equal parts of each kind."""
    from articles.models import Region, Topic

    lists = [
        *(f"/topics/{slug}/" for slug in Topic.objects.values_list("slug", flat=True)),
        *(f"/regions/{code}/" for code in Region.objects.filter(level=1).values_list("code", flat=True)),
    ]
    searches = [f"/search/?q={quote(f'{one} {other}')}" for one in WORDS for other in WORDS]
    kinds = [paths["article"], paths["issue"], paths["page"], lists, searches]
    chance = random.Random(8)
    return [chance.choice(kinds[number % len(kinds)]) for number in range(5000)]


def period(
    name: str,
    site: Site,
    paths: list[str],
    clients: int,
    seconds: float,
    beside: list[Callable[[threading.Event], None]],
    watched: dict[str, subprocess.Popen],
    memory: list[float] | None = None,
) -> Waits:
    """Let the clients ask for some seconds, with other work beside. Print each minute, and the whole."""
    whole, stop = Waits(), threading.Event()
    minute = Waits()

    def read(number: int) -> None:
        chance = random.Random(number)
        stop.wait(chance.uniform(0, PAUSE[1]))
        while not stop.is_set():
            own = Waits()
            site.ask(paths[chance.randrange(len(paths))], own)
            for waits in (whole, minute):
                waits.took += own.took
                waits.wrong += own.wrong
            stop.wait(chance.uniform(*PAUSE))

    threads = [threading.Thread(target=read, args=(number,)) for number in range(clients)]
    threads += [threading.Thread(target=work, args=(stop,)) for work in beside]
    for thread in threads:
        thread.start()
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        time.sleep(min(60.0, left))
        sizes = {each: megabytes(process.pid) for each, process in watched.items()}
        if memory is not None:
            memory.append(sizes["server"])
        print(f"  {name}: {minute}; " + ", ".join(f"{each} {size:.0f} MB" for each, size in sizes.items()), flush=True)
        minute.took, minute.wrong = [], Counter()
    stop.set()
    for thread in threads:
        thread.join()
    print(f"{name}: {whole}", flush=True)
    return whole


class Editor:
    """A person with a session of the desk, who saves one article after another through its form."""

    def __init__(self, name: str) -> None:
        from django.conf import settings
        from django.contrib.auth.models import User
        from django.test import Client

        from articles.models import Article

        user, _ = User.objects.get_or_create(username=name, defaults={"is_staff": True, "is_superuser": True})
        client = Client()
        client.force_login(user)
        self.cookie = f"{settings.SESSION_COOKIE_NAME}={client.session.session_key}; csrftoken={'k' * 32}"
        self.ids = list(Article.objects.visible().stories().order_by("pk").values_list("pk", flat=True)[:4000])
        self.chance = random.Random(name)

    def save_until(self, stop: threading.Event, site: Site, waits: Waits) -> None:
        """Save articles until `stop`. The time of opening the form and of saving it count, each by itself."""
        from tests.admin.conftest import fields_of

        while not stop.is_set():
            path = f"/admin/articles/article/{self.chance.choice(self.ids)}/change/"
            status, text, _ = site.ask(path, waits, Cookie=self.cookie)
            if status == 200:
                fields = fields_of(text)
                lines = [name for name in fields if re.fullmatch(r"(head|block)-\d+-text", name) and fields[name]]
                if lines:  # the import may have taken all text out of an article
                    fields[lines[0]] = f"{fields[lines[0]][:40]}（{self.chance.randrange(1000)}）"
                    body = urlencode({**fields, "csrfmiddlewaretoken": "k" * 32, "_save": "1"})
                    site.ask(path, waits, body, Cookie=self.cookie)
            stop.wait(self.chance.uniform(*SAVING))


def download_until(stop: threading.Event, site: Site, waits: Waits, words: str) -> None:
    """Download the articles of a search as a table, again and again."""
    while not stop.is_set():
        site.ask(f"/search/?{urlencode({'q': words, 'as': 'csv'})}", waits)
        stop.wait(1)


def import_until(stop: threading.Event, processes: "Processes", first: int) -> None:
    """Import folders of new pages, one after another. `first` pages have been imported before."""
    while not stop.is_set():
        with tempfile.TemporaryDirectory() as name:
            write_folder(Path(name), first)
            process = processes.start("manage.py", "import_pages", name, niceness=10)
            while process.poll() is None:
                if stop.wait(0.2):
                    process.terminate()
                    process.wait()
        first += PAGES


def write_folder(folder: Path, first: int) -> None:
    """Write pages that all differ, and the manifest that gives their days and numbers."""
    from tests.bench.import_speed import write_pages

    write_pages(folder, PAGES, first)
    rows = ["file,date,page"]
    for path in sorted(folder.glob("*.txt")):
        day, _, number = path.stem.partition("_")
        # The archive has pages of the years from 1985 on.
        rows.append(f"{path.name},{int(day[:4]) - EARLIER}{day[4:]},{int(number)}")
    (folder / "pages.csv").write_text("\n".join(rows) + "\n", "utf-8")


def imported() -> Counter[str]:
    """Return {outcome: number of pages} of all imports."""
    from articles.models import ImportItem

    return Counter(ImportItem.objects.values_list("outcome", flat=True))


class Processes:
    """Processes of the archive that end with the bench."""

    def __init__(self) -> None:
        self._started: list[subprocess.Popen] = []

    def __enter__(self) -> "Processes":
        return self

    def start(self, *command: str, niceness: int = 0) -> subprocess.Popen:
        nice = ["nice", "-n", str(niceness)] if niceness else []
        process = subprocess.Popen(
            [*nice, sys.executable, *command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        self._started.append(process)
        return process

    def __exit__(self, *exception: object) -> None:
        for process in self._started:
            process.terminate()
        for process in self._started:
            process.wait()


def wait_for(site: Site) -> None:
    for _ in range(300):
        if site.ask("/help/", Waits())[0] == 200:
            return
        time.sleep(0.2)
    raise SystemExit("the server does not answer")


def megabytes(pid: int) -> float:
    """Return the memory of a process and its children, pages that several share counted in part (Linux)."""
    total = 0.0
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()
    for each in (str(pid), *children):
        rollup = Path(f"/proc/{each}/smaps_rollup").read_text("ascii")
        total += int(re.search(r"^Pss:\s+(\d+)", rollup, re.MULTILINE)[1]) / 1024
    return total


if __name__ == "__main__":
    main()
