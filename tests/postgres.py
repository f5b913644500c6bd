"""A PostgreSQL server for one test run, on a Unix socket in a temporary folder."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# The script waits for the end of its input, which comes when the test run ends in any way, and then clears up.
# Durability is off because nobody wants the data back, and JIT is off because the queries are short.
SERVER = """
"$PROGRAMS/initdb" -D data -A trust -U app -E UTF8 --locale=C.UTF-8 --no-sync >said 2>&1 &&
"$PROGRAMS/pg_ctl" -D data -l said -s -w start >>said 2>&1 -o "-k '$PWD' -c listen_addresses='' \
    -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c jit=off \
    -c wal_level=minimal -c max_wal_senders=0 -c autovacuum=off" &&
echo started || echo failed
read -r end_of_input
"$PROGRAMS/pg_ctl" -D data -s -m immediate stop
rm -rf "$PWD"
"""


def find_programs() -> Path | None:
    """Return the folder of initdb: on PATH, else the newest that Debian keeps in a folder a version, else None."""
    on_path = shutil.which("initdb")
    if on_path:
        return Path(on_path).resolve().parent
    folders = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    return max(folders, key=lambda folder: float(folder.parent.name), default=None)


@contextmanager
def running(programs: Path) -> Iterator[str]:
    """Start a new server, yield its DATABASE_URL, then stop the server and remove its files.

    Raises RuntimeError with PostgreSQL's output if the server does not start.
    """
    # TMPDIR is unsuitable: a socket's path has room for some 100 bytes, and the server's user must reach the folder.
    folder = Path(tempfile.mkdtemp(prefix="healthnews-pg-", dir="/tmp"))
    with subprocess.Popen(
        ["/bin/sh", "-c", SERVER],
        cwd=folder,
        env={"PATH": os.defpath, "PROGRAMS": str(programs)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,  # Ctrl-C is for the tests; the server stops after they have ended
        **owner(folder),
    ) as server:
        if server.stdout.readline() != b"started\n":
            raise RuntimeError((folder / "said").read_text("utf-8", "replace"))
        yield f"postgres://app@/postgres?host={folder}"


def owner(folder: Path) -> dict[str, object]:
    """Give `folder` to the server's user and return the user's ids for Popen. PostgreSQL refuses to run as root.

    Return an empty dict if this process does not run as root.
    """
    if os.geteuid() != 0:
        return {}
    names = {user.pw_name for user in pwd.getpwall()}
    user = pwd.getpwnam("postgres" if "postgres" in names else "nobody")
    os.chown(folder, user.pw_uid, user.pw_gid)
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
