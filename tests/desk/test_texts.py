"""Decisions about texts: what the forecast tells happens, everything is in the ledger, and an undo brings all back."""

import dataclasses
import datetime
import threading
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from articles.desk.applying import apply
from articles.desk.joining import merge
from articles.desk.splitting import split
from articles.desk.texts import keep, place_elsewhere, replace
from articles.desk.undoing import undo
from articles.desk.writing import writing
from articles.ingest.forecast import forecast
from articles.ingest.readers import reader_from_database
from articles.ingest.sources import Refusal
from articles.ingest.stored_texts import read_stored
from articles.models import (
    Article,
    Batch,
    Contributor,
    Correction,
    Doubt,
    Issue,
    Page,
    Proposal,
    Redirect,
    SourceText,
    archive,
)
from tests.desk.state import assert_partition, state
from tests.make import DAY, PAGE, TODAY, load, write
from tests.tables import load_tables

pytestmark = pytest.mark.django_db

#: A text that claims the place of PAGE: the first story is there, a little otherwise; the others are not, one is new.
RIVAL = (
    PAGE[: PAGE.index("云南启动")].replace("每月沿牧道巡诊两次", "每月沿牧道巡诊三次")
    + "海南渔村办起健康讲堂\n\n本报讯（记者周五洲）海南省文昌市的渔村日前办起健康讲堂，渔民出海归来就能听课。\n\n"
    + "讲堂设在码头边的旧仓库里，每逢初一、十五开讲，讲的是高血压和风湿病的防治。\n\n"
    + "渔村里的老人说，过去看病要坐两个小时的船，如今医生每个月都来，带来了药，也带来了听得懂的话。\n"
)


@pytest.fixture
def page(tmp_path):
    load_tables()
    return load(write(tmp_path, PAGE)).page


@pytest.fixture
def rival(page, tmp_path):
    """Provide a text in conflict with the page."""
    unlike = PAGE[: PAGE.index("青海湖畔")] + RIVAL[RIVAL.index("海南渔村") :]
    report = load(write(tmp_path, unlike, "rival.txt"))
    assert report.outcome == "conflicting"
    return report.source


@pytest.fixture
def alike(page):
    """Provide a text of the page that no longer counts, and that has one of its stories, a little otherwise."""
    values = {"path": "alike.txt", "sha256": "a" * 64, "encoding": "utf-8", "reader_version": "", "standing": "aside"}
    return SourceText.objects.create(page=page, text=RIVAL, **values)


def read_of(source):
    source = SourceText.objects.select_related("page__issue").get(pk=source.pk)
    return read_stored(source, reader_from_database(), today=TODAY)


def decide(source, decision=replace, kind=Batch.Kind.CONFLICT, **arguments):
    read = read_of(source)
    with writing(None, kind, reason="核对过报样") as this:
        this.report = decision(this, read, **arguments)
    return this


def whole():
    """Return the state with the segments and texts of articles, which the ledger does not keep.

    A contributor whom the import of a text has made stays, without a byline. The URL of an article that an undo has
    taken away leads on.
    """
    told = state()
    signed = set(Contributor.objects.exclude(bylines=None, page_credits=None).values_list("pk", flat=True))
    urls = {article.get_absolute_url() for article in Article.objects.all()}
    told["redirects"] = {old: new for old, new in told["redirects"].items() if old in urls}
    told["Contributor"] = {pk: row for pk, row in told["Contributor"].items() if pk in signed}
    places = Article.objects.order_by("pk").values_list("pk", "source", "segments")
    texts = SourceText.objects.order_by("pk").values_list("pk", "page", "standing")
    return told, list(places), list(texts), list(Page.objects.order_by("pk").values_list("pk", "segments"))


def differing(before, after):
    """Return what differs between two results of `whole`."""
    found = [
        (name, key, before[0][name][key], after[0][name].get(key))
        for name in before[0]
        if isinstance(before[0][name], dict)
        for key in before[0][name]
        if before[0][name][key] != after[0][name].get(key)
    ]
    found += [(name, value, before[0][name]) for name, value in after[0].items() if value != before[0][name]]
    return [*found, *((one, other) for one, other in zip(before[1:], after[1:], strict=True) if one != other)]


def test_a_text_that_replaces_another_is_in_the_ledger_and_an_undo_brings_back_the_articles_with_their_ids(rival, page):
    before = whole()
    ids = set(page.articles.values_list("pk", flat=True))
    this = decide(rival)
    assert [article.headline for article in page.articles.as_printed()] == ["海南渔村办起健康讲堂"]
    assert not ids & set(page.articles.values_list("pk", flat=True))
    assert not Page.objects.get(pk=page.pk).structure_edited
    assert all(article.edited_fields == [] for article in page.articles.all())
    assert_partition()
    undone = undo(this.batch, None)
    assert undone.left == []
    assert differing(before, whole()) == []
    assert_partition()
    again = undo(undone.batch, None)
    assert again.left == []
    assert [article.headline for article in page.articles.as_printed()] == ["海南渔村办起健康讲堂"]
    assert_partition()


def test_what_stays_alike_keeps_its_id_and_a_persons_words_and_the_undo_gives_the_rest_back(alike, page):
    first = page.articles.get(headline="青海湖畔建起流动诊室")
    with writing(None) as this:
        apply(this, first, {"headline": "青海湖畔有了流动诊室"})
    before = whole()
    this = decide(alike, kind=Batch.Kind.TEXT)
    first.refresh_from_db()
    assert (first.headline, "巡诊三次" in first.blocks[0]["text"]) == ("青海湖畔有了流动诊室", True)
    assert first.edited_fields == ["headline"]
    assert_partition()
    assert undo(this.batch, None).left == []
    assert differing(before, whole()) == []


def test_a_correction_after_the_decision_stays_when_the_decision_is_undone(alike, page):
    this = decide(alike)
    added = page.articles.get(headline="海南渔村办起健康讲堂")
    with writing(None) as later:
        apply(later, added, {"headline": "海南渔村的讲堂"})
    undone = undo(this.batch, None)
    assert {step.left for step in undone.left} == {"后来又改过"}
    assert {step.correction.object_id for step in undone.left} == {str(added.pk)}
    assert page.sources.get(standing="current").text == PAGE
    assert sorted(page.articles.values_list("headline", flat=True)) == sorted(
        ["青海湖畔建起流动诊室", "云南启动乡村医生轮训", "福建社区食堂添了营养师", "海南渔村的讲堂"]
    )
    assert_partition()


def test_a_decision_is_not_undone_in_part_once_another_text_has_come(alike, rival, page):
    first = decide(alike)
    decide(rival)
    undone = undo(first.batch, None)
    assert undone.batch is None
    assert {step.left for step in undone.steps} <= {
        "后来又改过", "这条记录已不在", "这一批换用的文本或新版面后来又改过", "所指的记录没有移回"
    }  # fmt: skip
    assert page.sources.get(standing="current") == rival


def test_settled_articles_stay_unless_they_are_to_give_way_and_the_undo_settles_them_again(alike, page):
    one, two, three = page.articles.as_printed()
    with writing(None) as this:
        merge(this, two, [three])
    with writing(None) as this:
        split(this, one, 1)
    before = whole()
    kept = decide(alike)
    assert page.articles.count() == 4
    assert_partition()
    assert undo(kept.batch, None).left == []
    assert differing(before, whole()) == []
    gone = decide(alike, structure_gives_way=True)
    assert not Page.objects.get(pk=page.pk).structure_edited
    assert "海南渔村办起健康讲堂" in page.articles.values_list("headline", flat=True)
    assert_partition()
    assert undo(gone.batch, None).left == []
    assert Page.objects.get(pk=page.pk).structure_edited
    assert differing(before, whole()) == []


def test_an_undo_of_something_else_does_not_settle_articles_that_gave_way(alike, page):
    one, two, three = page.articles.as_printed()
    with writing(None) as this:
        merge(this, two, [three])
    with writing(None) as later:
        apply(later, one, {"position": 5})
    decide(alike, structure_gives_way=True)
    undo(later.batch, None)
    assert not Page.objects.get(pk=page.pk).structure_edited


def test_a_text_that_is_another_page_gets_its_place_and_the_undo_takes_the_page_away(rival, page):
    before = whole()
    day = datetime.date(2024, 11, 29)
    this = decide(rival, place_elsewhere, date=day, edition=2, number=5)
    made = SourceText.objects.get(pk=rival.pk).page
    assert (made.issue.date, made.issue.edition, made.number) == (day, 2, 5)
    assert (made.edited_fields, made.structure_edited) == (["issue", "number"], False)
    assert made.articles.get().edited_fields == []
    assert not Doubt.objects.open().filter(kind__in=["proposal", "conflict"]).exists()
    assert_partition()
    assert load_again(rival).outcome == "same"
    url = made.articles.get().get_absolute_url()
    assert undo(this.batch, None).left == []
    assert differing(before, whole()) == []
    assert Redirect.objects.of(url).new_path == ""


def load_again(source):
    source.refresh_from_db()
    return load(Path(source.path))


def test_a_page_made_for_a_text_stays_as_long_as_a_correction_of_it_stands(rival):
    this = decide(rival, place_elsewhere, date=datetime.date(2024, 11, 29), edition=1, number=5)
    made = SourceText.objects.get(pk=rival.pk).page
    with writing(None) as later:
        apply(later, made.articles.get(), {"deck": "人工的副题"})
    assert undo(this.batch, None).batch is None
    assert undo(later.batch, None).left == []
    assert undo(this.batch, None).left == []


def test_a_place_that_is_held_is_refused(rival, page):
    with pytest.raises(Refusal, match="已有文本"):
        decide(rival, place_elsewhere, date=DAY, edition=1, number=page.number)
    assert Batch.objects.count() == 0


def test_a_text_is_decided_once(rival):
    source = SourceText.objects.get(pk=rival.pk)
    with writing(None) as this:
        keep(this, source)
    assert SourceText.objects.get(pk=rival.pk).standing == "aside"
    with pytest.raises(ValidationError, match="不在版面冲突之中"), writing(None) as again:
        keep(again, source)
    undo(this.batch, None)
    assert SourceText.objects.get(pk=rival.pk).standing == "conflict"
    assert Doubt.objects.open().filter(kind="conflict", source=rival).exists()


def test_a_decision_made_on_an_older_state_is_refused(rival):
    read = read_of(rival)
    with writing(None) as this:
        keep(this, SourceText.objects.get(pk=rival.pk))
    with pytest.raises(ValidationError, match="刚被别人处理过"), writing(None) as late:
        replace(late, read)


@pytest.mark.parametrize("structure_gives_way", [False, True])
@pytest.mark.parametrize("text", ["rival", "alike"])
@pytest.mark.parametrize("edits", ["none", "headline", "structure", "joined", "dated"])
def test_the_forecast_tells_what_then_happens(request, page, text, edits, structure_gives_way):
    one, two, three = page.articles.as_printed()
    source = request.getfixturevalue(text)
    with writing(None) as this:
        if edits == "headline":
            apply(this, one, {"headline": "人工的标题", "bylines": [["text", "记者", "人工", ""]]})
        elif edits == "structure":
            split(this, one, 1)
        elif edits == "joined":
            merge(this, one, [two, three])
        elif edits == "dated":
            apply(this, page, {"section": "人工版名", "credits": []})
    contributors, batches = Contributor.objects.count(), Batch.objects.count()
    told = forecast(read_of(source), structure_gives_way=structure_gives_way)
    assert (Contributor.objects.count(), Batch.objects.count()) == (contributors, batches)
    before = {article.pk: article.headline for article in page.articles.all()}
    report = decide(source, structure_gives_way=structure_gives_way).report
    assert told.outcome == report.outcome
    counts = {action: sum(each == action for each, _ in report.articles) for action, _ in report.articles}
    counts["unplaced"] = sum(len(row.value) for row in page.proposals.filter(article=None, field="items"))
    assert {action: count for action, count in told.counts.items() if count} == {
        action: count for action, count in counts.items() if count
    }
    for item in told.items:
        for each in item.fields:
            if each.name == "headline":
                now = Article.objects.get(pk=item.pk).headline
                assert now == (before[item.pk] if each.is_kept else each.new)


@pytest.mark.django_db(transaction=True)
def test_the_forecast_waits_for_no_lock(page, rival):
    """Another connection holds the archive while the text is read and its effect is told."""
    held, done = threading.Event(), threading.Event()

    def hold():
        with archive.change():
            held.set()
            done.wait(20)
        connection.close()

    thread = threading.Thread(target=hold)
    thread.start()
    try:
        assert held.wait(20)
        assert forecast(read_of(rival)).counts["remove"] == 3
    finally:
        done.set()
        thread.join()


def test_the_same_text_read_again_is_told_as_the_same(page):
    told = forecast(read_of(page.sources.get()))
    assert (told.outcome, told.counts, told.fields) == ("same", {"same": 3}, [])
    assert decide(page.sources.get()).batch is None
    assert Correction.objects.count() == 0


def test_halves_are_one_again_and_what_was_merged_stands_for_itself_once_the_structure_gives_way(page):
    again = {"path": "again.txt", "sha256": "b" * 64, "encoding": "utf-8", "reader_version": "", "standing": "aside"}
    source = SourceText.objects.create(page=page, text=PAGE.replace("巡诊两次", "巡诊三次"), **again)
    first, second, third = page.articles.as_printed()
    with writing(None) as this:
        half = split(this, first, 1)
    with writing(None) as this:
        merge(this, Article.objects.get(pk=second.pk), [Article.objects.get(pk=third.pk)])
        apply(this, Article.objects.get(pk=third.pk), {"headline": "编辑起的标题"})
    kept = whole()
    gone = decide(source, structure_gives_way=True)
    rows = list(page.articles.as_printed())
    assert rows == [first, second, third] and all(row.continuation_of is None for row in rows)
    assert [row.absorbed or bool(row.anchor) for row in rows] == [False, False, False]
    assert rows[2].headline == "编辑起的标题" and "巡诊三次" in rows[0].blocks[0]["text"] and len(rows[0].blocks) == 2
    assert Redirect.objects.get(old_path=half.get_absolute_url()).new_path == page.get_absolute_url()
    assert_partition()
    assert undo(gone.batch, None).left == [] and differing(kept, whole()) == []


def test_the_printed_date_of_an_issue_that_a_person_has_dated_is_no_proposal_when_it_is_read_again(page, tmp_path):
    issue = page.issue
    with writing(None) as this:
        apply(this, issue, {"date": "2024-11-25", "date_basis": "editor"})
    reader = reader_from_database()
    load(write(tmp_path, PAGE), dataclasses.replace(reader, version=reader.version + "+"))
    assert Page.objects.get().issue.date.day == 25
    assert not Doubt.objects.open().filter(kind="proposal").exists()
    undo(this.batch, None)
    assert not Doubt.objects.open().filter(kind="proposal").exists()
    assert (Page.objects.get().issue.date.day, Proposal.objects.count()) == (22, 0)


def elsewhere(source, number=5):
    return decide(source, place_elsewhere, date=DAY.replace(day=28), edition=1, number=number)


def test_a_page_of_its_own_comes_and_goes_with_its_articles_any_number_of_times(rival, page, client):
    before = whole()
    batch = elsewhere(rival).batch
    made = whole()
    ids = list(Article.objects.exclude(page=page).values_list("pk", flat=True))
    for _ in range(2):
        undone = undo(batch, None)
        assert undone.left == [] and differing(before, whole()) == []
        assert [client.get(f"/articles/{pk}/").status_code for pk in ids] == [410] * len(ids)
        again = undo(undone.batch, None)
        assert again.left == [] and differing(made, whole()) == []
        assert list(Article.objects.exclude(page=page).values_list("pk", flat=True)) == ids
        assert [client.get(f"/articles/{pk}/").status_code for pk in ids] == [200] * len(ids)
        assert_partition()
        batch = again.batch


@pytest.mark.parametrize("standing", ["conflict", "aside"])
def test_a_page_to_which_another_text_has_come_stays(rival, page, tmp_path, standing):
    batch = elsewhere(rival).batch
    made = Page.objects.exclude(pk=page.pk).get()
    text = PAGE.replace("2024年11月22日 星期五", "2024年11月28日 星期四").replace("\n3\n", "\n5\n")
    assert load(write(tmp_path, text, "another.txt")).outcome == "conflicting"
    other = SourceText.objects.get(path__endswith="another.txt")
    if standing == "aside":
        with writing(None, Batch.Kind.CONFLICT, reason="存档") as this:
            keep(this, other)
    undone = undo(batch, None)
    assert undone.batch is None and all("别的文本" in step.left for step in undone.left)
    other.refresh_from_db()
    assert other.page_id == made.pk


def test_a_text_of_which_one_row_can_not_come_back_comes_back_whole_or_not_at_all(rival, page):
    undone = undo(elsewhere(rival).batch, None)
    before = whole()
    taken = Page.objects.create(number=5, issue=Issue.objects.create(date=DAY.replace(day=28), date_basis="editor"))
    again = undo(undone.batch, None)
    assert again.batch is None and len(again.left) == len(again.steps)
    issue = taken.issue
    taken.delete()
    issue.delete()
    assert differing(before, whole()) == []
