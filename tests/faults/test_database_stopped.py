"""An archive without its database says so in Chinese, by 503. It works again when the database is back."""

import json
import os
import subprocess
import sys

import pytest
from django.db import DatabaseError, connection

from articles.web import unavailable
from tests.make import make_article
from tests.run import ROOT, USERS_SETTINGS

ADDRESSES = ["/", "/search/?q=健康", "/issues/2024-11-22/", "/feed.xml", "/regions/?as=csv", "/admin/", "/status/"]

#: The code of a process that loads the archive as gunicorn does, asks for addresses and prints the answers.
ASK = """
import json, os, sys
from django.core.wsgi import get_wsgi_application
application = get_wsgi_application()
from django.test import Client
client = Client(raise_request_exception=False)
answers = []
for address in sys.argv[1:]:
    response = client.get(address, headers={"cookie": "sessionid=abcdefgh"} if "admin" in address else {})
    answers.append([address, response.status_code, dict(response.headers), response.content.decode()])
print(json.dumps(answers))
"""


def hold_no_sqlite(folder):
    """Write a file without a database in place of the database, and return its URL."""
    (folder / "archive.sqlite3").write_bytes(b"no database" * 1000)
    return f"sqlite:///{folder}/archive.sqlite3"


#: {fault: function that takes a folder and returns the URL of a database that can't be used}.
STOPPED = {
    "PostgreSQL refuses": lambda folder: "postgres://app@127.0.0.1:1/archive",
    "PostgreSQL has no socket": lambda folder: f"postgres://app@/archive?host={folder}",
    "SQLite has no folder": lambda folder: f"sqlite:///{folder}/gone/archive.sqlite3",
    "SQLite is damaged": hold_no_sqlite,
}


@pytest.mark.parametrize("wrong", STOPPED)
def test_without_a_database_each_address_says_503_with_all_headers(tmp_path, wrong):
    environment = {name: value for name, value in os.environ.items() if name not in USERS_SETTINGS}
    environment |= {"DJANGO_SETTINGS_MODULE": "tests.settings", "WEB": "1", "VAR_DIR": str(tmp_path)}
    environment |= {"DATABASE_URL": STOPPED[wrong](tmp_path), "ALLOWED_HOSTS": "testserver", "SECRET_KEY": "k" * 50}
    command = [sys.executable, "-c", ASK, *ADDRESSES]
    answers = json.loads(subprocess.run(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, check=True).stdout)
    for address, status, headers, text in answers:
        assert status == 503 and "<h1>档案暂时打不开</h1>" in text, address
        assert headers["Cache-Control"] == "no-store" and headers["Retry-After"] == "60"
        assert "default-src" in headers["Content-Security-Policy"] and headers["X-Frame-Options"] == "DENY"
    log = (tmp_path / "archive.log").read_text("utf-8")
    assert log.count("the database fails") == 1 and "Service Unavailable" not in log


@pytest.mark.django_db(transaction=True)
@pytest.mark.server
def test_a_server_that_goes_and_comes_back(client, monkeypatch):
    monkeypatch.setattr(unavailable, "_logged", float("-inf"))
    client.raise_request_exception = False
    address = make_article().get_absolute_url()
    assert client.get(address).status_code == 200
    with connection._nodb_cursor() as operator:  # connected to another database of the same server
        name = connection.settings_dict["NAME"]
        operator.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
        operator.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])
        try:
            for _ in range(2):  # first the connection is lost, then the server refuses a new one
                assert client.get(address).status_code == 503
                connection.close()  # Django does the same at the end of a request
        finally:
            operator.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')
    assert client.get(address).status_code == 200


@pytest.mark.django_db
def test_an_error_of_the_program_stays_one(rf):
    """An error in a statement does not count as a failure of the database."""
    for statement in ("SELECT nothing FROM articles_article", "SELEKT 1"):
        with pytest.raises(DatabaseError) as raised, connection.cursor() as cursor:
            cursor.execute(statement)
        assert not unavailable.database_fails(raised.value)
        if connection.vendor == "postgresql":
            connection.needs_rollback = False
            connection.connection.rollback()
