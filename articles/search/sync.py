"""Keeping the index in step with the database: the database is the truth, the index can be thrown away.

Each index is a folder below settings.SEARCH_DIR; the file `current` names the one that serves, `state.json` inside it
says which epoch, revision and fingerprint it holds, and what its files were when they were whole: an index with other
files is damaged, and is built anew. One process at a time writes to the index that serves, under one
lock; one at a time builds a new one beside it, under another, so that saves are found while that goes on. The watermark
is written after the commit: a process that dies between the two applies the same changes again, which is harmless.
An index of another epoch or fingerprint serves as it is until the new one is whole.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import logging
import math
import os
import re
import shutil
import time
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import asdict, dataclass
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from articles.digest import digest_of
from articles.models import Archive, Article, VanishedArticle, archive
from articles.search import files
from articles.search.documents import story_documents
from articles.search.files import EngineFailure, Files, IndexDamaged, IndexUnavailable
from articles.search.index import Row, StoryIndex, make_row
from articles.text.tokens import search_splitter
from articles.workers import answers

logger = logging.getLogger(__name__)

CODE = Path(__file__).resolve().parent.parent

#: Modules that decide what a document looks like: how texts are folded, cut and indexed, how stories are joined.
DECIDING = (
    "text/fold.py",
    "text/tokens.py",
    "text/variants.py",
    "search/index.py",
    "search/documents.py",
    "models/stories.py",
    "reading/lines.py",
)

#: The file in the folder of an index that says what it holds, and that beside the folders that says what is wrong.
STATE, NOTE = "state.json", "failure"

#: How often to look at an index that others write or replace meanwhile.
ATTEMPTS = 5

_noted: set[str] = set()

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

#: Libraries whose other version may fold or cut another way, or write another index.
LIBRARIES = ("opencc", "rjieba", "tantivy")


@dataclass(frozen=True)
class State:
    """What an index holds: all changes of `epoch` up to `revision`, by the code and words of `fingerprint`."""

    epoch: str
    revision: int
    fingerprint: str


@cache
def fingerprint() -> str:
    """Return a digest of all that decides what a document looks like: a change to it is another index."""
    files = [settings.WORDS_FILE, *(CODE / name for name in DECIDING)]
    return digest_of(files, libraries=LIBRARIES)[:16]


@dataclass(frozen=True)
class Held:
    """A whole index: its folder, what it holds, the content of its state file, and what its files are."""

    folder: Path
    state: State
    said: bytes
    kept: Files
    signatures: dict[str, files.Signature]

    @property
    def is_as_it_was(self) -> bool:
        """Whether neither state nor files have changed since."""
        try:
            return files.read(self.folder / STATE) == self.said and files.are_as(self.folder, self.signatures)
        except IndexDamaged:
            return False


def whole(folder: Path, *, deep: bool = False) -> Held:
    """Return the index in `folder`, whose files are all as the engine wrote them; `deep` reads them to the end.

    Raises IndexDamaged where they are not.
    """
    for left in reversed(range(ATTEMPTS)):
        said, meta = files.read(folder / STATE), files.read(folder / files.META)
        try:
            state, kept = _read_state(said)
            return Held(folder, state, said, kept, files.check(folder, meta, kept, deep=deep))
        except IndexDamaged:
            # A writer that has come further takes files away that it has merged.
            if not left or (files.read(folder / STATE), files.read(folder / files.META)) == (said, meta):
                raise
    raise AssertionError("the last attempt returns or raises")


def read_state(folder: Path) -> State:
    """Return the state of the index in `folder`; raises IndexDamaged where its file doesn't say."""
    return _read_state(files.read(folder / STATE))[0]


def _read_state(said: bytes) -> tuple[State, Files]:
    try:
        data = json.loads(said)
        if data.pop("check") != _check_of(data):
            raise ValueError("other content")
        kept = Files.of(data.pop("files"))
        return State(**data), kept
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise IndexDamaged(f"{STATE} 读不懂") from error


def _check_of(data: dict[str, Any]) -> str:
    return hashlib.blake2b(json.dumps(data, sort_keys=True).encode(), digest_size=8).hexdigest()


def serving() -> Path | None:
    """Return the folder of the index that serves, or None before the first was built.

    Raises IndexDamaged where the file that names it does not.
    """
    try:
        name = (settings.SEARCH_DIR / "current").read_bytes().strip()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise IndexDamaged(f"current 读不到（{error.strerror}）") from error
    if not re.fullmatch(b"[0-9a-f]{32}", name):
        raise IndexDamaged("current 读不懂")
    return settings.SEARCH_DIR / name.decode()


def held_index(*, deep: bool = False) -> Held | None:
    """Return the index that serves, None before the first was built; raises IndexDamaged where it is not whole."""
    for left in reversed(range(ATTEMPTS)):
        folder = serving()
        try:
            return folder and whole(folder, deep=deep)
        except IndexDamaged:
            if not left or serving() == folder:  # else a rebuild has just put another in its place
                raise
    raise AssertionError("the last attempt returns or raises")


def note(failure: IndexUnavailable) -> None:
    """Log a failure of the index that serves: once, whichever process meets it first, until the next rebuild.

    The note tells the follower, too, that something is wrong.
    """
    try:
        with (settings.SEARCH_DIR / NOTE).open("x", encoding="utf-8") as file:
            file.write(f"{failure}\n")
    except FileExistsError:
        return
    except OSError:  # nowhere to note it
        if str(failure) in _noted:
            return
        _noted.add(str(failure))
    # Of a damaged file the name is told, which says all; of the engine's own errors where they came from.
    origin = failure if isinstance(failure, EngineFailure) else None
    logger.error("the search index fails: %s", failure, exc_info=origin)


def has_note() -> bool:
    """Tell whether a failure was noted since the last rebuild, or the last look that found nothing wrong."""
    return (settings.SEARCH_DIR / NOTE).exists()


def _forget_note() -> None:
    with suppress(OSError):
        (settings.SEARCH_DIR / NOTE).unlink(missing_ok=True)
    _noted.clear()


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
                    _bring_up(serving())
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


def _look(deep: bool) -> tuple[State | None, IndexDamaged | None]:
    """Return the state of the index that serves, or None; and what is wrong with it, if anything is."""
    try:
        found = held_index(deep=deep)
        if deep and found:
            StoryIndex(found.folder, words())  # that it can be opened, no checksum says
            if has_note():
                logger.warning("the search index is whole; the failure noted was one question's")
                _forget_note()
    except IndexDamaged as damage:
        note(damage)
        return None, damage
    return found and found.state, None


def _lost() -> IndexDamaged | None:
    """Return what is wrong where no index is named and yet there is one. Under the builders' lock."""
    if serving() is None and any(settings.SEARCH_DIR.glob(f"*/{STATE}")):
        return IndexDamaged("current 没有了")
    return None


def held_state() -> State | None:
    """Return the state of the index that serves; None where none does, or it is damaged."""
    return _look(deep=False)[0]


def is_usable(held: State | None, now: Archive) -> bool:
    """Tell whether an index can be brought up to `now` by what changed since."""
    return (
        held is not None
        and (held.epoch, held.fingerprint) == (now.epoch, fingerprint())
        and held.revision <= now.revision
    )


def _bring_up(folder: Path | None) -> None:
    """Write into the index in `folder` what changed since its state, then its new state.

    Each changed id goes, and comes back if it is a story to be seen. Under the lock of whoever else may write there.
    """
    if folder is None:
        return
    found, now = whole(folder), archive.state()
    if not is_usable(found.state, now) or found.state.revision == now.revision:
        return
    since = found.state.revision
    changed = list(Article.objects.filter(revision__gt=since).values_list("pk", flat=True))
    vanished = VanishedArticle.objects.filter(revision__gt=since).values_list("article_id", flat=True)
    index = StoryIndex(folder, words())
    _write_state(folder, found.state, found.kept.while_written)
    index.write(_rows(changed), [*changed, *vanished])
    _write_state(folder, _state_at(now), files.written(folder, found.kept.signatures))


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
        _write_state(folder, _state_at(now), files.written(folder, {}))
        _bring_up(folder)
        whole(folder, deep=True)
        with _holding("writer.lock", patience=math.inf):
            _bring_up(folder)
            _write_atomically(settings.SEARCH_DIR / "current", folder.name)
    except BaseException:  # a full disk, Ctrl-C: what is half made takes no room
        shutil.rmtree(folder, ignore_errors=True)
        raise
    _forget_note()
    _remove_folders(kept=folder)


def _named() -> Path | None:
    """Return the folder that `current` names, None where it names none."""
    try:
        return serving()
    except IndexDamaged:
        return None


def _remove_folders(*, kept: Path | None) -> None:
    """Remove each index but `kept`; a reader that still has one open keeps its files. Under the builders' lock."""
    for folder in settings.SEARCH_DIR.iterdir():
        if folder.is_dir() and folder != kept:
            shutil.rmtree(folder, ignore_errors=True)


def _rows(ids: list[int]) -> Iterator[Row]:
    return chain.from_iterable(answers(row_maker, ids, PARCEL))


def row_maker() -> Callable[[Sequence[int]], list[Row]]:
    """Return what makes the rows of the visible stories among some ids: a task for workers."""
    split = words()
    return lambda ids: [make_row(document, split) for document in story_documents(ids)]


def _told(rows: Iterable[Row], total: int, say: Callable[[str], object]) -> Iterator[Row]:
    """Yield `rows`, and say now and then how many there were, at what rate, and how long the rest will take."""
    started = ticked = time.monotonic()
    for done, row in enumerate(rows, start=1):
        yield row
        if done % 100 == 0 and (clock := time.monotonic()) - ticked >= TICK:
            ticked = clock
            rate = done / (clock - started)
            say(f"重建索引：{done}/{total} 篇，每秒 {rate:.0f} 篇，约还需 {(total - done) / rate:.0f} 秒")


def words() -> Callable[[str], list[str]]:
    """Return the splitter that index and queries share."""
    return search_splitter(settings.WORDS_FILE)


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


def _state_at(now: Archive) -> State:
    return State(now.epoch, now.revision, fingerprint())


def _write_state(folder: Path, state: State, kept: Files) -> None:
    data = asdict(state) | {"files": asdict(kept)}
    _write_atomically(folder / STATE, json.dumps(data | {"check": _check_of(data)}))


def _write_atomically(path: Path, text: str) -> None:
    scratch = path.with_name(f".{path.name}.{os.getpid()}")
    scratch.write_text(text, "utf-8")
    os.replace(scratch, path)


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
