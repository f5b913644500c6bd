"""Limits of searches and exports by one address."""

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from articles.web.limits import Buckets

SEARCH, EXPORT, SUGGESTION = "/search/?q=a", "/topics/?as=csv", "/suggest/?q=a"


def test_a_bucket_fills_again_evenly():
    buckets = Buckets()
    assert [buckets.take("a", 2, 1, 0), buckets.take("a", 2, 1, 0)] == [0, 0]
    assert buckets.take("a", 2, 1, 0) == 30
    assert buckets.take("b", 2, 1, 0) == 0
    assert buckets.take("a", 2, 1, 30) == 0
    assert buckets.take("a", 2, 1, 45) == 15
    assert [buckets.take("a", 2, 1, 9999) for _ in range(3)] == [0, 0, 30]


def test_the_memory_of_addresses_is_bounded():
    buckets = Buckets(most=3)
    for address in "abcd":
        buckets.take(address, 1, 1, 0)
    assert len(buckets) == 3
    assert (buckets.take("d", 1, 1, 0), buckets.take("a", 1, 1, 0)) == (60, 0)


@pytest.fixture
def limited(settings):
    settings.SEARCHES_PER_MINUTE, settings.EXPORTS_PER_MINUTE = 2, 1


def statuses(client, path, count, address="192.0.2.1"):
    return [client.get(path, REMOTE_ADDR=address).status_code for _ in range(count)]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        (SEARCH, 2),
        ("/search/feed/?q=a", 2),
        ("/trends/?q=a", 2),
        (EXPORT, 1),
        ("/topics/?%61s=csv", 1),
        (SUGGESTION, 10),
    ],
)
def test_beyond_the_limit_an_address_waits(limited, path, allowed):
    client = Client()
    assert 429 not in statuses(client, path, allowed)
    refused = client.get(path, REMOTE_ADDR="192.0.2.1")
    assert refused.status_code == 429 and 0 < int(refused["Retry-After"]) <= 60
    assert refused["Cache-Control"] == "no-store" and "Content-Security-Policy" in refused
    assert "太多，每分钟至多" in refused.content.decode()
    assert 429 not in statuses(client, path, 1, address="192.0.2.2")
    assert statuses(client, "/topics/", 5) == [200] * 5


@pytest.mark.django_db
def test_a_refusal_asks_the_database_nothing(limited, django_assert_num_queries):
    client = Client()
    statuses(client, SEARCH, 2)
    with django_assert_num_queries(0):
        assert statuses(client, SEARCH, 1) == [429]


@pytest.mark.django_db
def test_the_staff_has_no_limit_and_a_made_up_session_has(limited):
    client, stranger = Client(), Client()
    editor = get_user_model().objects.create_user("甲", is_staff=True)
    client.force_login(editor, "django.contrib.auth.backends.ModelBackend")
    stranger.cookies["sessionid"] = "made-up"
    assert 429 not in statuses(client, SEARCH, 5)
    assert statuses(stranger, SEARCH, 3)[2] == 429


@pytest.mark.django_db
def test_zero_means_no_limit(settings):
    settings.SEARCHES_PER_MINUTE = settings.EXPORTS_PER_MINUTE = 0
    assert 429 not in statuses(Client(), SEARCH, 10) + statuses(Client(), EXPORT, 10)
