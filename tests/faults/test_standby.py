"""A web host on a standby of PostgreSQL counts no searches without a hit. The standby here is a real one."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests import postgres
from tests.conftest import missing

#: The script that starts a server, and starts it again as a standby when a line comes in. Without a primary, a standby
#: serves what it has. The server ends with the script's input.
SERVER = """
start() { "$PROGRAMS/pg_ctl" -D data -l said -s -w start -o "-k '$PWD' -c listen_addresses='' -c fsync=off"; }
stop() { "$PROGRAMS/pg_ctl" -D data -s -m fast stop; }
"$PROGRAMS/initdb" -D data -A trust -U app -E UTF8 --locale=C.UTF-8 --no-sync >said 2>&1
start && echo started
read -r has_table
stop
touch data/standby.signal
start && echo started
read -r end_of_input
stop
"""

MAKE_TABLE = """
import django; django.setup()
from django.db import connection
from articles.models import SearchWithoutHit
with connection.schema_editor() as editor:
    editor.create_model(SearchWithoutHit)
"""

COUNT = """
import django; django.setup()
from django.db import connection
from articles.models import SearchWithoutHit
from articles.web.searches_without_hit import counter
counter.add("克隆羊", is_nearly=False)
print(SearchWithoutHit.objects.count(), counter.store(), counter.is_refused)
"""


def test_a_process_on_a_standby_counts_no_searches(tmp_path):
    programs = postgres.find_programs()
    if programs is None:
        missing("postgresql", "no PostgreSQL is installed")
    with tempfile.TemporaryDirectory(prefix="healthnews-pg-", dir="/tmp") as name:
        folder = Path(name)
        with subprocess.Popen(
            ["/bin/sh", "-c", SERVER],
            cwd=folder,
            env={"PATH": os.defpath, "PROGRAMS": str(programs)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            **postgres.owner(folder),
        ) as server:
            assert server.stdout.readline() == "started\n", (folder / "said").read_text("utf-8", "replace")
            run(folder, tmp_path, MAKE_TABLE)
            print(file=server.stdin, flush=True)
            assert server.stdout.readline() == "started\n", (folder / "said").read_text("utf-8", "replace")
            assert run(folder, tmp_path, COUNT) == "0 True True\n"
            server.stdin.close()
    log = (tmp_path / "archive.log").read_text("utf-8")
    assert log.count("the database is read-only") == 1


def run(folder, var, code):
    """Return what a process of the archive prints that has the server in `folder` for its database."""
    url = f"postgres://app@/postgres?host={folder}"
    environment = os.environ | {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "tests.settings", "VAR_DIR": str(var)}
    done = subprocess.run([sys.executable, "-c", code], env=environment, stdout=subprocess.PIPE, text=True, check=True)
    return done.stdout
