"""A search within a region, topic, column, person, page name or issue, from its page."""

import html
import re
from urllib.parse import parse_qs, urlsplit

import pytest

from articles.models import Column, RegionAlias, Topic, archive
from articles.search.sync import paused, sync
from tests.make import make_article, make_issue, make_page, make_region, sign

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def places(settings, tmp_path):
    """Return {place: path of its page} of a story about 疫苗 that is in all of them, and another that is in none."""
    settings.SEARCH_DIR = tmp_path / "search"
    with paused():
        make_region("220000", "吉林省", "吉林")
        region = make_region("220200", "吉林市", "吉林", 2, "220000")
        RegionAlias.objects.create(old_name="吉林市", region_id="220000")  # a name of two regions
        topic, column = Topic.objects.create(slug="a", name="甲 乙"), Column.objects.create(name="“时”评")
        page = make_page(make_issue(), 1, section="文化/生活")
        article = make_article(page, "疫苗到了", column=column)
        person = sign(article, "赵一苇").contributor
        article.article_regions.create(region=region)
        article.article_topics.create(topic=topic)
        other = make_page(make_issue(article.page.issue.date.replace(year=2023)), 1)
        sign(make_article(other, "疫苗又到了"), "赵一苇苇")
        with archive.change() as change:
            change.articles([article.pk])
    sync()
    return {
        "地区": region.get_absolute_url(),
        "主题": topic.get_absolute_url(),
        "栏目": column.get_absolute_url(),
        "署名": person.get_absolute_url(),
        "版名": "/sections/文化/生活/",
        "日期": page.issue.get_absolute_url(),
    }


@pytest.mark.parametrize("mark", ["地区", "主题", "栏目", "署名", "版名", "日期"])
def test_the_box_on_a_page_searches_there_alone(places, client, mark):
    text = client.get(places[mark]).content.decode()
    (kept,) = re.findall(r'name="within" value="([^"]*)"', text)
    response = client.get("/search/", {"q": "疫苗 OR 又", "within": html.unescape(kept)})
    assert response.status_code == 302
    (query,) = parse_qs(urlsplit(response["Location"]).query)["q"]
    assert query.startswith("(疫苗 OR 又) ") and query.split()[3].startswith(f"{mark}:")
    shown = client.get(response["Location"]).content.decode()
    rows = shown[shown.index('<ol class="rows">') :]
    assert "疫苗</mark>到了" in rows and "</mark>到了" in rows and rows.count("到了") == 1
    assert "共 </span>1 <small>" in shown


def test_an_empty_box_lists_the_place_and_nonsense_within_is_a_string(client):
    assert parse_qs(urlsplit(client.get("/search/", {"q": "", "within": "版名:要闻"})["Location"]).query)["q"] == [
        "版名:要闻"
    ]
    found = client.get("/search/", {"q": "疫苗", "within": "到了"})["Location"]
    assert parse_qs(urlsplit(found).query)["q"] == ["疫苗 到了"]


def test_dates_and_a_place_are_taken_together(client):
    asked = {"q": "疫苗", "within": "日期:2024", "since": "2023", "until": "2023"}
    assert parse_qs(urlsplit(client.get("/search/", asked)["Location"]).query)["q"] == ["疫苗 日期:2023"]
