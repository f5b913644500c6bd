"""Searches without a hit are counted, each reader's search once, and nothing is kept but queries, counts and days."""

import datetime

import pytest
from django.contrib.auth.models import User
from django.db import connection, models
from django.test import Client

from articles.models import SearchWithoutHit, archive
from articles.models.searches_without_hit import LONGEST_QUERY
from articles.search.query import MAX_TYPED
from articles.search.sync import paused, sync
from articles.web import searches_without_hit
from articles.web.searches_without_hit import LARGE, MOST
from articles.web.today import date_of_paper
from tests.counting import counting, logged
from tests.make import make_article

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def counter(settings, monkeypatch, tmp_path):
    settings.SEARCH_DIR = tmp_path / "search"
    with paused():
        make_article(headline="流动诊室进牧区", text="车上配有心电图机和便携式超声，每月沿牧道巡诊两次。")
    sync()
    with counting(settings, monkeypatch) as counter:
        yield counter


@pytest.fixture
def client():
    """A client with its own store of pages."""
    return Client()


def search(client, q, **more):
    return client.get("/search/", {"q": q, **more})


def stored(counter):
    """Store the batch and return {query: (times, times with near hits)}."""
    assert counter.store()
    return {row.query: (row.times, row.times_nearly) for row in SearchWithoutHit.objects.all()}


def test_the_same_search_asked_three_times_counts_three_times(client, counter):
    answers = [search(client, "克隆羊") for _ in range(3)]
    assert {answer.content for answer in answers} == {answers[0].content}
    assert [(answer.get("ETag"), answer["Cache-Control"]) for answer in answers] == [(None, "private, no-cache")] * 3
    assert stored(counter) == {"克隆羊": (3, 0)}
    search(client, "克隆羊")
    assert stored(counter) == {"克隆羊": (4, 0)}


def test_one_query_is_one_row_however_it_is_typed_and_is_kept_as_it_was_read(client, counter):
    for typed in ("克隆羊  急救 ", "克隆羊 急救", "克隆羊 AND 急救", "\u200b克隆羊 & 急救"):
        search(client, typed)
    search(client, "龘龘龘龘健康龘", sort="newest")  # its words stand nowhere either
    assert stored(counter) == {"克隆羊 急救": (4, 0), "龘龘龘龘健康龘": (1, 0)}


def test_a_search_with_near_hits_counts_and_says_so(client, counter):
    assert search(client, "配有心电图机和便捷式超声").context["found"].nearly
    assert stored(counter) == {"配有心电图机和便捷式超声": (1, 1)}


def test_only_the_first_page_of_a_readers_list_counts(client, counter):
    search(client, "")
    search(client, "牧区")
    client.head("/search/", {"q": "克隆羊"})
    for more in ({"page": 1}, {"page": 2}, {"after": 1}, {"before": 9}, {"as": "csv"}, {"as": "ris"}):
        search(client, "克隆羊", **more)
    client.get("/search/feed/", {"q": "克隆羊"})
    assert search(client, "克隆羊", since="2020").status_code == 302
    assert client.post("/search/", {"q": "克隆羊"}).status_code == 405
    assert stored(counter) == {}


def test_what_the_browser_was_told_by_head_is_no_way_around_the_count(client, counter):
    assert "ETag" not in client.head("/search/", {"q": "克隆羊"})
    assert client.get("/search/", {"q": "克隆羊"}, headers={"if-none-match": "*"}).status_code == 200
    assert stored(counter) == {"克隆羊": (1, 0)}


def test_an_index_that_is_behind_or_missing_counts_nothing(client, counter, settings, tmp_path):
    with paused():
        make_article(headline="克隆羊")
    assert search(client, "克隆羊").context["found"].is_behind
    settings.SEARCH_DIR = tmp_path / "none"
    assert search(client, "克隆羊").status_code == 503
    assert stored(counter) == {}


def test_who_has_a_session_does_not_count(client, counter):
    client.force_login(User.objects.create_superuser("admin"))
    assert search(client, "克隆羊").status_code == 200
    assert stored(counter) == {}


def test_turned_off_nothing_is_counted_and_pages_are_kept(client, counter, settings):
    settings.COUNT_SEARCHES_WITHOUT_HIT = False
    first, second = search(client, "克隆羊"), search(client, "克隆羊")
    assert first["ETag"] == second["ETag"] and first.context and not second.context
    assert counter._thread is None and stored(counter) == {}


def test_counting_changes_no_page_and_no_revision(client, counter):
    paths = ["/", "/issues/2024-11-22/", "/topics/", "/search/?q=牧区"]
    before = archive.state(), [client.get(path)["ETag"] for path in paths]
    search(client, "克隆羊")
    assert stored(counter)
    after = archive.state(), [client.get(path)["ETag"] for path in paths]
    assert (str(before[0]), before[0].changed_at, before[1]) == (str(after[0]), after[0].changed_at, after[1])


def test_a_row_holds_a_query_counts_and_days(client, counter, monkeypatch):
    fields = {field.name: type(field) for field in SearchWithoutHit._meta.get_fields()}
    number, day = models.PositiveBigIntegerField, models.DateField
    kinds = {"id": models.BigAutoField, "query": models.CharField}
    assert fields == kinds | {"times": number, "times_nearly": number, "first_day": day, "last_day": day}
    with connection.cursor() as cursor:
        columns = connection.introspection.get_table_description(cursor, SearchWithoutHit._meta.db_table)
    assert {column.name for column in columns} == set(fields)
    for date in (10, 12, 11):
        monkeypatch.setattr(searches_without_hit, "date_of_paper", lambda date=date: datetime.date(2026, 11, date))
        search(client, "克隆羊")
        stored(counter)
    row = SearchWithoutHit.objects.get()
    assert (row.times, row.first_day, row.last_day) == (3, datetime.date(2026, 11, 10), datetime.date(2026, 11, 12))


FOUR_BYTES = "".join(chr(0x20000 + number) for number in range(MAX_TYPED))


@pytest.mark.parametrize(
    "typed",
    [FOUR_BYTES, " ".join(FOUR_BYTES), "克隆\ud800羊", "\udfff龘", "克隆\r\n羊\x01\x7f", "\u202e龘<b>'\";--",
     "龘" * 8000, "%s %(a)s 龘", "作者:" * 60 + "龘", "(" * 300 + "龘", "“龘”" * 100, "-" * 200 + "龘",
     " ".join(f"标题:“龘{number}”" for number in range(40))],
    ids=range(13),
)  # fmt: skip
def test_hostile_text_is_counted_as_it_was_read(client, counter, typed):
    answer = client.get("/search/", {"q": typed.encode("utf-8", "surrogatepass")})
    assert answer.status_code == 200 and not answer.context["found"].rows.total
    [(query, (times, _))] = stored(counter).items()
    assert times == 1 and 0 < len(query) <= LONGEST_QUERY and query.encode() and "\0" not in query
    assert search(client, query).status_code == 200
    assert stored(counter) == {query: (2, 0)}  # the row's link asks for the same search


def test_a_nul_never_arrives(client, counter):
    assert client.get("/search/?q=%00龘").status_code == 400
    assert stored(counter) == {}


def test_a_row_holds_the_longest_query_that_is_read():
    assert LONGEST_QUERY == MAX_TYPED


def test_the_buffer_is_bounded_and_says_once_that_it_is_full(counter, caplog, monkeypatch):
    monkeypatch.setattr(searches_without_hit, "LARGE", MOST * 2)
    with logged(caplog) as said:
        for number in range(MOST + 5):
            counter.add(f"龘{number}", is_nearly=False)
        counter.add("龘0", is_nearly=True)
        assert len(said()) == 1 and "wait to be stored" in said()[0]
    found = stored(counter)
    assert len(found) == MOST and found["龘0"] == (2, 1) and f"龘{MOST}" not in found
    assert 0 < LARGE < MOST


def test_a_full_table_keeps_the_queries_that_were_asked_most_and_last(counter, monkeypatch):
    monkeypatch.setattr("articles.models.searches_without_hit.MOST_ROWS", 3)
    today = date_of_paper()
    old = {"times_nearly": 0, "first_day": today - datetime.timedelta(2), "last_day": today - datetime.timedelta(1)}
    for query, times in (("甲", 9), ("乙", 1), ("丙", 2)):
        SearchWithoutHit.objects.create(query=query, times=times, **old)
    counter.add("丁", is_nearly=False)
    assert set(stored(counter)) == {"甲", "丙", "丁"}
    for query in ("戊", "戊", "己"):
        counter.add(query, is_nearly=False)
    assert set(stored(counter)) == {"甲", "丙", "戊"}
