"""The works that tests/faults/run.py kills, and what each has to leave behind.

The server from which all processes are forked imports this module once, so that a process costs little.
"""

from __future__ import annotations

import lzma
import os
import random
import sqlite3
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import connection, transaction
from django.test import Client

from articles.backup.making import make_backup
from articles.backup.restoring import _migrate_to, check_backup
from articles.backup.rows import _row, delete_rows, set_last_id, store_rows
from articles.backup.tables import Table, tables_at
from articles.models import Article, Batch, Page, archive
from articles.search.find import find
from articles.search.sync import paused, sync
from articles.verify import digests, findings
from healthnews import urls as urls  # the desk's pages are loaded before the fork
from tests.admin.conftest import Desk
from tests.faults.victim import Telling
from tests.make import PAGE, write
from tests.tables import keep_tables
from tests.verify.archives import make_archive

#: The pages that an import brings: new ones, and better texts of pages that the archive has.
NEW_PAGES, CHANGED_PAGES = 6, 2

#: The articles that are saved one after another.
SAVES = 5

BACKUP = "held.zip"

#: The article that is erased.
ERASED = 1

#: The database as version 0.1 wrote it, see the script beside it.
VERSION_0_1 = Path(__file__).parent.parent / "models" / "version_0_1" / "archive.sqlite3.xz"


def page_text(number: int) -> str:
    """Return the text of a page that differs from others in people, words and number."""
    names = "赵钱孙李周吴郑王冯陈"
    text = PAGE.replace("\n3\n", f"\n{number}\n", 1).replace("11月22日 星期五", "11月25日 星期一")
    for index, name in enumerate(("赵一苇", "钱二木", "孙三水")):
        text = text.replace(name, names[(number + index) % 10] + names[number // 10] + "某")
    return text + "".join(f"第{number}版的第{line}段，说的是第{number * line}件事。\n\n" for line in range(1, 20))


def scan_of(number: int) -> bytes:
    """Return some bytes in place of a picture."""
    return random.Random(number).randbytes(60_000)


def contents() -> dict[str, list[Any]]:
    """Return {page: its articles with their values}. A page is called by the path of its text."""
    found: dict[str, list[Any]] = {}
    for page in Page.objects.order_by("pk"):
        source = page.sources.filter(standing="current").first()
        found[f"{page.pk if source is None else source.path}"] = [
            [
                *(each.position, each.kind, each.kicker, each.headline, each.deck, each.withdrawn, each.blocks),
                *(sorted(each.edited_fields), list(each.bylines.values_list("name_as_printed", "role", "position"))),
                sorted(each.article_regions.values_list("region", "main")),
                sorted(each.article_topics.values_list("topic__slug", flat=True)),
            ]
            for each in page.articles.order_by("position", "pk").prefetch_related("bylines")
        ]
    return found


@dataclass(frozen=True)
class Held:
    """What an archive held at a moment."""

    contents: dict[str, list[Any]]
    #: The digests of `verify`.
    digests: dict[str, str]
    batches: int

    @classmethod
    def now(cls) -> Held:
        return cls(contents(), digests(), Batch.objects.count())


def broken(*, with_index: bool) -> Iterator[str]:
    """Yield what `verify` finds, and whether the file of the database is whole."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA integrity_check")
            if (said := cursor.fetchone()[0]) != "ok":
                yield f"integrity_check: {said}"
    yield from map(str, findings(with_index=with_index))


class Work(ABC):
    """A work: how it is done, what has to stand after a kill, how it is done again.

    All methods run in processes of their own. `folder` is that of the arena, outside VAR_DIR.
    """

    #: The state from which it begins.
    state = "archive"

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @abstractmethod
    def do(self, telling: Telling) -> None:
        """Do the work. Tell what has been acknowledged."""

    def left(self, before: Held, whole: Held, done: list[str]) -> Iterator[str]:
        """Yield what is wrong after a kill. `before` was held before the work, `whole` after an unkilled one."""
        yield from broken(with_index=False)

    def again(self) -> None:
        """Do after a kill what a person would do: start the work again."""
        self.do(Telling.to_nobody())

    def ended(self, before: Held, whole: Held) -> Iterator[str]:
        """Yield what is wrong after the work was done again."""
        if not sync():
            yield "another process seems to write the index"
        yield from broken(with_index=True)
        if contents() != whole.contents:
            yield "after the second start the archive has other articles than after an unkilled one"


class Import(Work):
    """New pages, and better texts of pages that the archive has."""

    def do(self, telling: Telling) -> None:
        call_command("import_pages", self.folder / "pages", "--workers=0", stdout=_Lines(telling.done))

    def left(self, before: Held, whole: Held, done: list[str]) -> Iterator[str]:
        yield from super().left(before, whole, done)
        now = contents()
        for path in whole.contents.keys() | now.keys():
            if now.get(path) not in (before.contents.get(path), whole.contents.get(path)):
                yield f"{path} is neither as before nor as imported"
            if any(f"← {path}" in line for line in done) and now.get(path) != whole.contents[path]:
                yield f"{path} was acknowledged and is not there"
        if not done and len(now) > len(before.contents) + 1:
            yield "more than one page came before the first was acknowledged"


class Save(Work):
    """Forms of articles, saved in the desk one after another."""

    def do(self, telling: Telling) -> None:
        client = Client(SERVER_NAME="127.0.0.1", raise_request_exception=True)
        client.force_login(User.objects.get(username="林望舒"))
        desk = Desk(client)
        for article in self._articles():
            if errors := desk.save(article, headline=self._headline(article)):
                raise RuntimeError(f"the form of article {article.pk} shows {errors}")
            telling.done(article.pk)

    def left(self, before: Held, whole: Held, done: list[str]) -> Iterator[str]:
        yield from super().left(before, whole, done)
        saved = [article for article in self._articles() if article.headline.endswith("（校）")]
        if missing := set(done) - {str(article.pk) for article in saved}:
            yield f"the saves of {missing} were acknowledged and are not there"
        if not len(done) <= len(saved) <= len(done) + 1:
            yield f"{len(saved)} articles are saved, {len(done)} were acknowledged"
        if Batch.objects.count() != before.batches + len(saved):
            yield f"{Batch.objects.count() - before.batches} batches for {len(saved)} saves"
        if unprotected := [article.pk for article in saved if "headline" not in article.edited_fields]:
            yield f"the headlines of {unprotected} are not protected"

    def ended(self, before: Held, whole: Held) -> Iterator[str]:
        yield from super().ended(before, whole)
        if Batch.objects.count() != whole.batches:
            yield f"{Batch.objects.count() - whole.batches} batches more than after an unkilled work"
        if (found := find("校").rows.total) < SAVES:
            yield f"search finds {found} of {SAVES} saved headlines"

    @staticmethod
    def _articles() -> list[Article]:
        plain = Article.objects.visible().filter(continuation_of=None).exclude(headline="")
        return list(plain.order_by("pk")[:SAVES])

    @staticmethod
    def _headline(article: Article) -> str:
        return article.headline.removesuffix("（校）") + "（校）"


class Backup(Work):
    """A backup of tables and scans."""

    def do(self, telling: Telling) -> None:
        call_command("backup", settings.VAR_DIR / "out.zip", stdout=_Lines(telling.done))

    def left(self, before: Held, whole: Held, done: list[str]) -> Iterator[str]:
        yield from super().left(before, whole, done)
        if digests() != before.digests:
            yield "the backup has changed the archive"
        if (settings.VAR_DIR / "out.zip").exists():
            check_backup(settings.VAR_DIR / "out.zip")
        elif done:
            yield "the backup was acknowledged and is not there"

    def again(self) -> None:
        (settings.VAR_DIR / "out.zip").unlink(missing_ok=True)
        super().again()
        check_backup(settings.VAR_DIR / "out.zip")

    def ended(self, before: Held, whole: Held) -> Iterator[str]:
        yield from super().ended(before, whole)
        if parts := [path.name for path in settings.VAR_DIR.glob("out*") if path.name != "out.zip"]:
            yield f"parts of a backup are left: {parts}"


class Restore(Work):
    """A backup that comes into an empty place, with its scans. Its tables are there, which takes a migration."""

    state = "tables"

    def do(self, telling: Telling) -> None:
        call_command("restore", self.folder / BACKUP, stdout=_Lines(telling.done))

    def left(self, before: Held, whole: Held, done: list[str]) -> Iterator[str]:
        if self._is_there():
            yield from super().left(before, whole, done)
            if digests() != whole.digests:
                yield "a part of the backup has come"
        elif done:
            yield "the restoring was acknowledged and the archive is not there"

    def again(self) -> None:
        if self._is_there():
            call_command("migrate", verbosity=0)
        else:
            super().again()

    def ended(self, before: Held, whole: Held) -> Iterator[str]:
        yield from super().ended(before, whole)
        if digests() != whole.digests:
            yield "the digests differ from those of an unkilled work"
        yield from _wrong_scans()

    @staticmethod
    def _is_there() -> bool:
        return "articles_archive" in connection.introspection.table_names() and Page.objects.exists()


class Erase(Work):
    """An article that the law takes back."""

    def do(self, telling: Telling) -> None:
        call_command("erase", str(ERASED), "--yes", stdout=_Lines(telling.done), stderr=_Lines(telling.done))

    def left(self, before: Held, whole: Held, done: list[str]) -> Iterator[str]:
        yield from super().left(before, whole, done)
        if contents() not in (before.contents, whole.contents):
            yield "a part of the article is gone"
        if any(line.startswith("已删去文章") for line in done) and Article.objects.filter(pk=ERASED).exists():
            yield "the erasure was acknowledged and the article is there"

    def ended(self, before: Held, whole: Held) -> Iterator[str]:
        yield from super().ended(before, whole)
        if Article.objects.filter(pk=ERASED).exists():
            yield "the article is there after the second start"


class Migrate(Work):
    """An archive of an older release that is brought to this one."""

    state = "old"

    def do(self, telling: Telling) -> None:
        call_command("migrate", verbosity=0)

    def left(self, before: Held, whole: Held, done: list[str]) -> Iterator[str]:
        return iter(())  # the program of this release can read the rows only after the second start

    def ended(self, before: Held, whole: Held) -> Iterator[str]:
        yield from super().ended(before, whole)
        now = digests()
        for name in ("people", "readers"):  # the rows have the times at which migrations made them
            if now[name] != whole.digests[name]:
                yield f"the digest of {name} differs from that of an unkilled work"


class Sync(Work):
    """An index that takes in what was changed."""

    options: tuple[str, ...] = ()

    def do(self, telling: Telling) -> None:
        call_command("sync_search", *self.options, verbosity=0)

    def left(self, before: Held, whole: Held, done: list[str]) -> Iterator[str]:
        yield from super().left(before, whole, done)
        if digests() != before.digests:
            yield "the index has changed the archive"
        if not find("诊室").rows.total:
            yield "the old index serves no more"

    def ended(self, before: Held, whole: Held) -> Iterator[str]:
        yield from super().ended(before, whole)
        folders = [path for path in settings.SEARCH_DIR.iterdir() if path.is_dir()]
        if len(folders) > 2:
            yield f"{len(folders)} folders of indexes are left"


class Rebuild(Sync):
    """An index that is built beside the one that serves."""

    options = ("--rebuild",)


#: The works, each with its part of twenty kills.
WORKS: dict[type[Work], int] = {Import: 5, Save: 4, Restore: 3, Migrate: 2, Backup: 2, Rebuild: 2, Sync: 1, Erase: 1}


class _Lines:
    """A stream that hands each line to a function, as a person would read it."""

    def __init__(self, say: Callable[[str], object]) -> None:
        self._say = say

    def write(self, text: str) -> None:
        if text.strip():
            self._say(text.strip())

    def flush(self) -> None:
        """Do nothing: nothing is held back."""


def _wrong_scans() -> Iterator[str]:
    for number in range(3):
        if (settings.SCANS_DIR / f"{number}.jpg").read_bytes() != scan_of(number):
            yield f"scan {number} is not whole"
    if odd := [path.name for path in settings.SCANS_DIR.iterdir() if path.suffix != ".jpg"]:
        yield f"beside the scans there is {odd}"


# How the states are made, each in a process of its own.


def make_tables_state() -> None:
    """Make the tables of an archive without rows."""
    call_command("migrate", verbosity=0)


def make_archive_state(folder: Path) -> None:
    """Make the archive with the desk's work of each kind, an index that lacks the last changes, and its backup."""
    keep_tables()
    call_command("flush", verbosity=0, interactive=False)
    user = User.objects.create_superuser("林望舒", password="pass12345678")
    make_archive(_made(folder / "first"), user)
    with paused(), archive.change() as change:
        first = Article.objects.visible().latest("pk")
        Article.objects.filter(pk=first.pk).update(deck="索引还没有的副题")
        change.articles([first.pk])
    settings.SCANS_DIR.mkdir(parents=True)
    for number in range(3):
        scan = settings.SCANS_DIR / f"{number}.jpg"
        scan.write_bytes(scan_of(number))
        os.utime(scan, (0, 0))  # its copying is over, so that it is recorded at once
    call_command("record_scans", verbosity=0)
    make_backup(folder / BACKUP)
    _write_pages(_made(folder / "pages"))


def _write_pages(folder: Path) -> None:
    for number in range(1, NEW_PAGES + 1):
        write(folder, page_text(number), f"{number:03d}.txt")
    held = Page.objects.filter(structure_edited=False, is_sample=True).order_by("pk")[:CHANGED_PAGES]
    for number, page in enumerate(held):
        source = page.sources.get(standing="current")
        write(folder, source.text + "\n\n另有一段，是更好的识别结果补上的。\n", f"better-{number}.txt")


def make_old_state(folder: Path) -> None:
    """Make the archive of version 0.1, on PostgreSQL too, which that version could not be copied to."""
    kept = folder / "version-0.1.sqlite3"
    kept.write_bytes(lzma.decompress(VERSION_0_1.read_bytes()))
    if connection.vendor == "sqlite":
        kept.rename(connection.settings_dict["NAME"])
        return
    with closing(sqlite3.connect(kept)) as old:
        migrations = old.execute("SELECT app, name FROM django_migrations ORDER BY id").fetchall()
        _migrate_to(migrations)
        tables = tables_at(migrations)
        with transaction.atomic():
            _copy(old, tables)


def _copy(old: sqlite3.Connection, tables: list[Table]) -> None:
    for table in tables:
        delete_rows(table)
    for table in tables:
        columns = ", ".join(f'+"{column.name}"' for column in table.columns)
        rows = old.execute(f'SELECT {columns} FROM "{table.name}" ORDER BY "{table.key.name}"')
        store_rows(table, (_row(table, values) for values in rows))
        if table.counts_ids:
            found = old.execute("SELECT seq FROM sqlite_sequence WHERE name = ?", [table.name]).fetchone()
            set_last_id(table, found[0] if found else 0)


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


# What the runner asks, each in a process of its own.


def wrong_after_kill(work: Work, before: Held, whole: Held, done: list[str]) -> list[str]:
    """Return what is wrong after a kill."""
    return list(work.left(before, whole, done))


def start_again(work: Work) -> None:
    """Do the work again."""
    work.again()


def wrong_at_the_end(work: Work, before: Held, whole: Held) -> list[str]:
    """Return what is wrong after the work has come to its end."""
    return list(work.ended(before, whole))
