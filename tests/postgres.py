"""A PostgreSQL of the test run's own, on a Unix socket in a temporary folder."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

CLUSTER_OPTIONS = ["-A", "trust", "-U", "app", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"]
# Durability is for data that someone wants back.
SERVER_OPTIONS = "-c listen_addresses='' -c fsync=off -c synchronous_commit=off -c full_page_writes=off"


def find_programs() -> Path | None:
    """Return the folder of the newest installed initdb; Debian keeps them out of PATH, one folder a version."""
    on_path = shutil.which("initdb")
    if on_path:
        return Path(on_path).parent
    folders = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    return max(folders, key=lambda folder: float(folder.parent.name), default=None)


@contextmanager
def running(programs: Path) -> Iterator[str]:
    """Start a new server; yield its DATABASE_URL; stop it and remove its files.

    Raises RuntimeError, with what PostgreSQL said, if one of its programs fails.
    """
    # Not under TMPDIR: the path of a socket has room for some 100 bytes, and the server's user must reach it.
    folder = Path(tempfile.mkdtemp(prefix="healthnews-pg-", dir="/tmp"))
    data = folder / "data"
    control = [programs / "pg_ctl", "-D", data, "-l", folder / "log", "-s", "-w"]
    try:
        server = _owner(folder)
        _run([programs / "initdb", "-D", data, *CLUSTER_OPTIONS], server)
        _run([*control, "-o", f"-k {folder} {SERVER_OPTIONS}", "start"], server)
        try:
            yield f"postgres://app@/postgres?host={folder}"
        finally:
            _run([*control, "-m", "immediate", "stop"], server)
    finally:
        shutil.rmtree(folder)


def _owner(folder: Path) -> dict[str, object]:
    """Return how to start the server's programs: PostgreSQL refuses root, which lends it another user instead."""
    if os.geteuid() != 0:
        return {"cwd": folder}
    names = {user.pw_name for user in pwd.getpwall()}
    user = pwd.getpwnam("postgres" if "postgres" in names else "nobody")
    os.chown(folder, user.pw_uid, user.pw_gid)
    return {"cwd": folder, "user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def _run(command: list[object], server: dict[str, object]) -> None:
    """Run a program of PostgreSQL's; what it says matters only when it fails."""
    # To a file: a pipe would be held open by the server for as long as it runs.
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as said:
        done = subprocess.run(list(map(str, command)), **server, stdin=subprocess.DEVNULL, stdout=said, stderr=said)
        if done.returncode:
            said.seek(0)
            log = Path(server["cwd"]) / "log"
            raise RuntimeError(
                f"{command[0]} ended with {done.returncode}: {said.read()}{log.read_text() if log.exists() else ''}"
            )
