"""A merged article is no item of its own anywhere, and its text, names and page are those of the story."""

import csv
import io
import json
import re

import pytest

from articles.desk.joining import merge
from articles.desk.writing import writing
from articles.models import Article
from articles.search.sync import sync
from tests.make import DAY, PAGE, load, other_page, write
from tests.tables import load_tables

pytestmark = pytest.mark.django_db


@pytest.fixture
def merged(db, tmp_path):
    """Provide a story of three articles: the head, one of its page, and one of another page."""
    load_tables()
    page = load(write(tmp_path, PAGE)).page
    other = load(other_page(tmp_path), given_date=DAY, given_page=8).page
    first, second, _ = page.articles.as_printed()
    third = next(row for row in other.articles.as_printed() if row.kind == "article" and row.bylines.exists())
    with writing(None) as this:
        merge(this, first, [second, third])
    sync()
    return Article.objects.get(pk=first.pk), [second, third]


def own_urls(absorbed):
    """Return the expression that finds the URL of an absorbed article, without those of places in a story."""
    return re.compile("|".join(rf"/articles/{row.pk}(?=[/.])(?!/#)" for row in absorbed))


def test_lists_feeds_and_sitemaps_name_the_story_alone(client, merged):
    head, absorbed = merged
    month = f"/sitemaps/{DAY:%Y-%m}.xml"
    for path in ("/", "/feed/", month, "/search/?q=乡村医生", "/search/feed/?q=乡村医生", f"/issues/{DAY}/"):
        text = client.get(path).content.decode()
        assert not own_urls(absorbed).search(text), path
        assert f"/articles/{head.pk}" in text, path


@pytest.mark.parametrize("place", [0, 1])
def test_a_search_for_the_text_of_a_merged_article_finds_the_story_and_shows_the_text(client, merged, place):
    head, absorbed = merged
    sentence = absorbed[place].blocks[0]["text"][4:16]
    text = client.get("/search/", {"q": f"“{sentence}”"}).content.decode()
    assert f"/articles/{head.pk}/" in text and sentence in re.sub(r"</?mark[^>]*>", "", text)


def test_exports_hold_one_story_with_the_text_names_and_pages_of_all(client, merged):
    head, absorbed = merged
    names = {row.name_as_printed for part in (head, *absorbed) for row in part.bylines.all()}
    record = json.loads(client.get(f"/articles/{head.pk}.json").content)
    assert [part["id"] for part in record["parts"]] == [head.pk, *(row.pk for row in absorbed)]
    assert {row["name"] for row in record["bylines"]} == names and record["pages"] == [3, 8]
    shown = "".join(block["text"] for block in record["blocks"])
    assert all(block["text"] in shown for row in absorbed for block in row.blocks)
    answer = client.get("/search/", {"q": "乡村医生", "as": "csv"})
    rows = list(csv.DictReader(io.StringIO(b"".join(answer).decode("utf-8-sig"))))
    assert [row["标题"] for row in rows] == [head.headline]
    for suffix in ("txt", "bib", "ris"):
        file = client.get(f"/articles/{head.pk}.{suffix}").content.decode()
        assert all(name in file for name in names), suffix


def test_no_page_of_a_story_leads_to_what_was_merged(client, merged):
    head, absorbed = merged
    for article in Article.objects.visible().stories():
        text = client.get(article.get_absolute_url()).content.decode()
        assert not own_urls(absorbed).search(text) and 'class="beside"' in text, article


@pytest.mark.parametrize("tail", ["", "cite/", "source/"])
def test_the_url_of_a_merged_article_leads_to_its_part(client, merged, tail):
    head, absorbed = merged
    for row in absorbed:
        answer = client.get(f"{row.get_absolute_url()}{tail}")
        assert answer.status_code in (301, 302) and answer["Location"].startswith(f"/articles/{head.pk}/{tail}")
        if not tail:
            assert f'id="{answer["Location"].partition("#")[2]}"' in client.get(answer["Location"]).content.decode()
