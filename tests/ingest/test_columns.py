"""The kickers of stored articles that become columns, and the articles that go into these columns."""

import datetime
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from articles.ingest import columns
from articles.ingest.columns import RECURRING, Filing, file_articles
from articles.models import Article, Column, archive
from tests.make import DAY, make_article, make_issue, make_page

pytestmark = pytest.mark.django_db


@pytest.fixture
def pages():
    return [make_page(make_issue(DAY + datetime.timedelta(days))) for days in range(3)]


def headlines(column) -> set[str]:
    return set(column.articles.values_list("headline", flat=True))


def test_a_kicker_that_stands_in_three_issues_is_a_column_however_it_is_padded(pages):
    padded = ("三道 关口", "三道关口", "三道　关口")
    for page, recurring, twice in zip(pages, padded, ("五湖四海", "五湖四海", ""), strict=True):
        make_article(page, "甲", kicker=recurring)
        make_article(page, "乙", kicker=twice)
        make_article(page, "丙", kicker="同一期的两条")
        make_article(pages[0], "丁", kicker="一期三条")
    assert RECURRING == 3
    assert {filing.name for filing in file_articles(write=False)} == {"三道关口", "同一期的两条"}
    assert not Column.objects.exists()
    assert file_articles(write=True) == [Filing("三道关口", True, 3), Filing("同一期的两条", True, 3)]
    assert headlines(Column.objects.get(name="三道关口")) == {"甲"}
    assert file_articles(write=True) == []


def test_what_a_person_has_set_stays_and_what_is_filed_is_stamped(pages):
    make_article(pages[0], "一", kicker="资讯速递", edited_fields=["column"])
    filed = make_article(pages[0], "二", kicker="资讯速递")
    before = archive.state().revision
    assert file_articles(write=True) == [Filing("资讯速递", True, 1)]
    filed.refresh_from_db()
    assert (headlines(Column.objects.get()), filed.revision) == ({"二"}, before + 1)


def test_a_column_out_of_use_takes_nothing_in(pages):
    Column.objects.create(name="资讯速递", disabled=True)
    Column.objects.create(name="三道关口")
    make_article(pages[0], "一", kicker="资讯速递")
    make_article(pages[0], "二", kicker="三道关口")
    assert file_articles(write=False) == file_articles(write=True) == [Filing("三道关口", False, 1)]


def test_any_number_of_kickers_is_looked_up():
    assert Column.objects.behind({f"第{number}条": False for number in range(260_000)}) == {}


def test_a_dry_run_looks_once_at_the_articles_and_writes_nothing(pages):
    for number in range(9):
        make_article(pages[0], "一", kicker=f"第{number}号快讯")
    with CaptureQueriesContext(connection) as queries:
        assert len(file_articles(write=False)) == 9
    # PostgreSQL declares a cursor for the query whose result may be long.
    asked = [re.sub("^DECLARE .*? FOR SELECT", "SELECT", query["sql"]) for query in queries]
    assert [sql.split()[0] for sql in asked] == ["SELECT"] * 3
    assert sum('FROM "articles_article"' in sql for sql in asked) == 1
    assert not Article.objects.exclude(column=None).exists()


def test_a_column_that_a_person_sets_while_others_are_filed_stays(pages, monkeypatch):
    first, second = (make_article(pages[0], headline, kicker="资讯速递") for headline in ("一", "二"))
    monkeypatch.setattr(columns, "BATCH", 1)

    def correct():
        Article.objects.filter(pk=second.pk).update(edited_fields=["column"])

    monkeypatch.setattr(archive, "followers", [correct])  # runs as the first batch is written
    file_articles(write=True)
    assert headlines(Column.objects.get()) == {"一"}
