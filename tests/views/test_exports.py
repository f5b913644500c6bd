"""Lists as files: a file has all rows of the list, in its order. Each chunk of rows costs the same."""

import csv
import datetime
import io
import json
import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles.citing import list_formats
from articles.models import Article, ArticleRegion, ArticleTopic, Byline, Column, Topic, archive
from articles.search.sync import paused, sync
from articles.views import exports
from tests.make import DAY, make_article, make_issue, make_page, make_region, sign

pytestmark = pytest.mark.django_db

#: The mark of a test that searches: the index follows only committed changes.
searching = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.SEARCH_DIR = tmp_path / "search"


@pytest.fixture
def lists():
    """The paths of four lists with three stories, one in two parts and one of another year, and one hidden story."""
    region, topic = make_region(), Topic.objects.create(slug="tcm", name="中医药")
    column = Column.objects.create(name="行医笔记")
    issue = make_issue()
    head = make_article(make_page(issue, 3), "首篇", column=column, kicker="行医笔记")
    part = make_article(make_page(issue, 5), "续篇", continuation_of=head)
    rows = [
        head,
        make_article(make_page(issue, 1), "一版的文章", column=column),
        make_article(make_page(make_issue(datetime.date(1999, 1, 4)), 2), "旧文章", column=column),
        make_article(issue.pages.first(), "撤回的文章", column=column, withdrawn=True),
    ]
    with archive.change() as change:
        for row in rows:
            sign(row, "赵一苇")
            row.article_regions.create(region=region)
            row.article_topics.create(topic=topic)
        sign(part, "钱二木", "摄影", "photo")
        change.articles(row.pk for row in rows)
    person = head.bylines.get().contributor_id
    return ["/regions/410000/", "/topics/tcm/", f"/columns/{column.pk}/", f"/contributors/{person}/"]


def download(client, path):
    response = client.get(path)
    assert response.status_code == 200 and response.streaming
    return b"".join(response.streaming_content).decode()


def test_who_asks_for_the_head_of_a_file_costs_no_row(lists, client, django_assert_max_num_queries):
    with django_assert_max_num_queries(9):
        response = client.head(f"{lists[0]}?as=jsonl")
        assert b"".join(response.streaming_content) == b""
    assert "attachment" in response["Content-Disposition"]


def rows_of(text):
    """Return the rows of a CSV file as a spreadsheet reads them: {column: cell} for each row."""
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text[1:], newline="")))


def headlines(client, path, **more):
    return [row["标题"] for row in rows_of(download(client, path + "as=csv"))]


def test_a_list_is_a_file_of_its_rows_in_its_order_by_year_too(lists, client):
    for path in lists:
        assert headlines(client, f"{path}?") == ["一版的文章", "首篇", "旧文章"], path
        assert headlines(client, f"{path}?year=1999&") == ["旧文章"], path
        assert headlines(client, f"{path}?page=2&") == ["一版的文章", "首篇", "旧文章"], path
    for path in ("/issues/2024-11-22/", "/issues/2024/11/", "/issues/2024/"):
        assert headlines(client, f"{path}?") == ["一版的文章", "首篇"], path


def test_a_page_is_a_file_of_the_stories_that_stand_on_it_whole_and_once(lists, client):
    page = Article.objects.get(headline="续篇").page
    other = make_article(page, "首篇之二")
    make_article(page, "二之续", continuation_of=other)
    make_article(page, "撤回之续", continuation_of=Article.objects.get(headline="撤回的文章"))
    assert headlines(client, "/issues/2024-11-22/pages/5/?") == ["首篇", "首篇之二"]
    assert headlines(client, "/issues/2024-11-22/pages/3/?") == ["首篇"]
    unnumbered = make_article(make_page(page.issue, None), "无版次的文章").page
    assert headlines(client, f"/pages/{unnumbered.pk}/?") == ["无版次的文章"]


def test_a_year_is_a_file_of_its_stories_in_the_order_of_print(client):
    for date, edition, printed in (
        ((2024, 12, 31), 1, "己庚"), ((2025, 1, 1), 1, "辛"), ((2024, 1, 2), 2, "丁戊"), ((2024, 1, 2), 1, "乙丙"),
        ((2024, 1, 1), 1, "甲"),
    ):  # fmt: skip
        issue = make_issue(datetime.date(*date), edition=edition)
        for number, headline in enumerate(printed, start=1):
            make_article(make_page(issue, number), headline)
    assert headlines(client, "/issues/2024/?") == list("甲乙丙丁戊己庚")
    assert headlines(client, "/issues/2024/01/?") == list("甲乙丙丁戊")
    assert client.get("/issues/2024/02/?as=csv").status_code == 404


def test_a_row_says_all_of_a_story_but_its_text(lists, client):
    row = rows_of(download(client, "/issues/2024-11-22/?as=csv"))[1]
    pk = row["编号"]
    assert row == {
        "编号": pk,
        "网址": f"http://testserver/articles/{pk}/",
        "日期": "2024-11-22",
        "日期依据": "版面所印",
        "当日第几种": "1",
        "总期号": "",
        "版次": "3、5",
        "版名": "",
        "类别": "文章",
        "引题": "行医笔记",
        "标题": "首篇",
        "副题": "",
        "栏目": "行医笔记",
        "作者": "赵一苇",
        "署名": "记者 赵一苇",
        "图片署名": "摄影 钱二木",
        "地区": "河南省",
        "地区代码": "410000",
        "主题": "中医药",
        "引用格式（GB/T 7714—2025）": "赵一苇. 首篇[N]. 健康报，2024-11-22（3, 5）.",
        "备注": "",
    }


def test_a_line_of_json_is_the_record_of_the_story(lists, client):
    records = [json.loads(line) for line in download(client, "/topics/tcm/?as=jsonl").splitlines()]
    assert records == [json.loads(client.get(f"/articles/{each['id']}.json").content) for each in records]
    assert [record["headline"] for record in records] == ["一版的文章", "首篇", "旧文章"]


@pytest.mark.parametrize("suffix", ["bib", "ris"])
def test_a_file_of_references_is_that_of_each_story_one_after_another(lists, client, suffix):
    pks = [row["编号"] for row in rows_of(download(client, "/topics/tcm/?as=csv"))]
    single = [client.get(f"/articles/{pk}.{suffix}").content.decode() for pk in pks]
    assert download(client, f"/topics/tcm/?as={suffix}") == "".join(
        each + ("\n" if suffix == "bib" else "") for each in single
    )


def test_cells_that_would_be_formulas_are_text(client):
    page = make_page(make_issue(), 1, section="@SUM(A1)")
    for headline in ("=1+1", '＝HYPERLINK("x")', "-2℃的夜班", "+86", '引号"与,逗号\n换行'):
        make_article(page, headline)
    rows = rows_of(download(client, "/issues/2024-11-22/?as=csv"))
    assert [row["标题"] for row in rows] == [
        "'=1+1", "'＝HYPERLINK(\"x\")", "'-2℃的夜班", "'+86", "引号\"与,逗号\n换行",
    ]  # fmt: skip
    assert {row["版名"] for row in rows} == {"'@SUM(A1)"}


def walked(client, sort):
    """Return the ids on all pages of a search, in order."""
    ids, address = [], f"/search/?q=文章&sort={sort}"
    while address:
        text = client.get(address).content.decode()
        ids += re.findall(r'<h[23] class="headline"><a href="/articles/(\d+)/', text)
        following = re.search(r'rel="next" href="([^"]+)"', text)
        address = following and "/search/" + following[1].replace("&amp;", "&")
    return ids


@searching
@pytest.mark.parametrize("sort", ["relevance", "newest", "oldest"])
def test_a_search_is_a_file_of_all_its_pages(client, sort):
    with paused():
        for number in range(25):
            page = make_page(make_issue(DAY + datetime.timedelta(number)))
            make_article(page, f"文章{number:02d}号", "文章" * (number % 7))
        make_article(page, "导读里的文章", kind="teaser")
    sync()
    expected = walked(client, sort)
    assert len(expected) == 25
    assert [row["编号"] for row in rows_of(download(client, f"/search/?q=文章&sort={sort}&as=csv"))] == expected
    assert len(headlines(client, f"/search/?q=文章&sort={sort}&all=1&page=2&after=1&")) == 26


@searching
def test_a_search_that_is_relaxed_is_a_file_of_what_it_shows(client):
    article = make_article(headline="流动诊室", text="诊室的事")
    sync(rebuild=True)
    assert f'href="/articles/{article.pk}/?' in client.get("/search/?q=流动的事").content.decode()
    assert headlines(client, "/search/?q=流动的事&") == ["流动诊室"]


def test_a_search_for_nothing_is_an_empty_file_and_one_without_an_index_is_none(client):
    for query in ("", "q=&"):
        assert headlines(client, f"/search/?{query}") == []
    assert client.get("/search/?q=文章&as=csv").status_code == 503


@pytest.mark.parametrize(
    ("suffix", "last"),
    [
        ("csv", '"文件到第 2 篇为止，全部共 3 篇。请选定年份、月份或日期，分几次下载。"'),
        ("jsonl", '{"notice": "文件到第 2 篇为止，全部共 3 篇。请选定年份、月份或日期，分几次下载。"}'),
        ("bib", "@comment{文件到第 2 篇为止，全部共 3 篇。请选定年份、月份或日期，分几次下载。}"),
        ("ris", "ER  - "),
    ],
)
def test_a_file_that_ends_before_the_list_says_so_where_it_can(lists, client, monkeypatch, suffix, last):
    path = f"/topics/tcm/?as={suffix}"
    assert download(client, path).strip("\r\n").splitlines()[-1] != last or suffix == "ris"
    monkeypatch.setattr(exports, "MOST_ROWS", 2)
    text = download(client, path)
    assert text.strip("\r\n").splitlines()[-1].strip('"') == last.strip('"')
    assert "一版的文章" in text and "首篇" in text and "旧文章" not in text


@searching
def test_a_page_says_when_its_list_is_longer_than_a_file(lists, client, monkeypatch):
    said = "一个文件最多 2 篇"
    paths = [*lists[:1], "/search/?q=文章 OR 首篇"]
    assert [said in client.get(path).content.decode() for path in paths] == [False, False]
    monkeypatch.setattr("articles.templatetags.downloads.MOST_ROWS", 2)
    client = Client()  # a new client has an empty page cache
    assert [said in client.get(path).content.decode() for path in paths] == [True, True]


def test_a_year_longer_than_a_file_leads_to_the_files_of_its_months(lists, client, monkeypatch):
    make_article(make_page(make_issue(datetime.date(2024, 1, 4))))
    text = client.get("/issues/2024/").content.decode()
    assert "下载全部 3 篇：" in text and "请分月下载" not in text
    monkeypatch.setattr("articles.templatetags.downloads.MOST_ROWS", 2)
    said = Client().get("/issues/2024/").content.decode().split("一个文件最多 2 篇，请分月下载：")[1]
    assert re.findall(r'href="(.*?)">(.*?)</a>', said.split("</small>")[0]) == [
        ("/issues/2024/01/#download", "1月"),
        ("/issues/2024/11/#download", "11月"),
    ]
    assert '<p class="exports" id="download">下载全部 2 篇：' in Client().get("/issues/2024/11/").content.decode()


@searching
def test_each_list_links_to_its_files_as_it_is_narrowed(lists, client):
    of_issues = ("/issues/2024-11-22/", "/issues/2024-11-22/pages/1/", "/issues/2024/11/", "/issues/2024/")
    for path in (f"{lists[0]}?year=2024&page=1", "/search/?q=文章&sort=newest", *of_issues):
        text = client.get(path).content.decode()
        links = re.findall(r'<a rel="nofollow" href="(\?[^"]*as=[^"]*)">([^<]+)</a>', text)
        assert [name for _, name in links] == ["CSV", "JSON Lines", "RIS", "BibTeX"], path
        page = path.partition("?")[0]
        for address, _ in links:
            download(client, page + address.replace("&amp;", "&"))
    assert "year=2024" in client.get(f"{lists[0]}?year=2024").content.decode().split('class="exports"')[1]


@pytest.mark.parametrize("value", ["xml", "CSV", "csv,ris", "%00x", "csv%01", "x" * 3000])
def test_another_kind_of_file_is_answered_with_a_sentence(lists, client, value):
    for path in [*lists, "/issues/2024-11-22/", "/issues/2024-11-22/pages/1/", "/issues/2024/", "/search/"]:
        response = client.get(f"{path}?as={value}")
        assert response.status_code == 400
        assert ("这个列表没有这种格式的文件" in response.content.decode()) == ("%00" not in value)


def test_an_empty_value_asks_for_the_page(lists, client):
    for path in lists:
        assert "<h1>" in client.get(f"{path}?as=").content.decode()


def test_a_file_is_saved_under_the_name_of_its_list(lists, client):
    response = client.get("/regions/410000/?as=csv")
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    name = f"jkb-{timezone.localdate()}.csv"
    assert response["Content-Disposition"] == (
        f"attachment; filename=\"{name}\"; filename*=UTF-8''%E6%B2%B3%E5%8D%97%E7%9C%81%20{name}"
    )
    assert response["X-Robots-Tag"] == "noindex"


def cost(client, path):
    with CaptureQueriesContext(connection) as queries:
        text = download(client, path)
    return len(queries), len(text.splitlines())


def test_a_chunk_of_rows_costs_the_queries_of_one(client, monkeypatch):
    monkeypatch.setattr(exports, "CHUNK", 20)
    monkeypatch.setattr(exports, "CHUNK_OF_TEXTS", 20)
    page, topic, region = make_page(make_issue(), 1), Topic.objects.create(slug="tcm", name="中医药"), make_region()
    writer = sign(make_article(page), "赵一苇").contributor

    def add(count):
        made = Article.objects.bulk_create([Article(page=page, headline="一篇文章") for _ in range(count)])
        ArticleTopic.objects.bulk_create([ArticleTopic(article=article, topic=topic) for article in made])
        ArticleRegion.objects.bulk_create([ArticleRegion(article=article, region=region) for article in made])
        Byline.objects.bulk_create([Byline(article=article, contributor=writer) for article in made])

    def costs():
        return {suffix: cost(client, f"/topics/tcm/?as={suffix}")[0] for suffix in list_formats()}

    add(1)
    costs()  # the provinces are looked up once for each revision
    one = costs()
    # Four queries (the archive's state, the topic, the state again for the file, the ids) and four for each chunk.
    assert set(one.values()) == {8}
    add(19)
    assert costs() == one
    add(20)
    assert costs() == {suffix: count + 4 for suffix, count in one.items()}
    assert cost(client, "/topics/tcm/?as=csv")[1] == 41


def test_stories_without_a_headline_are_called_by_their_first_words_in_every_kind_of_file(client):
    make_article(headline="", text="没有标题的文章从这里开始。")
    page = Article.objects.get().page
    make_article(page, "有标题的文章")
    files = {suffix: download(client, f"/issues/2024-11-22/?as={suffix}") for suffix in list_formats()}
    assert all("没有标题的文章从这里开始" in text for text in files.values())
    assert all(row["引用格式（GB/T 7714—2025）"].startswith("[没有标题的文章") for row in rows_of(files["csv"])[:1])
