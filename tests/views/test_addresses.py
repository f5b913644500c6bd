"""Every query of 500 characters is answered, and so is every link on its pages. No address is too long for servers."""

import html
import re

import pytest

from articles.forms import MAX_ADDRESS
from articles.search.sync import paused, sync
from tests.make import make_article

pytestmark = pytest.mark.django_db(transaction=True)

#: 500 characters of three bytes each, and 500 of four bytes: 4,500 and 6,000 bytes in an address.
HAN = "".join(map(chr, range(0x4E00, 0x4E00 + 500)))
RARE = "".join(map(chr, range(0x20000, 0x20000 + 500)))
QUERIES = {
    "han": HAN,
    "four bytes": RARE,
    "mixed": "".join(one + other for one, other in zip(HAN[:250], RARE[:250], strict=True)),
    "quoted": f"“{RARE[:498]}”",
    "nowhere": "医院" * 250,
    "too long": RARE * 2,
}


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.SEARCH_DIR = tmp_path / "search"


@pytest.fixture
def stories():
    """Make stories that match every query except "nowhere". The rare characters match more than a page of stories."""
    with paused():
        for text in (HAN, QUERIES["mixed"], *[RARE] * 21):
            make_article(text=text)
        make_article(headline="导读", text=RARE, kind="teaser")
    sync()


def links_of(text):
    """Return the addresses on this site that a page links to, without their fragments."""
    found = {html.unescape(url).partition("#")[0] for url in re.findall(r'(?:href|action)="([^"]*)"', text)}
    return {url for url in found if url and "://" not in url}


@pytest.mark.parametrize("name", QUERIES)
def test_each_link_on_the_pages_of_a_long_query_is_short_enough_and_answered(stories, client, name):
    path, query = "/search/", QUERIES[name]
    response = client.get(path, {"q": query})
    assert response.status_code == 200
    pages = [response.content.decode()]
    is_found = name not in ("nowhere",)
    assert ("没有找到" in pages[0]) != is_found
    hits = [link for link in links_of(pages[0]) if re.match(r"/articles/\d+/\?", link)]
    assert bool(hits) == is_found
    pages += [client.get(link).content.decode() for link in hits[:1]]
    pages.append(client.get(path, {"q": query, "sort": "newest"}).content.decode())
    asked = set()
    for text in pages:
        for link in links_of(text):
            link = link if link.startswith("/") else f"{path}{link}"
            assert len(f"GET {link} HTTP/1.1") <= MAX_ADDRESS, link[:100]
            assert "%25" not in link, link[:100]  # a sign of double encoding
            asked.add(link)
    long = [link for link in asked - set(hits[1:]) if len(link) > 2000]
    assert len(long) > (8 if is_found else 1)
    for link in long:
        response = client.get(link)
        b"".join(response)  # an export occupies its slot until it is read
        assert response.status_code == 200, link[:100]


def test_the_choice_of_display_leads_back_to_a_long_query(stories, client):
    text = client.get("/search/", {"q": RARE, "sort": "newest"}).content.decode()
    (link,) = {link for link in links_of(text) if link.startswith("/display/")}
    back = client.get(link).context["form"].initial["next"]
    choice = {"size": "large", "theme": "night", "keys": "off", "hints": "plain", "next": back}
    response = client.post("/display/", choice)
    assert response.status_code == 302
    again = client.get(response["Location"])
    assert again.request["PATH_INFO"] == "/search/" and again.context["q"] == RARE
    assert again.context["options"].sort == "newest"


@pytest.mark.parametrize(
    "path", ["/sections/综合 新闻/", "/topics/?sort=count&page=2", "/search/?q=a%26b%3D%25%23", "/"]
)
def test_the_choice_of_display_leads_back_to_any_page(client, path):
    text = client.get(path).content.decode()
    (link,) = {link for link in links_of(text) if link.startswith("/display/")}
    back = client.get(link).context["form"].initial["next"]
    asked, again = client.get(path), client.get(back)
    assert again.request["PATH_INFO"] == asked.request["PATH_INFO"]
    assert again.wsgi_request.GET == asked.wsgi_request.GET
