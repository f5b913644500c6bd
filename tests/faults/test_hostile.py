"""2,000 odd requests for each database, always the same ones. python -m tests.faults.hostile runs more by hand."""

import time
from collections import Counter

import pytest
from django.test import Client

from tests.faults.hostile import Application, Outcome, fill, places, problems_of, run, shown
from tests.faults.odd_requests import MARKUP, Places, request_of

SEED, COUNT = 20261127, 2_000

ANSWERED = {"Cache-Control": "no-cache"}


# The sequences are reset, so that ids are the same whatever ran before. A number then stands for the same request.
@pytest.mark.django_db(transaction=True, reset_sequences=True)
def test_every_odd_request_is_answered_within_bounds_and_by_no_error(settings, tmp_path):
    settings.SEARCH_DIR = tmp_path / "search"
    fill()
    statuses, wrong = Counter(), []
    for number, request, outcome in run(Application(), places(), SEED, range(COUNT)):
        statuses[outcome.status, request.is_desk] += 1
        wrong += [f"seed {SEED}, number {number}: {shown(request)}", *outcome.problems] if outcome.problems else []
    assert not wrong, "\n".join(wrong)
    # Requests that all get the same status would not test the code behind the first check.
    for status in (200, 301, 404, 405):
        assert statuses[status, False] > 20 and statuses[status, True] > 5, statuses
    assert statuses[304, False] and statuses[400, False] and statuses[302, True], statuses


def test_a_number_stands_for_one_request():
    known = Places([("/search/", ["q"])], [("/admin/", [])], "session")
    requests = [request_of(1, number, known) for number in range(300)]
    assert requests == [request_of(1, number, known) for number in range(300)]
    assert len({request.target for request in requests}) > 150
    assert requests != [request_of(2, number, known) for number in range(300)]


@pytest.mark.parametrize(
    ("status", "headers", "body", "wrong"),
    [
        (200, ANSWERED, b"page", 0),
        (503, {**ANSWERED, "Retry-After": "60"}, b"", 0),
        (503, ANSWERED, b"", 1),
        (500, ANSWERED, b"", 1),
        (200, {}, b"", 1),
        (200, ANSWERED, b"x" * 2_000_000, 1),
        (200, ANSWERED, f"<p>{MARKUP}</p>".encode(), 1),
        (302, {**ANSWERED, "Location": "//evil.example/"}, b"", 1),
        (302, {**ANSWERED, "Location": "/topics/"}, b"", 0),
        (405, ANSWERED, b"", 1),
    ],
)
def test_what_is_wrong_is_seen(status, headers, body, wrong):
    assert len(problems_of(status, headers, body)) == wrong


def test_an_answer_that_does_not_come_is_given_up_and_told(monkeypatch):
    class Silent:
        def put(self, request):
            time.sleep(60)

    class Broken:
        def put(self, request):
            raise RuntimeError("past Django")

    monkeypatch.setattr("tests.faults.hostile.PATIENCE", 1)
    known = Places([("/", [])], [("/admin/", [])], "session")
    [(_, _, given_up)] = run(Silent(), known, 1, range(1))
    assert given_up == Outcome(0, 1, ["no answer in 1 s"])
    [(_, _, broken)] = run(Broken(), known, 1, range(1))
    assert "past Django" in broken.problems[0]


@pytest.mark.django_db
def test_a_redirect_takes_no_endless_parameters_along():
    many = "&".join(f"x{number}=1" for number in range(6000))
    for path in ("/issues/2024-2-3/", "/issues/2024/2/"):
        assert Client().get(f"{path}?{many}")["Location"] in ("/issues/2024-02-03/", "/issues/2024/02/")


@pytest.mark.parametrize(
    "narrowed",
    ["articles/page/?section__range=%2F", "articles/region/?code__range=Infinity",
     "articles/article/?headline__regex=(",
     "articles/topic/?name__iregex=(a%2B)%2B$", "auth/user/?username__regex=(", "auth/group/?name__range=x"],
)  # fmt: skip
def test_a_list_of_the_desk_takes_no_pattern_and_no_range(admin_client, narrowed):
    assert admin_client.get(f"/admin/{narrowed}").status_code == 400
    assert admin_client.get("/admin/auth/user/?username__startswith=a").status_code == 200


def test_a_list_of_the_desk_says_what_a_database_cannot_look_up(admin_client):
    answer = admin_client.get("/admin/articles/article/?segments__contains=1", follow=True)
    assert answer.status_code == 200  # SQLite redirects to the whole list, with a sentence
