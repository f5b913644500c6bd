"""A hit on its own page: its strings are highlighted, and links lead to the neighbouring hits and to the list."""

import datetime
import html
import re

import pytest

from articles.search.sync import paused, sync
from tests.make import DAY, make_article, make_issue, make_page, sign

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.SEARCH_DIR = tmp_path / "search"


def page_of(client, article, **search):
    return client.get(article.get_absolute_url(), search).content.decode()


def marked(text):
    """Return the highlighted strings, in the order of their numbers."""
    found = {int(number): piece for number, piece in re.findall(r'<mark id="hit-(\d+)">(.*?)</mark>', text)}
    return [found[number] for number in sorted(found)]


def links(text):
    """Return {text: address} of the links in the bar of a hit."""
    bar = text[text.index('<nav class="hits"') :]
    return {said: html.unescape(url) for url, said in re.findall(r'<a[^>]* href="([^"]+)"[^>]*>([^<]+)</a>', bar)}


def test_every_value_of_a_story_is_marked_and_the_marks_are_numbered(client):
    issue = make_issue()
    head = make_article(make_page(issue, 1), "流動診室", "诊 室开进牧区。", kicker="诊室", deck="一个诊室")
    make_article(make_page(issue, 3), "续篇", "诊室<b>诊室", continuation_of=head)
    sign(head, "诊室人")
    sync(rebuild=True)
    text = page_of(client, head, q="诊室")
    assert marked(text) == ["诊室", "診室", "诊室", "诊室", "诊 室", "诊室", "诊室"]
    assert "诊室</mark>&lt;b&gt;<mark" in text
    assert "本文 7 处" in text
    assert [links(text)[str(number)] for number in range(1, 8)] == [f"#hit-{number}" for number in range(1, 8)]
    assert f'rel="canonical" href="http://testserver{head.get_absolute_url()}"' in text and "noindex" in text


def test_without_a_search_nothing_is_marked(client):
    text = page_of(client, make_article(headline="流动诊室"))
    assert "<mark" not in text and '<nav class="hits"' not in text and "noindex" not in text


def test_a_string_of_one_field_is_marked_in_that_alone(client):
    article = make_article(headline="流动诊室", text="诊室的事")
    assert marked(page_of(client, article, q="标题:诊室")) == ["诊室"]
    assert marked(page_of(client, article, q="正文:诊室 流动")) == ["流动", "诊室"]
    assert marked(page_of(client, article, q="流动 -诊所")) == ["流动"]
    assert marked(page_of(client, article, q="流动的事")) == ["流动"]  # 的 and 事 alone say too little


@pytest.mark.parametrize("sort", ["relevance", "newest", "oldest"])
def test_the_hits_beside_it_are_those_of_the_list(client, sort):
    with paused():
        for number in range(25):
            later = make_page(make_issue(DAY + datetime.timedelta(number)))
            make_article(later, f"文章{number:02d}号", "文章" * number)
            make_article(make_page(make_issue(DAY - datetime.timedelta(number + 1))), f"别的{number:02d}号")
    sync()
    expected, address = [], f"/search/?q=文章&sort={sort}"
    while address:
        text = client.get(address).content.decode()
        rows = re.findall(r'<h[23] class="headline"><a href="([^"]+)"><mark>文章</mark>(\d\d)号', text)
        expected += [(html.unescape(url), number) for url, number in rows]
        following = re.search(r'rel="next" href="([^"]+)"', text)
        address = following and f"/search/{html.unescape(following[1])}"
    assert len(expected) == 25
    walked, url = [], expected[0][0]
    while url:
        text = client.get(url.partition("#")[0]).content.decode()
        walked.append(re.search(r"<h1><mark[^>]*>文章</mark>(\d\d)号</h1>", text)[1])
        assert f"第 {len(walked)} 条，共 25 条" in text
        assert (links(text).get("上一条") is None) == (len(walked) == 1)
        url = links(text).get("下一条")
    assert walked == [number for _, number in expected]
    back = client.get(links(text)["回到检索结果"]).content.decode()
    assert f"<mark>文章</mark>{walked[-1]}号" in back
    assert ("第 2 页" if sort == "relevance" else "第 25—25 篇") in back
    text = client.get(links(text)["上一条"].partition("#")[0]).content.decode()
    assert f'<mark id="hit-1">文章</mark>{walked[-2]}号' in text


def test_a_story_that_is_no_hit_has_no_neighbours_but_its_page_is_shown(client):
    make_article(headline="流动诊室")
    other = make_article(headline="别的文章")
    for search in ({"q": "诊室"}, {"q": "诊室", "n": "1"}, {"q": "诊室", "n": "999"}, {"q": "诊室", "sort": "oldest"}):
        text = page_of(client, other, **search)
        assert "别的文章" in text and "本文没有可标记的字句" in text
        assert {"上一条", "下一条"}.isdisjoint(links(text))


def test_a_search_by_filters_alone_marks_nothing_and_says_nothing_of_marks(client):
    article = make_article(headline="流动诊室")
    text = page_of(client, article, q="日期:2024", sort="newest")
    assert "第 1 条，共 1 条" in text and "处" not in text[text.index('<nav class="hits"') :]
    assert "可标记" not in text


def test_each_printed_form_of_a_name_is_shown_and_marked(client):
    article = make_article(headline="流动诊室")
    first = sign(article, "张小三")
    sign(article, "章晓叁")
    article.bylines.update(contributor=first.contributor)
    sync(rebuild=True)
    assert marked(page_of(client, article, q="章晓叁")) == ["章晓叁"]
    assert "<mark>章晓叁</mark>" in client.get("/search/", {"q": "章晓叁"}).content.decode()


def test_a_list_marks_the_byline_and_what_stands_in_a_continuation(client):
    issue = make_issue()
    head = make_article(make_page(issue, 1), "首篇", "首篇的话。")
    part = make_article(make_page(issue, 3), "续篇", "续篇说的是慢病。", continuation_of=head)
    sign(part, "赵一苇", "摄影", "photo")
    sync(rebuild=True)
    text = client.get("/search/", {"q": "慢病 赵一苇"}).content.decode()
    assert "续篇说的是<mark>慢病</mark>。" in text
    assert "续篇：<mark>续篇</mark>" in client.get("/search/", {"q": "标题:续篇"}).content.decode()
    assert "<span>摄影 <mark>赵一苇</mark></span>" in text
    assert 'id="hit-' not in text


def test_a_story_full_of_a_string_is_marked_a_thousand_times_and_says_so(client):
    article = make_article(headline="流动诊室", text="健，" * 2500 + "诊室")
    text = page_of(client, article, q="健 诊室")
    assert len(marked(text)) == 1002 and marked(text)[-1] == "诊室"
    assert "本文 1,002 处以上，同一字句只标前 1,000 处" in text
    assert "以上" not in page_of(client, article, q="诊室")
