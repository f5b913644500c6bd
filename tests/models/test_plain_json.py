"""Stored JSON is plain UTF-8, old databases become so, and nothing that readers see changes by it."""

import sqlite3
from importlib import import_module

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import DataError, connection, models
from django.db.migrations.executor import MigrationExecutor
from django.db.utils import ConnectionHandler

from articles.models import Archive, Article, Topic, archive
from articles.models.plain_json import PlainJSONEncoder
from tests.make import make_article

migration = import_module("articles.migrations.0013_plain_json")

BLOCKS = [
    {"type": "paragraph", "text": "他说：“𠮷野家的‘医共体’”\u2028\\u4e2d\t"},
    {"type": "table", "text": "甲\t乙\n1\t2"},
]


def stored(table: str, column: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT CAST("{column}" AS text) FROM "{table}" ORDER BY 1')
        return [text for (text,) in cursor.fetchall()]


def test_every_json_field_has_the_encoder():
    fields = [field for model in apps.get_models() for field in model._meta.get_fields()]
    ours = [field for field in fields if isinstance(field, models.JSONField)]
    assert len(ours) >= 20 and {field.encoder for field in ours} == {PlainJSONEncoder}


@pytest.mark.django_db
def test_a_body_is_stored_in_its_own_characters_and_comes_back():
    made = make_article(blocks=BLOCKS)
    assert Article.objects.get(pk=made.pk).blocks == BLOCKS
    (text,) = stored("articles_article", "blocks")
    assert "他说：“𠮷野家的‘医共体’”" in text and "\\u4" not in text.replace("\\\\u4", "")
    assert Article.objects.filter(blocks=BLOCKS).exists()


@pytest.mark.django_db
def test_half_a_surrogate_pair_is_stored_or_refused_by_the_database():
    topic = Topic(slug="half", name="半", words={"\ud83d": 1})
    if connection.vendor == "sqlite":
        topic.save()
        assert Topic.objects.get(pk=topic.pk).words == {"\ud83d": 1}
    else:
        with pytest.raises(DataError):  # jsonb takes no half of a pair
            topic.save()


def old_article() -> tuple[Article, Archive]:
    """Migrate back, store an article, and a topic with a history, as version 0.2.0 did.

    Return the article, and the state of the archive then.
    """
    made, state = make_article(), archive.state()
    call_command("migrate", "articles", "0012", verbosity=0)
    old = MigrationExecutor(connection).loader.project_state([("articles", "0012_written_orders")]).apps
    old.get_model("articles", "Article").objects.filter(pk=made.pk).update(
        blocks=BLOCKS, segments=[[0, 2, "标记"]], doubts=[{"name": "存疑", "facts": "甲"}]
    )
    old.get_model("articles", "Topic").objects.create(slug="old", name="旧", words={"医共体": 2.5, "卫生": 1})
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO articles_historicaltopic (id, slug, name, description, headline_boost, words, position,"
            " disabled, history_date, history_type, history_change_reason, history_user_id) SELECT id, slug, name,"
            " description, headline_boost, words, position, disabled, '2026-01-01 00:00:00', '~', '', NULL"
            " FROM articles_topic"
        )
    return made, state


@pytest.mark.django_db(transaction=True)
def test_an_old_database_is_rewritten_and_readers_see_the_same():
    made, before = old_article()
    if connection.vendor == "sqlite":
        assert "\\u4ed6" in stored("articles_article", "blocks")[0]
    call_command("migrate", "articles", "0013", verbosity=0)
    for table in ("articles_topic", "articles_historicaltopic"):
        assert all("医共体" in text for text in stored(table, "words"))
    call_command("migrate", "articles", verbosity=0)
    after = archive.state()
    assert (after.epoch, after.revision, after.changed_at) == (before.epoch, before.revision, before.changed_at)
    row = Article.objects.get(pk=made.pk)
    assert (row.blocks, row.segments, row.revision) == (BLOCKS, [[0, 2, "标记"]], made.revision)
    assert "存疑" in [doubt.kind for doubt in row.doubts.all()]
    assert Topic.objects.get(slug="old").words == {"医共体": 2.5, "卫生": 1}
    assert Article.objects.filter(blocks=BLOCKS).exists()


@pytest.mark.django_db
def test_a_rewriting_that_was_killed_starts_again(monkeypatch):
    ids = [make_article(blocks=BLOCKS).pk for _ in range(5)]
    with connection.cursor() as cursor:
        cursor.execute("UPDATE articles_article SET blocks = '[\"\\u4e2d\"]'")
    if connection.vendor != "sqlite":
        assert stored("articles_article", "blocks") == ['["中"]'] * len(ids)  # jsonb has one form
        return
    seen = []

    def fails_at_the_fourth(text: str) -> str:
        seen.append(text)
        if len(seen) == 4:
            raise KeyboardInterrupt
        return '["中"]'

    monkeypatch.setattr(migration, "BATCH", 2)
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(migration, "as_plain_json", fails_at_the_fourth)
        migration.rewrite(connection, "articles_article", ["blocks"])
    assert stored("articles_article", "blocks").count('["中"]') == 2
    assert migration.rewrite(connection, "articles_article", ["blocks"])
    assert stored("articles_article", "blocks") == ['["中"]'] * len(ids)
    assert not migration.rewrite(connection, "articles_article", ["blocks"])


@pytest.fixture
def sqlite_file(tmp_path, django_db_blocker):
    """A connection to an SQLite file of 2 MB, half of them freed."""
    path = tmp_path / "archive.sqlite3"
    one = ConnectionHandler({"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": str(path)}})["default"]
    with django_db_blocker.unblock():
        with one.cursor() as cursor:
            cursor.execute("CREATE TABLE texts (text TEXT)")
            cursor.executemany("INSERT INTO texts VALUES (%s)", [("x" * 1000,)] * 2000)
            cursor.execute("DELETE FROM texts WHERE rowid % 2")
        yield one
        one.close()


def test_freed_space_goes_back_to_the_disk(sqlite_file, tmp_path):
    path = tmp_path / "archive.sqlite3"
    before = path.stat().st_size
    migration.shrink(sqlite_file)
    assert path.stat().st_size < 0.6 * before


def test_a_full_disk_is_told_and_the_database_stays(sqlite_file, tmp_path, monkeypatch, capsys):
    path = tmp_path / "archive.sqlite3"
    before = path.read_bytes()
    monkeypatch.setattr(migration, "free", lambda folder: len(before) * 2 - 1)
    migration.shrink(sqlite_file)
    assert capsys.readouterr().out.strip() == (
        f"数据库 2 MB，{tmp_path} 的空间不足两倍，没有压紧；腾出的空间以后导入时会用上。"
    )
    assert path.read_bytes() == before


def test_a_database_in_use_is_told_and_stays(sqlite_file, tmp_path, capsys):
    other = sqlite3.connect(tmp_path / "archive.sqlite3", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with sqlite_file.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout = 50")
    migration.shrink(sqlite_file)
    other.close()
    assert capsys.readouterr().out.strip() == ("数据库没有压紧（database is locked）；腾出的空间以后导入时会用上。")
