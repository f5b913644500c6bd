"""A damaged index never answers as if there were nothing: it says so, once in the log, and is built anew by itself."""

import logging
import os
import stat
import time

import pytest
from django.conf import settings as django_settings
from django.core.management import CommandError, call_command
from django.test import Client

from articles.models import Article
from articles.search import opened
from articles.search import sync as syncing
from articles.search.check import differences
from articles.search.files import EngineFailure, IndexDamaged
from articles.search.find import find
from articles.search.index import StoryIndex
from articles.search.sync import paused, serving, sync
from tests.commands.test_sync_search import run
from tests.faults.processes import is_alive, start
from tests.make import make_article
from tests.search.damage import TO_FILES, TO_THE_REST

pytestmark = pytest.mark.django_db(transaction=True)

DAMAGES = TO_FILES | TO_THE_REST


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.SEARCH_DIR = tmp_path / "search"
    return settings.SEARCH_DIR


@pytest.fixture
def article():
    return make_article(headline="一篇文章", text="正文说的是诊室。")


@pytest.fixture
def log(caplog):
    """Return what is logged of the index."""
    caplog.set_level(logging.WARNING)
    return lambda: [record for record in caplog.records if record.name.startswith("articles.search")]


def answers(client, article):
    """Return the status of each kind of answer that a search gives, and of the pages that can do without."""
    searches = ("/search/?q=文章", "/search/?q=文&sort=newest", "/search/?q=文章&as=csv", "/search/feed/?q=文章")
    others = ("/search/", "/status/", "/", f"/articles/{article.pk}/", f"/articles/{article.pk}/?q=文章", "/topics/")
    return {client.get(path).status_code for path in searches}, {client.get(path).status_code for path in others}


def test_whatever_is_damaged_is_said_logged_once_and_built_anew(article, admin_client, log, caplog):
    for number, (name, damage) in enumerate(DAMAGES.items()):
        if number % 2:  # a process that begins now; else one that has the files mapped
            opened._opened = None
        if ".managed" in name:
            opened._opened = None  # who has it open needs that file no more
        assert find("文章").rows.total == 1
        caplog.clear()
        damage(serving())
        assert answers(Client(), article) == ({503}, {200}), name
        assert answers(Client(), article) == ({503}, {200}), name
        assert admin_client.get("/admin/articles/article/?q=文章").status_code == 503
        assert admin_client.get("/admin/articles/article/").status_code == 200
        is_named = name != "current gone"  # which looks as before the first index; whoever builds knows better
        assert len(log()) == is_named, name
        code, said = run("--check")
        assert code == 1 and said[0].startswith("索引已损坏：" if is_named else "没有索引。"), name
        code, said = run()
        assert code == 0 and said[0].startswith("检索索引已损坏：") and said[1] == "重建索引：1 篇", name
        assert len(log()) == 1, name
        assert answers(Client(), article) == ({200}, {200}), name
        assert find("诊室").rows.total == 1 and list(differences()) == [], name
        assert run() == (0, [])
