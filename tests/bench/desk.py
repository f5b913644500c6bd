"""Print how many queries each screen of the desk takes and how long, beside a page of an article for readers.

    VAR_DIR=$(mktemp -d) .venv/bin/python -m tests.bench.desk [--articles 100000]

The bench runs on the database of DATABASE_URL, or on SQLite in VAR_DIR, with an invented archive (tests/bench/search.py
makes it unless it is there). An editor asks for each screen in this process, without a server; no page is kept. The
queries are counted without those of the session, the user and the permissions. Times are milliseconds.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import time
from collections.abc import Callable

import django

#: The most queries of the front page, and of any other screen.
FRONT, OTHERS = 5, 15

#: The corrections that the bench makes.
BATCHES = 200

#: The corrections of one more batch, as many as an action on a list makes at most, and the reason of that batch.
MANY, MANY_AT_ONCE = 1000, "bench: 1,000 articles"

#: How often each screen is asked for.
TIMES = 20

CHANCE = random.Random(11)

#: The tables of session, user and permissions, whose queries are not counted.
BESIDE = ('FROM "django_session"', 'FROM "auth_', 'FROM "django_content_type"')


def main() -> None:
    """Run the bench."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=100_000)
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "healthnews.settings")
    django.setup()
    from tests.bench.search import prepare

    prepare(options.articles)
    load_samples()
    from django.test.utils import setup_test_environment

    setup_test_environment()
    doubt_and_correct()
    for name, ask, most in screens():
        report(name, ask, most)


def load_samples() -> None:
    """Import the sample pages unless the archive has a text: the invented articles have none."""
    from django.core.management import call_command

    from articles.models import SourceText

    if not SourceText.objects.exists():
        call_command("import_pages", "fixtures/pages")


def doubt_and_correct() -> None:
    """Make 30,000 doubts, BATCHES corrections, and a batch of MANY, unless they are there."""
    from articles.desk.applying import apply
    from articles.desk.writing import writing
    from articles.models import Article, Batch, Doubt

    rows = list(Article.objects.order_by("pk").values_list("pk", "page")[:15_000])
    if Doubt.objects.filter(rule="bench").count() == 0:
        Doubt.objects.bulk_create(
            (
                Doubt(page_id=page, article_id=pk, kind=kind, rule="bench", probability=CHANCE.random())
                for pk, page in rows
                for kind in ("headline-uncertain", "no-byline")
            ),
            batch_size=1000,
            ignore_conflicts=True,
        )
    made = Batch.objects.count()
    started = time.perf_counter()
    for number in range(made, BATCHES):
        article = Article.objects.get(pk=rows[number][0])
        with writing(None) as this:
            apply(this, article, {"headline": f"{article.headline}（{number}）"})
    if made < BATCHES:
        print(f"a correction: {(time.perf_counter() - started) / (BATCHES - made) * 1000:.0f} ms")
    if not Batch.objects.filter(reason=MANY_AT_ONCE).exists():
        marked = Article.objects.filter(pk__in=[pk for pk, _ in rows[-MANY:]])
        with writing(None, reason=MANY_AT_ONCE) as this:
            this.watch(*marked)
            marked.update(review=Article.Review.DOUBTFUL)


def screens() -> list[tuple[str, Callable[[], object], int]]:
    """Return (name, what asks for it, the most queries) of each screen."""
    from django.contrib.auth.models import Group, User
    from django.test import Client

    from articles.desk.roles import EDITOR
    from articles.models import Article, Batch, Doubt, Issue, Page, SourceText

    user, _ = User.objects.get_or_create(username="编辑甲", defaults={"is_staff": True})
    user.groups.add(Group.objects.get(name=EDITOR))
    client, reader = Client(), Client()
    client.force_login(user)
    articles = list(Article.objects.order_by("pk").values_list("pk", flat=True)[:15_000])
    doubts = list(Doubt.objects.open().order_by("pk").values_list("pk", flat=True)[:15_000])
    pages = list(Page.objects.order_by("pk").values_list("pk", flat=True)[:1000])
    issues = list(Issue.objects.order_by("pk").values_list("pk", flat=True)[:1000])
    sources = list(SourceText.objects.filter(page__isnull=False).order_by("pk").values_list("pk", flat=True)[:100])
    batches = list(Batch.objects.exclude(reason=MANY_AT_ONCE).values_list("pk", flat=True)[:100])
    many = list(Batch.objects.filter(reason=MANY_AT_ONCE).values_list("pk", flat=True))

    def desk(path: str, ids: list[int] | None = None) -> Callable[[], object]:
        return lambda: client.get(path.format(CHANCE.choice(ids) if ids else ""))

    return [
        ("article for readers", lambda: reader.get(f"/articles/{CHANCE.choice(articles)}/"), 99),
        ("front", desk("/admin/"), FRONT),
        ("list of a kind", desk("/admin/desk/queue/no-byline/"), OTHERS),
        ("next of a kind", desk("/admin/desk/queue/no-byline/next/?after={}", doubts), OTHERS),
        ("doubt", desk("/admin/desk/doubts/{}/", doubts), OTHERS),
        ("article's form", desk("/admin/articles/article/{}/change/", articles), OTHERS),
        ("list of articles", desk("/admin/articles/article/"), OTHERS),
        ("page", desk("/admin/desk/pages/{}/", pages), OTHERS),
        ("issue", desk("/admin/desk/issues/{}/", issues), OTHERS),
        ("decision about a text", desk("/admin/desk/sources/{}/decide/", sources), OTHERS),
        ("history", desk("/admin/articles/article/{}/history/", articles[:200]), OTHERS),
        ("batches", desk("/admin/desk/batches/"), OTHERS),
        ("batch", desk("/admin/desk/batches/{}/", batches), OTHERS),
        ("undo", desk("/admin/desk/batches/{}/undo/", batches), OTHERS),
        ("undo of 1,000", desk("/admin/desk/batches/{}/undo/", many), OTHERS),
    ]


def report(name: str, ask: Callable[[], object], most: int) -> None:
    """Print the queries and the median time of a screen."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    ask()
    with CaptureQueriesContext(connection) as captured:
        ask()
    queries = [each["sql"] for each in captured if not any(table in each["sql"] for table in BESIDE)]
    queries = [sql for sql in queries if not sql.startswith(("BEGIN", "SAVEPOINT", "RELEASE", "COMMIT", "SET "))]
    times = []
    for _ in range(TIMES):
        started = time.perf_counter()
        ask()
        times.append((time.perf_counter() - started) * 1000)
    goal = "" if most > OTHERS else f" (at most {most}{'' if len(queries) <= most else ': MISSED'})"
    print(f"{name}: {len(queries)} queries{goal}, p50 {statistics.median(times):.1f} ms", flush=True)


if __name__ == "__main__":
    main()
