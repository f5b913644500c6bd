"""Reference data is loaded once and brought up to date. A person's changes to it stay."""

import ast
import csv
import shutil
import sys
from importlib import metadata

import pytest
from django.conf import settings

from articles import digest
from articles.ingest import readers
from articles.ingest.readers import reader_from_database, reader_from_files
from articles.ingest.tables import load_tables
from articles.models import PublicationSchedule, Region, RegionAlias, Topic, archive
from tests.make import make_schedule

pytestmark = pytest.mark.django_db


def rows(name):
    with (settings.FIXTURES_DIR / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_it_loads_every_row_and_a_second_time_nothing():
    load_tables()
    assert Region.objects.count() == len(rows("regions.csv"))
    assert RegionAlias.objects.count() == len(rows("region_aliases.csv"))
    assert Topic.objects.count() == 18
    assert Region.objects.provinces().count() == 34
    assert Region.objects.get(name="孟津区").aliases.filter(old_name="孟津县").exists()
    before = archive.state().revision
    assert load_tables() == 0
    assert archive.state().revision == before


def test_what_a_person_set_stays_and_what_they_did_not_is_updated():
    load_tables()
    region = Region.objects.get(pk="410000")
    region.short, region.name = "豫", "某省"
    region.protect("short")
    region.save()
    assert load_tables() == 1
    region.refresh_from_db()
    assert (region.short, region.name) == ("豫", "河南省")


def test_what_the_papers_history_says_of_its_days_is_loaded_unconfirmed_with_its_source():
    load_tables()
    (row,) = PublicationSchedule.objects.all()
    assert str(row) == "1946年8月15日至1950年5月3日，每月5、15、25日出报"
    assert (row.code, row.confirmed, row.edited_fields) == ("revived-1946", False, [])
    assert row.reason and "须以原报核实" in row.source
    PublicationSchedule.objects.update(month_days="1,11,21")
    before = archive.state().revision
    assert load_tables() == 1  # an improved file improves the stored rows
    assert PublicationSchedule.objects.get().month_days == "5,15,25"
    assert archive.state().revision == before + 1


def test_a_persons_row_of_the_same_beginning_stands_and_no_start_fails_of_it():
    own = make_schedule("1946-08-15", "1946-12-31", weekdays="4")
    load_tables()
    assert list(PublicationSchedule.objects.all()) == [own]
    PublicationSchedule.objects.update(disabled=True)
    assert load_tables() == 1
    assert PublicationSchedule.objects.in_force().get().code == "revived-1946"


def test_a_word_that_an_editor_adds_makes_another_reader():
    load_tables()
    first = reader_from_database().version
    assert reader_from_database().version == first == reader_from_files().version
    topic = Topic.objects.first()
    topic.words = {**topic.words, "新词": 3}
    topic.save()
    assert reader_from_database().version != first


@pytest.mark.parametrize(
    "name",
    ["reading/lines.py", "reading/markup/tags.py", "text/fold.py", "text/tokens.py", "ingest/extraction/hocr.py"],
)
def test_another_rule_fold_or_splitter_makes_another_reader(monkeypatch, tmp_path, name):
    for room in readers.READING_ROOMS:
        shutil.copytree(readers.CODE / room, tmp_path / room)
    before = readers._code_digest.__wrapped__()
    monkeypatch.setattr(readers, "CODE", tmp_path)
    assert readers._code_digest.__wrapped__() == before  # a moved checkout gives the same reader
    with (tmp_path / name).open("a") as file:
        file.write("\n")
    assert readers._code_digest.__wrapped__() != before


@pytest.mark.parametrize("library", readers.READING_LIBRARIES)
def test_another_version_of_a_library_that_reads_makes_another_reader(monkeypatch, library):
    before = readers._code_digest.__wrapped__()
    monkeypatch.setattr(digest, "version", lambda name: "0" if name == library else metadata.version(name))
    assert readers._code_digest.__wrapped__() != before


def test_the_reader_imports_no_library_that_its_version_does_not_name():
    rooms = [path for room in readers.READING_ROOMS for path in (readers.CODE / room).rglob("*.py")]
    trees = [ast.parse(path.read_text("utf-8")) for path in rooms]
    nodes = [node for tree in trees for node in ast.walk(tree)]
    names = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module for node in nodes if isinstance(node, ast.ImportFrom) and not node.level}
    tops = {name.split(".")[0] for name in names} - sys.stdlib_module_names - {"articles"}
    assert tops == set(readers.READING_LIBRARIES)
