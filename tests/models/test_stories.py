"""Stories of several parts: paragraphs that a jump cut in two, and many stories fetched at once."""

import pytest

from articles.models import Topic
from articles.models.stories import whole_paragraphs, whole_stories
from tests.make import DAY, make_article, make_issue, make_page, make_region, sign


def paragraph(text):
    return {"type": "paragraph", "text": text}


def subhead(text):
    return {"type": "subhead", "text": text}


def test_a_paragraph_that_ends_without_a_stop_goes_on_in_the_next_part():
    parts = [[paragraph("开头。"), paragraph("由县级医院下派")], [paragraph("到乡镇坐诊。"), paragraph("结尾。")]]
    kept = [list(part) for part in parts]
    assert whole_paragraphs(parts) == [
        [paragraph("开头。"), paragraph("由县级医院下派到乡镇坐诊。")],
        [paragraph("结尾。")],
    ]
    assert parts == kept


def test_what_is_complete_or_no_paragraph_stays_apart():
    for parts in (
        [[paragraph("说完了。”")], [paragraph("另起一段。")]],
        [[paragraph("没有说完")], [subhead("小标题"), paragraph("另起一段。")]],
        [[subhead("小标题")], [paragraph("另起一段。")]],
        [[], [paragraph("另起一段。")]],
        [[paragraph("没有说完")], []],
        [[paragraph("说完了。")], [], [paragraph("另起一段。")]],
        [],
    ):
        assert whole_paragraphs(parts) == parts


def test_a_paragraph_may_run_over_three_parts():
    parts = [[paragraph("一")], [paragraph("二")], [paragraph("三。")]]
    assert whole_paragraphs(parts) == [[paragraph("一二三。")], [], []]


@pytest.mark.django_db
def test_whole_stories_are_fetched_at_once_in_the_order_asked_for(django_assert_num_queries):
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
        stories = whole_stories([single.pk, withdrawn.pk, turned.pk])
        shown = [[(part.pk, part.page.issue.date, *said_of(part)) for part in parts] for parts in stories]
    every = (DAY, ["赵一苇"], ["河南省"], ["中医药"])
    assert shown == [
        [(single.pk, *every)],
        [(turned.pk, *every), (back.pk, *every), (unnumbered.pk, DAY, [], [], [])],
    ]


def said_of(article):
    """Return who signed an article, and what it is about, as names."""
    return (
        [row.name_as_printed for row in article.bylines.all()],
        [row.region.name for row in article.article_regions.all()],
        [row.topic.name for row in article.article_topics.all()],
    )
