"""The trend of a list: a bar and a row for each year that the archive holds, as a share of its holdings."""

import datetime
import re

import pytest

from articles.models import Topic
from articles.views.narrowing import Narrowing
from articles.views.trend import per_thousand, trend
from tests.make import make_article, make_issue, make_page, make_region

TOPIC = Narrowing("/topics/tcm/", Topic(slug="tcm", name="中医药"), {})


def test_bars_are_shares_of_what_is_held_and_years_not_held_are_left_out():
    drawn = trend(TOPIC, {1985: 2, 1988: 2}, {1980: 50, 1985: 10, 1986: 10, 1988: 40, 1990: 7})
    assert [(row.year, row.link.count, row.per_thousand) for row in drawn.years] == [
        (1985, 2, "200.0"), (1986, 0, "0"), (1988, 2, "50.0"),
    ]  # fmt: skip
    assert [row.height for row in drawn.years] == [60, 0, 15]
    assert [row.x for row in drawn.years] == [8, 72, 200]  # four years share a width of 256
    assert {row.y + row.height for row in drawn.years} == {drawn.baseline}
    assert drawn.text == "1985—1988年各年每千篇中的篇数，1985年最高，为 200.0 篇"


@pytest.mark.parametrize("counts", [{}, {1985: 3}])
def test_there_is_no_chart_of_fewer_than_two_years(counts):
    assert trend(TOPIC, counts, {1984: 5, 1985: 5, 1986: 5}) is None


@pytest.mark.parametrize(("share", "said"), [(0, "0"), (0.0124, "12.4"), (0.00001, "不足 0.1"), (1, "1000.0")])
def test_a_share_is_said_in_a_thousand(share, said):
    assert per_thousand(share) == said


@pytest.mark.django_db
def test_chart_and_table_stand_on_the_page_and_mark_the_chosen_year(client):
    make_region()
    for year, number in ((1999, 1), (2024, 3)):
        page = make_page(make_issue(datetime.date(year, 3, 1)), 1)
        for place in range(number):
            make_article(page, f"{year}年第{place}篇").article_regions.create(region_id="410000")
        make_article(page, "别处的文章")
    text = client.get("/regions/410000/?year=2024").content.decode()
    assert re.findall(r'class="(bar[^"]*)".*?<title>(.*?)</title>', text) == [
        ("bar", "1999年：1 篇，每千篇中 500.0 篇"),
        ("bar current", "2024年：3 篇，每千篇中 750.0 篇"),
    ]
    rows = re.findall(r'<tr><th scope="row">(.*?)</th><td>(.*?)</td><td>(.*?)</td></tr>', text)
    assert rows == [
        ('<a rel="nofollow" href="/regions/410000/?year=1999">1999</a>', "1", "500.0"),
        ('<strong aria-current="true">2024</strong>', "3", "750.0"),
    ]


@pytest.mark.django_db
def test_a_list_of_one_year_has_no_chart(client):
    make_region()
    make_article().article_regions.create(region_id="410000")
    assert "<svg" not in client.get("/regions/410000/").content.decode()
