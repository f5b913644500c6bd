"""The stories related to a story, each group with its reason."""

import datetime
import html
import re

import pytest

from articles.models import Article, Column, Topic, archive
from articles.models.stories import load_story
from articles.search.current import current_index
from articles.search.related import characteristic_words
from articles.search.sync import paused, sync
from articles.text.fold import fold
from articles.views.related import related_to
from tests.make import make_article, make_issue, make_many, make_page, make_region, update

pytestmark = pytest.mark.django_db

#: Stories by day: headline, text, whether they are of the column, and of the place.
STORIES = {
    "2017-05-01": ("同一地方太早的一篇", "另一件事。", False, True),
    "2018-10-31": ("同一地方前一年的一篇", "又一件事。", False, True),
    "2019-10-17": ("栏目的前一篇", "县医院的绩效表。", True, False),
    "2019-10-31": (
        "价格动了十一次", "卓明远说，先腾后调，药价的水分挤出去。会计师卓明远念价目表，护理一栏升了。", True, True,
    ),
    "2019-11-14": ("栏目的后一篇", "药师走出药房。", True, False),
    "2019-12-01": ("栏目再后的一篇", "再走一步。", True, False),
    "2020-10-30": ("同一地方后一年的一篇", "还有一件事。", False, True),
    "2021-03-04": ("第十三次调价", "会计师卓明远说，先腾后调，护理一栏怎么升。", False, False),
    "2022-03-04": ("别处的会计师", "一位会计师的一天。", False, False),
}  # fmt: skip
HERE = "2019-10-31"


@pytest.fixture(scope="module")
def stories(made_once):
    """Make STORIES and three dozen of other matter, and index them."""
    region = make_region("350400", "三明市", "三明", 2)
    topic = Topic.objects.create(slug="medicine", name="药品与医保")
    column = Column.objects.create(name="改革深一度")
    found = {}
    with paused():
        for day, (headline, text, in_column, of_place) in STORIES.items():
            page = make_page(make_issue(datetime.date.fromisoformat(day)), 2)
            article = make_article(page, headline, text, column=column if in_column else None)
            if of_place:
                article.article_regions.create(region=region, main=True)
                article.article_topics.create(topic=topic)
            found[day] = article
        other = make_page(make_issue(datetime.date(2010, 1, 4)), 1)
        make_many(other, [f"第{number}则消息" for number in range(36)], "疫苗接种点开到村口，老人少走山路。")
        make_article(other, "价格动了十一次的导读", "卓明远 会计师 先腾后调 护理 价目", kind="teaser", position=99)
        with archive.change() as change:
            change.articles([article.pk for article in found.values()])
    sync()
    return found


def groups(article):
    """Return {title of a group: [(headline, reason)]} of the stories related to an article."""
    shown = related_to(load_story(Article.objects.get(pk=article.pk)))
    return {group.title: [(row.story.head.headline, row.reason) for row in group.rows] for group in shown.groups}


def test_each_group_has_its_reason(stories):
    found = groups(stories[HERE])
    assert found["栏目“改革深一度”的前后篇"] == [("栏目的前一篇", "前一篇"), ("栏目的后一篇", "后一篇")]
    assert {headline for headline, _ in found["三明市、药品与医保，前后一年"]} == {
        "同一地方前一年的一篇", "同一地方后一年的一篇",
    }  # fmt: skip
    ((headline, reason),) = found["用词相近"]
    assert headline == "第十三次调价"
    assert reason.startswith("都提到“") and "会计师" in reason
    assert list(found) == ["栏目“改革深一度”的前后篇", "三明市、药品与医保，前后一年", "用词相近"]


def test_the_ends_of_a_column_have_one_neighbour(stories):
    first = groups(stories["2019-10-17"])["栏目“改革深一度”的前后篇"]
    last = groups(stories["2019-12-01"])["栏目“改革深一度”的前后篇"]
    assert first == [("价格动了十一次", "后一篇")] and last == [("栏目的后一篇", "前一篇")]


def test_a_neighbour_in_the_column_is_no_second_time_among_those_of_the_place(stories, changing):
    before = stories["2019-10-17"]
    with archive.change() as change:
        before.article_regions.create(region_id="350400", main=True)
        before.article_topics.create(topic=Topic.objects.get())
        change.articles([before.pk])
    sync()
    shown = [headline for rows in groups(stories[HERE]).values() for headline, _ in rows]
    assert shown.count("栏目的前一篇") == 1 and "同一地方前一年的一篇" in shown


def test_no_word_runs_from_one_paragraph_to_the_next(stories, changing):
    column = Column.objects.get()
    page = stories[HERE].page
    texts = ("开会", "计师的价", "目表，护", "理一栏先", "腾后调药")
    article = make_article(
        page, "断开的字", column=column, blocks=[{"type": "paragraph", "text": text} for text in texts]
    )
    sync()
    assert "会计师" not in str(groups(article))


def test_the_lists_of_more_are_as_long_as_it_is_said(stories, client):
    text = client.get(stories[HERE].get_absolute_url()).content.decode()
    links = re.findall(r'<h3 [^>]+>[^<]+<a href="([^"]+)"[^>]*>\D+(\d+) 篇</a>', text)
    assert [count for _, count in links] == ["4", "4"]
    for url, count in links:
        assert f"共 {count} 篇" in client.get(html.unescape(url)).content.decode()


def test_the_page_shows_them_below_the_story_and_marks_none_for_citing(stories, client):
    text = client.get(stories[HERE].get_absolute_url()).content.decode()
    after = text[text.index('<section class="after"') :]
    assert after.index("相关文章") < after.index("栏目的前一篇") < after.index("第十三次调价")
    assert 'class="Z3988"' not in text
    assert f'href="{stories[HERE].get_absolute_url()}"' not in after  # the story itself


def test_a_withdrawn_story_is_related_to_none(stories, changing, client):
    update(Article.objects.filter(pk=stories["2019-10-17"].pk), withdrawn=True)
    assert "栏目的前一篇" not in str(groups(stories[HERE]))  # the index still has it
    sync()
    assert groups(stories[HERE])["栏目“改革深一度”的前后篇"] == [("栏目的后一篇", "后一篇")]


def test_a_story_without_relations_has_no_section(stories, changing, client):
    article = make_article(None, "独一篇", "没有第二篇。")
    sync()
    response = client.get(article.get_absolute_url())
    assert "相关文章" not in response.content.decode() and "ETag" in response


def test_while_the_index_is_behind_the_page_is_not_kept(stories, changing, client):
    with archive.change() as change:
        change.other()
    response = client.get(stories[HERE].get_absolute_url())
    assert "no-store" in response["Cache-Control"] and "ETag" not in response
    sync()
    assert "ETag" in client.get(stories[HERE].get_absolute_url())


def test_without_an_index_the_page_says_so_and_is_not_kept(stories, client, settings, tmp_path):
    settings.SEARCH_DIR = tmp_path / "none"
    settings.SEARCH_DIR.mkdir()
    response = client.get(stories[HERE].get_absolute_url())
    assert response.status_code == 200 and "相关文章没有列出" in response.content.decode()
    assert "no-store" in response["Cache-Control"]


def test_the_words_of_a_text_are_whole_and_rare(stories):
    index = current_index().index
    words = characteristic_words(index, fold("疫苗 会计师卓明远念价目表，2019 先腾后调。护理一栏，疫苗"))
    assert "会计师" in words and "会计" not in words and "2019" not in words
    assert words.index("会计师") < words.index("疫苗")
    assert characteristic_words(index, "") == [] == characteristic_words(index, "， 。 1 的")


def test_stories_that_share_too_few_words_are_not_near(stories):
    few = groups(stories["2022-03-04"])
    assert "用词相近" not in few  # the word 会计师 alone


def test_the_words_that_each_story_holds_are_told_apart(stories):
    index = current_index().index
    words = ["会计师", "护理", "疫苗", "没有的词", "调价", "一栏", "价目", "走出", "药师", "绩效"]
    ids = [stories[HERE].pk, stories["2021-03-04"].pk, stories["2022-03-04"].pk, 999_999]
    texts = {
        pk: fold("\n".join([article.headline, *article.paragraphs]))
        for pk, article in Article.objects.in_bulk(ids).items()
    }
    expected = {pk: [word for word in words if word in texts.get(pk, "")] for pk in ids}
    assert index.words_held(ids, words) == expected
    assert index.words_held([], words) == {} and index.words_held(ids, []) == {pk: [] for pk in ids}


def test_a_word_is_counted_anew_once_the_index_has_changed(stories, changing):
    before = current_index().index.stories_with_words(["会计师"])["会计师"]
    make_article(stories[HERE].page, "又一位", "会计师来了。")
    sync()
    assert current_index().index.stories_with_words(["会计师"])["会计师"] == before + 1


def test_an_article_of_any_kind_and_length_has_its_page(stories, changing, client):
    page = stories[HERE].page
    for kind in Article.Kind.values:
        for text in ("", "的", "会计师" * 50_000, "\u200b", "😀" * 300, '"' * 300 + "OR (会计师"):
            article = make_article(page, "", text, kind=kind)
            sync()
            assert client.get(article.get_absolute_url()).status_code == 200
