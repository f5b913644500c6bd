"""A search without a hit: each way out has the right count, and the day that was asked for is explained."""

import datetime
import html
import re
from urllib.parse import parse_qs, urlsplit

import pytest

from articles.models import PublicationSchedule, Topic
from articles.search.find import SearchOptions, find
from articles.search.sync import paused, sync
from tests.make import make_article, make_issue, make_page, make_region, sign

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def stories(settings, tmp_path):
    settings.SEARCH_DIR = tmp_path / "search"
    with paused():
        make_region("510000", "四川省", "四川")
        topic = Topic.objects.create(slug="emr", name="信息化")
        for number, (day, text) in enumerate(
            [
                ("2019-04-30", "电子病历互认起步。"),
                ("2019-05-06", "电子病历有了新规。"),
                ("2019-05-06", "检验结果互认。"),
                ("2018-01-05", "电子病历互认走过十年。"),
            ]
        ):
            date = datetime.date.fromisoformat(day)
            article = make_article(make_page(make_issue(date, edition=number + 1), 1), f"第{number}篇", text)
            sign(article, "何文")
            if number == 1:
                article.article_regions.create(region_id="510000")
                article.article_topics.create(topic=topic)
        PublicationSchedule.objects.create(
            first_day=datetime.date(2019, 1, 1), last_day=datetime.date(2019, 12, 31), kind="weekdays",
            weekdays="12345", reason="周末不出报", source="报头",
        )  # fmt: skip
        PublicationSchedule.objects.create(
            first_day=datetime.date(2019, 5, 1), last_day=datetime.date(2019, 5, 4), kind="suspended",
            reason="劳动节", source="公告",
        )  # fmt: skip
    sync()


#: Every kind of empty result, and the queries of its ways out.
EMPTY = [
    ("电子病历 互认 日期:2019-05-01 地区:四川", {"电子病历 互认", "电子病历", "互认", "电子病历 OR 互认"}),
    ("电子病历 互认 日期:2019-05-06", {"电子病历 日期:2019-05-06", "互认 日期:2019-05-06", "电子病历 互认 日期:2019",
                                 "电子病历 互认", "电子病历", "互认", "电子病历 OR 互认"}),
    ("电子病历 日期:2020", {"电子病历"}),
    ("互认 地区:四川", {"互认", "地区:四川"}),
    ("互认 主题:信息化", {"互认", "主题:信息化"}),
    ("电子病历 地区:无此地", {"电子病历"}),
    ("电子病历 -病历", {"电子病历"}),
    ("电子病历 记者:何文 版:2", {"电子病历 记者:何文", "电子病历"}),
    ("电子病历 类别:图片", {"电子病历"}),
    ("标题:电子病历", {"电子病历"}),
    ("“电子病龘”", {"“电子病”"}),
    ("龘龘龘", set()),
    ("龘 OR 龖", set()),
]  # fmt: skip


@pytest.mark.parametrize(("typed", "expected"), EMPTY)
def test_each_way_out_has_the_count_of_the_list_to_which_it_leads(client, typed, expected):
    found = find(typed)
    assert found.rows.total == 0
    ways = [way for way in (*found.ways_out.relaxed, *found.ways_out.anew) if way.count]
    assert {way.query for way in ways} >= expected
    for way in ways:
        assert find(way.query).rows.total == way.count > 0, way
    text = client.get("/search/", {"q": typed}).content.decode()
    assert "没有找到" in text and "所收范围" in text and "2018—2019年" in text
    main = text[text.index('<div class="two">') :]
    links = [html.unescape(url) for url in re.findall(r'<li><a rel="nofollow" href="(\?[^"]+)"', main)]
    assert {parse_qs(urlsplit(url).query)["q"][0] for url in links} >= expected


def test_the_other_choices_of_the_search_stay(client):
    text = client.get("/search/", {"q": "电子病历 日期:2020", "sort": "newest", "all": "1"}).content.decode()
    (link,) = {html.unescape(url) for url in re.findall(r'href="(\?[^"]+)"><span>去掉', text)}
    assert parse_qs(urlsplit(link).query) == {"q": ["电子病历"], "sort": ["newest"], "all": ["1"]}
    assert find("电子病历", SearchOptions(everything=True)).rows.total == 3


@pytest.mark.parametrize(
    ("day", "said"),
    [
        ("2019-05-01", "2019年5月1日 星期三：停刊，这一天没有报纸。（劳动节）"),
        ("2019-05-05", "2019年5月5日 星期日：按出版安排不出报，这一天没有报纸。（周末不出报）"),
        ("2019-05-07", "2019年5月7日 星期二：按出版安排应出报，档案未收。"),
        ("2019-04-30", "2019年4月30日 星期二：这一天有报，报上没有您要找的。"),
        ("1999-01-01", "1999年1月1日 星期五：档案里没有这一天的报纸，是缺期还是不出报不能断定。"),
    ],
)
def test_the_day_that_was_asked_for_is_explained_first(client, day, said):
    text = client.get("/search/", {"q": f"龘龘 日期:{day}"}).content.decode()
    assert said in text and text.index(said) < text.index('<div class="aside">')
    if day == "2019-05-07":
        assert "这段时间缺 1 期" in text
    assert "前后的报纸" in text


def test_the_missing_days_of_a_year_are_named(client):
    text = client.get("/search/", {"q": "龘龘 日期:2019"}).content.decode()
    assert re.search(r"这段时间缺 \d+ 期", text) and ">1月1日</a>、" in text
    assert 'href="/issues/missing/?year=2019">缺期清单' in text


def test_a_bare_date_leads_to_its_issue_first(client):
    for typed in ("2019-04-30", "2019年4月30日", " 2019.4.30 "):
        text = client.get("/search/", {"q": typed}).content.decode()
        assert '看这一天的报纸：<a href="/issues/2019-04-30/">' in text, typed
    assert "2019年5月1日 星期三：停刊" in client.get("/search/", {"q": "2019-05-01"}).content.decode()
    assert "看这一天" not in client.get("/search/", {"q": "2019-04"}).content.decode()


@pytest.mark.parametrize(
    ("asked", "query"),
    [
        ({"q": "互认", "since": "2019", "until": "2019"}, "互认 日期:2019"),
        ({"q": "互认", "since": "2018", "until": ""}, "互认 日期:2018.."),
        ({"q": "互认 日期:2019", "since": "2018", "until": "2019", "dates": "2019..2019"}, "互认 日期:2018..2019"),
        ({"q": "互认 日期:2019", "since": "", "until": "", "dates": "2019..2019"}, "互认"),
        ({"q": "互认 OR 病历", "since": "2019", "until": "2019", "dates": ".."}, "(互认 OR 病历) 日期:2019"),
        ({"q": "互认", "since": "2019", "until": "2019", "dates": "2019..2019"}, None),  # taken out of the query
        ({"q": "互认 日期:2018", "since": "2019", "until": "2019", "dates": "2019..2019"}, None),
        ({"q": "互认", "since": "", "until": ""}, None),
    ],
)
def test_the_boxes_count_only_where_the_reader_changed_them(client, asked, query):
    response = client.get("/search/", asked)
    if query is None:
        assert response.status_code == 200
        return
    assert response.status_code == 302
    assert parse_qs(urlsplit(response["Location"]).query) == {"q": [query]}


def test_the_boxes_keep_what_was_chosen_and_show_the_years_of_the_archive(client):
    text = client.get("/search/", {"q": "互认 日期:2018-01..2019"}).content.decode()
    assert 'name="since" maxlength="20" value="2018-01-01" placeholder="2018"' in text
    assert 'name="until" maxlength="20" value="2019-12-31" placeholder="2019"' in text
    assert '<input type="hidden" name="dates" value="2018-01-01..2019-12-31">' in text
    assert 'value="" placeholder="2018"' in client.get("/").content.decode()


def test_no_link_of_a_page_carries_the_boxes_on(client):
    text = client.get("/search/", {"q": "互认 日期:2019", "since": "2019", "until": "2019", "dates": "2019..2019"})
    assert re.findall(r'href="[^"]*(?:since|until|dates)=', text.content.decode()) == []
