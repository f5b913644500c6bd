"""A page that takes too long ends: by statement and as a whole, on both databases, with a page that says so."""

import time

import pytest
from django.db import DatabaseError, connection
from django.http import HttpResponse
from django.test import Client
from django.urls import path
from django.views.decorators.http import require_safe

from articles.web import budget, exporting
from articles.web.unavailable import database_fails, took_too_long
from healthnews.urls import urlpatterns as own

pytestmark = pytest.mark.django_db

#: A statement that never ends.
ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"


def counting_to(last):
    return f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {last}) SELECT i FROM n"


def ask(statement="SELECT 1"):
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall()


@require_safe
def endless_statement(request):
    return HttpResponse(ask(ENDLESS))


@require_safe
def endless_page(request):
    while True:
        ask()


@require_safe
def slow_page(request):
    """Answer after a time that no page of readers has, by statements that are short."""
    for _ in range(9):
        time.sleep(0.1)
        ask()
    return HttpResponse("done")


@require_safe
def slow_file(request):
    """Make a file that takes longer than a page may, from rows that come one by one."""

    def lines():
        with connection.cursor() as cursor:
            cursor.execute(
                "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 9) SELECT i FROM n"
            )
            for (number,) in cursor:
                time.sleep(0.1)
                ask()
                yield f"{number}\n"

    export = exporting.Export()
    export.make(lines())
    return HttpResponse(b"".join(export))


urlpatterns = [
    path("endless-statement/", endless_statement),
    path("endless-page/", endless_page),
    path("slow-file/", slow_file),
    path("slow-page/", slow_page),
    path("admin/slow-page/", slow_page),
    *own,
]
handler404, handler500 = "articles.views.errors.not_found", "articles.web.unavailable.server_failed"


@pytest.fixture(autouse=True)
def short(settings):
    settings.ROOT_URLCONF = __name__
    settings.STATEMENT_SECONDS, settings.PAGE_SECONDS = 0.3, 0.6
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":  # as the settings do for requests
            cursor.execute("SET LOCAL statement_timeout = 300")
    return Client(raise_request_exception=False)


@pytest.mark.parametrize("address", ["/endless-statement/", "/endless-page/", "/slow-page/"])
def test_a_page_that_takes_too_long_says_so(short, address):
    started = time.monotonic()
    response = short.get(address)
    took = time.monotonic() - started
    assert response.status_code == 503 and "<h1>暂时来不及</h1>" in response.content.decode()
    assert response["Retry-After"] == "60" and response["Cache-Control"] == "no-store"
    assert took < 20, "without the bound it would take for ever"


def test_the_next_page_has_its_own_time(short):
    assert short.get("/endless-page/").status_code == 503
    assert len(ask(counting_to(100_000))) == 100_000  # SQLite looks at its clock no more
    assert short.get("/help/").status_code == 200


def test_files_have_a_time_of_their_own_and_the_desk_has_none(short):
    assert short.get("/slow-file/").content.decode().split() == [str(number) for number in range(1, 10)]
    assert short.get("/admin/slow-page/").content == b"done"


def test_a_page_out_of_time_is_no_failure_of_the_database():
    spent = budget.Budget(1, -1)
    with connection.execute_wrapper(spent), pytest.raises(DatabaseError) as raised:
        ask()
    assert took_too_long(raised.value) and not database_fails(raised.value)
