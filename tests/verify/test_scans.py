"""Scans are recorded when they arrive; one that was cut, changed, lost or never recorded is told with its page."""

import hashlib
import os
import sys
import time
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from articles.backup.making import make_backup
from articles.backup.restoring import restore_backup
from articles.models import Scan
from articles.scans import recording
from articles.scans.recording import record_scans
from articles.verify import digests, findings
from tests.backup.archives import wipe
from tests.make import PAGE, load, write
from tests.tables import load_tables

pytestmark = pytest.mark.django_db

FIRST, SECOND = "2024-11-22_03.png", "20/深处/01.jpg"


@pytest.fixture
def scans(settings, tmp_path):
    """The folder of scans: one of the page that is imported beside it, one of no page, and files that are no scans."""
    settings.SCANS_DIR = tmp_path / "scans"
    load_tables()
    load(write(tmp_path, PAGE, "2024-11-22_03.txt"))
    for name in (FIRST, SECOND, "20/Thumbs.db", "20/.01.jpg.Xy7"):
        put(settings.SCANS_DIR / name, name.encode() * 9)
    return settings.SCANS_DIR


def put(path, content):
    """Write a file, an hour ago."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    hour_ago = time.time() - 3600
    os.utime(path, (hour_ago, hour_ago))


def found(*, deep=False):
    """Return [(name of the check, finding)] of scans."""
    told = findings(with_index=False, deep=deep)
    return [(each.check, str(each)) for each in told if each.check.startswith("scan")]


def run(*args):
    """Return the exit code of record_scans, and what it says."""
    out = StringIO()
    try:
        call_command("record_scans", *args, stdout=out, stderr=out)
    except SystemExit as end:
        return end.code, out.getvalue()
    return 0, out.getvalue()


def test_a_scan_is_recorded_once_with_its_size_and_digest(scans):
    assert run() == (0, "登记了 2 个扫描件。\n")
    expected = [
        (name, 9 * len(name.encode()), hashlib.sha256(name.encode() * 9).hexdigest()) for name in (SECOND, FIRST)
    ]
    assert list(Scan.objects.order_by("path").values_list("path", "size", "sha256")) == expected
    put(scans / FIRST, b"other")
    assert run() == (0, "登记了 0 个扫描件。\n")
    assert Scan.objects.get(path=FIRST).size == 9 * len(FIRST)


def test_a_scan_without_a_record_is_told(scans):
    told = found()
    assert [check for check, _ in told] == ["scans-recorded"] * 2
    assert told[0][1].startswith("2024年11月22日 星期五 第3版") and told[0][1].endswith(f"扫描件 {FIRST} 没有登记摘要")
    assert told[1][1] == f"扫描件 {SECOND} 没有登记摘要"
    record_scans()
    assert found(deep=True) == []
    assert list(findings(with_scans=False, with_index=False)) == []


def test_a_file_that_is_being_written_waits(scans):
    os.utime(scans / FIRST)
    result = record_scans()
    assert (result.new, result.young) == (1, 1)
    assert found() == []


@pytest.mark.parametrize(
    ("damage", "deep", "check", "said"),
    [
        (lambda path: path.unlink(), False, "scans", "不在了"),
        (lambda path: os.truncate(path, 7), False, "scans", "有 7 字节，到达时有 153 字节"),
        (lambda path: path.write_bytes(b"x" + path.read_bytes()[1:]), True, "scan-contents", "内容与到达时不同"),
    ],
)
def test_a_scan_that_was_lost_cut_or_changed_is_told_with_its_page(scans, damage, deep, check, said):
    record_scans()
    damage(scans / FIRST)
    ((told, sentence),) = found(deep=deep)
    assert told == check and sentence.startswith("2024年11月22日 星期五 第3版")
    assert sentence.endswith(f"扫描件 {FIRST} {said}")


def test_one_changed_byte_is_found_by_reading_alone(scans):
    record_scans()
    put(scans / FIRST, b"x" + (scans / FIRST).read_bytes()[1:])
    assert found() == []


def test_a_folder_that_is_not_there_is_one_finding(scans, tmp_path):
    record_scans()
    scans.rename(tmp_path / "away")
    assert found(deep=True) == [("scans", f"扫描件的目录 {scans} 不在，登记过 2 个扫描件")]


def test_a_run_that_is_stopped_goes_on_where_it_was(scans, monkeypatch):
    monkeypatch.setattr(recording, "AT_ONCE", 1)
    real, read = recording.content_of, []

    def stop_at_the_second(path):
        if read:
            raise KeyboardInterrupt
        read.append(path)
        return real(path)

    with monkeypatch.context() as patch:
        patch.setattr(recording, "content_of", stop_at_the_second)
        with pytest.raises(KeyboardInterrupt):
            record_scans()
    assert [scan.path for scan in Scan.objects.all()] == [FIRST]
    assert record_scans().new == 1


def test_a_start_of_the_archive_is_not_kept_by_many_scans(scans, monkeypatch):
    result = record_scans(seconds=-1)
    assert (result.new, result.is_whole) == (0, False)
    with monkeypatch.context() as patches:
        patches.setattr("articles.management.commands.record_scans.MOMENT", -1.0)
        call_command("import_pages", str(scans.parent / "2024-11-22_03.txt"), stdout=(out := StringIO()))
    assert "登记了" not in out.getvalue() and "没有看完" in out.getvalue()
    call_command("import_pages", str(scans.parent / "2024-11-22_03.txt"), stdout=(out := StringIO()))
    assert "登记了 2 个扫描件。" in out.getvalue()


def test_a_scan_that_was_replaced_or_removed_on_purpose_is_renewed(scans):
    record_scans()
    put(scans / FIRST, b"a better scan")
    (scans / SECOND).unlink()
    assert len(found()) == 2
    assert run("--renew", FIRST, str(scans / SECOND))[0] == 0
    assert found(deep=True) == [] and [scan.size for scan in Scan.objects.all()] == [13]


@pytest.mark.parametrize("path", ["../secret_key", "/etc/01.jpg", "20/Thumbs.db", "99.jpg", "a\udcff.jpg"])
def test_a_path_that_is_no_scan_is_refused(scans, path):
    with pytest.raises(CommandError, match="请"):
        run("--renew", path)


@pytest.mark.skipif(sys.platform == "darwin", reason="takes no such name")
def test_a_name_that_no_database_holds_is_told_and_stops_nothing(scans):
    put(scans / os.fsdecode(b"\xff\xfe01.jpg"), b"1")
    code, said = run()
    assert code == 1 and "登记了 2 个扫描件。" in said and r"\udcff\udcfe01.jpg" in said
    assert [check for check, _ in found()] == ["scans-recorded"]


@pytest.mark.django_db(transaction=True)
def test_a_restored_backup_knows_the_scans(scans, tmp_path):
    record_scans()
    before = digests()
    make_backup(tmp_path / "backup.zip")
    wipe()
    scans.rename(tmp_path / "away")
    restore_backup(tmp_path / "backup.zip")
    assert digests() == before and found(deep=True) == []
    assert Scan.objects.count() == 2
