"""A string with a slip: the stories that come nearest, what differs, and the parts of it that do stand somewhere."""

import html
import re

import pytest

from articles.models import Issue
from articles.search.find import SearchOptions, find, find_all, hit_context
from articles.search.sync import paused, sync
from tests.make import make_article, make_issue, make_page, make_region

# The index alone finds the strings that are nearly the same.
pytestmark = [pytest.mark.django_db, pytest.mark.one_database]

PRINTED = "把藥價的水分擠出去，把服务的价格理顺，让医生凭本事吃饭。"


@pytest.fixture(scope="module")
def archive_of_stories(made_once):
    with paused():
        page = make_page(make_issue(), 1)
        made = {
            "quoted": make_article(page, "价格动了十一次", f"会计念到护理一栏。“{PRINTED}”他说，这句话写在封面上。"),
            "other": make_article(page, "腾笼之后换什么样的鸟", "先把药价里的水分挤干净，医生才能靠本事吃饭。"),
            "headline": make_article(page, "基层首诊与双向转诊", "各地在试。"),
            "teaser": make_article(page, "导读", "分级诊疗制度建设进了县城。", kind="teaser"),
            "ends": make_article(page, "两段", "一个乡镇卫生院院长", kicker="的十年医改笔记"),
            "plain": make_article(page, "无关的一篇", "托育进社区，慢病管理也进了社区。药价的水分多，服务的价格低。"),
        }  # fmt: skip
        make_region()
        made["other"].article_regions.create(region_id="410000")
    sync()
    return {story.pk: name for name, story in made.items()}


@pytest.fixture
def stories(archive_of_stories, db):
    """Provide {id: name} of the stories for tests that only look."""
    return archive_of_stories


def near(stories, typed):
    """Return the stories that come near, in order, each with the place as printed and its distance."""
    found = find(typed).nearly
    return [(stories[hit.story.head.pk], hit.quoted, hit.distance) for hit in found.hits] if found else None


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        (
            "让医生靠本事吃饭",
            [("quoted", "让医生凭本事吃饭", 1), ("other", "医生才能靠本事吃饭", 2)][:1],
        ),  # a wrong one
        ("把服务价格理顺", [("quoted", "把服务的价格理顺", 1)]),  # a missing one
        ("让医生们凭本事吃饭", [("quoted", "让医生凭本事吃饭", 1)]),  # an added one
        ("让医生凭事本吃饭", [("quoted", "让医生凭本事吃饭", 1)]),  # swapped
        ("“让医生靠本事吃飯”", [("quoted", "让医生凭本事吃饭", 1)]),  # in quotes, and in another writing
        ("药价的水份挤出去", [("quoted", "藥價的水分擠出去", 1)]),
        ("把药价的水分挤干净，把服务的价格理顺畅，让医生靠本事吃饭", None),  # four edits in 28 characters
        ("把药价的水分挤出去，把服务的价格理顺畅，让医生靠本事吃饭", [("quoted", PRINTED[:-1], 2)]),
        ("基层首诊和双向转诊", [("headline", "基层首诊与双向转诊", 1)]),  # of the headline
        ("分级疗诊制度建设", [("teaser", "分级诊疗制度建设", 1)]),  # teasers, too
        ("托育慢病管理", None),  # two edits in six characters
        ("院院长的十年", None),  # no place reaches across two values
        ("药加", None),  # too short
        ("医生凭本事", None),  # it stands
        ("医生 凭本事吃饭 让医生靠本事吃饭", [("quoted", "让医生凭本事吃饭", 1)]),  # the other strings hold
        ("让医生靠本事吃饭 地区:河南", None),  # so do the filters
        ("让医生靠本事吃饭 OR 医生", None),  # an alternative stands
    ],
)
def test_nearly(stories, typed, expected):
    assert near(stories, typed) == expected


def test_what_differs_stands_above_what_is_printed(stories, client):
    text = client.get("/search/", {"q": "把药价的水分挤干净，把服务的价格理顺"}).content.decode()
    assert "没有这一句" in text and "没有找到" not in text
    shown = text[text.index('<p class="near">') : text.index("</p>", text.index('<p class="near">'))]
    assert "<ruby>出去<rp>（</rp><rt>干净</rt><rp>）</rp></ruby>，把服务的价格理顺" in shown
    assert re.sub("<[^>]+>", "", re.sub("<rp>.*?</rp>|<rt>.*?</rt>", "", shown)) == f"“{PRINTED}"
    assert "差 2 字：“干净”报上作“出去”" in text
    lacking = client.get("/search/", {"q": "让医生们凭本事吃饭"}).content.decode()
    assert '<ruby class="lacking"><span class="gap">∧</span><rp>（</rp><rt>们</rt>' in lacking
    added = client.get("/search/", {"q": "把服务价格理顺"}).content.decode()
    assert "<ruby>的<rp>（</rp><rt>无</rt><rp>）</rp></ruby>" in added


def test_the_link_marks_the_place_as_printed(stories, client):
    text = client.get("/search/", {"q": "药价的水份挤出去"}).content.decode()
    (link,) = re.findall(r'<h3 class="headline"><a href="([^"]+)"', text)
    assert '<mark id="hit-1">藥價的水分擠出去</mark>' in client.get(html.unescape(link)).content.decode()


def test_the_longest_parts_that_stand_are_counted_and_so_is_the_search_for_the_words(stories, client):
    found = find("把药价的水分挤干净，把服务的价格理顺").nearly
    assert found.parts == (("把服务的价格理顺", 1), ("把药价的水分挤", 1), ("的水分挤干净", 1))
    with paused():
        make_article(
            make_page(Issue.objects.get(), 9), "公告", "把药价的水分挤。", kind="notice"
        )  # no part of the list
    sync()
    assert find("把药价的水分挤干净，把服务的价格理顺").nearly.parts == found.parts
    for part, number in found.parts:
        assert find(f"“{part}”").rows.total == number
    words, count = find("让医生靠本事吃饭").nearly.by_words
    assert find(words.query).rows.total == count == 2
    text = client.get("/search/", {"q": "把药价的水分挤干净，把服务的价格理顺"}).content.decode()
    assert "这句里确有的几段" in text and "“把药价的水分挤”</span> <i>1 篇" in text


def test_the_list_is_empty_for_everybody_where_a_string_is_nearly_found(stories, client):
    typed = "让医生靠本事吃饭"
    assert find(typed).rows.total == find_all(typed, SearchOptions(), 10).total == 0
    assert hit_context(typed, next(iter(stories)), SearchOptions(), 1).total == 0
    assert not find(typed).notices


def test_no_exact_search_is_changed_by_it(stories):
    assert find("医生凭本事吃饭").nearly is None and find("医生凭本事吃饭").rows.total == 1
    assert find("药价").rows.total == 3


def test_of_three_words_that_few_hold_together_the_rarest_is_dropped(stories):
    found = find("托育疫苗社区管理")
    assert found.notices == (
        "没有文章包含“托育疫苗社区管理”，这里按词查找：“托育”、“社区”、“管理”。“疫苗”只有 0 篇，没有计入。",
    )
    assert [stories[story.head.pk] for story in found.stories] == ["plain"]


def test_a_hostile_string_is_answered(stories, client):
    for typed in ("健" * 99, "让医生靠本事吃饭" * 12, "﷽" * 20, "\u0301医" * 30, "<b>医生靠本事吃饭</b>", "%" * 50):
        response = client.get("/search/", {"q": typed})
        assert response.status_code == 200 and b"<b>" not in response.content
