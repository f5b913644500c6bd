"""Lists narrowed by year, topic and region: each count equals the number in the list that its link leads to."""

import datetime
import re
from html import unescape

import html5lib
import pytest

from articles.models import Column, Contributor, Topic
from tests.make import make_article, make_issue, make_page, make_region, sign, update

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def archive_of_stories(made_once):
    """Twelve stories over three years, of two topics, two provinces and a column, signed by one person in two roles."""
    for code, name, parent, level in (
        ("410000", "河南省", None, 1), ("410300", "洛阳市", "410000", 2), ("420000", "湖北省", None, 1),
    ):  # fmt: skip
        make_region(code, name, name.rstrip("省市"), level, parent)
    topics = [Topic.objects.create(slug=f"topic-{n}", name=f"主题{n}", position=n) for n in (1, 2)]
    column = Column.objects.create(name="资讯速递")
    pages = [make_page(make_issue(datetime.date(year, 3, 1)), 1) for year in (1999, 2001, 2024)]
    for number in range(12):
        kind = "teaser" if number == 11 else "article"
        article = make_article(pages[number % 3], f"第{number}篇", column=column, kind=kind)
        article.article_regions.create(region_id=("410000", "410300", "420000", "410300")[number % 4])
        for topic in topics[: 1 + number % 2]:
            article.article_topics.create(topic=topic)
        sign(article, "赵一苇", ("记者", "通讯员")[number % 5 == 0])
    return {"column": column, "person": Contributor.objects.get()}


@pytest.fixture
def archive(archive_of_stories, changing):
    return archive_of_stories


def paths(archive):
    return [
        "/regions/410000/",
        "/topics/topic-1/",
        archive["column"].get_absolute_url(),
        archive["person"].get_absolute_url(),
    ]


def text_of(client, url):
    response = client.get(url)
    assert response.status_code == 200, url
    return response.content.decode()


def total(text):
    """Return the number of stories that a list states."""
    found = re.search(r"共 ([\d,]+) 篇", text)
    return int(found[1]) if found else 0


def tree_of(text):
    return html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(text)


def counted_links(text, here):
    """Yield (URL, count) for each link beside the list and for each year in the form."""
    main = tree_of(text).find(".//main")
    for item in main.findall(".//ul[@class='narrower']/li"):
        link = item.find("a")
        if link is not None:
            yield link.get("href"), int(item.find("span").text)
    for row in main.findall(".//table[@class='numbers']/tbody/tr"):
        link = row.find("th/a")
        if link is not None:
            yield link.get("href"), int(row.findall("td")[0].text)
    form = main.find(".//form[@class='pick']")
    if form is not None:
        kept = [f"{field.get('name')}={field.get('value')}" for field in form.findall("input")]
        for option in form.findall("select/option"):
            if option.get("value"):
                url = here + "?" + "&".join([*kept, f"year={option.get('value')}"])
                yield url, int(re.search(r"（(\d+)）", option.text)[1])


def test_each_count_is_that_of_the_list_it_leads_to(archive, client):
    texts = {path: text_of(client, path) for path in paths(archive)}
    waiting = list(texts)
    while waiting:
        here = waiting.pop()
        for url, count in counted_links(texts[here], here.split("?")[0]):
            if url not in texts:
                texts[url] = text_of(client, url)
                waiting.append(url)
            assert total(texts[url]) == texts[url].count('<h3 class="headline">') == count, f"{url} from {here}"
    assert len(texts) > 60
    # Links end at two filters, so that a crawler finds no list with three.
    assert max(len(re.findall("year=|topic=|region=", url)) for url in texts) == 2


def test_the_parts_of_a_region_are_counted_and_linked_as_the_list_is_narrowed(archive, client):
    found = {}
    for query in ("", "?year=1999", "?topic=topic-2", "?year=2024&topic=topic-2&sort=oldest"):
        parts = tree_of(text_of(client, f"/regions/410000/{query}")).find(".//section[@aria-labelledby='parts']")
        link = parts.find("ul/li/a")
        assert link.get("href") == f"/regions/410300/{query}" and (link.get("rel") == "nofollow") == bool(query)
        found[query] = int(parts.find("ul/li/span").text)
        assert total(text_of(client, link.get("href"))) == found[query]
    assert list(found.values()) == [5, 2, 5, 1]


def test_links_that_narrow_are_not_for_crawlers(archive, client):
    for path in paths(archive):
        links = re.findall(r'<a ([^>]*)href="([^"]*[?][^"]*)"', text_of(client, f"{path}?year=2024&page=1"))
        assert links and all('rel="nofollow"' in attributes for attributes, _ in links), path


def test_each_filter_has_a_chip_that_takes_it_away_and_two_have_one_for_all(archive, client):
    text = text_of(client, "/regions/410000/?year=2024&topic=topic-2&sort=oldest")
    chips = re.search(r'<ul class="chips".*?</ul>', text, re.S)[0]
    assert [unescape(url) for url in re.findall(r'href="([^"]+)"', chips)] == [
        "/regions/410000/?topic=topic-2&sort=oldest",
        "/regions/410000/?year=2024&sort=oldest",
        "/regions/410000/?sort=oldest",
    ]
    assert re.findall(r"</span>([^<]+) <span", chips) == ["2024年", "主题2"] and "清除全部" in chips
    assert "2024年，主题2，共 1 篇" in text
    assert "清除全部" not in text_of(client, "/regions/410000/?year=2024")
    assert 'class="chips"' not in text_of(client, "/regions/410000/?sort=oldest")


def test_three_filters_typed_into_the_address_are_all_applied(archive, client):
    text = text_of(client, f"{archive['column'].get_absolute_url()}?year=2024&topic=topic-2&region=410000")
    assert "2024年，主题2，河南省，共 2 篇" in text
    assert re.findall(r"第(\d+)篇</a>", text) == ["5", "11"]


def test_a_list_is_sorted_by_day_either_way(archive, client):
    def years(query):
        return re.findall(r'<time datetime="(\d{4})', text_of(client, f"/topics/topic-2/{query}"))

    assert years("") == years("?sort=newest") == ["2024"] * 1 + ["2001"] * 2 + ["1999"] * 2
    assert years("?sort=oldest") == ["1999"] * 2 + ["2001"] * 2 + ["2024"] * 1


def test_paging_keeps_filters_and_order(archive, client):
    page = make_page(make_issue(datetime.date(1985, 1, 2)), 1)
    for number in range(60):
        article = make_article(page, f"旧文{number}")
        article.article_regions.create(region_id="420000")
        article.article_topics.create(topic=Topic.objects.get(slug="topic-1"))
    path = "/topics/topic-1/?year=1985&region=420000&sort=oldest"
    text = text_of(client, path)
    link = unescape(re.search(r'<a rel="next" href="([^"]+)"', text)[1])
    assert link == "?region=420000&sort=oldest&year=1985&page=2"
    both = re.findall(r"旧文(\d+)</a>", text) + re.findall(r"旧文(\d+)</a>", text_of(client, "/topics/topic-1/" + link))
    assert both == [str(number) for number in range(60)]


@pytest.mark.parametrize(
    ("query", "notice"),
    [
        ("topic=nothing", "没有这个主题；这里显示全部主题。"),
        ("region=410300", "没有这个省级地区；这里显示全部地区。"),
        ("region=%01", "没有这个省级地区；这里显示全部地区。"),
        ("sort=best", "没有这种次序；这里最新的在前。"),
        ("year=24", "年份请写四位数字，如 2024；这里显示全部年份。"),
        ("page=x", "页码请写数字；这里显示第 1 页。"),
    ],
)
def test_a_value_that_makes_no_sense_is_left_out_with_one_sentence(archive, client, query, notice):
    path = archive["column"].get_absolute_url()
    text = text_of(client, f"{path}?{query}")
    assert re.findall(r'<p class="banner" role="status">(.*?)</p>', text) == [notice]
    assert total(text) == 12


def test_a_topic_put_out_of_use_narrows_nothing(archive, client):
    Topic.objects.filter(slug="topic-2").update(disabled=True)
    text = text_of(client, "/regions/410000/?topic=topic-2")
    assert "没有这个主题" in text and "主题2" not in text


def test_a_contributor_page_says_in_which_roles(archive, client):
    text = text_of(client, archive["person"].get_absolute_url())
    assert "署名：记者 9 篇、通讯员 3 篇" in text


@pytest.mark.parametrize("dense", [False, True])
def test_a_dense_list_and_a_sparse_one_read_alike(archive, client, monkeypatch, dense):
    monkeypatch.setattr("articles.views.lists._is_dense", lambda total, held, page: dense)
    text = text_of(client, "/regions/410000/?topic=topic-2&sort=oldest")
    assert re.findall(r"第(\d+)篇</a>", text) == ["3", "9", "1", "7", "5"]


def test_indexes_are_sorted_by_name_or_by_number(archive, client):
    sign(make_article(headline="别的"), "安宁")
    sign(make_article(headline="另外的"), "孙三水")
    for sort, names in (("", ["安宁", "孙三水", "赵一苇"]), ("?sort=count", ["赵一苇", "安宁", "孙三水"])):
        assert re.findall(r'/contributors/\d+/">(.*?)</a>', text_of(client, f"/contributors/{sort}")) == names
    make_region("110000", "北京市", "北京")
    for sort, names in (("", ["北京市", "河南省", "湖北省"]), ("?sort=count", ["河南省", "湖北省", "北京市"])):
        found = re.findall(r'<th scope="row"><a href="/regions/\d+/">(.*?)</a>', text_of(client, f"/regions/{sort}"))
        assert found == names
    update(Topic.objects.filter(slug="topic-2"), position=0)
    for sort, names in (("", ["主题2", "主题1"]), ("?sort=count", ["主题1", "主题2"])):
        found = re.findall(r'<a href="/topics/[^"]+">(主题\d)</a>', text_of(client, f"/topics/{sort}"))
        assert found == names
    assert "没有这种次序；这里按姓名排列。" in text_of(client, "/contributors/?sort=x")
    assert "没有这种次序；这里按篇数排列。" in text_of(client, "/columns/?sort=x")
