"""The table of kinds, and the questions that the desk asks of doubts."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from articles.models import Article, Doubt, Issue, Page, SourceText
from articles.models.doubt_kinds import (
    DERIVED,
    GROUPS,
    KINDS,
    MISLEADING,
    digest_of,
    is_answered,
    kind_of,
    kinds_naming,
    names,
)
from articles.models.doubts import misleading_kinds, with_is_doubted
from articles.reading import DOUBT_LABELS
from tests.make import DAY, make_article, make_doubt, make_issue, make_page


def test_each_kind_of_the_reader_has_its_label_in_the_table():
    assert set(DOUBT_LABELS) <= set(KINDS)
    for name, kind in KINDS.items():
        assert kind.name == name and len(name) <= Doubt._meta.get_field("kind").max_length
        assert kind.label == DOUBT_LABELS.get(name, kind.label)
        assert kind.label and kind.explanation and kind.group in GROUPS


def test_the_kinds_stand_in_the_order_of_their_groups_but_for_decisions():
    groups = [kind.group for kind in KINDS.values()]
    assert groups == sorted(groups, key=GROUPS.index)


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.name)
def test_each_field_that_a_kind_names_is_one(kind):
    articles = {field.name for field in Article._meta.get_fields()}
    pages = {field.name for field in Page._meta.get_fields()}
    issues = {f"issue__{field.name}" for field in Issue._meta.get_fields()}
    assert set(kind.fields) <= articles or set(kind.fields) <= pages | issues


@pytest.mark.parametrize(
    ("kind", "one", "same", "other"),
    [
        ("place-ambiguous", "鼓楼区：南京市鼓楼区、徐州市鼓楼区", "鼓楼区：福州市鼓楼区", "朝阳区：南京市鼓楼区"),
        ("headline-uncertain", "好标题：主题，或为引题", "好标 题：引题，起止没有把握", "坏标题：主题，或为引题"),
        ("label-uncertain", "问：行吗：正文，或为小标题", "问：行吗：署名，或为正文", "问：不行：正文，或为小标题"),
        ("number-disagrees", "1 ≠ 2", "1≠2", "1 ≠ 3"),
        ("open-jump", "下转第3版", "下转第３版", "上接第3版"),
    ],
)
def test_a_digest_is_of_the_folded_thing_alone(kind, one, same, other):
    assert digest_of(kind, one) == digest_of(kind, same) != digest_of(kind, other)
    assert len(digest_of(kind, one)) == 16


def test_a_kind_of_which_there_is_one_has_no_digest():
    assert digest_of("no-byline", "甲") == digest_of("date-inferred", "2024-11-22") == ""
    assert digest_of("of-long-ago", "甲") != digest_of("of-long-ago", "乙")


def test_an_unknown_kind_is_its_own_label():
    assert (kind_of("of-long-ago").label, names("of-long-ago")) == ("of-long-ago", ())
    assert str(Doubt(kind="of-long-ago", detail="甲")) == "of-long-ago 甲"


def test_a_doubt_is_answered_once_a_person_has_set_all_its_fields():
    assert not is_answered("headline-uncertain", {"headline", "deck"})
    assert is_answered("headline-uncertain", {"headline", "deck", "kicker", "blocks"})
    assert not is_answered("leftover-text", {"headline"})
    assert "headline-uncertain" in kinds_naming({"deck"}) and "no-byline" not in kinds_naming({"deck"})
    assert "number-disagrees" not in kinds_naming({"issue__number"})


def test_readers_are_told_of_what_may_mislead_them_alone():
    assert {*("headline-uncertain", "split?", "merged?", "open-paragraph", "joined?", "place-ambiguous")} == MISLEADING
    assert not MISLEADING & DERIVED


@pytest.mark.django_db
def test_doubts_are_asked_for_by_target_field_and_state():
    article = make_article()
    page = article.page
    source = SourceText.objects.create(page=page, path="/a.txt", sha256="a", standing="conflict")
    headline = make_doubt(article, "headline-uncertain", "甲：主题，或为副题")
    closed = make_doubt(article, "no-byline", state=Doubt.State.SETTLED)
    proposal = make_doubt(article, "proposal", "标题", rule="headline")
    number = make_doubt(page, "number-disagrees", "1 ≠ 2")
    conflict = make_doubt(page, "conflict", source=source)
    make_doubt(make_article(), "no-byline")
    assert set(Doubt.objects.of(article)) == {headline, closed, proposal}
    assert set(Doubt.objects.of(article).open()) == {headline, proposal}
    assert set(Doubt.objects.of(page)) == {number, conflict}
    assert set(Doubt.objects.of(article).naming(["headline"])) == {headline, proposal}
    assert set(Doubt.objects.of(article).naming(["bylines", "deck"])) == {headline, closed}
    assert set(Doubt.objects.of(page).naming(["number"])) == {number}


@pytest.mark.django_db
def test_the_queue_is_counted_by_one_query():
    old, new, undated = make_page(make_issue()), make_page(make_issue(DAY + datetime.timedelta(1))), make_page()
    for page in (new, old, undated):
        make_doubt(make_article(page), "no-byline")
        make_doubt(make_article(page), "no-topic", state=Doubt.State.DISMISSED)
    make_doubt(undated, "date-unknown")
    with CaptureQueriesContext(connection) as queries:
        counts = Doubt.objects.open().counts_by_kind()
    assert counts == [("date-unknown", 1, None), ("no-byline", 3, DAY)]
    assert len(queries) == 1 and queries[0]["sql"].count("GROUP BY") == 1


@pytest.mark.django_db
def test_the_least_sure_comes_first_and_the_unmeasured_last():
    article = make_article()
    sure, unknown, unsure = (
        make_doubt(article, "label-uncertain", detail, probability=probability)
        for detail, probability in (("甲", 0.7), ("乙", None), ("丙", 0.4))
    )
    assert list(Doubt.objects.least_sure_first()) == [unsure, sure, unknown]


@pytest.mark.django_db
def test_readers_are_told_in_the_order_of_the_parts():
    head, plain = make_article(), make_article()
    part = make_article(head.page, continuation_of=head)
    make_doubt(plain, "no-byline")
    make_doubt(part, "open-paragraph")
    make_doubt(part, "place-ambiguous", "鼓楼区：甲、乙")
    make_doubt(head, "place-ambiguous", "朝阳区：甲、乙")
    make_doubt(head, "no-byline")
    make_doubt(head, "split?", state=Doubt.State.SETTLED)
    assert misleading_kinds(with_is_doubted(Article.objects.order_by("pk"))) == ["place-ambiguous", "open-paragraph"]
    doubted = dict(with_is_doubted(Article.objects.all()).values_list("pk", "is_doubted"))
    assert doubted == {head.pk: True, part.pk: True, plain.pk: False}


@pytest.mark.django_db
@pytest.mark.plan
def test_the_doubts_of_an_article_a_page_and_a_text_are_found_by_their_indexes():
    conditions = {"article_id = 1": "doubt_once_an_article", "source_id = 1": "doubt_once_a_text"}
    conditions["article_id IN (SELECT value FROM json_each('[1,2]'))"] = "doubt_once_an_article"
    with connection.cursor() as cursor:
        for condition, index in conditions.items():
            cursor.execute(f"EXPLAIN QUERY PLAN SELECT * FROM articles_doubt WHERE {condition}")
            assert index in " ".join(str(row) for row in cursor.fetchall()), condition
        cursor.execute("EXPLAIN QUERY PLAN SELECT * FROM articles_doubt WHERE page_id = 1")
        assert "SEARCH" in str(cursor.fetchall())
