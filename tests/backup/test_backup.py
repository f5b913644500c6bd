"""A backup, wiped and restored, is the same archive; a backup that is not whole is refused and stores nothing."""

import fcntl
import io
import json
import os
import stat
import threading
import time
import zipfile
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from articles.backup import rows
from articles.backup.errors import BackupError
from articles.backup.files import BackupReader
from articles.backup.making import make_backup
from articles.backup.restoring import check_backup, restore_backup
from articles.backup.tables import applied_migrations, tables_at
from articles.models import Article, Contributor, Page, archive
from articles.verify import digests, findings
from tests.backup.archives import everything, fill, given_next, wipe
from tests.faults.test_kill import page_text, start
from tests.make import make_article, write
from tests.tables import load_tables

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def scans(settings, tmp_path):
    settings.SCANS_DIR = tmp_path / "scans"
    for name, content in {"2024/11/22/01.jpg": b"\xff\xd8" * 70_000, "空.png": b""}.items():
        (settings.SCANS_DIR / name).parent.mkdir(parents=True, exist_ok=True)
        (settings.SCANS_DIR / name).write_bytes(content)
    return settings.SCANS_DIR


@pytest.fixture
def backup(tmp_path):
    """A backup of the archive that the database holds."""
    fill(tmp_path)
    make_backup(tmp_path / "backup.zip")
    return tmp_path / "backup.zip"


@pytest.fixture(scope="module")
def kept():
    """The bytes of such a backup, once one was made."""
    return []


@pytest.fixture
def file(tmp_path, kept, request):
    """A backup beside an empty database."""
    if not kept:
        kept.append(request.getfixturevalue("backup").read_bytes())
        wipe()
    path = tmp_path / "backup.zip"
    path.write_bytes(kept[0])
    return path


def rewritten(path, change):
    """Write the backup anew with {name: bytes} changed by `change`, and return its path."""
    with zipfile.ZipFile(path) as old:
        members = {name: old.read(name) for name in old.namelist()}
    change(members)
    other = path.with_name("rewritten.zip")
    with zipfile.ZipFile(other, "w") as new:
        for name, content in members.items():
            new.writestr(name, content)
    return other


def with_manifest(path, **values):
    """Write the backup anew with other values in its manifest."""

    def change(members):
        members["manifest.json"] = json.dumps(json.loads(members["manifest.json"]) | values).encode()

    return rewritten(path, change)


def files_in(folder):
    """Return {path: content} of all files in a folder."""
    return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def stored():
    """Return the number of rows of all tables."""
    return sum(map(rows.count_rows, tables_at(applied_migrations())))


def test_what_is_wiped_and_restored_is_the_same_but_for_the_epoch(backup, scans, tmp_path):
    before, told, epoch, ids = everything(), digests(), archive.state().epoch, given_next()
    kept = {path: path.read_bytes() for path in scans.rglob("*.*")}
    wipe()
    scans.rename(tmp_path / "away")
    restore_backup(backup)
    assert everything() == before and digests() == told
    assert archive.state().epoch not in ("", epoch)
    assert {path: path.read_bytes() for path in scans.rglob("*.*")} == kept
    assert given_next() == ids
    with connection.cursor() as cursor:  # JSON's null did not become NULL
        cursor.execute("SELECT value IS NULL FROM articles_proposal WHERE field = 'continued_from'")
        assert cursor.fetchone()[0] in (False, 0)


def test_a_second_backup_has_the_same_content(backup, tmp_path):
    make_backup(tmp_path / "second.zip")
    wipe()
    restore_backup(backup, with_scans=False)
    make_backup(tmp_path / "third.zip")
    tables = []
    for path in (backup, tmp_path / "second.zip", tmp_path / "third.zip"):
        with BackupReader(path) as reader:
            reader.manifest.tables.pop("articles_archive")
            tables.append({name: (each.rows, each.content) for name, each in reader.manifest.tables.items()})
    assert tables[0] == tables[1] == tables[2]


def test_only_the_owner_may_read_it_and_it_has_names_of_settings_and_no_value(tmp_path, monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "geheimnis" * 9)
    make_backup(tmp_path / "other.zip", with_scans=False)
    assert stat.S_IMODE(os.stat(tmp_path / "other.zip").st_mode) == 0o600
    with zipfile.ZipFile(tmp_path / "other.zip") as members:
        held = b"".join(map(members.read, members.namelist()))
    assert b'"SECRET_KEY"' in held and b"geheimnis" not in held
    assert not any(name.startswith("scans/") for name in members.namelist())
    assert not list(tmp_path.glob("*.part"))


def test_sessions_and_wrong_passwords_stay_out(file):
    with BackupReader(file) as reader:
        assert not [name for name in reader.manifest.tables if name.startswith(("django_session", "axes_"))]


def test_others_write_while_a_backup_is_made_and_it_has_one_state(backup, tmp_path):
    """A writer changes the archive between two tables of the backup. It neither waits nor shows in the backup."""
    before = Article.objects.count()
    wrote = []

    def change_once(text):
        if not wrote:  # the first table is done

            def change():
                wrote.append(make_article(headline="后写的").pk)
                connection.close()

            writer = threading.Thread(target=change)
            writer.start()
            writer.join(20)
            assert wrote

    make_backup(tmp_path / "other.zip", say=change_once)
    assert Article.objects.count() == before + 1
    with BackupReader(tmp_path / "other.zip") as reader:
        assert reader.manifest.tables["articles_article"].rows == before
        assert reader.manifest.revision == archive.state().revision - 1


def test_a_backup_beside_an_import_is_restored_sound_and_with_the_digests_of_its_moment(tmp_path):
    load_tables()
    for number in range(1, 25):
        write(tmp_path / "pages", page_text(number), f"{number:03d}.txt")
    importing = start(tmp_path / "pages", "--workers=0")
    while Page.objects.count() < 3:
        assert importing.poll() is None
        time.sleep(0.01)
    with archive.snapshot():
        make_backup(tmp_path / "backup.zip")
        told, pages = digests(), Page.objects.count()
    assert importing.poll() is None  # the backup was made beside it
    importing.communicate()
    assert pages < Page.objects.count() == 24
    wipe()
    restore_backup(tmp_path / "backup.zip")
    assert Page.objects.count() == pages and digests() == told
    assert list(findings(with_index=False)) == []


def test_a_place_that_is_not_empty_is_refused(backup):
    before = everything()
    with pytest.raises(BackupError, match="不是空的"):
        restore_backup(backup)
    assert everything() == before


def test_a_scan_that_differs_is_not_overwritten(file, scans):
    (scans / "空.png").write_bytes(b"other")
    with pytest.raises(BackupError, match="空.png 已存在，与备份里的不同"):
        restore_backup(file)
    assert (scans / "空.png").read_bytes() == b"other" and not Article.objects.exists()
    restore_backup(file, with_scans=False)
    assert Article.objects.exists()


def test_a_killed_restoring_leaves_no_half_of_a_scan_to_the_next_and_two_are_not_mixed(file, scans, monkeypatch):
    scans.rename(scans.with_name("away"))
    with monkeypatch.context() as patches:
        patches.setattr(os, "rename", lambda *paths: (_ for _ in ()).throw(KeyboardInterrupt))
        patches.setattr(Path, "unlink", lambda path, missing_ok=False: None)  # a killed process clears nothing up
        with pytest.raises(KeyboardInterrupt):
            restore_backup(file)
    (half,) = [path for path in scans.rglob(".*") if path.is_file()]
    with half.open("ab") as other:
        other.write(b"of the killed process")
        other.flush()
        fcntl.flock(other, fcntl.LOCK_EX)
        with pytest.raises(BackupError, match="正由另一次恢复写入"):
            restore_backup(file)
    assert not Article.objects.exists()
    restore_backup(file)
    assert files_in(scans) == files_in(scans.with_name("away"))


def test_a_scan_that_cannot_be_read_is_told_and_the_rest_is_kept(scans, tmp_path):
    (scans / "坏.jpg").symlink_to("/proc/self/mem")  # opens, and can't be read
    out, err = io.StringIO(), io.StringIO()
    with pytest.raises(SystemExit) as exit_:
        call_command("backup", tmp_path / "other.zip", stdout=out, stderr=err)
    assert exit_.value.code == 1 and "坏.jpg" in err.getvalue()
    check_backup(tmp_path / "other.zip")
    with BackupReader(tmp_path / "other.zip") as reader:
        assert sorted(reader.manifest.scans) == ["2024/11/22/01.jpg", "空.png"]


def _flip(members):
    text = bytearray(members["tables/articles_article.jsonl"])
    text[text.index("标题".encode()) if "标题".encode() in text else len(text) // 2] ^= 1
    members["tables/articles_article.jsonl"] = bytes(text)


def _swap(members):
    members["tables/articles_article.jsonl"] = members["tables/articles_article.jsonl"].replace(
        "人工副题".encode(), "人工副標".encode()
    )


def _drop_line(members):
    lines = members["tables/articles_article.jsonl"].splitlines(keepends=True)
    members["tables/articles_article.jsonl"] = b"".join(lines[:-1])


def _no_object(members):
    members["tables/articles_article.jsonl"] = b"[]\n"


@pytest.mark.parametrize("change", [_flip, _swap, _drop_line, _no_object])
def test_a_changed_table_is_refused_and_nothing_is_stored(file, change):
    damaged, before = rewritten(file, change), stored()
    for attempt in (check_backup, restore_backup):
        with pytest.raises(BackupError, match="请改用另一份备份"):
            attempt(damaged)
    assert stored() == before


def test_a_changed_scan_is_refused(file, scans, tmp_path):
    scans.rename(tmp_path / "away")
    damaged = rewritten(file, lambda members: members.update({"scans/2024/11/22/01.jpg": b"\xff\xd8" * 69_999 + b"xx"}))
    with pytest.raises(BackupError, match="扫描件 2024/11/22/01.jpg 与清单不符"):
        restore_backup(damaged)
    assert [path.name for path in scans.rglob("*") if path.is_file()] in ([], ["空.png"])
    assert not Article.objects.exists()


@pytest.mark.parametrize("share", [0, 0.3, 0.9, 0.999])
def test_a_file_that_was_cut_off_is_refused(file, share):
    content = file.read_bytes()
    file.write_bytes(content[: int(len(content) * share)])
    with pytest.raises(BackupError, match="不是完整的备份"):
        check_backup(file)


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"format": 2}, "格式 2 比本程序认得的 1 新"),
        ({"format": "1"}, "读不懂"),
        ({"tables": []}, "不完整"),
        ({"tables": {}}, "的表与它的迁移不符"),
        ({"migrations": [["articles", "9999_later"]]}, "不认得迁移 articles.9999_later"),
    ],
)
def test_a_manifest_that_does_not_fit_is_refused(file, values, sentence):
    for attempt in (check_backup, restore_backup):
        with pytest.raises(BackupError, match=sentence):
            attempt(with_manifest(file, **values))
    assert not Article.objects.exists()


def test_a_scan_outside_the_folder_is_refused(file, tmp_path):
    entry = {"size": 1, "sha256": "0"}
    with pytest.raises(BackupError, match="越出了文件夹"):
        restore_backup(with_manifest(file, scans={"../../evil": entry}))


def test_the_file_is_never_overwritten_and_its_place_must_exist(file, tmp_path):
    content = file.read_bytes()
    with pytest.raises(CommandError, match="已存在"):
        call_command("backup", file)
    assert file.read_bytes() == content
    with pytest.raises(CommandError, match="写不了"):
        call_command("backup", tmp_path / "nowhere" / "backup.zip")
    (tmp_path / "left.zip.part").write_bytes(b"left by a killed one" * 1000)
    make_backup(tmp_path / "left.zip", with_scans=False)
    check_backup(tmp_path / "left.zip")
    for given, sentence in ((tmp_path / "none.zip", "读不了"), (tmp_path, "读不了")):
        with pytest.raises(CommandError, match=sentence):
            call_command("restore", given, "--check")


def test_a_value_of_the_wrong_type_is_told_with_its_place(backup, tmp_path):
    if connection.vendor == "postgresql":
        return  # there no column takes it
    with connection.cursor() as cursor:
        cursor.execute("UPDATE articles_issue SET number = '一' WHERE id = (SELECT MIN(id) FROM articles_issue)")
    with pytest.raises(BackupError, match=r"articles_issue 的 number 列里有不合其类型的值（id=\d+）"):
        make_backup(tmp_path / "other.zip")
    assert not (tmp_path / "other.zip").exists() and not list(tmp_path.glob("*.part"))


def test_an_empty_archive_is_kept_too(tmp_path):
    make_backup(tmp_path / "empty.zip")
    restore_backup(tmp_path / "empty.zip")
    assert not Contributor.objects.exists()
