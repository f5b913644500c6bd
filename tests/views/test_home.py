"""The home page: the newest front page, and the search box with its dates."""

import datetime
from urllib.parse import parse_qs, urlsplit

import pytest

from articles.search.sync import sync
from tests.make import DAY, make_article, make_issue, make_page

pytestmark = pytest.mark.django_db


def test_it_shows_the_front_page_of_the_newest_issue(client):
    make_article(make_page(make_issue(DAY - datetime.timedelta(1)), 1), "昨日的头条")
    issue = make_issue()
    make_article(make_page(issue, 1, section="要闻"), "今日的头条")
    make_article(make_page(issue, 2, section="综合"), "二版的文章")
    text = client.get("/").content.decode()
    assert "今日的头条" in text and "昨日的头条" not in text and "二版的文章" not in text
    assert "02版：综合" in text


@pytest.mark.parametrize(
    ("typed", "asked"),
    [
        ({"q": "疫苗", "since": "1987", "until": "1989-12"}, {"q": ["疫苗 日期:1987..1989-12"]}),
        ({"q": "疫苗", "since": " 1987 年 3 月 ", "until": ""}, {"q": ["疫苗 日期:1987年3月.."]}),
        ({"q": "", "until": "1990"}, {"q": ["日期:..1990"]}),
        ({"q": "疫苗", "since": "1987", "sort": "oldest"}, {"q": ["疫苗 日期:1987.."], "sort": ["oldest"]}),
        ({"q": "疫苗 OR 接种", "since": "1987"}, {"q": ["(疫苗 OR 接种) 日期:1987.."]}),
        ({"q": "疫苗 日期:1990", "until": "1995"}, {"q": ["疫苗 日期:..1995"]}),
        ({"q": "“疫苗 接种", "since": "1987"}, {"q": ["“疫苗 接种” 日期:1987.."]}),
        ({"q": "疫苗", "since": "9" * 500}, {"q": ["疫苗 日期:" + "9" * 20 + ".."]}),
    ],
)
def test_dates_beside_the_box_become_part_of_the_query(client, typed, asked, settings, tmp_path):
    settings.SEARCH_DIR = tmp_path / "search"
    sync()
    response = client.get("/search/", typed)
    assert response.status_code == 302
    assert parse_qs(urlsplit(response["Location"]).query) == asked
    assert client.get(response["Location"]).status_code == 200
