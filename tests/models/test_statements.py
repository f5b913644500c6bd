"""A statement compiled once is the SQL that the ORM would compile, and gives the same rows."""

import datetime
import gc
import random
import threading
from itertools import product

import pytest
from django.apps import apps
from django.db import connection
from django.db.models import Model, signals
from django.test.utils import CaptureQueriesContext

import articles.ingest.runs
import articles.urls  # noqa: F401 - the two load every module with statements
from articles.models import Article, Column, Contributor, Issue, Page, RegionAlias, SourceText, Topic
from articles.models.statements import Statement
from tests.make import DAY, make_article, make_doubt, make_issue, make_page, make_region, sign

ALL = [each for each in gc.get_objects() if isinstance(each, Statement)]

CHANCE = random.Random(18)


def values_of(statement):
    """Yield values for a call: as rows have them, and the ends of the range. An edition has fewer bits than an id."""
    largest = 2**15 - 1 if {datetime.date, str} & set(statement.types) else 2**63 - 1
    days = [datetime.date(1, 1, 1), DAY, datetime.date(9999, 12, 31)]
    numbers = [0, 1, largest]
    texts = ["", "/pages/01.txt", "%s", "'\"\\", "报纸", "x" * 300]
    sets = [frozenset(), frozenset(texts), frozenset({"410000", "赵一苇"})]
    ids = [(), (0,), (1, largest)]
    of_kind = {datetime.date: days, int: numbers, str: texts, frozenset: sets, tuple: ids}
    for _ in range(20):
        numbers.append(CHANCE.choice((CHANCE.randrange(30), CHANCE.randrange(largest))))
        days.append(DAY + datetime.timedelta(CHANCE.randrange(-9999, 9999)))
        yield [CHANCE.choice(of_kind[kind]) for kind in statement.types]


@pytest.mark.django_db
@pytest.mark.parametrize("statement", ALL, ids=lambda each: each.build.__qualname__)
def test_it_is_the_sql_of_the_orm(statement):
    for values in values_of(statement):
        sql, parameters = statement.build(*values).query.get_compiler(connection=connection).as_sql()
        assert statement.bound(*values) == (sql, tuple(parameters))


def everything(row):
    """Return a row with all records that were fetched along, without any further query."""
    if not hasattr(row, "_state"):
        return row
    along = {name: everything(each) for name, each in row._state.fields_cache.items()}
    own = {name: value for name, value in vars(row).items() if name != "_state"}
    return type(row), own, along, row._state.db, row._state.adding


@pytest.mark.django_db
@pytest.mark.parametrize("statement", ALL, ids=lambda each: each.build.__qualname__)
def test_it_gives_the_rows_of_the_orm_in_one_query(statement):
    page = make_page(make_article().page.issue, number=2)
    for number in range(3):
        article = make_article(page, headline="" if number else "标题", position=number, continued_to=number or None)
        sign(article, "赵一苇")
        article.article_regions.create(region=make_region(f"{41 + number}0000", f"第{number}省", f"第{number}"))
        article.article_topics.create(topic=Topic.objects.create(slug=f"topic-{number}", name=f"主题{number}"))
    make_article(page, position=9, continuation_of=article)
    make_article(make_page(number=None), continuation_of=article)  # its page has left the issue
    RegionAlias.objects.create(old_name="旧名", region_id="410000")
    Contributor.objects.get(name="赵一苇").aliases.create(name="赵某")
    Column.objects.create(name="时评").aliases.create(name="评论")
    page.credits.create(contributor=Contributor.objects.create(name="钱编辑"), role="责编", name_as_printed="钱编辑")
    conflict = SourceText.objects.create(page=page, path="/02.txt", sha256="cd", standing="conflict")
    article.proposals.create(page=page, field="deck", value="副题", source=conflict)
    make_doubt(page, "number-disagrees", "1 ≠ 2")
    make_doubt(article, "headline-uncertain", "标题：主题，或为副题", probability=0.5)
    ids = [pk for model in (Issue, Page, Article) for pk in model.objects.values_list("pk", flat=True)]
    others = [pk for model in (Contributor, Topic, Column) for pk in model.objects.values_list("pk", flat=True)]
    found = 0
    make_issue(DAY + datetime.timedelta(1)), make_issue(DAY, edition=2)
    for days, withdrawn in ((-2, False), (2, False), (3, True)):
        day = make_issue(DAY + datetime.timedelta(days), withdrawn=withdrawn)
        make_article(make_page(day), position=0)
    SourceText.objects.create(page=page, path="/01.txt", sha256="ab", part=1, claimed_date=DAY, claimed_number=1)
    texts = ("/01.txt", "ab") if str in statement.types else ("",)
    for pk, text in product({*ids, max(ids) + 1, 1, 2}, texts):  # 1 and 2 are editions, numbers and parts as well
        names = frozenset({"赵一苇", "410000", "赵某", "时评", "评论", "没有"})
        of_kind = {datetime.date: DAY, str: text, int: pk, frozenset: names, tuple: (*ids, *others)}
        values = [of_kind[kind] for kind in statement.types]
        with CaptureQueriesContext(connection) as queries:
            rows = statement.rows(*values)
            assert [everything(row) for row in rows] == [everything(row) for row in statement.build(*values)]
        assert len(queries) == 2
        found += len(rows)
    assert found


def test_nothing_happens_when_a_record_is_made():
    """A statement makes records without Model.__init__ and its signals."""
    for model in apps.get_models():
        assert model.__init__ is Model.__init__ and model.from_db.__func__ is Model.from_db.__func__
        if model._meta.app_label == "articles":
            assert not signals.pre_init.has_listeners(model) and not signals.post_init.has_listeners(model)


@pytest.mark.django_db
@pytest.mark.parametrize("rows", [Topic.objects.values("pk"), Topic.objects.values_list("pk", flat=True)])
def test_other_rows_than_records_and_tuples_are_refused(rows):
    with pytest.raises(ValueError, match="no statement gives rows"):
        Statement(lambda pk: rows.filter(pk=pk), int).rows(1)


@pytest.mark.django_db
def test_a_value_that_is_no_parameter_is_refused():
    with pytest.raises(ValueError, match="not each value is a parameter"):
        Statement(lambda one, other: Topic.objects.filter(pk=one), int, int).rows(1, 2)
    with pytest.raises(ValueError, match="not each value is a parameter"):
        Statement(lambda pk: Topic.objects.filter(pk=pk + 1), int).rows(1)


@pytest.mark.django_db
def test_threads_share_a_statement_and_no_answer():
    topics = [Topic.objects.create(slug=f"topic-{number}", name=f"主题{number}") for number in range(20)]
    by_id = Statement(lambda pk: Topic.objects.filter(pk=pk), int)
    by_id.compiled()
    bound = {}

    def ask(topic):
        bound[topic.pk] = [by_id.bound(topic.pk)[1] for _ in range(200)]

    threads = [threading.Thread(target=ask, args=(topic,)) for topic in topics]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert bound == {topic.pk: [(topic.pk,)] * 200 for topic in topics}
    assert [by_id.rows(topic.pk)[0].name for topic in topics] == [topic.name for topic in topics]
