"""Requests that browsers never send. The archive must answer each of them within bounds and without an internal error.

    python -m tests.faults.hostile [--requests 12000] [--seed 1] [--only NUMBER] [--server]

The seed and the number of a request determine it (odd_requests.py), so --only repeats a request that went wrong. The
program puts the requests to the WSGI application in this process. With --server it sends them as bytes to its own
gunicorn on loopback. The archive is the archive of VAR_DIR if that is set, otherwise a small invented one in a
temporary folder. The program ends by printing the number of answers by status and the slowest answers. The exit code
tells whether anything went wrong.

The bounds of an answer are queries and bytes, because this work is the same on a slow machine. The program gives up an
answer only if it does not come within PATIENCE seconds. A run by hand also reports slow answers as wrong.
"""

import argparse
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, nullcontext, suppress
from dataclasses import dataclass
from http.client import HTTPException, HTTPResponse
from pathlib import Path
from urllib.parse import unquote_to_bytes, urlsplit
from urllib.request import urlopen

from tests.faults.odd_requests import AUTOCOMPLETE, MARKUP, Places, Request, request_of

ROOT = Path(__file__).resolve().parents[2]

#: The bounds of one answer: queries of a reader's page, queries of a page of the desk, bytes, and seconds until the
#: answer is given up.
QUERIES, DESK_QUERIES, BYTES, PATIENCE = 40, 120, 1_500_000, 30

#: Seconds after which a run by hand reports an answer and counts it as wrong.
SLOW = 2

#: The names of the archive's own host.
OURS = ("", "localhost", "localhost.", "LOCALHOST", "127.0.0.1", "127.0.0.1:8000", "[::1]")


@dataclass
class Outcome:
    """The result of a request: the status (0 without an answer), the seconds it took, and the problems."""

    status: int
    seconds: float
    problems: list[str]


class GivenUp(BaseException):
    """The error for an answer that does not come in time. It is a BaseException, so that the program's error handlers
    don't catch it.
    """


def problems_of(status: int, headers: dict[str, str], body: bytes) -> list[str]:
    """Return the problems of an answer, whatever the request."""
    found = []
    if status >= 500 and not (status == 503 and "Retry-After" in headers):
        found.append(f"status {status}")
    if "Cache-Control" not in headers:
        found.append("does not say how long it may be kept")
    if len(body) > BYTES:
        found.append(f"{len(body):,} bytes")
    if MARKUP.encode() in body:
        found.append("says what was sent as it stands")
    if urlsplit(headers.get("Location", "")).netloc not in OURS:
        found.append(f"leads to {headers['Location']}")
    if status in (204, 405) and "Allow" not in headers:
        found.append("does not say what is allowed")
    return found


class Application:
    """The archive as a WSGI application in this process."""

    def __init__(self) -> None:
        from django.core.signals import got_request_exception

        from tests.wsgi import Server

        self.server = Server()
        self.errors = []
        got_request_exception.connect(self.note, weak=False)

    def note(self, **signal: object) -> None:
        self.errors.append("".join(traceback.format_exc().splitlines(keepends=True)[-12:]))

    def put(self, request: Request) -> Outcome:
        """Put a request to the application and return its result.

        The writes of the desk are rolled back, so that each request finds the same archive.
        """
        from django.db import connection

        path, _, query = request.target.partition(b"?")
        environ = {"PATH_INFO": unquote_to_bytes(path).decode("latin-1"), "QUERY_STRING": query.decode("latin-1")}
        for name, value in request.headers:
            key = name.upper().replace("-", "_")
            key = key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}"
            environ[key] = value.encode().decode("latin-1")
            if name == "SCRIPT_NAME" and environ["PATH_INFO"].startswith(value):  # gunicorn does the same
                environ |= {"SCRIPT_NAME": value, "PATH_INFO": environ["PATH_INFO"].removeprefix(value)}
        self.errors.clear()
        number = Counter()

        def count(execute, sql, params, many, context):
            number["queries"] += 1
            return execute(sql, params, many, context)

        start = time.perf_counter()
        with connection.execute_wrapper(count), taken_back(request):
            answer = self.server.ask("", request.method, request.body, **environ)
        seconds = time.perf_counter() - start
        problems = problems_of(answer.status, answer.headers, answer.body)
        most = DESK_QUERIES if request.is_desk else QUERIES
        if number["queries"] > most:
            problems.append(f"{number['queries']} queries")
        return Outcome(answer.status, seconds, problems + (self.errors if problems else []))


@contextmanager
def taken_back(request: Request) -> Iterator[None]:
    from django.db import transaction

    if not request.is_desk or request.method in ("GET", "HEAD"):
        yield
        return
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@contextmanager
def patience(seconds: int) -> Iterator[None]:
    """Raise GivenUp inside the block if the block takes longer than `seconds`."""

    def give_up(*signal: object) -> None:
        raise GivenUp(f"no answer in {seconds} s")

    before = signal.signal(signal.SIGALRM, give_up)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


class Gunicorn:
    """The archive behind its own gunicorn on `port`. Requests reach it as bytes."""

    def __init__(self, port: int) -> None:
        self.port = port

    def put(self, request: Request) -> Outcome:
        headers = [("Host", "localhost"), ("Content-Length", str(len(request.body))), ("Connection", "close")]
        said = {name for name, _ in request.headers}
        lines = [request.method.encode() + b" " + request.target + b" HTTP/1.1"]
        for name, value in [*(header for header in headers if header[0] not in said), *request.headers]:
            lines.append(f"{name}: {value}".encode())
        start = time.perf_counter()
        with socket.create_connection(("127.0.0.1", self.port), PATIENCE) as connection:
            with suppress(BrokenPipeError, ConnectionResetError):  # the server answered before it had read everything
                connection.sendall(b"\r\n".join(lines) + b"\r\n\r\n" + request.body)
            response = HTTPResponse(connection, method=request.method)
            try:
                response.begin()
                body = response.read()
            except (ConnectionResetError, HTTPException) as error:
                is_refused = len(request.body) > 100_000 or {"Content-Length", "Expect"} & said
                return Outcome(0, time.perf_counter() - start, [] if is_refused else [f"no answer: {error!r}"])
        seconds = time.perf_counter() - start
        headers = dict(response.getheaders())
        if (
            "Content-Security-Policy" not in headers and response.status < 500
        ):  # gunicorn's own answer, without a page of the archive
            return Outcome(response.status, seconds, [])
        return Outcome(response.status, seconds, problems_of(response.status, headers, body))


def fill() -> None:
    """Fill a small archive with rows of every kind, and create an account for its desk."""
    import datetime

    from django.contrib.auth.models import User

    from articles.models import Column, Redirect, Topic
    from articles.search.sync import paused, sync
    from tests.make import DAY, make_article, make_issue, make_page, make_region, make_schedule, sign

    with paused():
        region = make_region()
        city = make_region("410300", "洛阳市", "洛阳", 2, "410000")
        topic = Topic.objects.create(slug="tcm", name="中医药")
        column = Column.objects.create(name="资讯速递")
        make_schedule("1947-01-01", "1947-12-31", weekdays="1")
        for day in range(6):
            issue = make_issue(DAY + datetime.timedelta(day * 40))
            for number in (1, 2, None):
                page = make_page(issue, number, section="文化/生活" if number == 2 else "要闻", is_sample=day == 1)
                for row in range(4):
                    text = f"第{row}段说的是健康和医院，见<b>https://example.com/</b>&amp;。" * 3
                    article = make_article(
                        page, f"健康新闻{day}-{row}", text, column=column, kicker="引题", deck="副题"
                    )
                    sign(article, f"作者{row}")
                    sign(article, f"通讯员{day}", "通讯员")
                    article.article_regions.create(region=city if row else region, main=True)
                    article.article_topics.create(topic=topic)
        head = make_article(page, "首篇")
        make_article(make_page(issue, 7), "续篇", continuation_of=head)
        make_article(page, "撤回的文章", withdrawn=True)
        make_article(make_page(None, 1), "待考的文章")
        Redirect.objects.moved("/articles/999/", head.get_absolute_url())
        Redirect.objects.moved("/articles/998/", "")
        User.objects.create_superuser("hostile", password="hostile")
    sync(rebuild=True)


def places() -> Places:
    """Return the addresses of this archive, and a session of the account `hostile` at its desk."""
    from importlib import import_module

    from django.conf import settings
    from django.contrib import admin
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.auth.models import User

    from articles.models import Article, Column, Contributor, Issue, Page, Region, Topic
    from articles.web.parameters import parameters_of, view_at

    rows = [
        *(
            found.order_by("pk")[:3]
            for found in (Issue.objects.visible(), Page.objects.visible(), Region.objects.all())
        ),
        *(found.order_by("pk")[:3] for found in (Topic.objects.all(), Column.objects.all(), Contributor.objects.all())),
        Article.objects.order_by("pk")[:3],
        Article.objects.filter(withdrawn=True)[:1],
    ]
    named = [row.get_absolute_url() for found in rows for row in found]
    article, page = Article.objects.first().pk, Page.objects.first().pk
    pages = [
        *named, "/", "/feed/", "/search/", "/search/", "/search/", "/search/feed/", "/suggest/", "/suggest/", "/help/",
        "/status/", "/display/",
        "/display/",
        "/issues/", "/issues/2024/", "/issues/2024/11/", "/issues/missing/", "/issues/missing.csv", "/issues/2024-2-3/",
        f"/pages/{page}/", f"/pages/{page}/scan/", f"/articles/{article}/source/", f"/articles/{article}/cite/",
        *(f"/articles/{article}.{suffix}" for suffix in ("bib", "ris", "csl.json", "json", "txt")), "/articles/999/",
        "/articles/998/", "/regions/", "/regions/410000/feed/", "/topics/", "/topics/tcm/feed/", "/columns/",
        "/sections/",
        "/sections/%E8%A6%81%E9%97%BB/", "/sections/%E8%A6%81%E9%97%BB.atom", "/contributors/", "/robots.txt",
        "/sitemap.xml",
        "/sitemaps/lists.xml", "/sitemaps/2024-11.xml", "/sitemaps/2024-11-2.xml", "/opensearch.xml", "/favicon.ico",
        "/static/archive.css",
        "/static/", "/nothing/", "//", "*",
    ]  # fmt: skip
    desk = [(path, AUTOCOMPLETE) for path in ("/admin/", "/admin/login/", "/admin/password_change/", "/admin/jsi18n/")]
    desk += [("/admin/autocomplete/", AUTOCOMPLETE), (f"/admin/r/1/{article}/", [])]
    for model in admin.site._registry:
        of_model, fields = (
            f"/admin/{model._meta.app_label}/{model._meta.model_name}",
            [f.name for f in model._meta.get_fields()],
        )
        desk += [(f"{of_model}/", fields)] * 3 + [(f"{of_model}/add/", fields)]
        first = model._base_manager.order_by("pk").first()
        if first is not None:
            desk += [(f"{of_model}/{first.pk}/{action}/", fields) for action in ("change", "history", "delete")]
    user = User.objects.get(username="hostile")
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY], session[BACKEND_SESSION_KEY] = str(user.pk), settings.AUTHENTICATION_BACKENDS[-1]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    takes = [(path, sorted(parameters_of(view_at(unquote_to_bytes(path).decode())))) for path in pages]
    return Places(takes, desk, session.session_key)


def run(
    target: Application | Gunicorn, known: Places, seed: int, numbers: range
) -> Iterator[tuple[int, Request, Outcome]]:
    """Put the requests of `seed` and `numbers` to `target`. Yield the number, the request and the result of each."""
    for number in numbers:
        request = request_of(seed, number, known)
        try:
            with patience(PATIENCE):
                outcome = target.put(request)
        except GivenUp as error:
            outcome = Outcome(0, PATIENCE, [str(error)])
        except Exception:  # noqa: BLE001 - an error that gets past Django ends the answer of a worker; it is reported like others
            outcome = Outcome(0, 0, [traceback.format_exc()])
        yield number, request, outcome


def shown(request: Request) -> str:
    """Return a request in one line, with long values cut."""
    headers = [(name, value[:80]) for name, value in request.headers]
    return f"{request.method} {request.target[:300]!r} {headers} {request.body[:200]!r}"


@contextmanager
def served() -> Iterator[Gunicorn]:
    """Serve the archive of VAR_DIR by gunicorn, and yield the server."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "gunicorn", "healthnews.wsgi:application", "--bind", f"127.0.0.1:{port}"]
    command += ["--config", "healthnews/gunicorn_conf.py"]
    server = subprocess.Popen(command, cwd=ROOT)
    try:
        while server.poll() is None:
            with suppress(OSError):
                urlopen(f"http://127.0.0.1:{port}/", timeout=PATIENCE).close()  # the first includes a worker's start
                break
            time.sleep(0.1)
        yield Gunicorn(port)
    finally:
        server.terminate()
        server.wait()


def main() -> int:
    """Run the requests that the command line asks for. Return 1 if anything went wrong, otherwise 0."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--requests", type=int, default=12_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", type=int)
    parser.add_argument("--server", action="store_true")
    options = parser.parse_args()
    with ExitStack() as stack:
        if "VAR_DIR" not in os.environ:
            os.environ["VAR_DIR"] = stack.enter_context(tempfile.TemporaryDirectory(prefix="hostile-"))
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "healthnews.settings")
        import django

        django.setup()
        from django.contrib.auth.models import User
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        call_command("collectstatic", interactive=False, verbosity=0)
        if not User.objects.filter(username="hostile").exists():
            fill()
        target = stack.enter_context(served() if options.server else nullcontext(Application()))
        numbers = range(options.requests) if options.only is None else range(options.only, options.only + 1)
        statuses, slowest, wrong = Counter(), [], 0
        for number, request, outcome in run(target, places(), options.seed, numbers):
            statuses[outcome.status] += 1
            slowest = sorted([*slowest, (outcome.seconds, number)], reverse=True)[:5]
            if outcome.problems or outcome.seconds > SLOW or options.only is not None:
                wrong += bool(outcome.problems or outcome.seconds > SLOW)
                print(f"{number}: {outcome.status} in {outcome.seconds:.2f} s: {shown(request)}")
                print("".join(f"    {line}\n" for problem in outcome.problems for line in problem.splitlines()))
    print(", ".join(f"{status}: {count:,}" for status, count in sorted(statuses.items())))
    print("slowest:", ", ".join(f"{seconds:.2f} s (number {number})" for seconds, number in slowest))
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main())
