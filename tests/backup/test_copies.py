"""Copies between databases, and old backups. A process of its own restores each into a database without tables."""

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from articles.backup.files import BackupReader
from articles.backup.making import make_backup
from articles.models import Article
from tests.backup.archives import fill
from tests.faults import processes
from tests.settings import BASE_DIR

#: A backup of the archive of `fill`, made by the first release that had backups. Each later release must restore it.
FIRST_FORMAT = Path(__file__).with_name("format-1.zip")


def manage(*arguments, url, folder):
    """Run a command of manage.py on another database and return what it said."""
    environment = processes.environment() | {"DATABASE_URL": url, "VAR_DIR": str(folder)}
    environment |= {"DJANGO_SETTINGS_MODULE": "healthnews.settings"}
    command = [sys.executable, str(BASE_DIR / "manage.py"), *map(str, arguments)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def content(path):
    """Return {table: (rows, digest, last id)} of a backup, without the row of the epoch.

    The rights of a role may be stored anew by `migrate`, which takes ids.
    """
    with BackupReader(path) as backup:
        entries = backup.manifest.tables
        told = {name: (each.rows, each.content, each.last_id) for name, each in entries.items()}
    del told["articles_archive"]
    return told | {"auth_group_permissions": told["auth_group_permissions"][:2]}


@pytest.mark.server
@pytest.mark.django_db(transaction=True)
def test_an_archive_goes_to_sqlite_and_back_with_ids_history_and_sequences(tmp_path):
    fill(tmp_path)
    make_backup(tmp_path / "before.zip", with_scans=False)
    there = f"sqlite:///{tmp_path}/there.sqlite3"
    call_command("copy_to", there)
    with connection.cursor() as cursor:
        cursor.execute("CREATE DATABASE back_again")
    try:
        back = processes.database_url().replace(f"/{connection.settings_dict['NAME']}?", "/back_again?")
        manage("copy_to", back, url=there, folder=tmp_path)
        manage("backup", tmp_path / "after.zip", url=back, folder=tmp_path)
        assert content(tmp_path / "after.zip") == content(tmp_path / "before.zip")
        with pytest.raises(CommandError, match="没有复制成：这个数据库不是空的"):
            call_command("copy_to", back)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP DATABASE back_again WITH (FORCE)")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("mysql://user:geheim@host/name", "须以 postgres:// 或 sqlite:/// 开头"),
        ("postgres://user:geheim@127.0.0.1:1/name", "没有复制成：数据库中途不可用"),
        ("postgres://user:geheim@[::/name", "没有复制成"),
    ],
)
def test_an_address_of_no_use_is_told_without_its_password(url, sentence):
    with pytest.raises(CommandError, match=sentence) as error:
        call_command("copy_to", url)
    assert "geheim" not in str(error.value)


@pytest.mark.one_database
@pytest.mark.django_db
def test_a_backup_of_the_first_format_is_restored(tmp_path):
    url = f"sqlite:///{tmp_path}/restored.sqlite3"
    manage("restore", FIRST_FORMAT, url=url, folder=tmp_path)
    manage("backup", tmp_path / "again.zip", url=url, folder=tmp_path)
    with zipfile.ZipFile(tmp_path / "again.zip") as file:
        articles = [json.loads(line) for line in file.read("tables/articles_article.jsonl").splitlines()]
        corrections = file.read("tables/articles_correction.jsonl").splitlines()
    with zipfile.ZipFile(FIRST_FORMAT) as file:
        before = [json.loads(line) for line in file.read("tables/articles_article.jsonl").splitlines()]
        assert len(corrections) == len(file.read("tables/articles_correction.jsonl").splitlines())
    assert (tmp_path / "scans/2024/11/22/01.jpg").is_file()
    named = [{name: row[name] for name in ("id", "headline", "blocks", "page_id")} for row in articles]
    assert named == [{name: row[name] for name in ("id", "headline", "blocks", "page_id")} for row in before]
    assert not Article.objects.exists()  # the test's own database is another one
