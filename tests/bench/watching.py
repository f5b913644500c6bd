"""Print what counters and log cost a page that is answered from memory: the time of the page, as a ratio in one run.

    VAR_DIR=$(mktemp -d) .venv/bin/python -m tests.bench.watching [--asks 6000]

The bench makes the archive of the samples, and asks for its front page as gunicorn does, with the files that gunicorn
gives its workers. Rounds with all, without the counters, and without the whole middleware follow one another, so that
all see the machine in the same moods; the median of the rounds counts. The goal is that the counters take 3 % at most.
"""

import argparse
import os
import sys
import time
from pathlib import Path
from statistics import median

import django

#: Pages in each round of a kind.
PAGES = 20


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--asks", type=int, default=6000)
    asks = arguments.parse_args().asks
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "healthnews.settings")
    os.environ["WEB"] = "1"
    from healthnews import counter_files

    counter_files.begin(Path(os.environ["VAR_DIR"]) / "metrics")
    counter_files.reserve()
    django.setup()
    from django.conf import settings
    from django.core.handlers.wsgi import WSGIHandler
    from django.core.management import call_command

    from articles.prefix import believing_no_one
    from articles.web import page_cache, request_log
    from articles.web.watching import watched

    call_command("prepare", stdout=sys.stderr)
    whole = watched(believing_no_one(WSGIHandler()))
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if "RequestLog" not in name]
    without_middleware = believing_no_one(WSGIHandler())
    kept = {(request_log, "request_counted"): None, (page_cache, "counted"): None}
    kinds = {
        "counters and log": (whole, {}),
        "log, no counters": (whole, kept),
        "neither": (without_middleware, {(page_cache, "counted"): None}),
    }
    rounds: dict[str, list[float]] = {kind: [] for kind in kinds}
    for _ in range(asks // PAGES):
        for kind, (application, replaced) in kinds.items():
            originals = {place: getattr(*place) for place in replaced}
            for module, name in replaced:
                setattr(module, name, nothing)
            rounds[kind].append(seconds_of(application, PAGES))
            for (module, name), original in originals.items():
                setattr(module, name, original)
    for kind, took in rounds.items():
        print(f"{kind:18} {median(took) * 1e6:7.1f} µs a page, ÷ neither {ratio(took, rounds['neither']):5.3f}")
    share = ratio(rounds["counters and log"], rounds["log, no counters"]) - 1
    print(f"counters take {share:6.1%} of a page (goal: at most 3 %)")


def ratio(of: list[float], to: list[float]) -> float:
    """Return the median of the ratios of rounds that followed one another."""
    return median(one / other for one, other in zip(of, to, strict=True))


def nothing(*args: object) -> None:
    """Take the place of a function that counts."""


def seconds_of(application, count: int) -> float:
    """Return the seconds that an application takes for the front page, on average, once it is in memory."""
    ask(application)
    started = time.perf_counter()
    for _ in range(count):
        ask(application)
    return (time.perf_counter() - started) / count


def ask(application) -> None:
    environ = {
        "REQUEST_METHOD": "GET",
        "SCRIPT_NAME": "",
        "PATH_INFO": "/",
        "QUERY_STRING": "",
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "8000",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": "localhost",
        "HTTP_ACCEPT_ENCODING": "gzip",
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.url_scheme": "http",
        "wsgi.input": sys.stdin.buffer,
    }
    response = application(environ, lambda status, headers: None)
    b"".join(response)
    response.close()


if __name__ == "__main__":
    main()
