"""A new reading of the archive by another reader: the dry run tells what the real one then does."""

import json

import pytest
from django.core.management import CommandError, call_command

from articles.desk.applying import apply
from articles.desk.writing import writing
from articles.models import Archive, Article, ImportItem, ImportRun, Page, SourceText, Topic
from tests.make import DAY, PAGE, load, other_page, write
from tests.tables import load_tables

pytestmark = pytest.mark.django_db


@pytest.fixture
def pages(tmp_path):
    load_tables()
    return [
        load(write(tmp_path, PAGE, "one.txt")).page,
        load(other_page(tmp_path), given_date=DAY, given_page=4).page,
    ]


def another_reader():
    """Let today's reader be another one: a topic more, which one story of PAGE is about."""
    Topic.objects.create(
        slug="nutrition-corner", name="营养角", words={"营养师": 9, "菜单": 9, "社区食堂": 9}, headline_boost=3
    )


def reread(capsys, *options):
    call_command("reread", *options)
    return capsys.readouterr().out


def told(capsys, *options):
    return [json.loads(line) for line in reread(capsys, "--json", *options).splitlines()]


def test_pages_that_this_reader_has_read_are_not_read_again(pages, capsys):
    assert "重读 0 版" in reread(capsys)
    before = Archive.objects.get().revision
    assert "重读 1 版：更新 0，相同 1" in reread(capsys, "--page", str(pages[0].pk))
    assert Archive.objects.get().revision == before


def test_the_dry_run_counts_what_the_real_one_then_does_and_writes_nothing(pages, capsys):
    another_reader()
    article = Article.objects.get(headline__contains="营养师")
    with writing(None) as this:
        apply(this, Article.objects.get(headline__contains="流动诊室"), {"headline": "人工的标题"})
    before = (Archive.objects.get().revision, ImportRun.objects.count(), list(SourceText.objects.values_list()))
    dry = told(capsys, "--dry-run")
    after = (Archive.objects.get().revision, ImportRun.objects.count(), list(SourceText.objects.values_list()))
    assert after == before
    assert not article.article_topics.filter(topic__slug="nutrition-corner").exists()
    real = told(capsys)
    assert (dry[-1]["dry_run"], real[-1]["dry_run"]) == (True, False)
    assert {**dry[-1], "dry_run": False} == real[-1]
    assert dry[:-1] == real[:-1]
    assert article.article_topics.filter(topic__slug="nutrition-corner").exists()
    assert real[-1]["articles"]["protected"] == 1
    assert Article.objects.filter(headline="人工的标题").exists()
    run = ImportRun.objects.latest("pk")
    assert (run.arguments[0], run.changed, run.same) == (
        "reread",
        real[-1]["pages"]["changed"],
        real[-1]["pages"]["same"],
    )
    assert told(capsys)[-1]["pages"] == {"changed": 0, "same": 0, "conflicting": 0, "failed": 0}


@pytest.mark.django_db(transaction=True)
def test_workers_read_what_one_process_reads(pages, capsys):
    another_reader()
    assert told(capsys, "--dry-run", "--workers", "1") == told(capsys, "--dry-run", "--workers", "0")


def test_a_text_that_cannot_be_read_stops_only_itself(pages, capsys):
    source = pages[0].sources.get()
    source.text = "\n" * 10_001
    source.reader_version = ""
    source.save()
    another_reader()
    with pytest.raises(SystemExit):
        call_command("reread")
    said = capsys.readouterr().out
    assert "失败 1" in said and "超过 10000 行" in said
    item = ImportItem.objects.get(outcome="failed")
    assert (item.page, item.source) == (pages[0], source)
    assert pages[0].articles.count() == 3


def test_a_page_whose_text_claims_a_place_that_is_taken_stays(pages, capsys):
    Page.objects.filter(pk=pages[0].pk).update(number=9)
    Page.objects.filter(pk=pages[1].pk).update(number=3)
    dry = told(capsys, "--dry-run", "--page", str(pages[0].pk))
    assert dry[-1]["pages"]["conflicting"] == 1
    assert told(capsys, "--page", str(pages[0].pk))[-1]["pages"]["conflicting"] == 1
    assert Page.objects.get(pk=pages[0].pk).number == 9


@pytest.mark.parametrize(
    ("given", "said"), [("abc", "不是版面的编号"), ("0", "没有编号为 0 的版面"), ("9" * 30, "不是版面的编号")]
)
def test_a_page_that_there_is_not_is_one_sentence(pages, given, said):
    with pytest.raises(CommandError, match=said):
        call_command("reread", "--page", given)


def test_a_page_without_a_text_is_one_sentence(pages):
    empty = Page.objects.create(issue=pages[0].issue, number=40)
    with pytest.raises(CommandError, match="没有原文"):
        call_command("reread", "--page", str(empty.pk))


def test_a_sample_at_the_place_that_a_real_page_claims_stays(pages, capsys):
    Page.objects.filter(pk=pages[0].pk).update(number=9)
    sample = Page.objects.create(issue=pages[0].issue, number=3, is_sample=True)
    for options in (["--dry-run"], []):
        assert told(capsys, *options, "--page", str(pages[0].pk))[-1]["pages"]["conflicting"] == 1
    assert Page.objects.filter(pk=sample.pk).exists()
