"""A primary of PostgreSQL with a streaming standby, on Unix sockets in a temporary folder."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests import postgres

# The script obeys one line after the other, and says how each ended. At the end of its input, which comes when the
# tests end in any way, it stops the servers.
OBEY = """
exec 2>>said
make_primary() {
    "$PROGRAMS/initdb" -D primary/data -A trust -U app -E UTF8 --locale=C.UTF-8 --no-sync >>said &&
    start primary
}
start() {
    "$PROGRAMS/pg_ctl" -D "$1/data" -l "$1/said" -s -w start -o "-k '$PWD/$1' -c listen_addresses='' -c fsync=off \\
        -c wal_level=replica -c hot_standby=on -c max_standby_streaming_delay=0 -c wal_receiver_status_interval=1 \\
        -c hot_standby_feedback=off -c autovacuum=off -c jit=off" >>said
}
make_standby() {
    "$PROGRAMS/pg_basebackup" -h "$PWD/primary" -U app -D standby/data -R -X stream -c fast >>said && start standby
}
kill_primary() { kill -KILL $(head -1 primary/data/postmaster.pid); }
promote() { "$PROGRAMS/pg_ctl" -D standby/data -s -w promote >>said; }
mkdir primary standby
while read -r line; do
    if $line; then echo done; else echo failed; fi
done
for each in primary standby; do "$PROGRAMS/pg_ctl" -D "$each/data" -s -m immediate stop; done
"""


class Pair:
    """The two servers. Each attribute is the URL of a database named `postgres`."""

    def __init__(self, folder: Path, shell: subprocess.Popen[str]) -> None:
        self._folder, self._shell = folder, shell
        self.primary, self.standby = (
            f"postgres://app@/postgres?host={folder}/{name}" for name in ("primary", "standby")
        )

    def do(self, command: str) -> None:
        """Let the script run a function of its own. Raises RuntimeError with the servers' output if it fails."""
        print(command, file=self._shell.stdin, flush=True)
        if self._shell.stdout.readline() != "done\n":
            said = [path.read_text("utf-8", "replace") for path in self._folder.rglob("said")]
            raise RuntimeError(f"{command}\n" + "\n".join(said))


@contextmanager
def running(programs: Path) -> Iterator[Pair]:
    """Yield a pair whose primary serves and whose standby is still to be made."""
    folder = Path(tempfile.mkdtemp(prefix="healthnews-pg-", dir="/tmp"))
    try:
        with subprocess.Popen(
            ["/bin/sh", "-c", OBEY],
            cwd=folder,
            env={"PATH": os.defpath, "PROGRAMS": str(programs)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
            **postgres.owner(folder),
        ) as shell:
            pair = Pair(folder, shell)
            pair.do("make_primary")
            yield pair
            shell.stdin.close()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
