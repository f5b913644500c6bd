"""Lists of names as files: regions, topics, columns, page names, people, years, missing issues."""

import csv
import datetime
import io
import json
import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from articles.models import Column, Contributor, Topic
from articles.views import exports
from tests.make import make_article, make_issue, make_page, make_region, make_schedule, sign

pytestmark = pytest.mark.django_db

HOST = "http://testserver"

PATHS = ["/regions/", "/topics/", "/columns/", "/sections/", "/contributors/", "/issues/", "/issues/missing/"]


@pytest.fixture
def names():
    """Two names of each kind: the first has one story, which is a sample, and the second has two stories."""
    regions = [make_region("110000", "北京市", "北京"), make_region("420000", "湖北省", "湖北")]
    topics = [Topic.objects.create(slug=slug, name=name) for slug, name in (("tcm", "中医药"), ("care", "照护"))]
    columns = [Column.objects.create(name=name) for name in ("=行医笔记", "资讯")]
    for year, at in ((1947, 0), (2023, 1), (2024, 1)):
        issue = make_issue(datetime.date(year, 1, 1))
        page = make_page(issue, section=("要闻", "文化/生活")[at], is_sample=not at)
        article = make_article(page, column=columns[at])
        article.article_regions.create(region=regions[at])
        article.article_topics.create(topic=topics[at])
        sign(article, ("安宁", "赵一苇")[at])
    make_schedule("1947-01-02", "1947-01-08", weekdays="15", reason="每周两期")


def ids(model):
    return list(model.objects.order_by("pk").values_list("pk", flat=True))


def download(path):
    response = Client().get(path)
    assert response.status_code == 200 and response.streaming and response["X-Robots-Tag"] == "noindex"
    return b"".join(response.streaming_content).decode()


def table(path):
    text = download(path)
    assert text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text[1:], newline="")))


def test_each_list_of_names_is_a_table(names):
    columns, people = ids(Column), ids(Contributor)
    head = ["网址", "篇数"]
    assert {path: table(f"{path}?as=csv") for path in PATHS} == {
        "/regions/": [
            ["名称", "代码", *head],
            ["北京市", "110000", f"{HOST}/regions/110000/", "1"],
            ["湖北省", "420000", f"{HOST}/regions/420000/", "2"],
        ],
        "/topics/": [
            ["名称", "代号", *head],
            ["中医药", "tcm", f"{HOST}/topics/tcm/", "1"],
            ["照护", "care", f"{HOST}/topics/care/", "2"],
        ],
        "/columns/": [
            ["名称", "编号", *head],
            ["资讯", str(columns[1]), f"{HOST}/columns/{columns[1]}/", "2"],
            ["'=行医笔记", str(columns[0]), f"{HOST}/columns/{columns[0]}/", "1"],
        ],
        "/sections/": [
            ["名称", *head],
            ["文化/生活", f"{HOST}/sections/%E6%96%87%E5%8C%96/%E7%94%9F%E6%B4%BB/", "2"],
            ["要闻", f"{HOST}/sections/%E8%A6%81%E9%97%BB/", "1"],
        ],
        "/contributors/": [
            ["姓名", "编号", *head, "示例（虚构）"],
            ["安宁", str(people[0]), f"{HOST}/contributors/{people[0]}/", "1", "是"],
            ["赵一苇", str(people[1]), f"{HOST}/contributors/{people[1]}/", "2", "否"],
        ],
        "/issues/": [
            ["年份", "网址", "收有期数", "缺期数", "版数", "篇数"],
            ["2024", f"{HOST}/issues/2024/", "1", "0", "1", "1"],
            ["2023", f"{HOST}/issues/2023/", "1", "0", "1", "1"],
            ["1947", f"{HOST}/issues/1947/", "1", "2", "1", "1"],
        ],
        "/issues/missing/": [
            ["日期", "星期", "出版安排", "理由", "出处", "编辑已核实"],
            ["1947-01-06", "星期一", "1947年1月2日至1947年1月8日，每周一、五出报", "每周两期", "出处", "否"],
            ["1947-01-03", "星期五", "1947年1月2日至1947年1月8日，每周一、五出报", "每周两期", "出处", "否"],
        ],
    }


@pytest.mark.parametrize("path", PATHS)
def test_a_line_of_json_has_the_cells_of_a_row_as_they_are(names, path):
    rows = [json.loads(line) for line in download(f"{path}?as=jsonl").splitlines()]
    plain = [["是" if cell is True else "否" if cell is False else str(cell) for cell in row.values()] for row in rows]
    assert plain == [[cell.removeprefix("'") for cell in row] for row in table(f"{path}?as=csv")[1:]]
    assert {type(row["stories"]) for row in rows if "stories" in row} <= {int}


def test_a_table_has_the_order_of_its_list_and_all_its_pages(names, monkeypatch):
    monkeypatch.setattr(exports, "CHUNK", 1)
    for path in ("/regions/", "/topics/", "/columns/", "/contributors/"):
        rows = table(f"{path}?as=csv&sort=count&page=2")[1:]
        assert [row[3] for row in rows] == ["2", "1"], path


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("value", ["bib", "ris", "xml"])
def test_a_table_is_no_list_of_references(names, client, path, value):
    response = client.get(f"{path}?as={value}")
    said = response.content.decode().split('class="banner">')[1].split("</p>")[0]
    assert response.status_code == 400
    assert re.findall(r'<a href="(.*?)"[^>]*>(.*?)</a>', said) == [
        ("?as=csv", "CSV"), ("?as=jsonl", "JSON Lines"), ("?", "回到列表"),
    ]  # fmt: skip


@pytest.mark.parametrize("path", PATHS)
def test_a_page_links_to_its_files_and_says_where_they_end(names, client, monkeypatch, path):
    text = client.get(path).content.decode()
    assert re.findall(r'<a rel="nofollow" href="(\?as=[^"]*)">([^<]+)</a>', text) == [
        ("?as=csv", "CSV"), ("?as=jsonl", "JSON Lines"),
    ]  # fmt: skip
    assert "一个文件最多" not in text
    monkeypatch.setattr(exports, "MOST_ROWS", 1)
    total = 3 if path == "/issues/" else 2
    said = f"文件到第 1 行为止，全表共 {total} 行。"
    assert table(f"{path}?as=csv")[2:] == [[said]]
    assert download(f"{path}?as=jsonl").splitlines()[1:] == [json.dumps({"notice": said}, ensure_ascii=False)]
    monkeypatch.setattr("articles.templatetags.downloads.MOST_ROWS", 1)
    if path != "/issues/":  # there are some hundred years at most
        assert "一个文件最多 1 行。" in Client().get(path).content.decode()


@pytest.mark.parametrize("path", PATHS)
def test_rows_of_a_table_cost_no_queries_of_their_own(names, path):
    def cost():
        download(f"{path}?as=csv")  # counts over the whole archive are taken once for each revision
        with CaptureQueriesContext(connection) as queries:
            download(f"{path}?as=csv")
        return len(queries)

    few = cost()
    for number in range(5):
        page = make_page(make_issue(datetime.date(2000 + number, 1, 1)), section=f"版{number}")
        sign(make_article(page, column=Column.objects.create(name=f"栏目{number}")), f"作者{number}")
    assert cost() == few <= 8
