"""Print as JSON how an upgraded archive stands at once, after its pages are read again, and after some undos.

    python -m tests.models.version_0_1.look ADDRESSES COPY [ADDRESS ...]

ADDRESSES is a list in JSON. They are asked once the pages are read again, and COPY becomes a copy of that database.
Each ADDRESS is asked after the undos.
"""

from __future__ import annotations

import io
import json
import sqlite3
import sys
from contextlib import closing
from typing import Any

import django

django.setup()

from django.core.management import call_command  # noqa: E402 - only now are the models there
from django.db import connection  # noqa: E402
from django.db.models import Q  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import setup_test_environment  # noqa: E402

from articles.desk.check import differences  # noqa: E402
from articles.desk.undoing import undo  # noqa: E402
from articles.models import Batch  # noqa: E402
from articles.search.sync import sync  # noqa: E402
from articles.verify import digests, findings  # noqa: E402


def answers(addresses: list[str]) -> dict[str, list[Any]]:
    """Return {address: [status, where it leads]}."""
    found = {address: Client().get(address) for address in addresses}
    return {address: [each.status_code, each.get("Location", "")] for address, each in found.items()}


def faults() -> list[str]:
    """Return what the checks of the live data and of the desk find."""
    return [*map(str, findings()), *differences()]


def undo_moves_and_deletions() -> None:
    """Undo what the old history tells of deleted articles, and of pages and issues, the newest first."""
    moved = Q(corrections__model__in=("issue", "page"))
    deleted = Q(corrections__model="article", corrections__field="", corrections__new__isnull=True)
    for batch in Batch.objects.filter(moved | deleted, kind=Batch.Kind.HISTORY).distinct().newest_first():
        undo(batch, None)
    sync()


if __name__ == "__main__":
    setup_test_environment()
    asked = json.loads(sys.argv[1])
    told: dict[str, Any] = {"upgraded": faults()}
    call_command("reread", stdout=io.StringIO())
    call_command("classify", stdout=io.StringIO())
    told |= {"reread": faults(), "answers": answers(asked), "digests": digests()}
    with closing(sqlite3.connect(sys.argv[2])) as copy:
        connection.connection.backup(copy)
    undo_moves_and_deletions()
    told |= {"undone": faults(), "answers_undone": answers(sys.argv[3:])}
    sys.stdout.write(json.dumps(told))
