"""Atom feeds, read as a feed reader reads them (RFC 4287)."""

import datetime
import re
from urllib.parse import quote
from xml.etree import ElementTree

import feedparser
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import set_script_prefix
from django.utils import timezone

from articles.models import Archive, Article, Column, SourceText, Topic, archive
from articles.search import sync
from articles.views import story_sets
from articles.views.citations import INFERRED_NOTE
from tests.make import DAY, make_article, make_issue, make_page, make_region, sign

pytestmark = pytest.mark.django_db(transaction=True)

ATOM = "{http://www.w3.org/2005/Atom}"
HOST = "http://testserver"
#: A tag URI (RFC 4151, 2.1) whose authority is a DNS name.
TAG = re.compile(r"tag:[\w.-]+,\d{4}(?:-\d\d){0,2}:(?:[\w.!$&'()*+,;=:@/?~-]|%[0-9A-F]{2})+", re.ASCII)


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.SEARCH_DIR = tmp_path / "search"


@pytest.fixture
def story():
    """A story on two pages with everything that an entry shows, beside articles that no feed may show."""
    province, topic = make_region(), Topic.objects.create(slug="tcm", name="中医药")
    column = Column.objects.create(name="资讯速递")
    issue = make_issue()
    page = make_page(issue, 1, section="要闻")
    head = make_article(page, "豫剧 & <中药>", "河南<b>的", column=column)
    part = make_article(make_page(issue, 3), "续篇", "中药下了乡。", continuation_of=head)
    sign(head, "赵一苇")
    sign(part, "赵一苇")
    sign(part, "钱二木", role="通讯员")
    sign(part, "摄影者", of="photo")
    sign(part, "孙三水", role="译")
    head.article_regions.create(region=province, main=True)
    part.article_regions.create(region=province)
    part.article_regions.create(region=make_region("420000", "湖北省", "湖北"), main=True)
    part.article_topics.create(topic=topic)
    for hidden in (
        make_article(page, "撤回的中药", withdrawn=True, column=column),
        make_article(make_page(None, section="要闻"), "待考的中药", column=column),
    ):
        hidden.article_regions.create(region=province)
        hidden.article_topics.create(topic=topic)
    with archive.change() as change:
        change.articles(Article.objects.all())
    return head


def read(client, path):
    response = client.get(path)
    assert (response.status_code, response["Content-Type"]) == (200, "application/atom+xml; charset=utf-8")
    feed = ElementTree.fromstring(response.content)
    check(feed)
    return feed


def check(feed):
    """Assert that a feed and its entries have all that RFC 4287 requires (4.1.1, 4.1.2)."""
    assert feed.tag == f"{ATOM}feed"
    entries = feed.findall(f"{ATOM}entry")
    for element in (feed, *entries):
        for name in ("id", "title", "updated"):
            assert len(element.findall(ATOM + name)) == 1 and one(element, name), name
        updated = one(element, "updated")
        assert datetime.datetime.fromisoformat(updated).utcoffset() is not None
        assert updated[19:] in ("+08:00", "+00:00") or updated[26:] == "+00:00"
        assert [link.get("rel") for link in element.findall(f"{ATOM}link")].count("alternate") == 1
        assert all(link.get("href").isascii() for link in element.findall(f"{ATOM}link"))
        assert all(author.find(f"{ATOM}name").text for author in element.findall(f"{ATOM}author"))
    assert feed.find(f"{ATOM}author/{ATOM}name").text  # for entries without an author
    ids = [one(element, "id") for element in (feed, *entries)]
    assert len(set(ids)) == len(ids) and all(TAG.fullmatch(id) for id in ids)


def one(element, name):
    return element.find(ATOM + name).text


def link(element, rel):
    return next(link.get("href") for link in element.findall(f"{ATOM}link") if link.get("rel") == rel)


def names(entry, element):
    return [row.text for row in entry.findall(f"{ATOM}{element}/{ATOM}name")]


def titles(feed):
    return [one(entry, "title") for entry in feed.findall(f"{ATOM}entry")]


#: The path of each list that has a feed.
LISTS = ["/", "/sections/要闻/", "/columns/{column}/", "/regions/410000/", "/regions/420000/", "/topics/tcm/"]


def feed_of(path):
    """Return the path of a list's feed."""
    return path.removesuffix("/") + ".atom" if path.startswith("/sections/") else f"{path}feed/"


@pytest.mark.parametrize("path", [*LISTS, "/search/?q=中药"])
def test_a_story_is_in_each_of_its_feeds_once_and_nothing_hidden_is(story, client, path):
    path, _, query = path.format(column=story.column_id).partition("?")
    feed = read(client, feed_of(path) + (f"?{query}" if query else ""))
    assert titles(feed) == ["豫剧 & <中药>"]
    query = quote(query, safe="=") and f"?{quote(query, safe='=')}"
    assert link(feed, "self") == HOST + quote(feed_of(path)) + query
    assert link(feed, "alternate") == HOST + quote(path) + (f"{query}&sort=newest" if query else "")


def test_an_entry_says_when_by_whom_and_on_what(story, client):
    entry = read(client, "/feed/").find(f"{ATOM}entry")
    assert link(entry, "alternate") == f"{HOST}/articles/{story.pk}/"
    assert one(entry, "published") == f"{DAY}T00:00:00+08:00"
    assert datetime.datetime.fromisoformat(one(entry, "updated")) == Article.objects.get(pk=story.pk).changed_at
    assert names(entry, "author") == ["赵一苇", "钱二木"]
    assert names(entry, "contributor") == ["孙三水"]
    assert [row.get("term") for row in entry.findall(f"{ATOM}category")] == ["中医药", "河南省", "湖北省"]
    summary = entry.find(f"{ATOM}summary")
    # The jump cut this paragraph in two. The type says HTML, so the text's own < is escaped once more.
    assert (summary.get("type"), summary.text) == ("html", "河南&lt;b&gt;的中药下了乡。")


def test_a_feed_was_updated_when_the_archive_was(story, client):
    feed = read(client, "/topics/tcm/feed/")
    assert datetime.datetime.fromisoformat(one(feed, "updated")) == archive.state().changed_at
    assert (one(feed, "title"), feed.get("{http://www.w3.org/XML/1998/namespace}lang")) == (
        "中医药 · 健康报档案",
        "zh-CN",
    )


def ids_of(client, path="/feed/"):
    feed = read(client, path)
    return [one(element, "id") for element in (feed, *feed.findall(f"{ATOM}entry"))]


def test_a_corrected_story_keeps_its_id_and_says_when_it_was_corrected(story, client):
    before = ids_of(client)
    with archive.change() as change:
        story.headline = "改过的标题"
        story.save()
        story.page.issue.date = DAY + datetime.timedelta(7)
        story.page.issue.save()
        change.articles([story.pk])
    feed = read(client, "/feed/")
    assert titles(feed) == ["改过的标题"]
    assert ids_of(client) == before
    updated = datetime.datetime.fromisoformat(one(feed.find(f"{ATOM}entry"), "updated"))
    assert updated == archive.state().changed_at


def test_ids_are_the_same_on_another_host_below_a_prefix_and_after_a_restore(story, client, settings):
    settings.ALLOWED_HOSTS = ["testserver", "archive.example.cn"]
    path = "/search/feed/?q=中药"
    before = [ids_of(client, each) for each in ("/feed/", "/topics/tcm/feed/", path)]
    Archive.objects.update(epoch=archive.new_epoch())
    sync.sync()
    moved = client.__class__(SERVER_NAME="archive.example.cn")
    set_script_prefix("/jkb/")  # a server sets the prefix, the test client doesn't
    try:
        after = [ids_of(moved, each) for each in ("/feed/", "/topics/tcm/feed/", path)]
        assert link(read(moved, "/feed/"), "self") == "http://archive.example.cn/jkb/feed/"
    finally:
        set_script_prefix("/")
    assert after == before


def test_two_archives_give_no_id_in_common(story, client):
    before = ids_of(client)
    Archive.objects.update(identity=archive.new_epoch(), epoch=archive.new_epoch())
    assert not set(before) & set(ids_of(client))


def test_of_a_story_that_changed_before_times_were_kept_the_time_of_loading_is_said(story, client):
    source = SourceText.objects.create(path="a", sha256="a", encoding="utf-8", text="", reader_version="1")
    loaded = timezone.now() - datetime.timedelta(days=400)
    SourceText.objects.update(loaded_at=loaded)
    Article.objects.filter(pk=story.pk).update(changed_at=None, source=source)
    entry = read(client, "/feed/").find(f"{ATOM}entry")
    assert datetime.datetime.fromisoformat(one(entry, "updated")) == loaded
    Article.objects.filter(pk=story.pk).update(source=None)
    Archive.objects.update(epoch=archive.new_epoch())  # so that no earlier page is served from the cache
    entry = read(client, "/feed/").find(f"{ATOM}entry")
    assert datetime.datetime.fromisoformat(one(entry, "updated")) == archive.state().changed_at


def test_a_feed_reader_finds_nothing_to_complain_of(story, client):
    found = feedparser.parse(client.get("/feed/").content)
    assert not found.bozo and found.version == "atom10"
    (entry,) = found.entries
    assert [author.name for author in entry.authors] == ["赵一苇", "钱二木"]
    assert entry.id.startswith("tag:") and entry.link == f"{HOST}/articles/{story.pk}/"
    assert entry.published_parsed[:3] == (2024, 11, 21)  # in UTC


def test_a_long_first_paragraph_is_cut_after_a_sentence(client):
    make_article(text="这是一句二十个字的话用来凑成一段长的文字。" * 10)
    summary = read(client, "/feed/").find(f"{ATOM}entry/{ATOM}summary").text
    assert summary == "这是一句二十个字的话用来凑成一段长的文字。" * 5 + "……"


def test_an_estimated_day_is_said_in_words(client):
    make_article(make_page(make_issue(DAY, date_basis="inferred"), 1), "一篇文章", "正文第一段。")
    (entry,) = feedparser.parse(client.get("/feed/").content).entries
    assert entry.summary == f"正文第一段。（约 2024年11月22日 星期五：{INFERRED_NOTE}）"


def test_a_sample_is_marked_and_a_disabled_topic_is_no_category(client):
    article = make_article(make_page(make_issue(), is_sample=True), "样张")
    article.article_topics.create(topic=Topic.objects.create(slug="old", name="停用的", disabled=True))
    feed = read(client, "/feed/")
    assert titles(feed) == ["示例（虚构）：样张"]
    assert feed.findall(f"{ATOM}entry/{ATOM}category") == []


def test_characters_that_no_xml_may_hold_are_left_out(client):
    article = make_article(make_page(make_issue(), section="要\x0b闻"), "标\x0c题\ufffe", "正\x1f文😀")
    sign(article, "作\x01者")
    for path in ("/feed/", "/sections/要%0b闻.atom", "/search/feed/?q=%01文"):
        feed = read(client, path)
    entry = read(client, "/feed/").find(f"{ATOM}entry")
    assert (one(entry, "title"), one(entry, "summary")) == ("标题", "正文😀")
    assert one(feed, "title") == "检索“文” · 健康报档案"


def test_the_first_day_that_the_archive_takes_has_a_time_zone_of_whole_minutes(client):
    make_article(make_page(make_issue(datetime.date(1900, 1, 1))))
    assert one(read(client, "/feed/").find(f"{ATOM}entry"), "published") == "1900-01-01T00:00:00+08:00"


def test_a_feed_has_the_fifty_that_came_last(client, monkeypatch):
    # This is the order in which an archive loads old issues: the stories loaded last were printed first.
    with archive.change():
        for day in range(3):
            page = make_page(make_issue(DAY - datetime.timedelta(day)), section="要闻")
            for number in range(20):
                make_article(page, f"{day}-{number}", "流动诊室")
        make_article(page, "导读", "流动诊室", kind="teaser")
    sync.sync()
    expected = [f"{day}-{number}" for day in (2, 1, 0) for number in reversed(range(20))][:50]
    assert titles(read(client, "/search/feed/?q=流动诊室")) == expected
    assert titles(read(client, "/search/feed/?q=流动诊室&all=1")) == ["导读", *expected[:49]]
    lists = ("/feed/", "/sections/要闻.atom")
    assert [titles(read(client, path)) for path in lists] == [expected] * 2
    monkeypatch.setattr(story_sets, "from_index", lambda ask: None)
    by_database = client.__class__()  # a new client has an empty page cache
    assert [titles(read(by_database, path)) for path in lists] == [expected] * 2


def test_a_search_is_fed_as_it_was_typed(client):
    for day, text in enumerate(("流动诊室开进牧区。", "流动诊室又开进牧区。", "流动的诊室。")):
        make_article(make_page(make_issue(DAY + datetime.timedelta(day))), f"第{day}天", text)
    assert titles(read(client, "/search/feed/?q=流动诊室")) == ["第1天", "第0天"]
    # The page of this search looks for 流动 and 诊室 instead and says so. A feed has no place to say it.
    assert titles(read(client, "/search/feed/?q=诊室流动")) == []
    for odd in ("", "?q=", "?q=(((", "?q=日期:9999&all=x&page=-1&sort=y&n=z", f"?q={'长' * 3000}"):
        assert titles(read(client, f"/search/feed/{odd}")) == []


def test_each_list_page_names_its_feed_and_links_to_it(story, client):
    for path in (*LISTS, "/issues/"):
        path = path.format(column=story.column_id)
        address = "/feed/" if path == "/issues/" else quote(feed_of(path))
        text = client.get(path).content.decode()
        head, body = text.split("</head>")
        assert '<link rel="alternate" type="application/atom+xml"' in head and f'href="{address}">' in head, path
        assert f'<a href="{address}" type="application/atom+xml">订阅</a>' in body, path
    found = client.get("/search/?q=中药&sort=oldest").content.decode()
    assert found.count(f'href="/search/feed/?q={quote("中药")}"') == 2
    assert "订阅" not in client.get("/search/").content.decode()
    assert "订阅" not in client.get(story.bylines.get().contributor.get_absolute_url()).content.decode()


def test_a_feed_costs_the_same_queries_for_one_story_and_for_many(story, client):
    paths = [feed_of(path.format(column=story.column_id)) for path in LISTS]

    def cost(path):
        with CaptureQueriesContext(connection) as queries:
            client.get(path)
        return len(queries)

    few = {path: cost(path) for path in paths}
    for number in range(5):
        article = make_article(story.page, f"又一篇{number}", column=story.column)
        sign(article, f"又一人{number}")
        article.article_regions.create(region_id="410000")
        article.article_topics.create(topic=Topic.objects.get())
    assert {path: cost(path) for path in paths} == few
    assert max(few.values()) <= 8
