"""The facets of a search: each count is the number of stories behind its link, with one segment and with six."""

import datetime
import html
import random
import re
from urllib.parse import parse_qs, urlsplit

import pytest
from django.conf import settings

from articles.models import Article, Column, Contributor, RegionAlias, Topic, archive
from articles.search.current import current_index
from articles.search.facets import MOST_SIGNED, SIGNATURE, count_facets
from articles.search.find import SearchOptions, find, find_all, recently_added_ids
from articles.search.query import parse
from articles.search.query_tree import DateFilter, all_of, leaves, serialise
from articles.search.run import SearchRun, read_query
from articles.search.sync import paused, sync
from articles.search.trends import Unit, count_over_time
from articles.views.periods import held_periods
from articles.views.search_facets import shown_facets
from articles.views.search_links import SearchLinks
from articles.views.trends import points_of
from tests.make import make_article, make_issue, make_page, make_region, sign

pytestmark = pytest.mark.django_db

WORDS = ["医改", "医共体", "疫苗", "家庭医生", "卫生健康委", "急救", "PD-1", "国家卫生健康委员会"]
REGIONS = {
    "350000": ("福建省", "福建"), "350400": ("三明市", "三明"), "350425": ("大田县", "大田"),
    "350200": ("厦门市", "厦门"), "330000": ("浙江省", "浙江"), "330100": ("杭州市", "杭州"),
    "220000": ("吉林省", "吉林"), "220200": ("吉林市", "吉林"),
    "110000": ("北京市", "北京"), "110105": ("朝阳区", "朝阳"),
}  # fmt: skip
SECTIONS = ["要闻", "综合新闻", "要闻·综合", "文化/生活", ""]
NAMES = ["何文", "赵一苇", "John Smith", "阿依努尔·吐尔逊"]
ROLES = ["记者", "驻陕西首席记者", "通讯员", "", "特约评论员"]


#: The number of stories, and of those that a segment holds if there are six.
STORIES, IN_SEGMENT = 90, 15


@pytest.fixture(scope="module")
def archive_of_stories(made_once, tmp_path_factory):
    """Make stories of every kind, and index them once in six segments and once in one.

    Return the ids of their heads, and the folder of the index by the number of its segments.
    """
    chance = random.Random(19)
    with paused():
        for code, (name, short) in REGIONS.items():
            parent = next((p for p in (f"{code[:4]}00", f"{code[:2]}0000") if p in REGIONS and p != code), None)
            make_region(code, name, short, 1 if code.endswith("0000") else 2 if code.endswith("00") else 3, parent)
        RegionAlias.objects.create(old_name="厦门市", region_id="350000", last_year=1949)  # a name of two regions
        topics = [Topic.objects.create(slug=f"topic-{n}", name=name) for n, name in enumerate(("医改", "急救与应急"))]
        columns = [Column.objects.create(name=name) for name in ("资讯速递", "PD1", "ＰＤ１")]
        days = ((2018, 1), (2019, 2), (2019, 11), (2021, 12))
        issues = [make_issue(datetime.date(year, month, month + 1), number=year) for year, month in days]
        pages = [make_page(issue, number, section=chance.choice(SECTIONS)) for issue in issues for number in (1, 2)]
        with archive.change() as change:
            change.other()  # begins the archive's epoch
    folders = {1: tmp_path_factory.mktemp("one"), 6: settings.SEARCH_DIR}
    for number in folders:
        settings.SEARCH_DIR = folders[number]
        sync()  # an empty index, into which each further sync writes one segment
    heads = []
    for number in range(STORIES):
        with paused():
            head = make_article(
                chance.choice(pages),
                chance.choice(WORDS) + "一二三"[: number % 4],
                "，".join(chance.sample(WORDS, 3)),
                kind=chance.choices(Article.Kind.values, (6, 3, 1, 1))[0],
                column=chance.choice([None, *columns]),
            )
            if number % 7 == 0:
                make_article(chance.choice(pages), "续篇", chance.choice(WORDS), continuation_of=head)
            for name in chance.sample(NAMES, chance.randrange(3)):
                sign(head, name, chance.choice(ROLES), chance.choice(["text", "photo"]))
            for code in chance.sample(list(REGIONS), chance.randrange(3)):
                head.article_regions.create(region_id=code)
            for topic in chance.sample(topics, chance.randrange(3)):
                head.article_topics.create(topic=topic)
            heads.append(head.pk)
            with archive.change() as change:
                change.articles([head.pk])
            if number % IN_SEGMENT == IN_SEGMENT - 1:
                sync()
    settings.SEARCH_DIR = folders[1]
    sync()
    return heads, folders


#: Segments concern the index alone, so that one database does for six of them.
SEGMENTS = [
    pytest.param(1, id="one segment"),
    pytest.param(6, id="six segments", marks=pytest.mark.one_database),
]


@pytest.fixture(params=SEGMENTS)
def stories(request, archive_of_stories, settings):
    """Provide the ids of all heads, with an index of so many segments."""
    heads, folders = archive_of_stories
    settings.SEARCH_DIR = folders[request.param]
    assert current_index().index.segments == request.param
    return heads


def filters(chance):
    """Return a random filter as a reader may type it."""
    kinds = {
        "日期": ["2019", "2019-11", "2018..2019", "2019-11-12", "*-02-03"],
        "地区": [name for row in REGIONS.values() for name in row] + ["110105", "无此地"],
        "主题": ["医改", "急救", "没有"],
        "栏目": ["资讯速递", "PD1", "ＰＤ１"],
        "版名": [section for section in SECTIONS if section],
        "类别": ["文章", "图片", "导读", "公告"],
        "版": ["1", "2"],
        "期号": ["2019"],
        "记者": NAMES,
        "文": NAMES,
        "摄影": NAMES,
        "署名": NAMES,
    }
    mark = chance.choice(list(kinds))
    value = chance.choice(kinds[mark])
    return f"{mark}:{value}" if value.isalnum() or mark == "日期" else f"{mark}:“{value}”"


def queries():
    chance = random.Random(4)
    for _ in range(45):
        parts = chance.sample([*WORDS, "标题:医改", "正文:疫苗", "作者:何文", "(医改 OR 急救)"], chance.randrange(3))
        parts += [filters(chance) for _ in range(chance.randrange(4))]
        parts = [f"-{part}" if chance.random() < 0.1 else part for part in parts]
        chance.shuffle(parts)
        yield " ".join(parts), chance.random() < 0.3
    yield "医改 OR 日期:2019", False
    yield "地区:福建 地区:浙江", False
    yield "主题:医改 主题:急救与应急 主题:医改", False


def asked_by(url):
    """Return the query and the options of a link."""
    parameters = parse_qs(urlsplit(url).query)
    return parameters.get("q", [""])[0], SearchOptions(everything="all" in parameters)


def total_of(query, options):
    tree = read_query(query).tree
    if tree is None:
        return len(Article.objects.visible().stories().editorial())
    return find(query, options).rows.total


@pytest.mark.one_database  # the counts are the index's
def test_each_count_is_the_number_of_stories_behind_its_link(stories):
    followed = {}
    for typed, everything in queries():
        options = SearchOptions(everything=everything)
        found = find(typed, options)
        tree = found.query.tree
        if tree is not None:
            assert found.facets.total == found.rows.total == find_all(typed, options, 500).total, typed
            if not found.notices:
                assert recently_added_ids(typed, 500, everything=everything).total == found.rows.total, typed
        links = SearchLinks(tree, {"all": 1} if everything else {})
        if tree is not None and not everything:
            follow_trends(typed, found.rows.total, followed)
        if tree is not None and found.facets.aside:
            assert find(typed, SearchOptions(everything=True)).rows.total == found.rows.total + found.facets.aside
        for group in shown_facets(found.facets, links):
            inside = [value for one in group.values for value in one.inside]
            for value in (*group.values, *group.rest, *inside, *group.bars):
                if not value.url or value.is_on:
                    continue
                query, _ = asked_by(value.url)
                assert serialise(read_query(query).tree) == query, typed  # the box shows it as it is read
                assert follow(value.url, followed) == value.stories, f"{typed} -> {query}"
    assert len({query for query, _ in followed}) > 500


def follow(url, followed):
    """Return the number of stories behind a link. `followed` has the numbers of all links that were followed before."""
    asked = asked_by(url)
    if asked not in followed:
        followed[asked] = total_of(*asked)
    return followed[asked]


def follow_trends(typed, total, followed):
    """Follow the links of a search over time, by year and by month."""
    for unit, year in ((Unit.YEAR, None), (Unit.MONTH, None), (Unit.MONTH, 2019)):
        (counted,) = count_over_time([typed], unit, year).searches
        of_2019 = DateFilter(datetime.date(2019, 1, 1), datetime.date(2019, 12, 31))
        within = find(serialise(all_of([counted.query.tree, of_2019])) if year else typed)
        assert sum(counted.stories.values()) == within.rows.total, typed
        held = held_periods(counted.stories, unit, year, datetime.date(2022, 1, 1))
        for point in points_of(counted, held):
            assert point.stories == counted.stories.get(point.period.first, 0)
            if point.url:
                assert follow(point.url, followed) == point.stories, f"{typed} -> {point.url}"


def test_a_chosen_value_drops_its_filter_alone(stories):
    for typed, dropped in (
        ("医改 地区:福建 日期:2019", "医改 日期:2019"),
        ("医改 地区:三明市", "医改"),
        ("主题:医改 主题:急救与应急", "主题:急救与应急"),
        ("日期:2019-11 疫苗", "疫苗"),
    ):
        found = find(typed)
        groups = shown_facets(found.facets, SearchLinks(found.query.tree, {}))
        on = [value for group in groups for value in (*group.values, *group.bars) if value.is_on and value.url]
        assert dropped in [asked_by(value.url)[0] for value in on], typed


def test_chips_drop_one_condition_each(stories):
    links = SearchLinks(read_query("医改 (疫苗 OR 急救) -通知 记者:何文 版:1").tree, {"sort": "newest", "all": 1})
    chips = links.chips
    assert [(chip.label, chip.text) for chip in chips] == [
        ("字句", "医改"), ("", "“疫苗”或“急救”"), ("", "不含“通知”"), ("记者", "何文"), ("", "第1版"),
        ("", "含导读、公告"),
    ]  # fmt: skip
    assert asked_by(chips[0].url)[0] == "(疫苗 OR 急救) -通知 记者:何文 版:1"
    assert asked_by(chips[3].url) == ("医改 (疫苗 OR 急救) -通知 版:1", SearchOptions(everything=True))
    assert "all" not in parse_qs(urlsplit(chips[-1].url).query) and "sort=newest" in chips[-1].url


def test_many_signatures_are_left_out_and_it_is_said(stories, client, monkeypatch):
    run = SearchRun.of(current_index(), read_query("医改"), False)
    assert SIGNATURE in count_facets(run).groups and MOST_SIGNED > 1000
    monkeypatch.setattr("articles.search.facets.MOST_SIGNED", 5)
    text = client.get("/search/", {"q": "疫苗"}).content.decode()
    assert "统计略" in text and "再加一个条件即有" in text
    monkeypatch.setattr("articles.search.facets.MOST_SIGNED", 10_000)
    for module in ("articles.search.facets", "articles.views.search_facets"):
        monkeypatch.setattr(f"{module}.MOST_CONTRIBUTORS", 6)
    text = client.get("/search/", {"q": "急救"}).content.decode()
    assert "其余 1 人" in text and "只列篇数最多的 6 人。" in text


def test_no_link_makes_a_query_that_is_not_read_whole(stories):
    for typed in ("“" + "长" * 90 + "” 医改", " ".join("甲乙丙丁戊己庚辛壬癸子丑"), "(" * 8 + "医改" + ")" * 8):
        tree = parse(typed).tree
        found = find(typed)
        for group in shown_facets(found.facets, SearchLinks(tree, {})):
            for value in (*group.values, *group.rest, *group.bars):
                if value.url:
                    query = read_query(asked_by(value.url)[0])
                    assert len(leaves(query.tree)) >= len(leaves(tree)) and not query.notices, typed


def test_counts_follow_withdrawn_stories_and_a_renamed_contributor(stories, changing):
    before = find("医改").facets
    with archive.change() as change:
        Article.objects.filter(pk__in=stories[:30]).update(withdrawn=True)
        Contributor.objects.filter(name="何文").update(name="何文文")
        change.articles(stories)
    sync()
    found = find("医改")
    assert found.facets.total < before.total
    texts = [
        value.text
        for group in shown_facets(found.facets, SearchLinks(found.query.tree, {}))
        for value in (*group.values, *group.rest)
    ]
    assert any(text.endswith("何文文") for text in texts) and not any(text.endswith("何文") for text in texts)


def test_the_page_shows_facets_after_the_hits_and_a_way_to_skip_to_them(stories, client):
    text = client.get("/search/", {"q": "医改"}).content.decode()
    assert text.index('<ol class="rows">') < text.index('id="narrow"')
    assert '<a class="skip" href="#narrow">' in text
    facets = text[text.index('id="narrow"') : text.index("</details>\n</div>\n</div>")]
    assert all('rel="nofollow"' in link for link in re.findall(r"<a [^>]+>", facets))
    urls = [html.unescape(url) for url in re.findall(r'href="(/search/[^"]+)"', facets)]
    assert len(urls) > 30 and all(client.get(url).status_code == 200 for url in urls)


def test_without_a_query_the_whole_archive_is_narrowed(stories, client):
    text = client.get("/search/").content.decode()
    assert "检索式怎么写" in text and "缩小范围" in text
    (year,) = re.findall(r'<li><a rel="nofollow" href="([^"]+)"><em>2018年</em> <span>(\d+)', text)
    assert find(*asked_by(html.unescape(year[0]))).rows.total == int(year[1])
