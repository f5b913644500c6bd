"""The import of one page: it is complete and repeatable, and keeps ids."""

import datetime
from collections import Counter

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from articles.models import (
    Article,
    Batch,
    Byline,
    Contributor,
    Doubt,
    Issue,
    Page,
    Redirect,
    Region,
    RegionAlias,
    SourceText,
    Synonym,
    Topic,
    VanishedArticle,
    archive,
)
from articles.text.likeness import trigrams
from tests.make import DAY, PAGE, SAMPLE, SAMPLES, load, make_region, other_page, urls, write

pytestmark = pytest.mark.django_db


def revision():
    return archive.state().revision


def headlines(page):
    return list(page.articles.as_printed().values_list("headline", flat=True))


def test_it_stores_what_a_page_says(tmp_path):
    for code, name, short in (("630000", "青海省", "青海"), ("530000", "云南省", "云南"), ("350000", "福建省", "福建")):
        make_region(code, name, short)
    report = load(write(tmp_path, PAGE))
    page = report.page
    assert report.outcome == "added"
    assert (page.issue.date, page.issue.date_basis, page.number, page.section) == (DAY, "printed", 3, "综合新闻")
    assert [str(credit) for credit in page.credits.all()] == ["责编 冯以宁"]
    assert headlines(page) == ["青海湖畔建起流动诊室", "云南启动乡村医生轮训", "福建社区食堂添了营养师"]
    signed = [
        (row.article.position, row.role, row.name_as_printed, row.contributor.name) for row in Byline.objects.all()
    ]
    assert signed == [
        (0, "记者", "赵一苇", "赵一苇"),
        (1, "通讯员", "钱二木", "钱二木"),
        (2, "记者", "孙三水", "孙三水"),
    ]
    about = [[row.region_id for row in article.article_regions.all()] for article in page.articles.as_printed()]
    assert about == [["630000"], ["530000"], ["350000"]]


def test_imports_keep_the_reference_tables(tmp_path):
    tables = {model._meta.db_table for model in (Region, RegionAlias, Topic, Synonym)}
    make_region("630000", "青海省", "青海")
    with archive.change() as change:
        change.other()
    before = archive.state()
    with CaptureQueriesContext(connection) as queries:
        for path in [*SAMPLES.glob("*.txt"), write(tmp_path, PAGE), write(tmp_path, PAGE.replace("营养师", "营养员"))]:
            load(path)
    written = {
        sql.split('"')[1] for query in queries if (sql := query["sql"]).startswith(("INSERT", "UPDATE", "DELETE"))
    }
    assert "articles_article" in written and not written & tables
    after = archive.state()
    assert after.revision > before.revision and after.reference_state == before.reference_state


def test_segments_of_articles_and_page_hold_each_character_once(tmp_path):
    for path in [*SAMPLES.glob("*.txt"), write(tmp_path, PAGE.replace("3", "5", 1))]:
        page = load(path).page
        text = page.sources.get().text
        parts = [part for article in page.articles.all() for part in article.segments] + page.segments
        held = [offset for start, end, _ in parts for offset in range(start, end) if not text[offset].isspace()]
        assert sorted(held) == [offset for offset, char in enumerate(text) if not char.isspace()]


def test_the_source_is_kept_to_the_letter(tmp_path):
    text = PAGE.replace("\n", "\r\n")
    assert load(write(tmp_path, text)).source.text == text


def test_the_same_file_again_changes_nothing(tmp_path):
    path = write(tmp_path, PAGE)
    load(path)
    before = revision(), urls(), list(SourceText.objects.values())
    again = load(path)
    assert again.outcome == "same"
    assert [action for action, _ in again.articles] == ["same"] * 3
    copy = load(write(tmp_path, PAGE, "elsewhere/other.txt"))
    assert copy.outcome == "same"
    assert (revision(), urls(), list(SourceText.objects.values())) == before


def test_a_better_text_updates_in_place_and_keeps_every_url(tmp_path):
    path = write(tmp_path, PAGE)
    page = load(path).page
    before = urls()
    by_headline = dict(Article.objects.values_list("headline", "pk"))
    inserted = "贵州山村迎来移动药房\n\n本报讯（记者李四海）贵州省的山村日前迎来移动药房，药师随车讲解用药。\n\n"
    better = PAGE.replace("云南启动乡村医生轮训", "云南轮训乡村医生", 1).replace("云南轮训", inserted + "云南轮训", 1)
    report = load(write(tmp_path, better))
    assert (report.outcome, report.page) == ("changed", page)
    assert headlines(page) == [
        "青海湖畔建起流动诊室",
        "贵州山村迎来移动药房",
        "云南轮训乡村医生",
        "福建社区食堂添了营养师",
    ]
    assert Article.objects.get(headline="云南轮训乡村医生").pk == by_headline["云南启动乡村医生轮训"]
    assert {pk: urls()[pk] for pk in before} == before
    assert sorted(action for action, _ in report.articles) == ["add", "change", "same", "same"]
    assert [row.standing for row in page.sources.order_by("pk")] == ["superseded", "current"]


def test_an_import_counts_the_trigrams_of_each_text_once(tmp_path, monkeypatch):
    load(write(tmp_path, PAGE))
    counted = Counter()

    def count(text):
        counted[text] += 1
        return trigrams(text)

    monkeypatch.setattr("articles.text.likeness.trigrams", count)
    better = PAGE.replace("青海湖畔建起", "青海湖边建起", 1)
    assert load(write(tmp_path, better)).outcome == "changed"
    assert counted[PAGE] == counted[better] == 1  # by the path, by the identity, by the items
    assert set(counted.values()) == {1}


def test_a_new_page_takes_few_statements_however_many_articles_it_has(tmp_path):
    load(other_page(tmp_path))
    with CaptureQueriesContext(connection) as few:
        load(write(tmp_path, PAGE, "few.txt"))
    many = PAGE.replace("\n3\n", "\n4\n") + "".join(
        f"第{n}个县来了流动诊室\n\n本报讯（记者周{n}某）第{n}个县的牧民在家门口等来了诊室，车上有心电图机。\n\n"
        for n in range(20)
    )
    with CaptureQueriesContext(connection) as queries:
        report = load(write(tmp_path, many, "many.txt"))
    assert len(report.articles) > 15
    assert len(queries) <= len(few) + 1 <= 33


def test_a_new_article_has_the_revision_and_time_of_its_change(tmp_path):
    load(write(tmp_path, PAGE))
    now = archive.state()
    assert {(row.revision, row.changed_at) for row in Article.objects.all()} == {(now.revision, now.changed_at)}


def test_only_the_page_that_changed_is_stamped(tmp_path):
    load(write(tmp_path, PAGE, "one.txt"))
    load(SAMPLE)
    other = set(Article.objects.filter(page__is_sample=True).values_list("revision", flat=True))
    load(write(tmp_path, PAGE.replace("三百余名", "四百余名"), "one.txt"))
    stamps = dict(Article.objects.filter(page__is_sample=False).values_list("headline", "revision"))
    # The import stamps the whole page, because each of its articles now has another place in another source text.
    assert set(stamps.values()) == {revision()}
    assert set(Article.objects.filter(page__is_sample=True).values_list("revision", flat=True)) == other


def test_an_old_text_loaded_again_does_not_come_back(tmp_path):
    old, new = write(tmp_path, PAGE, "a.txt"), write(tmp_path, PAGE.replace("流动诊室", "移动诊室"), "b.txt")
    load(old)
    load(new)
    before = revision()
    assert load(old).outcome == "same"
    assert revision() == before
    assert Article.objects.filter(headline="青海湖畔建起移动诊室").exists()


def test_an_item_no_longer_found_goes_and_its_url_leads_to_its_page(tmp_path):
    page = load(write(tmp_path, PAGE)).page
    gone = Article.objects.get(headline="福建社区食堂添了营养师")
    load(write(tmp_path, PAGE[: PAGE.index("福建社区")]))
    assert headlines(page) == ["青海湖畔建起流动诊室", "云南启动乡村医生轮训"]
    assert Redirect.objects.get(old_path=gone.get_absolute_url()).new_path == page.get_absolute_url()
    assert VanishedArticle.objects.get().article_id == gone.pk


UNLIKE = PAGE[: PAGE.index("青海湖畔")] + "\n\n".join(
    [
        "海南渔村办起健康讲堂",
        "本报讯（记者周五洲）海南省文昌市的渔村日前办起健康讲堂，医生讲授中暑和溺水的急救办法。",
        "渔民边听边练，人人拿到一张急救卡片。",
    ]
)


def test_a_file_that_claims_a_held_page_with_unlike_text_replaces_nothing(tmp_path):
    page = load(write(tmp_path, PAGE, "right.txt")).page
    before = revision(), urls(), headlines(page)
    report = load(write(tmp_path, UNLIKE, "wrong.txt"))
    assert (report.outcome, report.page) == ("conflicting", page)
    assert (revision(), urls(), headlines(page)) == before
    kept = SourceText.objects.get(standing="conflict")
    assert (kept.text, kept.page) == (UNLIKE, page)
    assert load(write(tmp_path, UNLIKE, "wrong.txt")).outcome == "conflicting"
    assert SourceText.objects.count() == 2


def test_a_path_used_again_with_unlike_text_replaces_nothing(tmp_path):
    page = load(write(tmp_path, PAGE)).page
    assert load(write(tmp_path, UNLIKE)).outcome == "conflicting"
    assert headlines(page) == ["青海湖畔建起流动诊室", "云南启动乡村医生轮训", "福建社区食堂添了营养师"]


def test_a_path_used_again_for_another_day_is_another_page(tmp_path):
    load(write(tmp_path, PAGE))
    report = load(write(tmp_path, UNLIKE.replace("11月22日", "11月23日")))
    assert report.outcome == "added"
    assert Page.objects.count() == 2


def test_a_page_that_can_not_be_dated_is_kept_and_hidden(tmp_path):
    text = PAGE[PAGE.index("青海湖畔") :]
    report = load(write(tmp_path, text))
    assert (report.outcome, report.page.issue) == ("added", None)
    assert "日期待考" in report.message
    assert Article.objects.count() == 3
    assert list(Article.objects.visible()) == list(Page.objects.visible()) == []


def test_a_date_given_later_shows_it_and_stays_given(tmp_path):
    path = write(tmp_path, PAGE[PAGE.index("青海湖畔") :])
    page = load(path).page
    assert load(path, given_date=DAY).outcome == "changed"
    page.refresh_from_db()
    assert (page.issue.date, page.issue.date_basis) == (DAY, "given")
    assert Article.objects.visible().count() == 3
    assert load(path).outcome == "same"


def test_a_page_whose_date_changes_leaves_a_redirect_and_no_empty_issue(tmp_path):
    path = write(tmp_path, PAGE)
    page = load(path).page
    old = page.get_absolute_url(), page.issue.get_absolute_url()
    load(path, given_date=datetime.date(2024, 11, 25))
    page.refresh_from_db()
    assert Issue.objects.count() == 1
    assert dict(Redirect.objects.values_list("old_path", "new_path")) == {
        old[0]: page.get_absolute_url(),
        old[1]: page.issue.get_absolute_url(),
    }
    assert set(Article.objects.values_list("revision", flat=True)) == {revision()}


def test_a_page_does_not_move_onto_another(tmp_path):
    path = write(tmp_path, PAGE)
    load(path)
    rival = load(other_page(tmp_path), given_date=DAY, given_page=8).page
    report = load(path, given_page=8)
    page = Page.objects.get(number=3)
    assert (report.outcome, report.page) == ("conflicting", page)
    assert str(rival) in report.message
    assert list(Doubt.objects.of(page).values_list("kind", "detail")) == [("place-taken", str(rival))]
    assert load(path, given_page=8).outcome == "conflicting"
    assert page.articles.count() == 3 and rival.articles.count() == 10


def test_issue_numbers_come_from_the_page_that_prints_one(tmp_path):
    load(write(tmp_path, PAGE))
    load(other_page(tmp_path), given_date=DAY, given_issue_number=12001)
    assert Issue.objects.get().number == 12001


def test_samples_are_marked_by_where_they_lie(tmp_path):
    assert load(SAMPLE).page.is_sample
    assert not load(write(tmp_path, PAGE.replace("3\n", "4\n", 1))).page.is_sample


def test_imports_write_nothing_into_the_ledger(tmp_path):
    load(write(tmp_path, PAGE))
    load(write(tmp_path, PAGE.replace("赵一苇", "赵一帆")))
    assert not Batch.objects.exists()


def test_a_dry_run_tells_and_leaves_no_trace(tmp_path):
    path = write(tmp_path, PAGE)
    load(path)
    before = revision(), urls(), SourceText.objects.count(), set(Contributor.objects.values_list("name", flat=True))
    changed = write(tmp_path, PAGE.replace("湖畔建起流动", "湖畔建起移动").replace("钱二木", "钱三木"))
    report = load(changed, dry_run=True)
    assert report.articles == [
        ("change", "青海湖畔建起移动诊室"),
        ("change", "云南启动乡村医生轮训"),
        ("same", "福建社区食堂添了营养师"),
    ]
    after = revision(), urls(), SourceText.objects.count(), set(Contributor.objects.values_list("name", flat=True))
    assert after == before
