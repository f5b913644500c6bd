"""Every damage to a file of an index is seen before the engine is asked, and no sound index is taken for damaged."""

import os
import shutil

import pytest

from articles.search import files
from articles.search.files import IndexDamaged
from articles.search.index import StoryIndex
from articles.search.index_rows import make_index_row
from articles.search.state import splitter
from tests.search.damage import TO_FILES
from tests.search.test_index import stories


@pytest.fixture(scope="module")
def sound(tmp_path_factory):
    """Return the folder of an index of two segments, one with deleted stories, and the signatures of its files."""
    folder = tmp_path_factory.mktemp("search") / "index"
    index = StoryIndex(folder, splitter(), create=True)
    rows = [make_index_row(story, splitter()) for story in stories(40)]
    index.write(rows[:30])()
    index.write(rows[30:], gone=[3, 4])()
    return folder, files.signatures_written(folder, {})


def look(folder, kept, **options):
    return files.check_files(folder, files.read_file(folder / files.META), kept, **options)


def wait_for_the_clock(folder):
    """Wait until the kernel's clock for files gives a change a later time than all files in `folder` have."""
    last = max(path.stat().st_ctime_ns for path in folder.iterdir())
    probe = folder / "probe"
    while not probe.exists() or probe.stat().st_ctime_ns <= last:
        probe.write_bytes(b"")
    probe.unlink()


def test_a_sound_index_is_whole_and_all_its_files_are_looked_at(sound):
    folder, kept = sound
    found = look(folder, kept, deep=True)
    assert found == look(folder, kept) == look(folder, kept.while_written)
    on_disk = {path.name for path in folder.iterdir() if path.suffix != ".lock" and path.name != ".managed.json"}
    assert set(found) == on_disk and any(name.endswith(".del") for name in found)
    assert files.are_unchanged(folder, found)


def test_the_checksum_in_a_file_is_the_engines(sound, tmp_path):
    """The engine owns the format. The test fails if another version of the engine writes another format."""
    folder, _ = sound
    for path in folder.glob("*.*"):
        if path.suffix.removeprefix(".") in (*files.PARTS, "del"):
            assert files._is_whole(path), path.name


@pytest.mark.parametrize("damage", TO_FILES)
@pytest.mark.parametrize("is_copied", [False, True], ids=["in place", "in a copy"])
def test_every_damage_is_seen(sound, tmp_path, damage, is_copied):
    folder, kept = sound
    copy = tmp_path / "copy"
    shutil.copytree(folder, copy)
    # In a copy each file has another time of change, so that its checksum decides.
    known = kept if is_copied else files.signatures_written(copy, {})
    before = look(copy, known)
    wait_for_the_clock(copy)
    TO_FILES[damage](copy)
    assert not files.are_unchanged(copy, before)
    with pytest.raises(IndexDamaged):
        look(copy, known)
    if not damage.startswith("meta.json"):
        with pytest.raises(IndexDamaged):
            look(copy, known.while_written)


def test_a_change_that_hides_its_time_is_seen(sound, tmp_path):
    shutil.copytree(sound[0], tmp_path / "copy")
    path = next((tmp_path / "copy").glob("*.pos"))
    kept = files.signatures_written(tmp_path / "copy", {})
    before = path.stat()
    wait_for_the_clock(path.parent)
    TO_FILES["*.pos one byte"](tmp_path / "copy")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    with pytest.raises(IndexDamaged):
        look(tmp_path / "copy", kept)


def test_what_changed_while_it_was_known_stays_changed(sound, tmp_path):
    shutil.copytree(sound[0], tmp_path / "copy")
    kept = files.signatures_written(tmp_path / "copy", {})
    wait_for_the_clock(tmp_path / "copy")
    TO_FILES["*.idx one byte"](tmp_path / "copy")
    again = files.signatures_written(tmp_path / "copy", kept.signatures)  # as after a writer that missed the damage
    with pytest.raises(IndexDamaged):
        look(tmp_path / "copy", again)


def test_a_disk_that_gives_other_bytes_is_seen_by_a_deep_look_alone(sound, tmp_path):
    copy = tmp_path / "copy"
    shutil.copytree(sound[0], copy)
    TO_FILES["*.term one byte"](copy)
    kept = files.signatures_written(copy, {})  # the times of change do not show the damage
    look(copy, kept)
    with pytest.raises(IndexDamaged, match=r"\.term"):
        look(copy, kept, deep=True)


@pytest.mark.parametrize(
    "meta",
    [b"", b"{", b"[]", b"null", b"{}", b'{"segments": 1}', b'{"segments": [{}]}', b'{"segments": ["a"]}', b"\xff",
     b'{"segments": [{"segment_id": "../../etc", "deletes": null}]}',
     b'{"segments": [{"segment_id": 5, "deletes": null}]}', b'{"segments": [{"segment_id": "5", "deletes": 7}]}'],
)  # fmt: skip
def test_a_list_of_segments_that_is_none_is_damage(meta):
    with pytest.raises(IndexDamaged):
        files.segment_files(meta)
