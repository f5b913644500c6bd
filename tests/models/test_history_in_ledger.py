"""The histories that django-simple-history kept become the ledger. The rows are those that the old desk wrote."""

import datetime

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from articles.desk.undoing import undo
from articles.models import Article, Batch, Byline, Column, ColumnAlias, Correction, Synonym, Topic
from tests.desk.agreeing import disagreements
from tests.make import make_article, make_issue, make_page, make_region, sign

pytestmark = pytest.mark.django_db(transaction=True)

MACHINE = "机器读取"
BEGIN = datetime.datetime(2026, 3, 1, 8, 0, tzinfo=datetime.UTC)
LEDGER = {"articles_batch", "articles_correction"}


class OldDesk:
    """The tables of history as they were, and the user who works there."""

    def __init__(self, user):
        self.user = user
        call_command("migrate", "articles", "0018", verbosity=0)
        state = MigrationExecutor(connection).loader.project_state([("articles", "0018_doubt_rows")])
        self.apps = state.apps

    def write(self, name, minute, kind, seconds=0.0, /, why=None, by="desk", **values):
        """Write a version of a row of the model `name`. `by` may be the id of another user, or None."""
        self.apps.get_model("articles", f"Historical{name}").objects.create(
            history_date=BEGIN + datetime.timedelta(minutes=minute, seconds=seconds),
            history_type=kind,
            history_change_reason=why,
            history_user_id=self.user.pk if by == "desk" else by,
            **values,
        )

    def read(self, name, minute, seconds=0.0, kind="+", /, **values):
        """Write the version that keeps the machine's reading."""
        self.write(name, minute, kind, seconds, why=MACHINE, by=None, **values)


@pytest.fixture(autouse=True)
def _newest_tables(transactional_db):
    """Leave the newest tables to the tests that follow, also after a failure."""
    yield
    carry()


@pytest.fixture
def user(django_user_model):
    return django_user_model.objects.create_user("赵编辑", password="x")


def carry():
    call_command("migrate", "articles", verbosity=0)


def ledger(**filters):
    """Return [(kind, user, minute, reason, [(row, field, old, new, was protected)])] of the batches in their order."""
    return [
        (
            batch.kind,
            (batch.user_id, batch.user_name),
            (batch.at - BEGIN).total_seconds() / 60,
            batch.reason,
            [
                (f"{each.model} {each.object_id}", each.field, each.old, each.new, each.was_protected)
                for each in batch.corrections.all()
            ],
        )
        for batch in Batch.objects.filter(**filters).order_by("pk")
    ]


def corrections(minute):
    """Return the corrections of the batches of one minute: [[(field, old, new)]]."""
    return [
        [(field, old, new) for _, field, old, new, _ in written]
        for _, _, at, _, written in ledger()
        if int(at) == minute
    ]


def tables():
    """Return the rows of all tables of the archive except the ledger's, without columns of later migrations."""
    names = [name for name in connection.introspection.table_names() if name.startswith("articles_")]
    with connection.cursor() as cursor:
        rows = {}
        for name in set(names) - LEDGER:
            cursor.execute(f"SELECT * FROM {name}")
            kept = [at for at, column in enumerate(cursor.description) if not column[0].startswith("reference_")]
            rows[name] = sorted(repr([row[at] for at in kept]) for row in cursor.fetchall())
        return rows


ARTICLE = {
    **{"id": 1, "page_id": 1, "position": 0, "kind": "article", "kicker": "", "headline": "青海湖畔建起流动诊室"},
    **{"deck": "", "column_id": None, "agency": "", "blocks": [{"type": "paragraph", "text": "牧民"}]},
    **{"continued_to": None, "continued_from": None, "continuation_of_id": None},
    **{"review": "unreviewed", "withdrawn": False},
}
AS_JSON = {
    **{"page": 1, "position": 0, "kind": "article", "kicker": "", "headline": "青海湖畔建起流动诊室"},
    **{"deck": "", "column": None, "agency": "", "blocks": [{"type": "paragraph", "text": "牧民"}]},
    **{"continued_to": None, "continued_from": None, "continuation_of": None},
    **{"review": "unreviewed", "withdrawn": False, "absorbed": False, "anchor": ""},
}
EVIDENCE = [["headline", 0, 0, 2, "青海", "name"]]


def article(**values):
    return {**ARTICLE, **values}


def byline(pk, name, contributor, of_article=1, **values):
    return {
        **{"id": pk, "article_id": of_article, "of": "text", "role": "记者", "name_as_printed": name},
        **{"contributor_id": contributor, "position": 0},
        **values,
    }


def region(pk, code, of_article=1, **values):
    return {
        **{"id": pk, "article_id": of_article, "region_id": code, "main": False},
        **{"source": "manual", "score": 0.0, "evidence": []},
        **values,
    }


def topic(pk, of_topic, of_article=1, **values):
    return {
        **{"id": pk, "article_id": of_article, "topic_id": of_topic, "position": 0},
        **{"source": "manual", "score": 0.0, "evidence": []},
        **values,
    }


def test_corrections_of_an_article_are_batches_in_the_order_of_time(user):
    tcm, grassroots = (Topic.objects.create(slug=slug, name=slug).pk for slug in ("tcm", "grassroots"))
    desk = OldDesk(user)
    # A headline, over the machine's.
    desk.read("Article", 0, **ARTICLE)
    desk.write("Article", 0, "~", 0.004, **article(headline="青海湖畔的诊室"))
    # In one form: the headline again, a byline changed, another one added.
    desk.write("Article", 1, "~", **article(headline="青海湖畔的诊室二"))
    desk.read("Byline", 1, 0.012, **byline(1, "赵一苇", 3))
    desk.write("Byline", 1, "~", 0.016, **byline(1, "赵一帆", 5))
    desk.write("Byline", 1, "+", 0.018, **byline(4, "乙乙乙", 6, role="通讯员", position=1))
    # A byline deleted.
    desk.write("Byline", 2, "-", **byline(1, "赵一帆", 5))
    # A region added, which becomes the main one.
    first = {"score": 5.0, "evidence": EVIDENCE}
    desk.read("ArticleRegion", 3, **region(1, "630000", source="auto", main=True, **first))
    desk.read("ArticleRegion", 3, 0.004, **region(2, "632800", source="auto", score=3.0))
    desk.write("ArticleRegion", 3, "~", 0.006, **region(1, "630000", **first))
    desk.write("ArticleRegion", 3, "+", 0.008, **region(6, "410000", main=True))
    # A region replaced. The desk deleted the row when it had the new region already.
    desk.write("ArticleRegion", 4, "-", **region(6, "420000", main=True))
    desk.write("ArticleRegion", 4, "+", 0.002, **region(7, "420000", main=True))
    # A topic added, then both in the other order.
    words = {"score": 39.42, "evidence": ["巡诊", "牧民"]}
    desk.read("ArticleTopic", 5, **topic(5, grassroots, source="auto", **words))
    desk.write("ArticleTopic", 5, "+", 0.002, **topic(6, tcm, position=1))
    desk.write("ArticleTopic", 6, "~", **topic(5, grassroots, position=5, **words))
    # Withdrawn and restored in the list.
    desk.write("Article", 7, "~", why="在列表中撤回", **article(headline="青海湖畔的诊室二", withdrawn=True))
    desk.write("Article", 8, "~", why="在列表中恢复", **article(headline="青海湖畔的诊室二"))
    carry()

    def batch(minute, *written, reason=""):
        return ("history", (user.pk, "赵编辑"), minute, reason, [("article 1", *each) for each in written])

    shown = [
        *(["630000", True, 5.0, EVIDENCE, "auto"], ["630000", False, 5.0, EVIDENCE, "manual"]),
        *(["632800", False, 3.0, [], "auto"], ["410000", True, 0.0, [], "manual"]),
        ["420000", True, 0.0, [], "manual"],
    ]
    read, kept, second, added, replacing = shown
    theirs = [["grassroots", 39.42, ["巡诊", "牧民"], "auto"], ["tcm", 0.0, [], "manual"]]
    signed = [["text", "记者", "赵一帆", 5], ["text", "通讯员", "乙乙乙", 6]]
    assert ledger() == [
        batch(0.004 / 60, ("headline", "青海湖畔建起流动诊室", "青海湖畔的诊室", False)),
        batch(
            1,
            ("headline", "青海湖畔的诊室", "青海湖畔的诊室二", True),
            ("bylines", [["text", "记者", "赵一苇", 3]], signed, False),
        ),
        batch(2, ("bylines", signed, signed[1:], True)),
        batch(3 + 0.006 / 60, ("regions", [read, second], [added, kept, second], False)),
        batch(4, ("regions", [added, kept, second], [replacing, kept, second], True)),
        batch(5 + 0.002 / 60, ("topics", theirs[:1], theirs, False)),
        batch(6, ("topics", theirs, [theirs[1], ["grassroots", 39.42, ["巡诊", "牧民"], "manual"]], True)),
        batch(7, ("withdrawn", False, True, False), reason="在列表中撤回"),
        batch(8, ("withdrawn", True, False, True), reason="在列表中恢复"),
    ]
    assert [row.batch_id for row in Correction.objects.of_id(Article, 1)] == [1, 2, 2, 3, 4, 5, 6, 7, 8, 9]


def test_corrections_of_pages_and_of_reference_data_are_batches(user):
    slug = {"slug": "tcm", "name": "中医药", "description": "", "headline_boost": 2.5, "position": 2, "disabled": False}
    synonym = {"subject": "甲病", "name": "乙病", "source": "", "position": 0, "disabled": False}
    synonym |= {"first_year": None, "last_year": 2013}
    rhythm = {"first_day": datetime.date(1985, 1, 1), "last_day": None, "kind": "weekdays", "month_days": ""}
    rhythm |= {"reason": "理由", "source": "出处", "confirmed": False, "disabled": False}
    place = {"code": "410000", "name": "河南省", "short": "河南", "level": 1, "parent_id": None}
    former = {"id": 8, "old_name": "偃师市", "region_id": "410381", "event": "", "flag": "", "disabled": False}
    day, moved = datetime.date(2024, 11, 22), datetime.date(2024, 11, 23)
    desk = OldDesk(user)
    # A page on another day and with another number; its issue moved with it. Then a name in its staff line.
    desk.read("Issue", 0, id=1, date=day, edition=1, number=None, date_basis="printed")
    desk.write("Issue", 0, "~", 0.002, id=1, date=moved, edition=1, number=None, date_basis="editor")
    desk.read("Page", 0, 0.008, id=1, issue_id=1, number=3, section="综合新闻", is_sample=False)
    desk.write("Page", 0, "~", 0.012, id=1, issue_id=2, number=5, section="综合新闻", is_sample=False)
    editor = {"page_id": 1, "contributor_id": 1, "role": "责编", "name_as_printed": "冯以宁"}
    desk.read("PageCredit", 1, id=1, position=0, **editor)
    desk.write("PageCredit", 1, "+", 0.003, id=2, position=1, **{**editor, "role": "美编", "contributor_id": 7})
    # A column and a contributor renamed: the old names become aliases. Then an alias, and the name of before again.
    desk.read("Column", 2, id=1, name="旧栏", description="", disabled=False)
    desk.write("Column", 2, "~", 0.003, id=1, name="新栏", description="", disabled=False)
    desk.write("ColumnAlias", 2, "+", 0.007, id=1, column_id=1, name="旧栏")
    desk.write("ColumnAlias", 3, "+", id=2, column_id=1, name="别栏")
    desk.read("Contributor", 4, id=6, name="乙乙乙", note="")
    desk.write("Contributor", 4, "~", 0.003, id=6, name="丙丙丙", note="")
    desk.write("ContributorAlias", 4, "+", 0.007, id=1, contributor_id=6, name="乙乙乙")
    desk.write("Contributor", 5, "~", id=6, name="乙乙乙", note="")
    desk.write("ContributorAlias", 5, "-", 0.003, id=1, contributor_id=6, name="乙乙乙")
    desk.write("ContributorAlias", 5, "+", 0.006, id=2, contributor_id=6, name="丙丙丙")
    desk.read("Topic", 6, id=2, words={"中医": 8}, **slug)
    desk.write("Topic", 6, "~", 0.004, id=2, words={"中医": 4}, **slug)
    desk.write("Synonym", 7, "+", id=67, **synonym)
    desk.read("PublicationSchedule", 8, id=3, weekdays="135", **rhythm)
    desk.write("PublicationSchedule", 8, "~", 0.003, id=3, weekdays="12345", **{**rhythm, "last_day": moved})
    desk.read("Region", 9, **place)
    desk.write("Region", 9, "~", 0.003, **{**place, "short": "豫"})
    desk.read("RegionAlias", 10, last_year=2020, **former)
    desk.write("RegionAlias", 10, "~", 0.003, last_year=2021, **{**former, "region_id": "410307"})
    carry()
    assert [(int(minute), *written) for _, _, minute, _, written in ledger()] == [
        (
            0,
            ("issue 1", "date", "2024-11-22", "2024-11-23", False),
            ("issue 1", "date_basis", "printed", "editor", False),
        ),
        (0, ("page 1", "number", 3, 5, False), ("page 1", "issue", 1, 2, False)),
        (1, ("page 1", "credits", [["责编", "冯以宁", 1]], [["责编", "冯以宁", 1], ["美编", "冯以宁", 7]], False)),
        (2, ("column 1", "name", "旧栏", "新栏", False), ("column 1", "aliases", [], [["旧栏"]], False)),
        (3, ("column 1", "aliases", [["旧栏"]], [["别栏"], ["旧栏"]], True)),
        (
            4,
            ("contributor 6", "name", "乙乙乙", "丙丙丙", False),
            ("contributor 6", "aliases", [], [["乙乙乙"]], False),
        ),
        (
            5,
            ("contributor 6", "name", "丙丙丙", "乙乙乙", True),
            ("contributor 6", "aliases", [["乙乙乙"]], [["丙丙丙"]], True),
        ),
        (6, ("topic 2", "words", {"中医": 8}, {"中医": 4}, False)),
        (7, ("synonym 67", "", None, synonym, False)),
        (
            8,
            ("publicationschedule 3", "last_day", None, "2024-11-23", False),
            ("publicationschedule 3", "weekdays", "135", "12345", False),
        ),
        (9, ("region 410000", "short", "河南", "豫", False)),
        (10, ("regionalias 8", "last_year", 2020, 2021, False), ("regionalias 8", "region", "410381", "410307", False)),
    ]


def test_rows_that_came_and_went_are_whole(user):
    grassroots = Topic.objects.create(slug="grassroots", name="基层").pk
    desk = OldDesk(user)
    # An article added with a byline, and corrected.
    desk.write("Article", 0, "+", **article(id=4))
    desk.write("Byline", 0, "+", 0.014, **byline(5, "丁丁丁", 8, 4, role=""))
    desk.write("Article", 1, "~", **article(id=4, headline="新篇"))
    desk.write("Byline", 1, "-", 0.014, **byline(5, "丁丁丁", 8, 4, role=""))
    # An article whose bylines a person had corrected is deleted, with regions and topics that only a machine had read.
    desk.read("Byline", 2, **byline(2, "钱二木", 4, 2))
    desk.write("Byline", 2, "~", 0.003, **byline(2, "己己己", 9, 2))
    desk.read("Article", 3, **article(id=2))
    desk.write("Byline", 3, "-", 0.019, **byline(2, "己己己", 9, 2))
    desk.write("ArticleRegion", 3, "-", 0.021, **region(3, "530000", 2, source="auto", score=8.0, main=True))
    desk.write("ArticleTopic", 3, "-", 0.023, **topic(2, grassroots, 2, source="auto", score=34.5))
    desk.write("Article", 3, "-", 0.025, **article(id=2))
    # A contributor deleted with an alias.
    desk.write("ContributorAlias", 4, "+", id=3, contributor_id=10, name="某么")
    desk.write("ContributorAlias", 5, "-", id=3, contributor_id=10, name="某么")
    desk.write("Contributor", 5, "-", 0.002, id=10, name="某某", note="")
    # A corrected sample removed by a machine, which told nothing of its bylines.
    desk.read("Byline", 6, **byline(9, "孙三水", 4, 3))
    desk.write("Byline", 6, "~", 0.003, **byline(9, "孙三永", 9, 3))
    desk.write("Article", 7, "-", why="示例版面移除", by=None, **article(id=3))
    carry()
    by = ("history", (user.pk, "赵编辑"))
    corrected = [["text", "记者", "己己己", 9]]
    gone = {"bylines": corrected, "regions": [["530000", True, 8.0, [], "auto"]]}
    gone |= {"topics": [["grassroots", 34.5, [], "auto"]], "edited_fields": ["bylines"]}
    signed, nobody = [["text", "", "丁丁丁", 8]], {"name": "某某", "note": ""}
    removed = {"bylines": [["text", "记者", "孙三永", 9]], "regions": [], "topics": [], "edited_fields": ["bylines"]}
    assert [(kind, who, int(minute), reason, *written) for kind, who, minute, reason, written in ledger()] == [
        (*by, 0, "", ("article 4", "", None, {**AS_JSON, "bylines": signed, "regions": [], "topics": []}, False)),
        (
            *(*by, 1, ""),
            ("article 4", "headline", AS_JSON["headline"], "新篇", True),
            ("article 4", "bylines", signed, [], True),
        ),
        (*by, 2, "", ("article 2", "bylines", [["text", "记者", "钱二木", 4]], corrected, False)),
        (*by, 3, "", ("article 2", "", {**AS_JSON, **gone}, None, False)),
        (*by, 4, "", ("contributor 10", "aliases", [], [["某么"]], False)),
        (
            *by,
            5,
            "",
            ("contributor 10", "", {**nobody, "aliases": [["某么"]], "edited_fields": ["aliases"]}, None, False),
        ),
        (*by, 6, "", ("article 3", "bylines", [["text", "记者", "孙三水", 4]], [["text", "记者", "孙三永", 9]], False)),
        (
            *("removal", (None, ""), 7, "示例版面移除"),
            ("article 3", "", {**AS_JSON, **removed}, None, False),
        ),
    ]


def test_a_reading_between_two_corrections_is_no_correction(user):
    desk = OldDesk(user)
    desk.read("Article", 0, **ARTICLE)
    desk.write("Article", 0, "~", 0.1, **article(headline="人工"))
    desk.read("Article", 1, 0.0, "~", **article(headline="人工", deck="机器改过的副题"))
    desk.write("Article", 1, "~", 0.1, **article(headline="人工", deck="机器改过的副题", kicker="人工"))
    desk.write(
        "Article", 2, "~", why="在列表中标为已校", **article(headline="人工", deck="机器改过的副题", kicker="人工")
    )
    carry()
    assert [written for *_, written in ledger()] == [
        [("article 1", "headline", AS_JSON["headline"], "人工", False)],
        [("article 1", "kicker", "", "人工", False)],
    ]


def test_saves_are_told_apart_by_row_user_and_time(user, django_user_model):
    other = django_user_model.objects.create_user("钱编辑")
    desk = OldDesk(user)
    first, second, third = (article(headline=headline) for headline in ("一", "二", "三"))
    desk.read("Article", 0, **first)
    desk.write("Article", 0, "~", 0.1, **second)  # two saves of one person within a second, each with a byline
    desk.write("Byline", 0, "+", 0.2, **byline(1, "甲", 1))
    desk.write("Article", 0, "~", 0.3, **third)
    desk.write("Byline", 0, "+", 0.4, **byline(2, "乙", 2, position=1))
    desk.write("Byline", 1, "+", 0.0, **byline(3, "丙", 3, position=2))
    desk.write("Byline", 1, "+", 0.5, by=other.pk, **byline(4, "丁", 4, position=3))
    desk.write("Byline", 1, "+", 3.5, by=None, **byline(5, "戊", 5, position=4))
    desk.write("Byline", 1, "-", 9.5, by=None, **byline(5, "戊", 5, position=4))
    carry()
    names = [
        (who, [(field, [row[2] for row in new] if field == "bylines" else new) for _, field, _, new, _ in written])
        for _, (_, who), _, _, written in ledger()
    ]
    assert names == [
        ("赵编辑", [("headline", "二"), ("bylines", ["甲"])]),
        ("赵编辑", [("headline", "三"), ("bylines", ["甲", "乙"])]),
        ("赵编辑", [("bylines", ["甲", "乙", "丙"])]),
        ("钱编辑", [("bylines", ["甲", "乙", "丙", "丁"])]),
        ("", [("bylines", ["甲", "乙", "丙", "丁", "戊"])]),
        ("", [("bylines", ["甲", "乙", "丙", "丁"])]),
    ]


def test_versions_follow_one_another_as_they_were_written_though_the_clock_was_set_back(user):
    desk = OldDesk(user)
    desk.read("Article", 0, **article(headline="一"))
    desk.write("Article", 0, "~", 0.1, **article(headline="二"))
    desk.write("Article", -90, "~", **article(headline="三"))
    carry()
    assert {(old, new) for *_, written in ledger() for _, _, old, new, _ in written} == {("一", "二"), ("二", "三")}


def test_a_version_without_one_before_tells_of_no_change(user):
    desk = OldDesk(user)
    desk.write("Article", 0, "~", **article(headline="甲"))
    desk.write("Article", 1, "~", **article(headline="乙"))
    carry()
    assert [written for *_, written in ledger()] == [[("article 1", "headline", "甲", "乙", False)]]


def test_rows_of_a_set_that_no_version_names_count_where_no_import_wrote_them(user):
    theirs, read = make_article(headline="署名经人工", edited_fields=["bylines"]), make_article(headline="署名由机器")
    for made in (theirs, read):
        sign(made, "一直在")
    column = Column.objects.create(name="栏目")
    ColumnAlias.objects.create(column=column, name="一直在")
    staying = Byline.objects.get(article=theirs).contributor_id
    added = ColumnAlias.objects.create(column=column, name="新增").pk
    desk = OldDesk(user)
    for made in (theirs, read):
        desk.write("Byline", 0, "+", **byline(100 + made.pk, "新增", 1, made.pk, position=9))
    # Nobody kept an alias before a person deleted or changed it.
    desk.write("ColumnAlias", 0, "+", id=added, column_id=column.pk, name="新增")
    desk.write("ColumnAlias", 1, "-", id=102, column_id=column.pk, name="原有")
    carry()
    stayed, added = ["text", "记者", "一直在", staying], ["text", "记者", "新增", 1]
    assert [tuple(written[0][:4]) for *_, written in ledger() if written[0][0].startswith("column")] == [
        (f"column {column.pk}", "aliases", [["一直在"], ["原有"]], [["一直在"], ["原有"], ["新增"]]),
        (f"column {column.pk}", "aliases", [["一直在"], ["原有"], ["新增"]], [["一直在"], ["新增"]]),
    ]
    assert [tuple(written[0][:4]) for *_, written in ledger() if written[0][0].startswith("article")] == [
        (f"article {theirs.pk}", "bylines", [stayed], [stayed, added]),
        (f"article {read.pk}", "bylines", [], [added]),
    ]


def test_rows_that_an_import_replaced_are_gone_at_the_next_correction(user):
    made = make_article()
    desk = OldDesk(user)
    # A form that changed nothing kept the machine's row, and the set stayed the machine's. The next import replaced it.
    desk.read("Byline", 0, **byline(101, "旧读", 1, made.pk))
    desk.write("Byline", 0, "~", 0.1, **byline(101, "旧读", 1, made.pk))
    desk.read("Byline", 1, **byline(102, "新读", 2, made.pk))
    desk.write("Byline", 1, "-", 0.1, **byline(102, "新读", 2, made.pk))
    carry()
    assert corrections(0) == []
    assert corrections(1) == [[("bylines", [["text", "记者", "新读", 2]], [])]]


def test_evidence_of_the_oldest_form_is_left_behind(user):
    desk = OldDesk(user)
    desk.read("ArticleRegion", 0, **region(1, "630000", source="auto", score=5.0, evidence=["青海"]))
    desk.write("ArticleRegion", 0, "+", 0.1, **region(2, "410000", evidence=EVIDENCE))
    carry()
    ((written,),) = corrections(0)
    assert written == (
        "regions",
        [["630000", False, 5.0, [], "auto"]],
        [["630000", False, 5.0, [], "auto"], ["410000", False, 0.0, EVIDENCE, "manual"]],
    )


def test_nothing_but_the_ledger_changes_and_the_old_tables_are_gone(user):
    made = make_article(make_page(make_issue(), 3), edited_fields=["headline"], withdrawn=True)
    sign(made, "赵一苇")
    make_region()
    before = tables()
    desk = OldDesk(user)
    desk.read("Article", 0, **article(id=made.pk))
    desk.write("Article", 0, "~", 0.1, **article(id=made.pk, headline=made.headline))
    carry()
    assert Batch.objects.count() == 1
    assert tables() == before
    assert not [name for name in connection.introspection.table_names() if "historical" in name]


def test_new_batches_come_after_those_of_the_history(user):
    desk = OldDesk(user)
    desk.write("Synonym", 5, "+", id=1, subject="甲", name="乙", source="", position=0, disabled=False)
    desk.write("Synonym", 3, "+", id=2, subject="甲", name="丙", source="", position=0, disabled=False)
    carry()
    assert [row for *_, ((row, *_),) in ledger()] == ["synonym 2", "synonym 1"]
    assert Batch.objects.create(kind="form").pk > max(Correction.objects.values_list("batch", flat=True))


def test_the_desk_undoes_what_it_has_from_the_history(user):
    made = make_article(headline="人工", edited_fields=["headline"])
    who = sign(made, "赵一苇").contributor_id
    values = {"page_id": made.page_id, "blocks": made.blocks}
    synonym = {"subject": "甲病", "name": "乙病", "source": "", "position": 0, "disabled": False}
    added = Synonym.objects.create(**synonym, edited_fields=sorted(Synonym.protectable()))
    desk = OldDesk(user)
    desk.read("Article", 0, **article(**values, id=made.pk, headline="机器"))
    desk.write("Article", 0, "~", 0.1, **article(**values, id=made.pk, headline="人工"))
    desk.read("Byline", 1, **byline(100, "赵一韦", who, 100))
    desk.write("Byline", 1, "~", 0.1, **byline(100, "赵一苇", who, 100))
    desk.write("Byline", 2, "-", **byline(100, "赵一苇", who, 100))
    desk.write("Article", 2, "-", 0.1, **article(**values, id=100))
    desk.write("Synonym", 3, "+", id=added.pk, **synonym)
    carry()
    assert disagreements() == []
    first, _, third, last = Batch.objects.order_by("pk")
    assert not any(undo(batch, user).left for batch in (first, third, last))
    made.refresh_from_db()
    back = Article.objects.get(pk=100)
    assert (made.headline, made.edited_fields) == ("机器", []) and not Synonym.objects.exists()
    assert (back.edited_fields, back.bylines.get().name_as_printed) == (["bylines"], "赵一苇")
    assert disagreements() == []


def test_the_way_back_takes_only_what_came_from_the_history(user):
    desk = OldDesk(user)
    desk.write("Synonym", 0, "+", id=1, subject="甲", name="乙", source="", position=0, disabled=False)
    carry()
    kept = Batch.objects.create(kind="undo", undoes=Batch.objects.get())
    kept.corrections.create(seq=0, model="synonym", object_id="1", field="")
    call_command("migrate", "articles", "0018", verbosity=0)
    assert list(Batch.objects.values_list("kind", "undoes")) == [("undo", None)]
    assert Correction.objects.get().batch == kept
    carry()
    assert Batch.objects.get() == kept
