"""Kill work on an archive at moments within it: python -m tests.faults.run [--full] [--kills N] [--seed N] [WORK ...].

Imports, saves of the desk, backups, restoring, migrations and the writing of the index are killed by SIGKILL, half of
them at a step (a statement of the database, or a change of a file), half of them after a while, both drawn by a seed.
An unkilled run before tells how many steps and how much time there are. A kill counts if the first step was begun and
the work had not ended; a line for each tells where it was. Afterwards `manage.py verify` must find nothing, whatever
was acknowledged must be there, nothing may be there in part, and the same work, started again, must come to the same
end as the unkilled one.

DATABASE_URL names a PostgreSQL server on which databases can be made; without it the archive is an SQLite file. With
--both the works are killed on SQLite first, then on that server.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import django

from tests.faults.arena import Arena, ServerArena

if TYPE_CHECKING:
    from tests.faults.killer import Killer

#: Kills of a run of the tests, and with --full.
KILLS, MANY_KILLS = 20, 200

SEED = 20261129


def main(arguments: list[str]) -> int:
    """Kill the works and print a line for each kill. Return 1 if anything was wrong, else 0."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("works", nargs="*", metavar="WORK", help="the works to kill; without one, all")
    parser.add_argument("--full", action="store_true", help=f"{MANY_KILLS} kills in place of {KILLS}")
    parser.add_argument("--kills", type=int, help="the number of kills, which the works share")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--both", action="store_true", help="on SQLite and on the server of DATABASE_URL")
    given = parser.parse_args(arguments)
    if given.both:
        return _on_both([each for each in arguments if each != "--both"])
    kills = given.kills or (MANY_KILLS if given.full else KILLS)
    with tempfile.TemporaryDirectory(prefix="kills-") as temporary:
        folder = Path(temporary)
        url = os.environ.get("DATABASE_URL", "")
        arena = ServerArena(folder, url) if url.startswith("postgres") else Arena(folder)
        os.environ.pop("DATABASE_URL", None)
        os.environ.update(arena.environment(), DJANGO_SETTINGS_MODULE="tests.settings")
        django.setup()
        from tests.faults.killer import Killer

        killer = Killer(arena, random.Random(f"{given.seed} {arena.name}"))
        return _kill_all(killer, [name.lower() for name in given.works], kills)


def _on_both(arguments: list[str]) -> int:
    """Run this program for each database, in processes of their own: Django is set up once in a process."""
    without = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    environments = [without, *([dict(os.environ)] if "DATABASE_URL" in os.environ else [])]
    command = [sys.executable, "-m", "tests.faults.run", *arguments]
    return max([subprocess.run(command, env=each).returncode for each in environments])


def _kill_all(killer: Killer, names: list[str], kills: int) -> int:
    from tests.faults import works

    arena, started = killer.arena, time.monotonic()
    arena.keep("empty")
    killer.forked(works.make_tables_state)
    arena.keep("tables")
    killer.forked(works.make_archive_state, arena.folder)
    arena.keep("archive")
    arena.bring("empty")
    killer.forked(works.make_old_state, arena.folder)
    arena.keep("old")
    failed = counted = 0
    for kind, part in works.WORKS.items():
        if names and kind.__name__.lower() not in names:
            continue
        share = kills if names else round(part * kills / sum(works.WORKS.values()))
        for line, wrong in killer.kill_often(kind(arena.folder), share):
            counted += 1
            failed += bool(wrong)
            print("\n    ".join([("WRONG  " if wrong else "well   ") + line, *wrong]), flush=True)
    print(f"{counted} kills on {arena.name}, {failed} of them wrong, {time.monotonic() - started:.0f} s")
    return int(failed > 0 or counted == 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
