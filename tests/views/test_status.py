"""The status page shows the archive's holdings, the imports, and whether the index is at the archive's revision."""

import datetime
import re
import tomllib
from pathlib import Path

import pytest
from django.utils import timezone

from articles.models import Archive, ImportRun, archive
from articles.search import state
from articles.search import sync as syncing
from articles.search.sync import paused
from tests.make import DAY, make_article, make_issue, make_page
from tests.markup import check_markup

pytestmark = pytest.mark.django_db(transaction=True)


def facts(client):
    """Return the facts on the page: {term: text}."""
    text = client.get("/status/").content.decode()
    pairs = re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", text)
    return {term: re.sub("<[^>]+>", "", fact) for term, fact in pairs}


def test_it_shows_both_revisions_and_what_each_holds(settings, tmp_path, client):
    settings.SEARCH_DIR = tmp_path / "search"
    assert facts(client)["索引修订号"] == "还没有索引"
    make_article(headline="一篇文章")
    held = archive.state().revision
    shown = facts(client)
    assert shown["档案修订号"].startswith(f"{held}（") and shown["索引修订号"] == str(held)
    assert (shown["检索索引"], shown["档案收录"], shown["索引收录"]) == ("与档案一致", "1 篇（含导读、公告）", "1 篇")
    with paused():
        make_article(headline="又一篇文章")
    shown = facts(client)
    assert (shown["索引修订号"], shown["检索索引"]) == (str(held), "落后 1 次修订，等待更新")
    assert (shown["档案收录"], shown["索引收录"]) == ("2 篇（含导读、公告）", "1 篇")


def test_it_says_when_the_index_is_of_another_version_or_database(settings, tmp_path, client, monkeypatch):
    settings.SEARCH_DIR = tmp_path / "search"
    make_article(headline="一篇文章")
    monkeypatch.setattr(state, "fingerprint", lambda: "another")
    monkeypatch.setattr(syncing, "fingerprint", lambda: "another")
    assert "与当前数据库、词表或程序版本不符" in facts(client)["检索索引"]
    monkeypatch.undo()
    settings.SEARCH_DIR = tmp_path / "search"
    assert facts(client)["检索索引"] == "与档案一致"
    Archive.objects.update(epoch="f" * 32)
    assert "与当前数据库、词表或程序版本不符" in facts(client)["检索索引"]


def rows(client, heading):
    """Return the rows of the table below a heading, as text."""
    text = client.get("/status/").content.decode()
    table = re.search(rf'id="{heading}".*?<tbody>(.*?)</tbody>', text, re.DOTALL)
    cells = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row) for row in re.findall("<tr>(.*?)</tr>", table[1])]
    return [[re.sub("<[^>]+>", "", cell) for cell in row] for row in cells]


def test_it_counts_what_readers_may_see_by_year(client):
    page = make_page(make_issue(), 1)
    make_article(make_page(page.issue, 2), "续篇", continuation_of=make_article(page, "一"))
    make_article(page, "导读", kind="teaser")
    make_article(page, "撤回", withdrawn=True)
    make_article(make_page(None), "待考")
    make_issue(DAY + datetime.timedelta(1))
    make_article(make_page(make_issue(datetime.date(1999, 1, 4)), 1), "旧")
    assert rows(client, "holdings") == [["2024年", "1", "2", "2"], ["1999年", "1", "1", "1"]]
    assert facts(client)["档案收录"] == "3 篇（含导读、公告）"


def test_it_shows_the_last_ten_imports_and_no_paths(client):
    for number in range(11):
        ImportRun.objects.create(arguments=["/home/someone/pages"], reader_version="v", added=number, failed=1)
    run = ImportRun.objects.first()
    run.started_at = timezone.make_aware(datetime.datetime(2024, 11, 22, 9, 30))
    run.finished_at = timezone.make_aware(datetime.datetime(2024, 11, 22, 9, 45))
    run.changed, run.same, run.conflicting = 1234, 3, 4
    run.save()
    shown = rows(client, "runs")
    assert [row[1] for row in shown] == [str(number) for number in range(10, 0, -1)]
    assert shown[0] == ["2024年11月22日 09:30", "10", "1,234", "3", "4", "1", "09:45"]
    assert shown[1][-1] == "未结束"
    assert "someone" not in client.get("/status/").content.decode()


def test_it_says_which_program_shows_which_archive(client):
    make_article()
    said = facts(client)
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text("utf-8"))["project"]
    assert (said["程序版本"], said["档案标识"]) == (project["version"], archive.state().epoch[:8])


def test_its_times_are_such_as_html_knows(client):
    make_article()
    started = datetime.datetime(2024, 11, 22, 9, 30, 1, 123456, tzinfo=datetime.UTC)
    ImportRun.objects.create(finished_at=started)
    ImportRun.objects.update(started_at=started)
    text = client.get("/status/").content.decode()
    check_markup(text, "/status/")
    assert text.count('<time datetime="2024-11-22T17:30:01+08:00">') == 2
