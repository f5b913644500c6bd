"""Readers' input appears in pages, titles, links and file names without the characters that no paper prints."""

from urllib.parse import quote, unquote

import pytest

from articles.web.responses import saved_as
from tests.make import make_article

pytestmark = pytest.mark.django_db

ODD = "\u202e\u2066\u200b\x02\x08\x7f\ufeff\uf06c\ue123\ufffe\u2028"


def text_of(response):
    return (b"".join(response.streaming_content) if response.streaming else response.content).decode()


@pytest.mark.parametrize("path", ["/search/?q={}", "/search/feed/?q={}", "/search/?since={}", "/search/?q={}&as=csv"])
def test_a_search_is_shown_without_what_no_paper_prints(client, path):
    make_article(headline="疫苗")
    response = client.get(path.format(quote(f"疫{ODD}苗")), follow=True)
    assert response.status_code == 200
    assert not set(ODD) & set(text_of(response).removeprefix("\ufeff"))  # Excel looks for this mark in CSV
    assert not set(ODD) & set(unquote("".join(map(str, response.headers.values()))))


@pytest.mark.parametrize("path", ["/search/", "/search/feed/", "/regions/", "/help/", "/display/", "/"])
@pytest.mark.parametrize("name", ["q", "page", "sort", "year", "next", "%ED%A0%80"])
def test_half_a_character_breaks_nothing(client, path, name):
    response = client.get(f"{path}?{name}=%ED%A0%80")
    assert response.status_code == 200
    text_of(response)


def test_the_name_of_a_saved_file_hides_nothing():
    name = unquote(saved_as("jkb-1", f"谁{ODD}/为\ud800?\r\n“健康”", "csv").partition("filename*=UTF-8''")[2])
    assert name == "谁● 为 “健康” jkb-1.csv"
