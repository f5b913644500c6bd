"""A person who waits for the archive goes before the next change of a run."""

import threading
import time

import pytest

from articles.desk.writing import writing
from articles.models import precedence
from articles.models.precedence import in_front, let_people_go_first


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.VAR_DIR = tmp_path
    return tmp_path


def test_a_run_waits_until_nobody_waits_in_front():
    told = []
    with in_front():
        run = threading.Thread(target=lambda: (let_people_go_first(), told.append("run")))
        run.start()
        with in_front():  # a second person does not wait for the first
            told.append("person")
        run.join(0.1)
        assert run.is_alive() and told == ["person"]
    run.join(10)
    assert told == ["person", "run"]


def test_a_run_goes_on_beside_a_person_who_waits_for_ever(monkeypatch):
    monkeypatch.setattr(precedence, "PATIENCE", 0.05)
    with in_front():
        started = time.monotonic()
        let_people_go_first()
        assert time.monotonic() - started >= 0.05


@pytest.mark.django_db
def test_a_person_who_writes_holds_the_row_and_no_longer_the_file(monkeypatch):
    monkeypatch.setattr(precedence, "PAUSE", None)  # a wait would fail
    with writing(None):
        let_people_go_first()
    let_people_go_first()


@pytest.mark.django_db
def test_a_write_needs_no_file(folder):
    (folder / precedence.NAME).mkdir()
    with writing(None) as this:
        assert this.batch is None
    let_people_go_first()


@pytest.mark.django_db
def test_a_write_needs_no_locks_of_the_disk(monkeypatch):
    def refuse(file, how):
        raise OSError("No locks available")

    monkeypatch.setattr(precedence.fcntl, "flock", refuse)
    with writing(None) as this:
        assert this.batch is None
    let_people_go_first()
