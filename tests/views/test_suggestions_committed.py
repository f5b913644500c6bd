"""Suggestions while another thread reads their tables, and while the index is damaged: archives that are committed."""

import json
import threading

import pytest
from django.db import connection
from django.test import Client

from articles.models import Contributor
from articles.search.state import serving_folder
from articles.search.sync import sync
from articles.views import candidates
from tests.make import update
from tests.search.damage import TO_FILES, TO_THE_REST
from tests.views.test_suggestions import ask, fill_archive, offered

pytestmark = pytest.mark.django_db(transaction=True)

DAMAGES = TO_FILES | TO_THE_REST


@pytest.fixture(autouse=True)
def held(settings, tmp_path):
    settings.SEARCH_DIR = tmp_path / "search"
    candidates.forget()
    fill_archive()
    yield
    candidates.forget()


def test_while_one_thread_reads_the_tables_others_use_the_former_ones(client, monkeypatch):
    assert offered(client, "何文")
    update(Contributor.objects.filter(name="何文"), name="新来的人")
    sync()
    monkeypatch.setattr(candidates, "REFRESH", 0)
    answers = []
    with candidates._reading:
        thread = threading.Thread(target=lambda: (answers.append(ask(Client(), "新来").content), connection.close()))
        thread.start()
        thread.join(30)
        assert answers and json.loads(answers[0])[1] == []
    assert offered(client, "新来")


@pytest.mark.parametrize(
    "name", ["*.term cut", "meta.json random", "the folder gone", "current gone", "current garbage"]
)
def test_a_damaged_index_gives_no_empty_answer(client, name):
    assert offered(client, "三明")
    DAMAGES[name](serving_folder())
    response = ask(Client(), "三明")
    assert (response.status_code, response["Cache-Control"]) == (503, "no-store")
    assert ask(Client(), "；").status_code == 200  # nothing is asked
    sync()
    assert offered(Client(), "三明")
