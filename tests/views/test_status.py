"""The status page says whether the index is at the archive's revision."""

import re

import pytest

from articles.models import Archive, archive
from articles.search import sync as syncing
from articles.search.sync import paused
from tests.make import make_article

pytestmark = pytest.mark.django_db(transaction=True)


def facts(client):
    """Return what the page says, by its terms."""
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
    monkeypatch.setattr(syncing, "fingerprint", lambda: "another")
    assert "与当前数据库、词表或程序版本不符" in facts(client)["检索索引"]
    monkeypatch.undo()
    settings.SEARCH_DIR = tmp_path / "search"
    assert facts(client)["检索索引"] == "与档案一致"
    Archive.objects.update(epoch="f" * 32)
    assert "与当前数据库、词表或程序版本不符" in facts(client)["检索索引"]
