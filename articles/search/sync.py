"""Keeping the index in step with the database: the database is the truth, the index can be thrown away.

One process at a time writes to the index that serves, under one lock; one at a time builds a new one beside it, under
another, so that saves are found while that goes on. The watermark (articles/search/state.py) is written after the
commit: a process that dies between the two applies the same changes again, which is harmless. An index of another epoch
or fingerprint serves as it is until the new one is whole; one whose files are damaged is asked no more.
"""

from __future__ import annotations

import fcntl
import logging
import math
import shutil
import time
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from itertools import chain
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from articles.models import Archive, Article, VanishedArticle, archive
from articles.search import files
from articles.search.documents import story_documents
from articles.search.files import EngineFailure, IndexDamaged
from articles.search.index import IndexRow, StoryIndex, make_index_row
from articles.search.state import (
    STATE,
    IndexState,
    check_folder,
    fingerprint,
    forget_note,
    has_note,
    is_usable,
    note,
    serving_folder,
    serving_index,
    words,
    write_atomically,
    write_state,
)
from articles.workers import answers

logger = logging.getLogger(__name__)

_paused: ContextVar[bool] = ContextVar("sync_paused", default=False)

#: Articles that a save may write into the index while its request waits, about a second's work. To build an index of
#: more, or to write what a renamed region changed in more, is left to a process with time.
WRITTEN_WHILE_SAVING = 1000

#: Seconds for which a save waits for another process that writes: it is to be found at the saver's next request.
PATIENCE = 2.0

#: Stories made ready at a time.
PARCEL = 450

#: Seconds between two lines on how far a build has come.
TICK = 2.0


def sync(
    *,
    say: Callable[[str], object] = lambda line: None,
    rebuild: bool = False,
    deep: bool = False,
    at_most: int | None = None,
    patience: float = 0,
) -> bool:
    """Bring the index to the archive's revision; return False where that is left to another process.

    One that is damaged is built anew; `deep` looks for damage in every byte of it. Raises OSError, DatabaseError,
    RuntimeError or IndexUnavailable where that can't be done; what served before is as it was.

    For one that writes what changed, which is soon done, this waits up to `patience` seconds. The holder of the lock
    looks at the revision again after letting it go, so that a change which found the lock taken is not left behind. An
    index of another epoch or fingerprint, or ahead of the database, is built anew beside the old one, which serves
    until the new one is whole. Where more than `at_most` articles are to be written, nothing is done.
    """
    while True:
        found, damage = _look(deep)
        now = archive.state()
        build = rebuild or not is_usable(found, now)
        if not build and found.revision == now.revision:
            return True
        due = Article.objects.all() if build else Article.objects.filter(revision__gt=found.revision)
        if at_most is not None and due.order_by()[at_most:].exists():
            logger.error("the search index has more to take in than a save can wait for: see manage.py sync_search")
            return False
        with _holding("build.lock") if build else _holding("writer.lock", patience=patience) as mine:
            if not mine:
                return False
            if not build:
                try:
                    _bring_up(serving_folder())
                except IndexDamaged as failure:
                    note(failure)
                    rebuild = True
                    continue
                except EngineFailure:
                    if deep:  # its files are whole: a full disk
                        raise
                    deep = True
                    continue
            elif rebuild or not is_usable(_look(deep)[0], archive.state()):  # whoever held the lock may have built it
                if damage := damage or _lost():
                    note(damage)
                    say(f"检索索引已损坏：{damage}。")
                _build(say)
        rebuild = deep = False


def _look(deep: bool) -> tuple[IndexState | None, IndexDamaged | None]:
    """Return the state of the index that serves, or None; and what is wrong with it, if anything is."""
    try:
        found = serving_index(deep=deep)
        if deep and found:
            StoryIndex(found.folder, words())  # that it can be opened, no checksum says
            if has_note():
                logger.warning("the search index is whole; the failure noted was one question's")
                forget_note()
    except IndexDamaged as damage:
        note(damage)
        return None, damage
    return found and found.state, None


def _lost() -> IndexDamaged | None:
    """Return what is wrong where no index is named and yet there is one. Under the builders' lock."""
    if serving_folder() is None and any(settings.SEARCH_DIR.glob(f"*/{STATE}")):
        return IndexDamaged("current 没有了")
    return None


def _bring_up(folder: Path | None) -> None:
    """Write into the index in `folder` what changed since its state, then its new state.

    Each changed id goes, and comes back if it is a story to be seen. Under the lock of whoever else may write there.
    """
    if folder is None:
        return
    found, now = check_folder(folder), archive.state()
    if not is_usable(found.state, now) or found.state.revision == now.revision:
        return
    since = found.state.revision
    changed = list(Article.objects.filter(revision__gt=since).values_list("pk", flat=True))
    vanished = VanishedArticle.objects.filter(revision__gt=since).values_list("article_id", flat=True)
    index = StoryIndex(folder, words())
    write_state(folder, found.state, found.kept.while_written)
    index.write(_rows(changed), [*changed, *vanished])
    write_state(folder, _state_at(now), files.signatures_written(folder, found.kept.signatures))


def _build(say: Callable[[str], object]) -> None:
    """Build an index of the whole archive, then let it serve in place of the old one, which goes.

    What was changed meanwhile is written into the new one before it serves, while nobody writes into the old one.
    """
    _remove_folders(kept=_named())  # what builders left that were killed
    folder = settings.SEARCH_DIR / uuid.uuid4().hex
    now = archive.state()
    ids = list(Article.objects.visible().stories().order_by("pk").values_list("pk", flat=True))
    try:
        index = StoryIndex(folder, words(), create=True)
        say(f"重建索引：{len(ids)} 篇")
        index.fill(_told(_rows(ids), len(ids), say))
        write_state(folder, _state_at(now), files.signatures_written(folder, {}))
        _bring_up(folder)
        check_folder(folder, deep=True)
        with _holding("writer.lock", patience=math.inf):
            _bring_up(folder)
            write_atomically(settings.SEARCH_DIR / "current", folder.name)
    except BaseException:  # a full disk, Ctrl-C: what is half made takes no room
        shutil.rmtree(folder, ignore_errors=True)
        raise
    forget_note()
    _remove_folders(kept=folder)


def _named() -> Path | None:
    """Return the folder that `current` names, None where it names none."""
    try:
        return serving_folder()
    except IndexDamaged:
        return None


def _remove_folders(*, kept: Path | None) -> None:
    """Remove each index but `kept`; a reader that still has one open keeps its files. Under the builders' lock."""
    for folder in settings.SEARCH_DIR.iterdir():
        if folder.is_dir() and folder != kept:
            shutil.rmtree(folder, ignore_errors=True)


def _rows(ids: list[int]) -> Iterator[IndexRow]:
    return chain.from_iterable(answers(row_maker, ids, PARCEL))


def row_maker() -> Callable[[Sequence[int]], list[IndexRow]]:
    """Return what makes the rows of the visible stories among some ids: a task for workers."""
    split = words()
    return lambda ids: [make_index_row(document, split) for document in story_documents(ids)]


def _told(rows: Iterable[IndexRow], total: int, say: Callable[[str], object]) -> Iterator[IndexRow]:
    """Yield `rows`, and say now and then how many there were, at what rate, and how long the rest will take."""
    started = ticked = time.monotonic()
    for done, row in enumerate(rows, start=1):
        yield row
        if done % 100 == 0 and (clock := time.monotonic()) - ticked >= TICK:
            ticked = clock
            rate = done / (clock - started)
            say(f"重建索引：{done}/{total} 篇，每秒 {rate:.0f} 篇，约还需 {(total - done) / rate:.0f} 秒")


@contextmanager
def _holding(name: str, *, patience: float = 0) -> Iterator[bool]:
    """Hold a lock as soon as no other process does, within `patience` seconds; yield whether it is held."""
    settings.SEARCH_DIR.mkdir(parents=True, exist_ok=True)
    until = time.monotonic() + patience
    with (settings.SEARCH_DIR / name).open("a") as file:
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() >= until:
                    yield False
                    return
            time.sleep(0.005)
        yield True


def _state_at(now: Archive) -> IndexState:
    return IndexState(now.epoch, now.revision, fingerprint())


@contextmanager
def paused() -> Iterator[None]:
    """Let commits of this thread go by without a sync each: an import syncs by the clock instead."""
    token = _paused.set(True)
    try:
        yield
    finally:
        _paused.reset(token)


def sync_after_commit() -> None:
    """Sync once the running transaction is committed; an error is the follower's to mend, never the saver's to see."""
    if not _paused.get():
        transaction.on_commit(_follow, robust=True)


def _follow() -> None:
    sync_and_log(at_most=WRITTEN_WHILE_SAVING, patience=PATIENCE)


def sync_and_log(**options: Any) -> bool:
    """Sync, and log what goes wrong: a committed save must not answer 500; the next sync starts where this one did.

    Return whether nothing went wrong.
    """
    try:
        sync(**options)
    except BaseException as error:  # whatever the engine raises, the database has the truth
        # Where tantivy panics, Python gets an exception that is none of its own kind.
        if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
            raise
        logger.exception("search index")
        return False
    return True
