"""An archive for the tests of all lists and counts."""

import datetime

import pytest

from articles.models import Column, Topic, archive
from articles.search.sync import paused
from tests.make import make_article, make_issue, make_page, make_region, sign

TEXT, PHOTO = "text", "photo"


@pytest.fixture
def stories():
    """Stories of every odd kind.

    Some have several parts, some are wholly or partly withdrawn or undated, some are teasers or notices, and some have
    the same property twice.
    """
    with paused():  # one sync for all rows, after the last change
        topics, about = make_rows()
    with archive.change() as change:
        for article, codes, subjects, names in about:
            for code in codes:
                article.article_regions.create(region_id=code)
            for number in subjects:
                article.article_topics.create(topic=topics[number])
            for name, role, of in names:
                sign(article, name, role, of)
        change.articles(article.pk for article, *_ in about)


def make_rows():
    """Make the rows of `stories`. Return the topics and what the articles are about: (article, the codes of regions,
    the numbers of topics, signatures).
    """
    for code, name, parent, level in (
        ("410000", "河南省", None, 1), ("410100", "郑州市", "410000", 2), ("410300", "洛阳市", "410000", 2),
        ("410306", "孟津区", "410300", 3), ("410311", "洛龙区", "410300", 3), ("420000", "湖北省", None, 1),
        ("429004", "仙桃市", "420000", 3), ("810000", "香港特别行政区", None, 1),
    ):  # fmt: skip
        make_region(code, name, name, level, parent)
    topics = [Topic.objects.create(slug=slug, name=slug, disabled=slug == "old") for slug in ("tcm", "reform", "old")]
    columns = [Column.objects.create(name=name, disabled=name == "栏") for name in ("资讯速递", "栏")]
    issue, older = make_issue(), make_issue(datetime.date(1999, 12, 31))
    first = make_page(issue, 1, section="要闻", is_sample=True)
    next_page = make_page(issue, 2, section="综合 新闻")
    back, undated = make_page(older, None, section="要闻"), make_page(None, 1, section="要闻")
    unnamed = make_page(older, 4)
    beside = make_page(older, None, section="要闻")  # lists treat pages without a number as one
    head = make_article(first, "首篇", column=columns[0])
    withdrawn_head = make_article(first, "撤回的首篇", withdrawn=True)
    return topics, [
        (head, ["410100", "410300"], [0], [("赵一苇", "记者", TEXT), ("赵一苇", "摄影", PHOTO)]),
        (make_article(next_page, "续篇", continuation_of=head, column=columns[1]),
         ["410306", "429004"], [0, 1], [("赵一苇", "记者", TEXT), ("钱二木", "摄影", PHOTO)]),
        (make_article(next_page, "撤回的续篇", continuation_of=head, withdrawn=True),
         ["810000"], [2], [("孙", "", TEXT)]),
        (make_article(undated, "待考的续篇", continuation_of=head), ["810000"], [2], [("孙", "", TEXT)]),
        (withdrawn_head, ["410311"], [1], [("赵一苇", "记者", TEXT)]),
        (make_article(next_page, "撤回的续文", continuation_of=withdrawn_head), ["410311"], [1], [("孙", "", TEXT)]),
        (make_article(undated, "待考"), ["410000"], [0], [("赵一苇", "记者", TEXT)]),
        (make_article(first, "导读", kind="teaser", column=columns[0]), ["410000"], [1], [("赵一苇", "编译", TEXT)]),
        (make_article(next_page, "公告", kind="notice"), ["420000"], [0], [("钱二木", "", TEXT)]),
        (make_article(back, "照片", kind="photo", column=columns[1]),
         ["410306", "410311"], [2], [("李", "摄影", PHOTO)]),
        (make_article(beside, "另一版的"), ["410000"], [1], [("赵一苇", "记者", TEXT)]),
        (make_article(beside, "另一版的第二篇"), [], [1], []),
        (make_article(back, "旧文"), ["410000", "410306"], [0, 2], [("赵一苇", "通讯员", TEXT)]),
        (make_article(unnamed, "无版名"), ["429004", "420000"], [], []),
        (make_article(unnamed, "什么也没说"), [], [], []),
    ]  # fmt: skip
