"""The synchronisation of the index with the database. The database is the truth. The index can be thrown away.

One process at a time writes to the serving index, under one lock. One process at a time builds a new index beside it,
under another lock, so that saves are found during a build. The watermark (articles/search/state.py) is written after
the commit: if a process dies between the two, the next one applies the same changes again, which is harmless. An index
of another epoch or fingerprint serves as it is until the new one is whole. A damaged index is never asked again. The
index of another release stays as long as that release needs it (articles/search/pointers.py).
"""

from __future__ import annotations

import fcntl
import logging
import math
import shutil
import threading
import time
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
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
from articles.search.following import is_followed
from articles.search.index import StoryIndex
from articles.search.index_rows import IndexRow, make_index_row
from articles.search.pointers import POINTER, keep_others, needed_folders, pointer_of
from articles.search.state import (
    STATE,
    IndexFolder,
    IndexState,
    check_folder,
    fingerprint,
    forget_note,
    has_note,
    is_usable,
    note,
    serving_folder,
    serving_index,
    splitter,
    write_atomically,
    write_state,
)
from articles.workers import answers

logger = logging.getLogger(__name__)

_paused: ContextVar[bool] = ContextVar("sync_paused", default=False)

#: The number of articles that a save may write into the index while its request waits, about a second's work. A larger
#: build or change, such as that of a renamed region, is left to a process with time.
WRITTEN_WHILE_SAVING = 1000

#: The seconds that a save waits for another writing process, so that the saver's next request finds the saved article.
PATIENCE = 2.0

#: The number of stories that are prepared at a time.
PARCEL = 450

#: The seconds between two progress lines of a build.
TICK = 2.0


def sync(
    *,
    say: Callable[[str], object] = lambda line: None,
    rebuild: bool = False,
    deep: bool = False,
    at_most: int | None = None,
    patience: float = 0,
    to_the_end: bool = True,
    merging_aside: bool = False,
) -> bool:
    """Bring the index to the archive's revision. Return False if the work is left to another process.

    A damaged index is rebuilt. `deep` looks for damage in every byte of it. Raises OSError, DatabaseError, RuntimeError
    or IndexUnavailable on failure. The index that served before then stays as it was.

    If another process is writing changes, which takes little time, the function waits up to `patience` seconds. The
    holder of the lock looks at the revision again after releasing it, so that no change is left behind because its
    process found the lock taken. Without `to_the_end` it is content with the revision at the call: during an import,
    which raises the revision faster than an index takes it in, a save would wait for seconds. An index of another
    epoch or fingerprint, or ahead of the database, is rebuilt beside the old one, which serves until the new one is
    whole. If more than `at_most` articles are due, nothing is written. With `merging_aside` a thread waits for the end
    of a merge.
    """
    goal = None
    while True:
        found, damage = _look(deep)
        now = archive.state()
        if goal is None:
            goal = now.revision
        # The revision after which the index lacks the changes; None if it is to be built anew.
        since = found.revision if found and is_usable(found, now) and not rebuild else None
        build = since is None
        if since == now.revision or (since is not None and since >= goal and not to_the_end):
            return True
        due = Article.objects.all() if since is None else Article.objects.filter(revision__gt=since)
        if at_most is not None and due.order_by()[at_most:].exists():
            logger.error("the search index has more to take in than a save can wait for: see manage.py sync_search")
            return False
        with ExitStack() as lock:
            if not lock.enter_context(_holding("build.lock") if build else _holding("writer.lock", patience=patience)):
                return False
            if not build:
                try:
                    end = _bring_up(serving_folder())
                except IndexDamaged as failure:
                    note(failure)
                    rebuild = True
                    continue
                except EngineFailure:
                    if deep:  # the files are whole, so the cause lies elsewhere, such as a full disk
                        raise
                    deep = True
                    continue
                if merging_aside:
                    _finish_aside(end, lock.pop_all())
                else:
                    _finish(end)
            elif rebuild or not is_usable(_look(deep)[0], archive.state()):  # unless the lock's last holder built it
                if damage := damage or _lost():
                    note(damage)
                    say(f"检索索引已损坏：{damage}。")
                _build(say)
        rebuild = deep = False


def _look(deep: bool) -> tuple[IndexState | None, IndexDamaged | None]:
    """Return the state of the serving index, or None if there is none or it is damaged; and the damage or None."""
    try:
        found = serving_index(deep=deep)
        if deep and found:
            StoryIndex(found.folder, splitter())  # checksums don't show whether the index can be opened
            _sign(found)
            if has_note():
                logger.warning("the search index is whole; the failure noted was one question's")
                forget_note()
    except IndexDamaged as damage:
        note(damage)
        return None, damage
    return found.state if found else None, None


def _sign(found: IndexFolder) -> None:
    """Write the signatures of an index that was found whole, if its last writer died before it did."""
    if found.kept.meta is None:
        with _holding("writer.lock") as mine:
            if mine and found.is_as_it_was:
                write_state(found.folder, found.state, files.signatures_written(found.folder, found.signatures))


def _lost() -> IndexDamaged | None:
    """Return the damage if no pointer is left though an index exists, or None. Needs the builders' lock."""
    if serving_folder() is None and any(settings.SEARCH_DIR.glob(f"*/{STATE}")):
        return IndexDamaged(f"{POINTER} 没有了")
    return None


def _finish(end: Callable[[], None]) -> None:
    """Wait for the merge after a commit. If it fails, the changes are in the index all the same."""
    try:
        end()
    except (IndexDamaged, EngineFailure) as failure:
        note(failure)


def _finish_aside(end: Callable[[], None], lock: ExitStack) -> None:
    """Do the same in a thread of its own, then release `lock`. If the process dies meanwhile, nothing is harmed."""

    def finish() -> None:
        with lock:
            _logged(lambda: _finish(end))

    try:
        threading.Thread(target=finish, daemon=True).start()
    except RuntimeError:  # the system has no more threads
        finish()


def _bring_up(folder: Path | None) -> Callable[[], None]:
    """Write the changes since the state of the index in `folder` into the index, then write its new state.

    Each changed id is deleted, and added again if it is a visible story. The caller holds the lock of the folder's
    writers, and calls the function that is returned before it releases the lock: it waits for the merging of segments.
    """
    if folder is None:
        return _nothing
    found, now = check_folder(folder), archive.state()
    if not is_usable(found.state, now) or found.state.revision == now.revision:
        return _nothing
    since = found.state.revision
    changed = list(Article.objects.filter(revision__gt=since).values_list("pk", flat=True))
    vanished = VanishedArticle.objects.filter(revision__gt=since).values_list("article_id", flat=True)
    index = StoryIndex(folder, splitter())
    write_state(folder, found.state, found.kept.while_written)
    wait = index.write(_rows(changed), [*changed, *vanished])
    try:
        write_state(folder, _state_at(now), found.kept.while_written)  # readers have the changes from here on
    except BaseException:  # whatever it is, the engine's own lock has to go before the caller's does
        wait()
        raise

    def end() -> None:
        wait()
        write_state(folder, _state_at(now), files.signatures_written(folder, found.kept.signatures))

    return end


def _nothing() -> None:
    """Be the end of what was not begun."""


def _build(say: Callable[[str], object]) -> None:
    """Build an index of the whole archive, let it serve in place of the release's old one, and remove the old one.

    Changes made during the build are written into the new index before it serves. The writers' lock keeps other
    processes from writing into the old index at that time.
    """
    pointer = pointer_of(fingerprint())
    if not pointer.exists():  # this release is about to take over from another, which is the way back
        keep_others(fingerprint())
    _remove_folders()  # killed builders leave folders behind
    folder = settings.SEARCH_DIR / uuid.uuid4().hex
    now = archive.state()
    ids = list(Article.objects.visible().stories().order_by("pk").values_list("pk", flat=True))
    try:
        index = StoryIndex(folder, splitter(), create=True)
        say(f"重建索引：{len(ids)} 篇")
        index.fill(_told(_rows(ids), len(ids), say))
        write_state(folder, _state_at(now), files.signatures_written(folder, {}))
        _bring_up(folder)()
        check_folder(folder, deep=True)
        with _holding("writer.lock", patience=math.inf):
            _bring_up(folder)()
            write_atomically(pointer, folder.name)
    except BaseException:  # on a full disk or Ctrl-C, a half-made index must not take up room
        shutil.rmtree(folder, ignore_errors=True)
        raise
    forget_note()
    _remove_folders()


def remove_unneeded() -> None:
    """Remove the indexes that no release needs any more, unless another process builds one."""
    with _holding("build.lock") as mine:
        if mine:
            _remove_folders()


def _remove_folders() -> None:
    """Remove the folders that no pointer names. Readers keep the files they have open. Needs the builders' lock."""
    needed = needed_folders(fingerprint())
    for folder in settings.SEARCH_DIR.iterdir():
        if folder.is_dir() and folder not in needed:
            shutil.rmtree(folder, ignore_errors=True)


def _rows(ids: list[int]) -> Iterator[IndexRow]:
    return chain.from_iterable(answers(row_maker, ids, PARCEL))


def row_maker() -> Callable[[Sequence[int]], list[IndexRow]]:
    """Return a function that takes ids and returns the rows of the visible stories among them. A task for workers."""
    split = splitter()
    return lambda ids: [make_index_row(document, split) for document in story_documents(ids)]


def _told(rows: Iterable[IndexRow], total: int, say: Callable[[str], object]) -> Iterator[IndexRow]:
    """Yield `rows`. About every TICK seconds, say the number of rows so far, the rate, and the time still needed."""
    started = ticked = time.monotonic()
    for done, row in enumerate(rows, start=1):
        yield row
        if done % 100 == 0 and (clock := time.monotonic()) - ticked >= TICK:
            ticked = clock
            rate = done / (clock - started)
            say(f"重建索引：{done}/{total} 篇，每秒 {rate:.0f} 篇，约还需 {(total - done) / rate:.0f} 秒")


@contextmanager
def _holding(name: str, *, patience: float = 0) -> Iterator[bool]:
    """Hold the lock `name`, after waiting up to `patience` seconds for another holder. Yield whether it is held."""
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
    """Skip the sync after each commit of this thread in the `with` block. An import syncs by the clock instead."""
    token = _paused.set(True)
    try:
        yield
    finally:
        _paused.reset(token)


def sync_after_commit() -> None:
    """Sync once the running transaction is committed. The saver never sees an error. The follower repairs it."""
    if not _paused.get():
        transaction.on_commit(_follow, robust=True)


def _follow() -> None:
    # A follower takes in what came meanwhile. A server lives on after a save, a command does not.
    is_alone = not is_followed()
    sync_and_log(
        at_most=WRITTEN_WHILE_SAVING,
        patience=PATIENCE,
        to_the_end=is_alone,
        merging_aside=settings.WEB and not is_alone,
    )


def sync_meanwhile() -> None:
    """Sync in the midst of a long command, unless a follower does.

    The command may run at a low priority. While it wrote the index, saves of editors would wait for its lock.
    """
    if not is_followed():
        sync_and_log()


def sync_and_log(**options: Any) -> bool:
    """Sync and log any error. Return whether the sync went without error.

    A committed save must not answer 500. After an error, the next sync starts where this one started.
    """
    return _logged(lambda: sync(**options))


def _logged(work: Callable[[], object]) -> bool:
    """Do some work and log any error. Return whether there was none."""
    try:
        work()
    except BaseException as error:  # no error of the engine matters here, because the database has the truth
        # A panic of tantivy reaches Python as an exception that is not an Exception.
        if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
            raise
        logger.exception("search index")
        return False
    return True
