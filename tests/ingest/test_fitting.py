"""A reading fitted to the articles that people have settled, where the reader sees fewer items than before."""

import dataclasses

import pytest

from articles.desk.applying import apply
from articles.desk.splitting import split
from articles.desk.writing import writing
from articles.ingest.forecast import forecast
from articles.ingest.readers import reader_from_database
from articles.ingest.stored_texts import adopt, read_stored
from articles.models import Archive, Article, Doubt, Proposal, SourceText, archive
from tests.desk.agreeing import disagreements
from tests.desk.state import assert_partition
from tests.desk.test_structure import ONE
from tests.make import PAGE, TODAY, load, write
from tests.tables import load_tables

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(tmp_path):
    load_tables()
    return load(write(tmp_path, PAGE)).page


def settle(page, of_structure):
    """Let the second article be a person's: by the structure of its page, or by its own deck."""
    second = page.articles.as_printed()[1]
    with writing(None) as this:
        if of_structure:
            apply(this, page.articles.as_printed()[0], {"kind": "notice"})
        apply(this, second, {"position": 5} if of_structure else {"deck": "人工副题"})
    return Article.objects.get(pk=second.pk)


def read_with(change):
    """Return a reading of the current text by a reader whose result `change` has altered."""
    source = SourceText.objects.select_related("page__issue").get()
    read = read_stored(source, reader_from_database(), today=TODAY)
    return dataclasses.replace(read, reading=change(read.reading))


def merged(reading):
    """Return a reading in which the second item belongs to the first. Its headline is a subhead."""
    first, second = reading.items[:2]
    subhead = dataclasses.replace(second.blocks[0], type="subhead", text=second.headline)
    item = dataclasses.replace(
        first, blocks=(*first.blocks, subhead, *second.blocks), span=(first.span[0], second.span[1])
    )
    segments = [
        dataclasses.replace(
            part,
            item=part.item - 1 if part.item else part.item,
            label="subhead" if part.item == 1 and part.label == "headline" else part.label,
        )
        for part in reading.segments
    ]
    return dataclasses.replace(reading, items=(item, *reading.items[2:]), segments=tuple(segments))


def left_over(reading):
    """Return a reading that has the second item among the left-over lines."""
    segments = [
        dataclasses.replace(part, item=None, label="leftover")
        if part.item == 1
        else dataclasses.replace(part, item=part.item - 1 if part.item and part.item > 1 else part.item)
        for part in reading.segments
    ]
    return dataclasses.replace(reading, items=(reading.items[0], *reading.items[2:]), segments=tuple(segments))


def adopted(read):
    """Adopt a reading as the forecast tells it. Return the report."""
    told = forecast(read)
    with archive.change() as change:
        report = adopt(read, change)
    assert report.outcome == told.outcome
    assert sorted(action for action, _ in report.articles) == sorted(
        item.action for item in told.items if item.action != "unplaced"
    )
    return report


@pytest.mark.parametrize("of_structure", [True, False])
@pytest.mark.parametrize("change", [merged, left_over])
def test_a_text_stands_once_though_the_reader_has_lost_a_settled_article(page, change, of_structure):
    second = settle(page, of_structure)
    before = {row.pk: [block["text"] for block in row.blocks] for row in page.articles.all()}
    read = read_with(change)
    adopted(read)
    assert {row.pk: [block["text"] for block in row.blocks] for row in page.articles.all()} == before
    found = Article.objects.get(pk=second.pk)
    assert (found.headline, found.position, found.deck) == (second.headline, second.position, second.deck)
    assert_partition()
    assert not Proposal.objects.filter(field="items").exists()
    revision = Archive.objects.get().revision
    assert adopted(read).outcome == "same" and Archive.objects.get().revision == revision


def test_an_article_that_nobody_has_settled_gives_way(page):
    adopted(read_with(merged))
    assert page.articles.count() == 2
    assert_partition()


@pytest.mark.parametrize("of_structure", [True, False])
def test_a_text_without_the_headline_of_a_settled_article_is_cut_where_it_begins(page, tmp_path, of_structure):
    second = settle(page, of_structure)
    load(write(tmp_path, ONE))
    assert page.articles.count() == 3
    found = Article.objects.get(pk=second.pk)
    assert [block["text"] for block in found.blocks] == [block["text"] for block in second.blocks]
    assert_partition()
    assert disagreements() == []


def test_an_article_whose_text_is_gone_is_told(page, tmp_path):
    second = settle(page, of_structure=False)
    start, end = PAGE.index("云南启动"), PAGE.index("福建社区")
    load(write(tmp_path, PAGE[:start] + PAGE[end:]))
    assert Article.objects.filter(pk=second.pk).exists()
    assert Doubt.objects.open().filter(article=second, kind="not-in-reading").exists()


def test_a_short_half_follows_a_text_that_is_unlike_it(page, tmp_path):
    """The half is known by the place at which it was cut, though what follows it has grown to five times its length."""
    article = page.articles.as_printed()[2]
    with writing(None) as this:
        half = split(this, article, 1)
    more = "食堂还在墙上贴出每道菜的热量和含盐量，老人一看就明白。"
    assert PAGE.count(more) == 1
    longer = more + "".join(
        f"\n\n第{number}位老人说，饭菜合口，价钱也合适，隔壁的邻居也常来。" for number in "一二三四五六"
    )
    load(write(tmp_path, PAGE.replace(more, longer)))
    half.refresh_from_db()
    assert len(half.blocks) == 7 and half.source.standing == "current"
    assert not Proposal.objects.filter(field="items").exists()
    assert_partition()
