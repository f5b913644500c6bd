"""The identification of a file's page: each trap that a search for traps found, once."""

import datetime

import pytest

from articles.models import Article, Issue, Page, Proposal, SourceText, Topic, archive
from tests.make import DAY, PAGE, SAMPLES, doubts_of, load, make_issue, other_page, write

pytestmark = pytest.mark.django_db

UNDATED = PAGE[PAGE.index("青海湖畔") :]
OTHER_DAY = datetime.date(2024, 5, 20)


def revision():
    return archive.state().revision


def another_reader():
    """Change the reader's version for the next reading, as a changed word list does."""
    Topic.objects.create(slug=f"topic-{Topic.objects.count()}", name=f"主题{Topic.objects.count()}")


def test_one_text_under_two_names_is_one_page_that_stays_where_it_is(tmp_path):
    first = write(tmp_path, UNDATED, "2024-05-20_01.txt")
    second = write(tmp_path, UNDATED, "2024-05-21_01.txt")
    load(first, named_date=OTHER_DAY, named_page=1)
    before = revision()
    for _ in range(2):
        report = load(second, named_date=datetime.date(2024, 5, 21), named_page=1)
        assert (report.outcome, report.message) == ("same", f"与 {first} 内容相同")
        assert load(first, named_date=OTHER_DAY, named_page=1).outcome == "same"
    assert (revision(), Page.objects.count()) == (before, 1)
    assert load(second, given_date=datetime.date(2024, 5, 21)).outcome == "conflicting"


def test_a_file_that_was_moved_is_known_by_its_new_path(tmp_path):
    old = write(tmp_path, UNDATED, "a/1.txt")
    load(old)
    old.unlink()
    new = write(tmp_path, UNDATED, "b/1.txt")
    assert load(new).outcome == "same"
    assert load(write(tmp_path, UNDATED.replace("三百余名", "四百余名"), "b/1.txt")).outcome == "changed"
    assert Page.objects.count() == 1


def test_what_was_given_of_one_page_is_not_given_of_another_at_its_path(tmp_path):
    text = (SAMPLES / "112_00111487b408fb45.txt").read_text("utf-8")
    load(write(tmp_path, UNDATED), given_date=OTHER_DAY)
    report = load(write(tmp_path, text))
    assert (report.page.issue.date, report.page.number) == (datetime.date(2025, 1, 3), 3)


def test_two_editions_of_a_day_have_their_own_pages(tmp_path):
    page = load(write(tmp_path, PAGE, "1.txt")).page
    page.issue = make_issue(edition=2)
    page.protect("issue")
    page.save()
    unlike = PAGE[: PAGE.index("青海湖畔")] + "海南渔村办起讲堂\n\n本报讯（记者周五洲）海南省的渔村日前办起讲堂。\n"
    other = load(write(tmp_path, unlike, "2.txt"))
    assert (other.outcome, other.page.issue.edition) == ("added", 1)
    again = load(write(tmp_path, PAGE.replace("三百余名", "四百余名"), "1.txt"))
    assert (again.outcome, again.page) == ("changed", page)


def test_a_page_that_an_editor_moved_is_known_by_what_its_text_claims(tmp_path):
    page = load(write(tmp_path, PAGE, "old.txt")).page
    page.issue = make_issue(DAY + datetime.timedelta(3))
    page.protect("issue")
    page.save()
    report = load(write(tmp_path, PAGE.replace("三百余名", "四百余名"), "elsewhere/new.txt"))
    assert (report.outcome, report.page) == ("changed", page)
    assert dict(Proposal.objects.values_list("field", "value")) == {"issue": "2024-11-22"}


def test_a_page_keeps_the_number_that_a_worse_text_has_lost(tmp_path):
    page = load(write(tmp_path, PAGE)).page
    load(write(tmp_path, PAGE.replace("\n3\n", "\n", 1).replace("综合新闻\n", "")))
    page.refresh_from_db()
    assert (page.number, page.section) == (3, "综合新闻")


def test_a_text_set_aside_is_looked_at_again_when_its_place_is_given(tmp_path):
    load(write(tmp_path, PAGE, "1.txt"))
    unlike = PAGE[: PAGE.index("青海湖畔")] + "海南渔村办起讲堂\n\n本报讯（记者周五洲）海南省的渔村日前办起讲堂。\n"
    path = write(tmp_path, unlike, "2.txt")
    load(path)
    SourceText.objects.filter(standing="conflict").update(standing="aside")
    assert load(path).outcome == "same"
    assert load(path, given_date=OTHER_DAY).outcome == "added"


def test_a_queued_text_follows_what_is_given_of_it(tmp_path):
    load(write(tmp_path, PAGE, "1.txt"))
    second = load(other_page(tmp_path), given_date=DAY, given_page=8).page
    unlike = PAGE[: PAGE.index("青海湖畔")] + "海南渔村办起讲堂\n\n本报讯（记者周五洲）海南省的渔村日前办起讲堂。\n"
    path = write(tmp_path, unlike, "2.txt")
    load(path)
    assert load(path, given_page=8).outcome == "conflicting"
    assert SourceText.objects.get(standing="conflict").page == second


def test_an_article_rewritten_by_a_person_is_not_read_a_second_time(tmp_path):
    page = load(write(tmp_path, PAGE)).page
    article = page.articles.as_printed()[1]
    article.headline = "全新的标题"
    article.blocks = [{"type": "paragraph", "text": "编辑重写的正文，与机器所读的全无相同之处。"}]
    article.protect("headline", "blocks")
    article.save()
    another_reader()
    load(write(tmp_path, PAGE))
    load(write(tmp_path, PAGE.replace("三百余名", "四百余名")))
    assert page.articles.count() == 3
    article.refresh_from_db()
    assert article.headline == "全新的标题"
    assert set(article.proposals.values_list("field", flat=True)) == {"headline", "blocks"}


def test_an_import_does_not_undo_a_join(tmp_path):
    head = load(write(tmp_path, PAGE)).page.articles.as_printed()[2]
    part = load(other_page(tmp_path), given_date=DAY, given_page=8).page.articles.as_printed()[0]
    part.continuation_of = head
    part.protect("continuation_of")
    part.save()
    load(write(tmp_path, PAGE[: PAGE.index("福建社区")]))
    part.refresh_from_db()
    assert part.continuation_of == head


def test_a_person_structured_page_still_holds_each_character_once(tmp_path):
    page = load(write(tmp_path, PAGE)).page
    Article.objects.filter(headline="福建社区食堂添了营养师").delete()
    page.structure_edited = True
    page.save()
    load(write(tmp_path, PAGE.replace("三百余名", "四百余名")))
    page.refresh_from_db()
    text = page.sources.get(standing="current").text
    parts = [part for article in page.articles.all() for part in article.segments] + page.segments
    held = [offset for start, end, _ in parts for offset in range(start, end) if not text[offset].isspace()]
    assert sorted(held) == [offset for offset, char in enumerate(text) if not char.isspace()]


def test_the_pages_of_an_issue_do_not_quarrel_about_its_number(tmp_path):
    other = other_page(tmp_path)
    load(write(tmp_path, PAGE), given_issue_number=12001)
    load(other, given_date=DAY, given_page=8, given_issue_number=12002)
    another_reader()
    before = revision()
    load(write(tmp_path, PAGE), given_issue_number=12001)
    report = load(other, given_date=DAY, given_page=8, given_issue_number=12002)
    assert (Issue.objects.get().number, revision()) == (12001, before)
    assert "other-issue-number" in doubts_of(report.page)


def test_a_date_that_an_editor_took_back_is_still_the_editors(tmp_path):
    page = load(write(tmp_path, PAGE)).page
    issue = page.issue
    issue.protect("date")  # moved, and moved back through the history, which restores the printed basis
    issue.save()
    load(write(tmp_path, PAGE.replace("11月22日", "11月23日")))
    page.refresh_from_db()
    assert str(page.issue.date) == "2024-11-22"


def test_an_edition_that_an_editor_set_stays_when_the_date_changes(tmp_path):
    page = load(write(tmp_path, PAGE)).page
    Issue.objects.filter(pk=page.issue_id).update(edition=2)
    load(write(tmp_path, PAGE), given_date=OTHER_DAY)
    page.refresh_from_db()
    assert (page.issue.date, page.issue.edition) == (OTHER_DAY, 2)
