"""A story's regions and topics on the desk: they follow the corrected text, and a person's choices stay."""

import pytest

from articles.admin.evidence_text import region_evidence, topic_evidence
from articles.models import Article
from tests.admin.conftest import ledger, revision
from tests.make import make_article, make_issue, make_page
from tests.tables import load_tables

pytestmark = pytest.mark.django_db


@pytest.fixture
def article(page):
    return page.articles.as_printed()[0]


@pytest.fixture
def parts(db):
    """Return two articles of one issue that can become the two parts of a story."""
    load_tables()
    issue = make_issue()
    head = make_article(make_page(issue, 1), headline="乡村医生轮训", text="首批四百人到县医院。")
    last = make_article(make_page(issue, 3), headline="", text="山东省的针灸、推拿等中医适宜技术是轮训的重点。")
    return head, last


def about(article):
    regions = list(article.article_regions.values_list("region", flat=True))
    return regions, "tcm" in article.article_topics.values_list("topic__slug", flat=True)


def test_a_corrected_headline_tells_at_once_what_the_story_is_about(desk, article):
    before = revision()
    assert about(article) == (["630000", "632800"], False)
    assert desk.save(article, headline="山东名老中医：针灸、推拿下乡") == []
    assert about(article) == (["370000", "632800"], True)
    article.refresh_from_db()
    assert (article.edited_fields, article.revision, revision()) == (["headline"], before + 1, before + 1)
    assert [told[0] for told in ledger(article)] == ["headline"]  # what the archive judged is no correction


def test_a_byline_corrected_alone_leaves_regions_and_topics(desk, article):
    before = list(article.article_regions.values_list("pk", flat=True))
    assert desk.save(article, **{"byline-0-name": "赵一帆"}) == []
    assert list(article.article_regions.values_list("pk", flat=True)) == before


def test_what_is_set_with_the_headline_stands(desk, article):
    assert desk.save(article, headline="山东的针灸、推拿下乡", **{"region-0-name": "410000"}) == []
    assert about(article) == (["410000", "632800"], True)
    assert set(Article.objects.get(pk=article.pk).edited_fields) == {"headline", "regions"}


def test_a_story_that_gains_and_loses_a_part_is_judged_by_what_it_has(desk, parts):
    head, last = parts
    desk.save(last, review="reviewed")
    assert about(head) == about(last) == ([], False)  # no field has changed by which a story is judged
    assert desk.save(last, continuation_of=str(head.pk)) == []
    assert (about(head), about(last)) == ((["370000"], True), ([], False))
    assert desk.save(last, withdrawn="on") == []
    assert about(head) == ([], False)
    desk.client.post("/admin/articles/article/", {"action": "restore", "_selected_action": [last.pk]})
    assert about(head) == (["370000"], True)
    assert desk.save(last, continuation_of="") == []
    assert (about(head), about(last)) == (([], False), (["370000"], True))


def test_a_story_whose_part_is_deleted_is_judged_without_it(desk, parts):
    head, last = parts
    desk.save(last, continuation_of=str(head.pk))
    assert about(head) == (["370000"], True)
    desk.client.post(desk.url(last, "delete"), {"post": "yes"})
    assert about(head) == ([], False)


def test_another_region_or_topic_does_not_inherit_what_spoke_for_the_one_before(desk, parts, client):
    _, last = parts
    desk.save(last, headline="河南偃师市针灸推拿下乡", body="偃师市疾控中心开展培训。")
    assert [row.former_names for row in last.article_regions.all()] == [["偃师市"]]
    assert "（文中作“偃师市”）" in client.get(last.get_absolute_url()).content.decode()
    changes = {"region-0-name": "370000", "topic-0": "press"}
    assert desk.save(last, **changes) == []
    region, topic = last.article_regions.get(region="370000"), last.article_topics.get(topic__slug="press")
    assert "文中作" not in client.get(last.get_absolute_url()).content.decode()
    assert [(row.source, row.score, row.evidence) for row in (region, topic)] == [("manual", 0, [])] * 2


def test_evidence_is_told_in_words_that_hold_for_a_story_of_several_parts(desk, parts):
    head, last = parts
    Article.objects.filter(pk=last.pk).update(headline="山东送医到村")
    assert desk.save(last, continuation_of=str(head.pk)) == []
    told = "续文标题“山东”（地名）；全文第 2 段“山东省”（地名）"
    assert region_evidence(head.article_regions.get()) == told
    assert "针灸" in topic_evidence(head.article_topics.get(topic__slug="tcm")).split("、")
    shown = desk.client.get(desk.url(head)).content.decode()
    listed = desk.client.get("/admin/articles/articleregion/").content.decode()
    assert told in shown and told in listed
