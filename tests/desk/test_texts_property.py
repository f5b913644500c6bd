"""Random corrections and decisions about texts: each forecast tells what happens, and all of it can be undone."""

import hashlib
from contextlib import contextmanager

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from articles.desk.texts import replace
from articles.desk.undoing import undo
from articles.desk.writing import writing
from articles.ingest.forecast import forecast
from articles.ingest.readers import reader_from_database
from articles.ingest.stored_texts import read_stored
from articles.models import Article, Contributor, Page, SourceText
from tests.desk.state import assert_partition, state
from tests.desk.test_placing_text import LEFT
from tests.desk.test_undo_property import COMMON, do, steps
from tests.make import DAY, TODAY, load, make_issue, make_page, other_page, write
from tests.tables import load_tables

pytestmark = pytest.mark.django_db

HEAD = LEFT[: LEFT.index("k\n\n青海湖畔")]

#: Other texts of the page: one read a little otherwise, one with a story less and another more, one of other stories.
OTHERS = (
    LEFT.replace("每月沿牧道巡诊两次", "每月沿牧道巡诊三次").replace("云南启动乡村医生轮训", "云南启动村医轮训"),
    LEFT[: LEFT.index("福建社区食堂")]
    + "海南渔村办起健康讲堂\n\n本报讯（记者周五洲）海南省文昌市的渔村日前办起健康讲堂，渔民出海归来就能听课。\n",
    HEAD + "西藏牧区有了远程会诊\n\n本报讯（记者多吉）西藏自治区那曲市的牧区日前接通远程会诊，专家在屏幕那头看片。\n",
)


def decisions():
    return st.tuples(st.just("text"), st.integers(0, len(OTHERS)), st.booleans())


@pytest.fixture(scope="module")
def made_texts(made_once, tmp_path_factory):
    """Import two pages, and keep other texts of the first one."""
    folder = tmp_path_factory.mktemp("pages")
    load_tables()
    page = load(write(folder, LEFT)).page
    load(other_page(folder), given_date=DAY, given_page=8)
    make_page(make_issue(DAY.replace(day=25)), number=2)
    for number, text in enumerate(OTHERS):
        values = {"path": f"other-{number}.txt", "encoding": "utf-8", "reader_version": "", "standing": "aside"}
        digest = hashlib.sha256(text.encode()).hexdigest()
        SourceText.objects.create(page=page, text=text, sha256=digest, **values)
    return page.pk


def decide(which, gives_way):
    """Let a text of the first page be its current text. Return the batch. The forecast tells what happens."""
    source = SourceText.objects.select_related("page__issue").order_by("pk").filter(page=Page.objects.order_by("pk")[0])
    read = read_stored(source[which % source.count()], reader_from_database(), today=TODAY)
    told = forecast(read, structure_gives_way=gives_way)
    if told.refusal:
        return None
    with writing(None, "text") as this:
        report = replace(this, read, structure_gives_way=gives_way)
    counts = told.counts
    counts.pop("unplaced", None)
    done = {action: sum(each == action for each, _ in report.articles) for action, _ in report.articles}
    assert (told.outcome, {action: count for action, count in counts.items() if count}) == (report.outcome, done)
    assert_partition()
    return this.batch


def rows():
    """Return the state without the redirects of articles that are gone, and without contributors whom nothing names."""
    told = state()
    urls = {article.get_absolute_url() for article in Article.objects.all()}
    told["redirects"] = {old: new for old, new in told["redirects"].items() if old in urls or "articles" not in old}
    named = set(Contributor.objects.exclude(bylines=None, page_credits=None).values_list("pk", flat=True))
    told["Contributor"] = {pk: row for pk, row in told["Contributor"].items() if pk in named}
    places = Article.objects.order_by("pk").values_list("pk", "source", "segments")
    texts = SourceText.objects.order_by("pk").values_list("pk", "page", "standing")
    return {**told, "places": list(places), "texts": list(texts)}


#: Corrections but for new names of people: an import files a printed name under a new contributor of that name, and the
#: old name is then taken.
CORRECTIONS = steps().filter(lambda step: step[0] != "contributor")


@settings(**COMMON)
@given(st.lists(st.one_of(CORRECTIONS, decisions(), decisions()), min_size=1, max_size=6))
def test_decisions_among_corrections_are_undone_in_reverse(made_texts, db, savepoint, sequence):
    with savepoint():
        before = rows()
        batches = [decide(*step[1:]) if step[0] == "text" else do(step) for step in sequence]
        for batch in reversed([batch for batch in batches if batch]):
            left = undo(batch, None).left
            assert left == [], [(step.correction, step.left) for step in left]
        after = rows()
        assert [name for name in before if after[name] != before[name]] == []
        assert_partition()


@pytest.fixture
def savepoint():
    """Provide a block whose writes are taken back at its end."""

    @contextmanager
    def block():
        with transaction.atomic():
            yield
            transaction.set_rollback(True)

    return block
