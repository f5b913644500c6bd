"""A new reading of the archive by another reader: the dry run tells what the real one then does."""

import json

import pytest
from django.core.management import CommandError, call_command

from articles.desk.applying import apply
from articles.desk.joining import merge
from articles.desk.writing import writing
from articles.ingest.forecast import forecast
from articles.ingest.readers import reader_from_database
from articles.ingest.rereading import reread as run
from articles.ingest.stored_texts import adopt, read_stored
from articles.models import Archive, Article, ImportItem, ImportRun, Page, SourceText, Topic, archive
from tests.make import DAY, PAGE, TODAY, load, other_page, write
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


#: A first page whose story jumps to the third, and the story there.
JUMPS = """2024年11月22日 星期五

1

要闻

责编 何以堂

江苏推开家庭病床

本报讯（记者吴四维）江苏省日前推开家庭病床，首批两百名失能老人在家里住上了“病床”。

家庭病床的费用由长期护理保险支付，老人每月自付的钱不到三百元。（下转第3版）
"""
GOES_ON = (
    PAGE
    + """
江苏推开家庭病床

（上接第1版）护士上门换药，病历随车回传到江苏省南京市鼓楼区的社区卫生服务中心，医生当天就能看到。

全市两年里建起一千二百张家庭病床，失能老人不再为一次换药来回奔波。
"""
)


def differing(pages):
    """Return {id: [its head, the regions, the topics]} of the articles of some pages."""
    rows = Article.objects.filter(page__in=pages).order_by("pk")
    return {row.pk: [row.continuation_of_id, row.rows_of("regions"), row.rows_of("topics")] for row in rows}


def check(read, page):
    """Adopt a reading, and check that the forecast has told all that happens to the articles of its page."""
    told = forecast(read)
    before = differing([page])
    with archive.change() as change:
        report = adopt(read, change)
    after = differing([page])
    assert report.outcome == told.outcome and report.message == told.message
    assert sorted(action for action, _ in report.articles) == sorted(item.action for item in told.items)
    for item in told.items:
        if item.pk in before:
            changed = {field.name: field.new for field in item.fields if not field.is_kept}
            names = ("continuation_of", "regions", "topics")
            expected = [changed.get(name, old) for name, old in zip(names, before[item.pk], strict=True)]
            assert after[item.pk] == expected


@pytest.mark.parametrize(("old", "new"), [("（上接第1版）", ""), ("", "（上接第1版）"), ("\n3\n", "\n4\n")])
def test_the_forecast_tells_joins_that_come_and_go_and_what_the_story_is_then_about(tmp_path, old, new):
    load_tables()
    load(write(tmp_path, JUMPS, "front.txt"))
    text = GOES_ON if old else GOES_ON.replace(new, "")
    page = load(write(tmp_path, text, "third.txt")).page
    was_joined = Article.objects.filter(continuation_of__isnull=False).count()
    source = page.sources.get()
    SourceText.objects.filter(pk=source.pk).update(text=text.replace(old, new, 1) if old else GOES_ON)
    source = SourceText.objects.select_related("page__issue").get(pk=source.pk)
    read = read_stored(source, reader_from_database(), today=TODAY)
    check(read, page)
    assert Article.objects.filter(continuation_of__isnull=False).count() == 1 - was_joined


@pytest.mark.parametrize("is_merged", [True, False])
@pytest.mark.parametrize("which", [[0], [1], [0, 1], [1, 0]])
def test_the_dry_run_counts_a_story_of_two_pages_with_the_page_of_its_head(tmp_path, capsys, which, is_merged):
    load_tables()
    pages = [
        load(write(tmp_path, JUMPS, "front.txt")).page,
        load(write(tmp_path, GOES_ON, "third.txt")).page,
    ]
    if is_merged:
        head = pages[0].articles.get()
        with writing(None) as this:
            merge(this, head, [pages[1].articles.as_printed()[0]])
    Topic.objects.create(slug="home-beds", name="家庭病床", words={"家庭病床": 20}, headline_boost=3)
    dry, real = (
        [
            (report.outcome, report.page.pk, dict(report.articles))
            for at in which
            for report in _told([pages[at].pk], dry_run=is_dry)
        ]
        for is_dry in (True, False)
    )
    assert dry == real and bool(real) is (0 in which)


def _told(pages, *, dry_run):
    found = []
    run(pages, dry_run=dry_run, tell=found.append, workers=0)
    return found


def test_an_undated_page_is_told_alike(tmp_path, capsys):
    load_tables()
    page = load(write(tmp_path, PAGE.replace("2024年11月22日 星期五\n", ""))).page
    assert page.issue is None
    Article.objects.filter(page=page).update(headline="改了")
    assert told(capsys, "--dry-run", "--page", str(page.pk))[:-1] == told(capsys, "--page", str(page.pk))[:-1]
