"""Reference data: loaded once, brought up to date, a person's word in it kept."""

import csv

import pytest
from django.conf import settings

from articles.ingest.reference import reader_from_database, reader_from_files
from articles.ingest.tables import load_tables
from articles.models import Region, RegionAlias, Topic, archive
from articles.models.editing import machine_writes

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
    with machine_writes():
        region = Region.objects.get(pk="410000")
        region.short, region.name = "豫", "某省"
        region.protect("short")
        region.save()
    assert load_tables() == 1
    region.refresh_from_db()
    assert (region.short, region.name) == ("豫", "河南省")


def test_a_word_that_an_editor_adds_makes_another_reader():
    load_tables()
    first = reader_from_database().version
    assert reader_from_database().version == first == reader_from_files().version
    topic = Topic.objects.first()
    topic.words = {**topic.words, "新词": 3}
    topic.save()
    assert reader_from_database().version != first
