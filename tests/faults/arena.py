"""A folder and a database of its own for work that is killed, and the states from which the work begins."""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path

import psycopg
from psycopg import sql

#: Seconds that PostgreSQL may take to notice that a client has died.
NOTICING = 20


class Arena:
    """A VAR_DIR with everything that an archive has in files; on SQLite that is the whole archive."""

    name = "SQLite"

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        #: The VAR_DIR of the archive.
        self.var = folder / "var"
        self.var.mkdir()

    def environment(self) -> dict[str, str]:
        """Return the variables that lead a process to this archive."""
        return {"VAR_DIR": str(self.var)}

    def keep(self, name: str) -> None:
        """Keep the present state under a name. No process may use the archive."""
        shutil.copytree(self.var, self.folder / "states" / name)

    def bring(self, name: str) -> None:
        """Put the kept state `name` in place of the present one. No process may use the archive."""
        shutil.rmtree(self.var)
        shutil.copytree(self.folder / "states" / name, self.var)

    def settle(self) -> None:
        """Wait until the database has noticed the death of its clients. SQLite notices at the next opening."""


class ServerArena(Arena):
    """An archive in a database of a PostgreSQL server, on which this process may make databases."""

    name = "PostgreSQL"

    def __init__(self, folder: Path, url: str) -> None:
        super().__init__(folder)
        self.url = url
        self.server = psycopg.connect(url, autocommit=True)
        self.database = f"kills_{os.getpid()}"
        self._ask("CREATE DATABASE {}", self.database)

    def environment(self) -> dict[str, str]:
        parts = psycopg.conninfo.conninfo_to_dict(self.url)
        url = f"postgres://{parts['user']}@/{self.database}?host={parts['host']}"
        return super().environment() | {"DATABASE_URL": url}

    def keep(self, name: str) -> None:
        super().keep(name)
        self.settle()
        self._ask("CREATE DATABASE {} TEMPLATE {}", f"{self.database}_{name}", self.database)

    def bring(self, name: str) -> None:
        super().bring(name)
        self._ask("DROP DATABASE {} WITH (FORCE)", self.database)
        self._ask("CREATE DATABASE {} TEMPLATE {}", self.database, f"{self.database}_{name}")

    def settle(self) -> None:
        """Wait until the server has rolled back, or committed, what its dead clients had begun."""
        deadline = time.monotonic() + NOTICING
        asked = "SELECT count(*) FROM pg_stat_activity WHERE datname = %s"
        while self.server.execute(asked, [self.database]).fetchone() != (0,):
            if time.monotonic() > deadline:
                raise RuntimeError("a client that has died still holds its connection")
            time.sleep(0.005)

    def _ask(self, statement: str, *names: str) -> None:
        self.server.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))
