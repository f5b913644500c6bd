"""Stories whole, for pages and files."""

import pytest

from articles.models import Article, Topic
from articles.models.bodies import values_of
from articles.models.stories import load_stories, load_story, story_parts
from articles.search.documents import story_documents
from tests.make import make_article, make_issue, make_page, make_region, sign

pytestmark = pytest.mark.django_db


def test_stories_are_fetched_at_once_in_the_order_asked_for(django_assert_num_queries):
    issue = make_issue()
    first, third = make_page(issue, 1), make_page(issue, 3)
    turned = make_article(third, "从三版转到头版")
    back = make_article(first, "转到头版的", continuation_of=turned)
    unnumbered = make_article(make_page(issue, None), "末尾的", continuation_of=turned)
    make_article(first, "撤回的续篇", continuation_of=turned, withdrawn=True)
    single = make_article(third, "单篇")
    withdrawn = make_article(third, "撤回的", withdrawn=True)
    region, topic = make_region(), Topic.objects.create(slug="tcm", name="中医药")
    for article in (turned, back, single):
        sign(article, "赵一苇")
        article.article_regions.create(region=region)
        article.article_topics.create(topic=topic)
    with django_assert_num_queries(4):
        stories = load_stories([single.pk, withdrawn.pk, turned.pk])
        parts = [[part.pk for part in story.parts] for story in stories]
        said = [said_of(story) for story in stories]
    assert parts == [[single.pk], [turned.pk, back.pk, unnumbered.pk]]
    assert said == [(["赵一苇"], ["河南省"], ["中医药"])] * 2
    assert [said_of(load_story(Article.objects.get(pk=story.head.pk))) for story in stories] == said


def test_pages_and_search_documents_agree_on_the_parts_of_a_story_and_on_their_order():
    issue = make_issue()
    pages = {number: make_page(issue, number) for number in (1, 2, None)}
    head = make_article(pages[2], "首篇", "二版的。")
    later = make_article(pages[None], "末篇", "不知在哪一版的。", continuation_of=head)
    make_article(pages[1], "次篇", "头版的。", continuation_of=head)
    make_article(pages[1], "撤回的", "撤回的。", continuation_of=head, withdrawn=True)
    make_article(make_page(None, 4), "未定日期", "没有日期的。", continuation_of=head)
    (story,) = load_stories([head.pk])
    (document,) = story_documents([head.pk, later.pk])
    assert [part.headline for part in story.parts] == ["首篇", "次篇", "末篇"]
    assert [part.headline for part in load_story(Article.objects.get(pk=head.pk)).parts] == ["首篇", "次篇", "末篇"]
    assert document.texts["headline"] == ["首篇", "次篇", "末篇"]
    assert document.texts["body"] == values_of(story.blocks) == ["二版的。", "头版的。", "不知在哪一版的。"]
    (judged,) = story_parts([head.pk], list, visible=False)
    assert [part.headline for part in judged] == ["首篇", "次篇", "未定日期", "末篇"]


def test_signatures_follow_the_parts_however_their_rows_were_made():
    issue = make_issue()
    second = make_article(make_page(issue, 2), "续篇")
    head = make_article(make_page(issue, 1), "首篇")
    Article.objects.filter(pk=second.pk).update(continuation_of=head)
    sign(second, "后署名")
    sign(head, "先署名")
    sign(head, "摄影者", of="photo")
    for story in (*load_stories([head.pk]), load_story(Article.objects.get(pk=head.pk))):
        assert [row.name_as_printed for row in story.bylines] == ["先署名", "后署名"]
        assert [row.name_as_printed for row in story.credits] == ["摄影者"]


def said_of(story):
    return (
        [row.name_as_printed for row in story.bylines],
        [row.region.name for row in story.regions],
        [topic.name for topic in story.topics],
    )
