"""Readers choose text size, day or night, keys and suggestions on one page. A cookie keeps the choice."""

import pytest
from django.test import Client

from articles.web.display import Display

pytestmark = pytest.mark.django_db

CHOICE = {"size": "large", "theme": "night", "keys": "off", "hints": "plain", "next": "/topics/?page=1"}


def test_a_choice_is_kept_and_leads_back(client):
    response = client.post("/display/", CHOICE)
    assert (response.status_code, response["Location"]) == (302, "/topics/?page=1")
    assert client.cookies["display"].value == "large-night-off-plain"
    text = client.get("/topics/").content.decode()
    assert '<html lang="zh-CN" class="size-large theme-night">' in text
    assert "<script" not in text
    assert client.get("/display/").context["form"].initial["theme"] == "night"


def test_who_has_chosen_nothing_has_the_usual(client):
    text = client.get("/topics/").content.decode()
    assert 'class="size-normal theme-auto"' in text and "keys.js" in text and "suggest.js" in text
    assert "sessionid" not in client.cookies and "csrftoken" not in client.cookies


@pytest.mark.parametrize("path", ["//other.example/", "https://other.example/", "javascript:alert(1)", "\\\\other", ""])
def test_it_leads_to_no_other_host(client, path):
    assert client.post("/display/", CHOICE | {"next": path})["Location"] == "/"


def test_a_value_that_is_no_choice_is_refused_with_a_sentence(client):
    response = client.post("/display/", CHOICE | {"size": "huge"})
    assert response.status_code == 400
    assert "huge" in response.content.decode() and "display" not in client.cookies


@pytest.mark.parametrize(
    ("cookie", "expected"),
    [
        ("larger-night-off-plain", Display("larger", "night", "off", "plain")),
        ("larger-night-off", Display("larger", "night", "off")),
        ("night", Display(theme="night")),
        ("<b>-x-" + "y" * 5000, Display()),
        ("", Display()),
    ],
)
def test_any_cookie_is_read(cookie, expected):
    assert Display.of({"display": cookie}) == expected


def test_the_form_takes_no_post_from_elsewhere():
    assert Client(enforce_csrf_checks=True).post("/display/", CHOICE).status_code == 403
