"""Separate processes on a test's database and search index: functions that start them and look at them."""

import os
import subprocess
import sys
from pathlib import Path

from django.conf import settings
from django.db import connection


def database_url():
    """Return the URL of the test's database, for a separate process."""
    held = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{held['NAME']}"
    return f"postgres://{held['USER']}@/{held['NAME']}?host={held['HOST'] or held['OPTIONS']['host']}"


def environment():
    """Return the environment variables of a process on the test's database and index."""
    own = {"DATABASE_URL": database_url(), "DJANGO_SETTINGS_MODULE": "tests.follower_settings"}
    return os.environ | own | {"FOLLOWED_SEARCH_DIR": str(settings.SEARCH_DIR)}


def start(*command, **streams):
    """Start Python with `command` on the test's database and index, and return the process."""
    return subprocess.Popen([sys.executable, *map(str, command)], env=environment(), text=True, **streams)


def children(pid):
    """Return the ids of the processes that `pid` has started, from Linux's own list, or [] if `pid` has ended."""
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()]
    except FileNotFoundError:
        return []


def is_alive(pid):
    """Return whether a process runs. A process that has ended and waits for its parent does not run."""
    try:
        return ") Z " not in Path(f"/proc/{pid}/stat").read_text("utf-8")
    except FileNotFoundError:
        return False
