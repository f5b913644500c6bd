"""Logging in: nobody can try passwords for ever, and nobody elsewhere can lock an editor out."""

import datetime
import logging

import pytest
from axes.models import AccessAttempt, AccessLog
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles.web.logins import client_network
from tests.admin.conftest import revision
from tests.make import make_article
from tests.markup import check_markup

pytestmark = pytest.mark.django_db

RIGHT = "right-pass-2024"


@pytest.fixture(autouse=True)
def editor(db):
    return User.objects.create_superuser("editor", password=RIGHT)


def attempt(client, password="wrong", name="editor", address="192.0.2.1", **headers):
    data = {"username": name, "password": password, "next": "/admin/"}
    return client.post("/admin/login/", data, REMOTE_ADDR=address, **headers)


def statuses(client, count, **how):
    return [attempt(client, **how).status_code for _ in range(count)]


def let_time_pass(minutes):
    """Move all counted attempts into the past."""
    for row in AccessAttempt.objects.all():
        earlier = row.attempt_time - datetime.timedelta(minutes=minutes)
        AccessAttempt.objects.filter(pk=row.pk).update(attempt_time=earlier)


def test_the_fifth_wrong_password_is_the_last_for_a_while(client):
    assert statuses(client, 4) == [200] * 4
    response = attempt(client)
    assert response.status_code == 429
    assert 0 < int(response["Retry-After"]) <= 15 * 60
    assert "no-store" in response["Cache-Control"] and "Content-Security-Policy" in response
    text = response.content.decode()
    check_markup(text, "429")
    assert "登录暂停 15 分钟" in text
    assert attempt(client, RIGHT).status_code == 429
    assert client.get("/admin/").status_code == 302
    let_time_pass(10)
    again = attempt(client, RIGHT)
    assert again.status_code == 429 and int(again["Retry-After"]) <= 5 * 60
    let_time_pass(6)
    assert attempt(client, RIGHT).status_code == 302
    assert client.get("/admin/").status_code == 200


def test_whoever_goes_on_trying_neither_prolongs_the_wait_nor_fills_the_table(client):
    statuses(client, 5)
    before = list(AccessAttempt.objects.values())
    for number in range(30):
        assert attempt(client, headers={"user-agent": f"robot {number}"}).status_code == 429
    assert list(AccessAttempt.objects.values()) == before
    let_time_pass(16)
    attempt(client, name="another", address="198.51.100.7")
    assert list(AccessAttempt.objects.values_list("username", flat=True)) == ["another"]


def test_another_user_agent_or_process_is_counted_along():
    for number in range(4):
        assert attempt(Client(), headers={"user-agent": f"robot {number}"}).status_code == 200
    assert attempt(Client(), headers={"user-agent": "robot 5"}).status_code == 429


def test_nobody_elsewhere_locks_an_editor_out(client):
    for number in range(4):
        assert statuses(Client(), 5, address=f"203.0.113.{number}")[-1] == 429
    assert attempt(client, RIGHT, address="192.0.2.1").status_code == 302


def test_who_is_logged_in_stays_so(client):
    assert attempt(client, RIGHT).status_code == 302
    assert statuses(Client(), 5)[-1] == 429
    assert client.get("/admin/", REMOTE_ADDR="192.0.2.1").status_code == 200


def test_one_network_may_not_try_a_password_on_everybody(client):
    assert [attempt(client, name=f"name{number}").status_code for number in range(19)] == [200] * 19
    assert attempt(client, name="name19").status_code == 429
    assert attempt(client, RIGHT).status_code == 429
    assert attempt(client, RIGHT, address="192.0.2.2").status_code == 302


def test_a_login_forgets_the_own_failures_and_nobody_elses(client):
    for number in range(15):
        attempt(Client(), name=f"name{number}")
    assert statuses(client, 4) == [200] * 4
    assert attempt(client, RIGHT).status_code == 302
    assert AccessAttempt.objects.count() == 15
    assert statuses(Client(), 4) == [200] * 4  # the network's count is unchanged: one wrong password more locks it
    assert attempt(Client(), name="name99").status_code == 429


@pytest.mark.parametrize(
    ("remote", "forwarded", "behind_proxy", "network"),
    [
        ("192.0.2.1", "", False, "192.0.2.1"),
        ("192.0.2.1", "198.51.100.7", False, "192.0.2.1"),  # anybody may write this header
        ("127.0.0.1", "198.51.100.7", True, "198.51.100.7"),
        ("127.0.0.1", "10.0.0.1, 198.51.100.7", True, "198.51.100.7"),  # the client may have made up all but the last
        ("127.0.0.1", "198.51.100.7:51234", True, "198.51.100.7"),
        ("127.0.0.1", "[2001:db8:1:2:3:4:5:6]:443", True, "2001:db8:1:2::"),
        ("2001:db8:1:2:ffff::1", "", False, "2001:db8:1:2::"),
        ("::ffff:192.0.2.1", "", False, "192.0.2.1"),
        ("127.0.0.1", "unknown", True, "127.0.0.1"),
        ("", "", True, "0.0.0.0"),
        ("127.0.0.1", "10.0.0.1, 198.51.100.7, 192.0.2.9", 2, "198.51.100.7"),  # two proxies of our own
        ("127.0.0.1", "198.51.100.7", 2, "198.51.100.7"),  # past the outer one
    ],
)
def test_a_client_is_known_by_what_it_cannot_make_up(settings, remote, forwarded, behind_proxy, network):
    settings.BEHIND_PROXY = behind_proxy
    headers = {"HTTP_X_FORWARDED_FOR": forwarded} if forwarded else {}
    assert client_network(RequestFactory().get("/", REMOTE_ADDR=remote, **headers)) == network


def test_made_up_addresses_do_not_help(client, settings):
    settings.BEHIND_PROXY = True
    for number in range(5):
        forwarded = f"10.0.0.{number}, 198.51.100.7"
        response = attempt(client, address="127.0.0.1", headers={"x-forwarded-for": forwarded})
    assert response.status_code == 429


def test_what_is_logged_names_the_network_and_no_word_that_was_typed(client, caplog):
    logger = logging.getLogger("axes")
    logger.addHandler(caplog.handler)
    try:
        statuses(client, 5, name="maybe-a-password", password="surely-a-password")
    finally:
        logger.removeHandler(caplog.handler)
    assert "192.0.2.1" in caplog.text and "a-password" not in caplog.text
    assert all("a-password" not in row.post_data for row in AccessAttempt.objects.all())


def test_counting_leaves_the_archive_and_its_readers_alone(client, settings, editor):
    url = make_article().get_absolute_url()
    before = revision()
    statuses(client, 5)
    assert attempt(client, RIGHT, address="192.0.2.2").status_code == 302
    assert (revision(), AccessLog.objects.count()) == (before, 0)

    def queries(middleware, *, logged_in):
        settings.MIDDLEWARE = middleware
        reader = Client()
        if logged_in:
            reader.force_login(editor, backend="django.contrib.auth.backends.ModelBackend")
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert reader.get(url).status_code == 200
        return len(captured)

    everything = settings.MIDDLEWARE
    without = [name for name in everything if not name.startswith("axes.")]
    assert without != everything
    for logged_in in (False, True):
        queries(everything, logged_in=logged_in)  # the first page also fills caches for the later ones
        assert queries(everything, logged_in=logged_in) == queries(without, logged_in=logged_in)


def test_what_was_counted_is_gone_after_its_time(client):
    for number in range(15):
        attempt(client, name=f"name{number}")
    let_time_pass(16)
    assert attempt(client, RIGHT).status_code == 302
    assert not AccessAttempt.objects.filter(attempt_time__lt=timezone.now()).exists()
