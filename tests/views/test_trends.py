"""The comparison of searches over time."""

import csv
import datetime
import html
import io
import re
from urllib.parse import parse_qs, urlsplit

import pytest
from django.http import QueryDict

from articles.models import Issue, archive
from articles.search.sync import paused, sync
from articles.views.periods import Period
from articles.web.today import today
from tests.make import make_article, make_issue, make_many, make_page, make_schedule

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def stories(made_once):
    """Make stories of four years: 2015 whole, 2016 in part, 2017 without any, 2018 with too few for a rate."""
    make_schedule("2015-01-01", "2018-12-31", kind="dates", month_days="5,15,25")
    with paused():
        for year, months, words in (
            (2015, range(1, 13), ["疫苗"] * 1 + ["医共体"] * 2),
            (2016, (1, 2, 3, 4, 5, 6), ["疫苗", "医改", "托育"]),
            (2018, (3,), ["疫苗", "医改"]),
        ):
            for month in months:
                for day in (5, 15, 25) if year == 2015 else (5, 15):
                    page = make_page(make_issue(datetime.date(year, month, day)), 1)
                    make_many(page, [f"{word}的消息" for word in words], "正文")
    sync()


def get(client, query):
    response = client.get("/trends/", QueryDict(query))
    assert response.status_code == 200
    return response.content.decode()


def panels(text):
    """Return the titles of the bars of each panel."""
    return [re.findall(r"<title>([^<]+)</title>", panel) for panel in text.split('<section class="panel"')[1:]]


def test_each_search_has_its_years_in_proportion_to_the_archive(stories, client):
    first, second = panels(get(client, "q=疫苗&q=医共体|托育"))
    assert first == [
        "2015年：36 篇，每千篇 333.3 篇",
        "2016年：12 篇，每千篇 333.3 篇；收 12 期，缺 24 期",
        "2017年：没有收录",
        "2018年：2 篇；收 2 期，缺 34 期",
    ]
    assert second[0] == "2015年：72 篇，每千篇 666.7 篇"
    assert second[1].startswith("2016年：12 篇，每千篇 333.3 篇")


def test_a_bar_and_a_number_lead_to_the_search_of_their_period(stories, client):
    text = get(client, "q=疫苗&q=医共体|托育&year=2016")
    rows = re.findall(r'<th scope="row">2016-03</th>(.*)</tr>', text)
    (numbers,) = (re.findall(r'<a rel="nofollow" href="([^"]+)">(\d+)</a>', row) for row in rows)
    assert [count for _, count in numbers] == ["2", "2"]
    for url, count in numbers:
        assert f'href="{url}" tabindex="-1"' in text
        hits = client.get(html.unescape(url)).content.decode()
        assert f"</span>{count} <small>篇</small>" in hits


def test_years_lead_to_their_months_and_months_of_all_years_to_those_of_one(stories, client):
    text = get(client, "q=疫苗&q=医改&show=count")
    assert '<a rel="nofollow" href="?q=%E7%96%AB%E8%8B%97&amp;q=%E5%8C%BB%E6%94%B9&amp;show=count&amp;by=month' in text
    text = get(client, "q=疫苗&q=医改&by=month")
    assert len(panels(text)[0]) == 48 and len(re.findall('<th scope="row">(?:<a [^>]+>)?20', text)) == 4
    (url, *_) = re.findall(r'<a rel="nofollow" href="(\?[^"]+)" tabindex="-1">', text)
    asked = parse_qs(urlsplit(html.unescape(url)).query)
    assert asked == {"q": ["疫苗", "医改"], "by": ["month"], "year": ["2015"]}
    assert len(panels(client.get(f"/trends/{html.unescape(url)}").content.decode())[0]) == 12


def test_numbers_of_a_year_in_part_are_completed_and_said(stories, client):
    text = get(client, "q=疫苗&show=count")
    assert "虚线是按收录比例推算的篇数" in text and "2016年收 12 期，缺 24 期" in text
    assert text.count('class="whole"') == 1  # 2018 has a tenth of its issues at most, and 2015 has all
    assert text.count('class="gap"') == 1
    assert 'class="whole"' not in get(client, "q=疫苗")


def test_a_search_with_dates_is_counted_among_the_stories_of_its_dates(stories, client):
    text = get(client, "q=疫苗 日期:2015-11..2016-02")
    (titles,) = panels(text)
    assert titles == ["2015年：6 篇，每千篇 333.3 篇", "2016年：4 篇，每千篇 333.3 篇；收 12 期，缺 24 期"]
    assert "共 10 篇，每千篇 333.3" in text
    links = [html.unescape(url) for url in re.findall(r'href="(/search/[^"]+)" tabindex', text)]
    asked = [parse_qs(urlsplit(url).query)["q"][0] for url in links]
    assert asked == ["疫苗 日期:2015-11-01..2015-12-31", "疫苗 日期:2016-01-01..2016-02-29"]
    assert [re.search(r"共 </span>(\d+)", client.get(url).content.decode())[1] for url in links] == ["6", "4"]
    assert 'class="whole"' not in get(client, "q=疫苗 日期:2015-11..2016-02&show=count")


def test_dates_outside_the_archive_are_drawn_as_none(stories, client):
    for query in ("q=疫苗 日期:2030", "q=疫苗 日期:1950", "q=疫苗 日期:2015&year=2016"):
        text = get(client, query)
        assert "共 0 篇" in text and "还没有文章" not in text, query
    assert "档案里没有 2099年的报纸" in get(client, "q=疫苗&year=2099")


def test_teasers_are_counted_among_teasers_too(stories, changing, client):
    page = Issue.objects.get(date="2015-01-05").pages.get()
    make_many(page, [f"导读{number}" for number in range(120)], kind="teaser")
    sync()
    (titles,) = panels(get(client, "q=类别:导读"))
    assert titles[0] == "2015年：120 篇，每千篇 526.3 篇"  # of 108 stories and 120 teasers


def test_a_query_that_asks_nothing_has_no_stories_and_it_is_said(stories, client):
    text = get(client, "q=“”&q=疫苗")
    first, second = panels(text)
    assert "“““””里没有可以检索的字句。" in text or "里没有可以检索的字句。" in text
    assert first[0] == "2015年：0 篇，每千篇 0 篇" and second[0] == "2015年：36 篇，每千篇 333.3 篇"


def test_a_heading_leads_to_as_many_stories_as_it_says(stories, client):
    for query in ("q=疫苗&q=医共体|托育", "q=疫苗&q=医共体|托育&year=2016", "q=疫苗 日期:2015-11..2016-02&by=month"):
        text = get(client, query)
        heads = re.findall(r'<h2 id="panel-\d"><a href="([^"]+)">.*?共 (\d+) 篇', text, re.DOTALL)
        assert len(heads) == query.count("q=")
        for url, count in heads:
            hits = client.get(html.unescape(url)).content.decode()
            assert re.search(r"共 </span>(\d+)", hits)[1] == count, (query, url)


def test_an_issue_of_days_to_come_leaves_no_gap_in_the_axis(stories, changing, client):
    year = today().year + 5
    make_article(make_page(make_issue(datetime.date(year, 3, 1)), 1), "疫苗的消息")
    sync()
    (titles,) = panels(get(client, "q=疫苗"))
    assert len(titles) == year - 2015 + 1 and titles[-1] == f"{year}年：1 篇"


def test_long_queries_make_no_endless_page(stories, changing, client):
    """The longest archive: 126 years, five queries of the longest kind."""
    make_article(make_page(make_issue(datetime.date(1900, 1, 5)), 1), "疫苗")
    sync()
    queries = "&".join(f"q={'疫苗|' * 5}{'〇一二三四五六七八九'[number] * 200}" for number in range(5))
    for manner in ("", "&by=month"):
        text = get(client, queries + manner)
        assert "太长，只取了前 100 字" in text
        assert len(text.encode()) < 1_500_000
        links = [html.unescape(url) for url in re.findall(r'href="(\S+?)"', text)]
        assert max(map(len, links)) < 8000
        own = [url for url in links if url.startswith("?") and "as=" not in url]
        assert len(own) > 3 and all(client.get(f"/trends/{url}").status_code == 200 for url in own[:10])


def test_a_query_without_room_for_a_date_has_no_links_and_it_is_said(stories, client):
    text = get(client, "q=疫苗|" + "|".join("甲乙丙丁戊己庚辛壬癸子"))
    assert "不能再加日期，所以没有链接" in text and 'tabindex="-1"' not in text


def test_the_table_is_a_file(stories, client):
    response = client.get("/trends/", QueryDict("q=疫苗&q=医共体|托育&as=csv"))
    rows = list(csv.reader(io.StringIO(b"".join(response.streaming_content).decode("utf-8-sig"))))
    assert rows[0] == [
        *("年份", "疫苗 篇数", "疫苗 每千篇", "医共体|托育 篇数", "医共体|托育 每千篇"),
        *("收有篇数", "收有期数", "已知缺期"),
    ]
    assert rows[1] == ["2015", "36", "333.333", "72", "666.667", "108", "36", "0"]
    assert rows[3] == ["2017", "0", "", "0", "", "0", "0", "36"]
    assert "词频对照" in response["Content-Disposition"] or "%E8%AF%8D%E9%A2%91" in response["Content-Disposition"]


def test_names_in_a_file_run_no_formula(stories, client):
    response = client.get("/trends/", QueryDict("q==1%2B1&as=csv"))
    assert "\n=1" not in (text := b"".join(response.streaming_content).decode()) and ",=1" not in text


def test_up_to_five_are_drawn_once_each_and_the_rest_is_named(stories, client):
    text = get(client, "q=疫苗&q=医改&q=疫苗&q=&q=托育&q=医共体&q=消息&q=正文&q=之外")
    titles = re.findall(r'<h2 id="panel-\d"><a href="[^"]+">([^<]+)</a>', text)
    assert titles == ["疫苗", "医改", "托育", "医共体", "消息"]
    assert "一次最多对照 5 个，“正文”、“之外”没有画出" in text
    assert text.count('<input name="q" value=') == 5


def test_a_string_that_stands_nowhere_is_an_empty_panel_and_not_missing(stories, client):
    text = get(client, "q=没有人写过这句话&q=疫苗&scale=own")
    assert "共 0 篇" in text and len(panels(text)) == 2


@pytest.mark.parametrize("asked", ["by=day", "show=x", "scale=y", "year=abc", "year=99999", "by=month&year=1500"])
def test_other_values_than_the_choices_are_left_out(stories, client, asked):
    text = get(client, f"q=疫苗&{asked}")
    assert ("2015年1月：3 篇" if asked.startswith("by=month") else "2015年：36 篇") in text
    assert 'value="x"' not in text and 'value="abc"' not in text


def test_an_empty_page_says_how_and_gives_examples(client):
    text = get(client, "")
    assert "先填一两个" in text
    (url, *_) = re.findall(r'<a rel="nofollow" href="(/trends/[^"]+)"', text)
    assert client.get(html.unescape(url)).status_code == 200


def test_each_search_leads_to_its_years(stories, client):
    text = client.get("/search/", {"q": "疫苗 -医改"}).content.decode()
    (url,) = re.findall(r'href="(/trends/[^"]+)"', text)
    assert "2015年：36 篇" in client.get(html.unescape(url)).content.decode()


def test_the_page_is_made_anew_once_the_index_has_caught_up(stories, changing, client):
    with paused():
        issue = Issue.objects.get(date="2015-01-05")
        make_article(make_page(issue, 2), "疫苗又一则")
        with archive.change() as change:
            change.other()
    response = client.get("/trends/", {"q": "疫苗"})
    assert "索引更新中" in response.content.decode() and "no-store" in response["Cache-Control"]
    sync()
    assert "2015年：37 篇" in client.get("/trends/", {"q": "疫苗"}).content.decode()


def test_the_display_page_leads_back_to_all_that_was_compared(stories, client):
    text = get(client, "q=疫苗&q=医改")
    (url,) = re.findall(r'href="(/display/[^"]+)"', text)
    back = re.search(r'name="next" value="([^"]+)"', client.get(html.unescape(url)).content.decode())
    assert parse_qs(urlsplit(html.unescape(back[1])).query)["q"] == ["疫苗", "医改"]


def test_the_running_year_is_held_in_part():
    day = today()
    first, last = datetime.date(day.year, 1, 1), datetime.date(day.year, 12, 31)
    period = Period(first, last, "", "", stories=100, issues=10, missing=0, elapsed=0.5)
    assert period.is_in_part and period.share == 0.5 and "至今" in period.held_text
    assert not Period(first, last, "", "", stories=100, issues=10, missing=1, elapsed=1).is_in_part
