"""Counts of stories agree with the sets that they count, in each way in which the database is asked for them."""

import datetime

import pytest

from articles.models import Article, Region, Topic
from tests.make import make_article, make_issue, make_page, make_region, sign

pytestmark = pytest.mark.django_db


@pytest.fixture
def rows():
    """Return stories of a province of two cities: of two parts, of one, hidden from readers, and of another year."""
    for code, name, parent, level in (
        ("410000", "河南省", None, 1), ("410100", "郑州市", "410000", 2), ("410300", "洛阳市", "410000", 2),
        ("410306", "孟津区", "410300", 3), ("420000", "湖北省", None, 1),
    ):  # fmt: skip
        make_region(code, name, name, level, parent)
    topics = [Topic.objects.create(slug=slug, name=slug) for slug in ("tcm", "reform")]
    issue = make_issue()
    page, next_page = make_page(issue, 1), make_page(issue, 2)
    head = make_article(page, "首篇")
    rows = {
        "head": head,
        "part": make_article(next_page, "续篇", continuation_of=head),
        "gone": make_article(next_page, "撤回的续篇", continuation_of=head, withdrawn=True),
        "single": make_article(page, "单篇"),
        "hidden": make_article(page, "撤回", withdrawn=True),
        "old": make_article(make_page(make_issue(datetime.date(1999, 1, 4)), 1), "旧文"),
    }
    about = {
        "head": ["410100", "410300"], "part": ["410306"], "gone": ["420000"], "single": ["410306"],
        "hidden": ["410100"], "old": ["410000"],
    }  # fmt: skip
    for name, codes in about.items():
        for code in codes:
            rows[name].article_regions.create(region_id=code)
    for name, topic in (("head", 0), ("part", 0), ("part", 1), ("gone", 1), ("single", 1), ("hidden", 0), ("old", 0)):
        rows[name].article_topics.create(topic=topics[topic])
    for name, role in (
        ("head", "记者"), ("part", "记者"), ("part", "摄影"), ("gone", "编译"), ("single", "通讯员"),
        ("hidden", "记者"),
    ):  # fmt: skip
        sign(rows[name], "赵一苇", role)
    return rows | {"topics": topics}


def stories():
    return Article.objects.visible().stories()


def test_a_story_counts_once_for_what_its_head_and_its_shown_parts_say(rows):
    tcm, reform = (topic.pk for topic in rows["topics"])
    henan = Region.objects.get(pk="410000")
    person = rows["head"].bylines.get().contributor
    assert stories().by_year().fetch() == {1999: 1, 2024: 2}
    assert stories().by_province().fetch() == {"410000": 3}
    assert stories().by_part(henan).fetch() == {"410100": 1, "410300": 2}
    assert stories().by_topic().fetch() == {tcm: 2, reform: 2}
    assert stories().by_contributor().fetch() == {person.pk: 2}
    roles = stories().by_role(person).fetch()
    assert roles == {("text", "摄影"): 1, ("text", "记者"): 1, ("text", "通讯员"): 1}


def test_a_set_is_the_same_whichever_end_a_database_starts_from(rows):
    tcm, reform = rows["topics"]
    person = rows["head"].bylines.get().contributor
    regions = {code: Region.objects.get(pk=code) for code in ("410000", "410300", "410306", "420000")}
    names = {name: row.pk for name, row in rows.items() if name != "topics"}
    expected = {
        (("about", regions["410000"]),): {"head", "single", "old"},
        (("about", regions["410300"]),): {"head", "single"},
        (("about", regions["410306"]),): {"head", "single"},
        (("about", regions["420000"]),): set(),
        (("on", reform),): {"head", "single"},
        (("by", person),): {"head", "single"},
        (("about", regions["410000"]), ("on", tcm)): {"head", "old"},
    }
    for narrowings, held in expected.items():
        for walking in (False, True):
            found = stories()
            for method, row in narrowings:
                found = getattr(found, method)(row, walking=walking)
            assert sorted(found.values_list("pk", flat=True)) == sorted(names[name] for name in held), narrowings


@pytest.mark.plan
def test_walking_by_a_contributor_never_goes_through_all_that_a_contributor_signed(rows):
    person = rows["head"].bylines.get().contributor
    plan = stories().by(person, walking=True).newest_first().explain().splitlines()
    bylines = [line for line in plan if "byline" in line]
    assert len(bylines) == 2 and all("(contributor_id=? AND article_id=?)" in line for line in bylines), plan


def test_counts_of_a_set_are_those_of_its_stories(rows):
    tcm, reform = rows["topics"]
    about = stories().about(Region.objects.get(pk="410300")).on(reform)
    assert about.by_topic().fetch() == {tcm.pk: 1, reform.pk: 2}
    assert about.by_province().fetch() == {"410000": 2}
    assert about.by_year().fetch() == {2024: 2}


def test_oldest_first_turns_the_days_and_keeps_the_printed_order_within_one(rows):
    titles = [article.headline for article in stories().oldest_first()]
    assert titles == ["旧文", "首篇", "单篇"]
    assert [article.headline for article in stories().newest_first()] == ["首篇", "单篇", "旧文"]
