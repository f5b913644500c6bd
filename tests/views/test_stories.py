"""Stories whole, for pages and files."""

import pytest

from articles.models import Article, Topic, archive
from articles.views.counts import shown_topics
from articles.views.stories import stories_of, story_of
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
    shown_topics()  # asked for once a revision
    with archive.serving_at(archive.state()), django_assert_num_queries(5):
        stories = stories_of([single.pk, withdrawn.pk, turned.pk])
        parts = [[part.pk for part in story.parts] for story in stories]
        said = [said_of(story) for story in stories]
    assert parts == [[single.pk], [turned.pk, back.pk, unnumbered.pk]]
    assert said == [(["赵一苇"], ["河南省"], ["中医药"])] * 2
    assert [said_of(story_of(Article.objects.get(pk=story.head.pk))) for story in stories] == said


def said_of(story):
    return (
        [row.name_as_printed for row in story.bylines],
        [row.region.name for row in story.regions],
        [topic.name for topic in story.topics],
    )
