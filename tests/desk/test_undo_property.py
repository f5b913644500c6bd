"""Random corrections, undone in any order: what is undone is as if it had never been, or it is told as left."""

import dataclasses
import random
import shutil
from contextlib import contextmanager, suppress

import pytest
from django.conf import settings as site
from django.core.exceptions import ValidationError
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from articles.desk.applying import apply
from articles.desk.deleting import delete_row
from articles.desk.joining import merge, part
from articles.desk.moving import move
from articles.desk.placing_text import current_text, give, left_over
from articles.desk.releasing import release
from articles.desk.splitting import split
from articles.desk.undoing import undo
from articles.desk.withdrawing import restore, withdraw
from articles.desk.writing import writing
from articles.ingest.readers import reader_from_database
from articles.models import Article, Batch, Contributor, Issue, Page, Proposal, Topic
from articles.models.row_values import is_same, value_of
from articles.search.sync import sync
from tests.desk.state import assert_partition, hits, search_disagreements, state
from tests.desk.test_placing_text import LEFT
from tests.make import DAY, load, make_issue, make_page, other_page, write
from tests.tables import load_tables

pytestmark = pytest.mark.django_db

#: The strings that the random corrections write. Some stand in the pages, too.
WRITTEN_LINES = ("甲标题", "乙标题", "河南省洛阳市办起中医馆")
WRITTEN_BLOCKS = ("甲段。", "乙段，在河南省郑州市。")
WRITTEN_NAMES = ("甲甲甲", "乙乙乙", "赵一苇")
NEW_NAMES = ("丙丙丙", "丁丁丁")
#: Queries of these strings and of strings of the pages. In “” no string is split into its words.
STRINGS = tuple(
    f"“{text}”" for text in (*WRITTEN_LINES, *WRITTEN_BLOCKS, *WRITTEN_NAMES, *NEW_NAMES, "流动诊室", "卫生", "医")
)


def is_about(code):
    return lambda story, names: any(row.region_id.startswith(code) for row in story.regions)


def is_on(slug):
    return lambda story, names: any(topic.slug == slug for topic in story.topics)


def is_by(name):
    return lambda story, names: name in names


#: {query of a filter: function that tells of a story and its names whether it is a hit}
FILTERS = {
    "地区:河南": is_about("41"),
    "地区:青海": is_about("63"),
    "主题:中医药": is_on("tcm"),
    "主题:医改": is_on("health-reform"),
    **{f"作者:{name}": is_by(name) for name in (*WRITTEN_NAMES, *NEW_NAMES)},
}

QUERIES = (*STRINGS, *FILTERS)

TEXTS = st.sampled_from(["", *WRITTEN_LINES])
NAMES = st.sampled_from(WRITTEN_NAMES)
SIGNATURES = st.lists(st.tuples(st.just("text"), st.sampled_from(["", "记者"]), NAMES, st.just("")), max_size=2)
PLACES = st.lists(st.sampled_from(["410000", "410300", "630000"]), max_size=2, unique=True)
SLUGS = st.lists(st.sampled_from(["health-reform", "tcm", "public-health"]), max_size=2, unique=True)


def regions(codes):
    return [[code, place == 0] for place, code in enumerate(codes)]


#: A correction of one article: {field: value as `apply` takes it}.
ARTICLE = st.one_of(
    st.fixed_dictionaries({}, optional={"kicker": TEXTS, "headline": TEXTS, "deck": TEXTS, "agency": TEXTS}),
    st.builds(lambda rows: {"bylines": [list(row) for row in rows]}, SIGNATURES),
    st.builds(lambda codes: {"regions": regions(codes)}, PLACES),
    st.builds(lambda slugs: {"topics": slugs}, SLUGS),
    st.builds(lambda kind: {"kind": kind}, st.sampled_from(["article", "notice", "photo"])),
    st.builds(lambda place: {"position": place}, st.integers(0, 5)),
    st.builds(lambda review: {"review": review}, st.sampled_from(["unreviewed", "reviewed", "doubtful"])),
    st.builds(lambda gone: {"withdrawn": gone}, st.booleans()),
)
BLOCKS = st.tuples(st.integers(0, 2), st.sampled_from([*WRITTEN_BLOCKS, None]))


def steps():
    pick = st.integers(0, 12)
    return st.one_of(
        st.tuples(st.just("article"), pick, ARTICLE),
        st.tuples(st.just("block"), pick, BLOCKS),
        st.tuples(st.just("join"), pick, pick),
        st.tuples(st.just("merge"), pick, pick),
        st.tuples(st.just("split"), pick, st.integers(1, 3)),
        st.tuples(st.just("part"), pick, st.none()),
        st.tuples(st.just("delete"), pick, st.none()),
        st.tuples(st.just("move"), st.lists(pick, min_size=1, max_size=2), st.integers(0, 2)),
        st.tuples(st.just("left over"), pick, pick),
        st.tuples(st.just("release"), pick, st.sampled_from(["headline", "blocks", "bylines", "regions", "kind"])),
        st.tuples(st.just("number"), st.integers(0, 1), st.integers(1, 9)),
        st.tuples(st.just("section"), st.integers(0, 1), st.sampled_from(["甲版", ""])),
        st.tuples(st.just("credits"), st.integers(0, 1), st.lists(st.tuples(st.just("责编"), NAMES), max_size=2)),
        st.tuples(st.just("withdraw"), st.sampled_from([Article, Page, Issue]), pick),
        st.tuples(st.just("restore"), st.sampled_from([Article, Page, Issue]), pick),
        st.tuples(st.just("day"), st.none(), st.integers(0, 3)),
        st.tuples(st.just("contributor"), pick, st.sampled_from(NEW_NAMES)),
        st.tuples(st.just("topic"), pick, st.sampled_from(["说明一", "说明二"])),
    )


def do(step):
    """Make one random write, if it is possible in the present state. Return its batch or None."""
    what, which, value = step
    articles = list(Article.objects.order_by("pk"))
    if what == "release":
        article = articles[which % len(articles)] if articles else None
        return release(article, value, None) if article else None
    with writing(None) as this:
        if what in ("article", "block", "join", "merge", "split", "part", "delete", "move") and not articles:
            pass
        elif what == "move":
            rows = list(dict.fromkeys(articles[each % len(articles)] for each in which))
            with suppress(ValidationError):
                move(this, rows, Page.objects.order_by("pk")[value])
        elif what == "left over":
            page = Page.objects.order_by("pk")[which % 2]
            source = current_text(page)
            offered = [(page, each) for each in left_over(page, source.text)]
            rows = [None, *Article.objects.filter(source=source).order_by("pk")]
            if offered:
                give(this, page, [(offered[which % len(offered)][1], rows[value % len(rows)])])
        elif what in ("merge", "split"):
            row = articles[which % len(articles)]
            with suppress(ValidationError):  # what the screen of the page would refuse
                if what == "merge":
                    merge(this, articles[value % len(articles)], [row])
                else:
                    split(this, row, value)
        elif what == "part":
            part(this, [articles[which % len(articles)]])
        elif what == "article":
            apply(this, articles[which % len(articles)], value)
        elif what == "block":
            article, (place, text) = articles[which % len(articles)], value
            blocks = list(article.blocks)
            if text is None:
                blocks = blocks[:place] + blocks[place + 1 :]
            elif blocks:
                at = place % len(blocks)
                blocks[at] = {**blocks[at], "text": text}
            apply(this, article, {"blocks": blocks})
        elif what == "join":
            joined, head = articles[which % len(articles)], articles[value % len(articles)]
            joined.continuation_of = head
            try:
                joined.clean()
            except ValidationError:  # a join that the form would refuse
                return None
            apply(this, joined, {"continuation_of": head.pk})
        elif what == "delete":
            delete_row(articles[which % len(articles)], this)
        elif what in ("number", "section", "credits"):
            page = Page.objects.order_by("pk")[which]
            taken = Page.objects.filter(issue=page.issue, number=value if what == "number" else 0).exclude(pk=page.pk)
            if not taken.exists():
                apply(this, page, {what: [list(row) for row in value] if what == "credits" else value})
        elif what in ("withdraw", "restore"):
            rows = list(which.objects.order_by("pk"))
            with suppress(ValidationError):  # what is withdrawn already, or is not
                {"withdraw": withdraw, "restore": restore}[what](this, rows[value % len(rows) :][:1] if rows else [])
        elif what == "day":
            issue = Issue.objects.order_by("pk").first()
            apply(this, issue, {"date": DAY.replace(day=20 + value).isoformat(), "date_basis": "editor"})
        elif what == "contributor":
            person = Contributor.objects.order_by("pk")[which % Contributor.objects.count()]
            if not Contributor.objects.filter(name=value).exists():
                apply(this, person, {"name": value})
        else:
            apply(this, Topic.objects.order_by("pk")[which % 5], {"description": value})
    return this.batch


@pytest.fixture(scope="module")
def made_archive(made_once, tmp_path_factory):
    """Import two pages. Return a function that compares the archive with them."""
    folder = tmp_path_factory.mktemp("pages")
    load_tables()
    load(write(folder, LEFT))
    load(other_page(folder), given_date=DAY, given_page=8)
    make_page(make_issue(DAY.replace(day=25)), number=2)
    first_rows, first_hits = everything()
    last = Article.objects.order_by("pk").last().pk

    def compare():  # the state itself would stand in the report of a failing example
        rows, found = everything()
        # The URL of an article that a split made leads on to the article that it was split from.
        articles = [path for path in rows["redirects"] if path.startswith("/articles/")]
        of_splits = [path for path in articles if int(path.split("/")[2]) > last]
        assert all(rows["redirects"].pop(path).startswith("/articles/") for path in of_splits)
        assert rows == first_rows
        assert found == first_hits

    return compare


@pytest.fixture
def compare_with_import(made_archive, db):
    """Provide two imported pages with their index, and the function that compares the archive with them."""
    return made_archive


@contextmanager
def example(tmp_path_factory):
    """Let an example write to the archive and to a copy of its index. Take both back at the end."""
    first, site.SEARCH_DIR = site.SEARCH_DIR, tmp_path_factory.mktemp("example") / "index"
    shutil.copytree(first, site.SEARCH_DIR)
    try:
        with transaction.atomic():
            yield
            transaction.set_rollback(True)
    finally:
        shutil.rmtree(site.SEARCH_DIR)
        site.SEARCH_DIR = first


def sync_and_compare():
    """Sync the index, and let each query find the stories that the rows say."""
    sync()
    assert search_disagreements(STRINGS, FILTERS) == []


def everything():
    """Return the rows that people see, and the hits of each query in order."""
    sync_and_compare()
    return state(), hits(QUERIES)


def proposals():
    return sorted(Proposal.objects.values_list("page", "article", "field"), key=repr)


def run(sequence):
    return [batch for batch in map(do, sequence) if batch]


#: The examples of each test. On PostgreSQL they are the first ones of SQLite's: the desk asks both in the same words.
EXAMPLES = 12 if "sqlite" in site.DATABASES["default"]["ENGINE"] else 5

COMMON = {
    "max_examples": EXAMPLES,
    "suppress_health_check": [HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    "phases": [phase for phase in Phase if phase not in (Phase.shrink, Phase.explain)],
}

#: The fields that are undone in parts, so that their last standing correction does not tell their value.
LINE_BY_LINE = ("blocks", "structure_edited", "placed")

#: The rows whose last standing corrections can be told from the ledger.
MODELS = {"article": Article, "page": Page, "issue": Issue, "contributor": Contributor, "topic": Topic}


@settings(**COMMON)
@given(st.lists(steps(), min_size=1, max_size=6))
def test_undone_in_reverse_rows_and_search_results_are_as_first_imported(
    compare_with_import, tmp_path_factory, sequence
):
    with example(tmp_path_factory):
        batches = run(sequence)
        sync_and_compare()
        for batch in reversed(batches):
            assert undo(batch, None).left == []
        compare_with_import()


@settings(**COMMON)
@given(st.lists(steps(), min_size=2, max_size=6), st.randoms(use_true_random=False))
def test_undone_in_any_order_each_value_is_that_of_the_last_standing_correction(
    compare_with_import, tmp_path_factory, sequence, shuffle: random.Random
):
    with example(tmp_path_factory):
        corrections = {}
        batches = run(sequence)
        sync()
        undone = set()
        for batch in shuffle.sample(batches, len(batches)):
            for step in undo(batch, None).steps:
                if not step.left:
                    undone.add(step.correction.pk)
        sync_and_compare()
        for batch in batches:
            for each in batch.corrections.all():
                corrections.setdefault((each.model, each.object_id, each.field), []).append(each)
        for (name, key, field), of_field in corrections.items():
            if name not in MODELS or not field or "/" in field or field in LINE_BY_LINE:
                continue
            row = MODELS[name].objects.filter(pk=key).first()
            if row is None:
                continue
            expected = of_field[0].old
            for each in of_field:
                expected = expected if each.pk in undone else each.new
            protected = field in row.edited_fields
            if protected or field not in ("regions", "topics"):  # the archive judges anew what nobody has set
                assert is_same(MODELS[name], field, value_of(row, field), expected), (name, key, field)


@settings(**COMMON)
@given(st.lists(steps(), min_size=1, max_size=4))
def test_an_undo_of_an_undo_writes_everything_again(compare_with_import, tmp_path_factory, sequence):
    with example(tmp_path_factory):
        batches = run(sequence)
        after = everything()
        undos = [undo(batch, None).batch for batch in reversed(batches)]
        sync()
        for each in reversed(undos):
            assert undo(Batch.objects.get(pk=each.pk), None).left == []
        assert everything() == after


def structure_steps():
    pick = st.integers(0, 12)
    return st.one_of(
        st.tuples(st.just("merge"), pick, pick),
        st.tuples(st.just("split"), pick, st.integers(1, 3)),
        st.tuples(st.just("part"), pick, st.none()),
        st.tuples(st.just("join"), pick, pick),
        st.tuples(st.just("delete"), pick, st.none()),
        st.tuples(st.just("move"), st.lists(pick, min_size=1, max_size=2), st.integers(0, 2)),
        st.tuples(st.just("left over"), pick, pick),
        st.tuples(st.just("article"), pick, st.builds(lambda place: {"position": place}, st.integers(0, 5))),
        st.tuples(st.just("article"), pick, st.builds(lambda text: {"headline": text}, TEXTS)),
    )


@settings(**COMMON)
@given(st.lists(structure_steps(), min_size=1, max_size=6))
def test_the_same_text_read_again_changes_nothing_and_proposes_nothing(compare_with_import, tmp_path_factory, sequence):
    with example(tmp_path_factory):
        run(sequence)
        before, proposed = state(), proposals()
        reader = reader_from_database()
        again = dataclasses.replace(reader, version=reader.version + "+")
        folder = tmp_path_factory.mktemp("again")
        for path, clues in ((write(folder, LEFT), {}), (other_page(folder), {"given_date": DAY, "given_page": 8})):
            load(path, again, **clues)
        assert proposals() == proposed
        assert state() == before
        assert_partition()
