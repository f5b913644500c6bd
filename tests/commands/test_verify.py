"""`manage.py verify`: what it prints, its exit code, and that nothing ends in a traceback."""

import json
import os
import subprocess
import sys
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import F

from articles.models import Archive, archive
from articles.search.pointers import pointer_of
from articles.search.state import fingerprint
from articles.search.sync import sync
from articles.verify import indexed
from tests.faults import processes
from tests.make import PAGE, load, make_article, write
from tests.tables import load_tables

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def index(settings, tmp_path):
    settings.SEARCH_DIR = tmp_path / "search"


@pytest.fixture
def page(tmp_path):
    load_tables()
    page = load(write(tmp_path, PAGE)).page
    assert sync()
    return page


def verify(*args):
    """Return (exit code, output)."""
    out = StringIO()
    try:
        call_command("verify", *args, stdout=out, stderr=StringIO())
    except SystemExit as end:
        return end.code, out.getvalue()
    return 0, out.getvalue()


def test_a_sound_archive_has_one_sentence_and_its_digests(page):
    code, said = verify()
    lines = said.splitlines()
    assert (
        code == 0
        and "全部相符" in lines[0]
        and [line.split()[0] for line in lines[1:]]
        == [
            "人工所定",
            "读者所见",
            "全部各行",
        ]
    )
    assert verify("--digest") == (0, "".join(f"{line}\n" for line in lines[1:]))
    told = json.loads(verify("--json")[1])
    assert told["findings"] == [] and list(told["digests"].values()) == [line.split()[1] for line in lines[1:]]


def test_findings_are_listed_with_place_and_remedy_and_the_exit_code_is_1(page):
    article = page.articles.as_printed()[1]
    page.articles.filter(pk=article.pk).update(segments=[])
    code, said = verify()
    assert code == 1
    assert "segments（1 处）\n  2024年11月22日 星期五 第3版：综合新闻 原始文本" in said
    assert "哪里也没有归" in said and "manage.py reread" in said and "共 1 处不符" in said
    (found,) = json.loads(verify("--json")[1])["findings"]
    assert found["check"] == "segments" and found["place"] and found["remedy"]


def test_of_many_findings_the_first_are_printed_and_the_others_counted(page):
    for number in range(25):
        make_article(page, text=f"正文{number}", position=90, review="read")
    code, said = verify("--without-index")
    assert code == 1 and "choices（25 处）" in said and "另有 5 处" in said and said.count("没有这一种") == 20
    assert sum(each["check"] == "choices" for each in json.loads(verify("--json")[1])["findings"]) == 25


def test_an_archive_without_an_index_is_told(page, settings, tmp_path):
    settings.SEARCH_DIR = tmp_path / "none"
    code, said = verify()
    assert code == 1 and "index-usable（1 处）\n  没有索引" in said and "sync_search" in said
    assert verify("--without-index")[0] == 0


def test_an_index_that_is_behind_is_told_apart_from_one_that_disagrees(page, monkeypatch):
    monkeypatch.setattr(indexed, "FOLLOWS_WITHIN", 0.0)
    with archive.change() as change:
        change.other()
    code, said = verify()
    assert code == 1 and "index-behind（1 处）" in said and "index（" not in said
    assert sync()
    assert verify()[0] == 0
    page.articles.filter(position=1).update(headline="换了")
    assert verify()[0] == 0
    code, said = verify("--deep")
    assert code == 1 and "index-contents（1 处）" in said and "在索引里的内容与数据库不同" in said
    page.articles.filter(position=2).delete()
    code, said = verify()
    assert code == 1 and "index（1 处）" in said and "索引多出文章" in said and "index-behind" not in said


def test_an_index_of_another_epoch_or_a_damaged_one_is_told(page, settings):
    Archive.objects.update(epoch="0" * 32)
    code, said = verify()
    assert code == 1 and "index-usable（1 处）\n  索引与当前数据库、词表或程序版本不符" in said
    pointer_of(fingerprint()).write_text("nonsense", "ascii")
    code, said = verify()
    assert code == 1 and "index-usable（1 处）\n  索引已损坏" in said


@pytest.mark.django_db(transaction=True)
def test_an_index_that_follows_within_seconds_is_not_behind(page, monkeypatch):
    monkeypatch.setattr(indexed, "FOLLOWS_WITHIN", 60.0)  # a busy machine may need long to start a process
    Archive.objects.update(revision=F("revision") + 1)  # a change itself would bring the index along
    follower = processes.start("manage.py", "sync_search", stdout=subprocess.DEVNULL)
    assert list(indexed.behind_faults()) == []
    assert follower.wait(timeout=60) == 0 and verify()[0] == 0


def test_damage_gives_a_sentence(page):
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE articles_byline RENAME TO lost")
    code, said = verify("--without-index")
    assert code == 1 and "未能核对到底" in said
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE lost RENAME TO articles_byline")


def test_a_digest_of_damaged_rows_is_refused(page):
    page.articles.filter(position=0).update(edited_fields=["colour"])
    with pytest.raises(CommandError, match="摘要算不出.*manage.py verify"):
        call_command("verify", "--digest", stdout=StringIO())


@pytest.mark.one_database
def test_a_database_that_is_no_database_gives_one_sentence(tmp_path):
    (tmp_path / "archive.sqlite3").write_bytes(b"no database" * 1000)
    outside = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    environment = {**outside, "VAR_DIR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "healthnews.settings"}
    ended = subprocess.run(
        [sys.executable, "manage.py", "verify"], env=environment, capture_output=True, text=True, timeout=60
    )
    said = ended.stderr.splitlines()
    assert ended.returncode == 1 and len(said) == 1 and "数据库读不出" in said[0] and ended.stdout == ""
