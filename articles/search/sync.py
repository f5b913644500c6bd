"""Keeping the index in step with the database: the database is the truth, the index can be thrown away.

Each index is a folder below settings.SEARCH_DIR; the file `current` names the one that serves, `state.json` inside it
says which epoch, revision and fingerprint it holds. One process at a time writes, under a lock file. The watermark is
written after the commit: a process that dies between the two applies the same changes again, which is harmless.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import logging
import os
import shutil
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

from django.conf import settings
from django.db import transaction

from articles.models import Archive, Article, VanishedArticle, archive
from articles.search.documents import story_documents
from articles.search.index import StoryDocument, StoryIndex
from articles.search.tokens import search_splitter

logger = logging.getLogger(__name__)

SEARCH_CODE = Path(__file__).resolve().parent

_paused: ContextVar[bool] = ContextVar("sync_paused", default=False)

#: Articles of an archive whose index a save may build while its request waits: about a second's work.
BUILT_WHILE_SAVING = 1000

#: Stories that are read from the database and written at a time.
BATCH = 1000


@dataclass(frozen=True)
class State:
    """What an index holds: all changes of `epoch` up to `revision`, by the code and words of `fingerprint`."""

    epoch: str
    revision: int
    fingerprint: str


@cache
def fingerprint() -> str:
    """Return a digest of all that decides what a document looks like: a change to it is another index."""
    digest = hashlib.sha256(settings.WORDS_FILE.read_bytes())
    for name in ("fold", "tokens", "index", "documents"):
        digest.update((SEARCH_CODE / f"{name}.py").read_bytes())
    return digest.hexdigest()[:16]


def read_state(folder: Path) -> State | None:
    """Return the state of the index in `folder`, or None where none was finished."""
    try:
        return State(**json.loads((folder / "state.json").read_text("utf-8")))
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (ValueError, TypeError):
        logger.error("%s/state.json can't be read; the index is built anew", folder)
        return None


def serving() -> Path | None:
    """Return the folder of the index that serves, or None before the first was built."""
    try:
        return settings.SEARCH_DIR / (settings.SEARCH_DIR / "current").read_text("ascii").strip()
    except FileNotFoundError:
        return None


def sync(
    *, say: Callable[[str], object] = lambda line: None, rebuild: bool = False, at_most: int | None = None
) -> bool:
    """Bring the index to the archive's revision; return False where another process is at it.

    The holder of the lock looks at the revision again after letting it go, so that a change which found the lock taken
    is not left behind. An index of another epoch or fingerprint, or ahead of the database, is built anew beside the old
    one, which serves until the new one is whole; with more than `at_most` stories that is left to a process with time.
    """
    while True:
        with _writing() as mine:
            if not mine:
                return False
            done = _bring_up(say, rebuild, at_most)
        rebuild = False
        if done >= archive.state().revision:
            return True


def _bring_up(say: Callable[[str], object], rebuild: bool, at_most: int | None) -> int:
    """Apply what the index lacks, or build it; return the revision that it holds then, or that is left to others."""
    now = archive.state()
    folder = serving()
    held = read_state(folder) if folder else None
    usable = held and held.epoch == now.epoch and held.fingerprint == fingerprint() and held.revision <= now.revision
    if rebuild or not usable:
        if at_most is not None and Article.objects.all()[at_most:].exists():
            logger.error(
                "the search index is to be built anew: manage.py sync_search, or a start of the archive, does it"
            )
            return now.revision
        return _build(now, say)
    if held.revision < now.revision:
        _apply(StoryIndex(folder, words()), held.revision)
        _write_atomically(folder / "state.json", json.dumps(asdict(State(now.epoch, now.revision, held.fingerprint))))
    return now.revision


def _apply(index: StoryIndex, since: int) -> None:
    """Write what changed after revision `since`: each changed id goes, and comes back if it is a story to be seen."""
    changed = list(Article.objects.filter(revision__gt=since).values_list("pk", flat=True))
    gone = [*changed, *VanishedArticle.objects.filter(revision__gt=since).values_list("article_id", flat=True)]
    index.write(_documents(changed), gone)


def _build(now: Archive, say: Callable[[str], object]) -> int:
    """Build an index of the whole archive, then let it serve in place of the old one, which goes."""
    folder = settings.SEARCH_DIR / uuid.uuid4().hex
    ids = list(Article.objects.visible().stories().order_by("pk").values_list("pk", flat=True))
    index = StoryIndex(folder, words(), create=True)
    say(f"重建索引：{len(ids)} 篇")
    index.write(_documents(ids), threads=2)
    _write_atomically(folder / "state.json", json.dumps(asdict(State(now.epoch, now.revision, fingerprint()))))
    _write_atomically(settings.SEARCH_DIR / "current", folder.name)
    for other in settings.SEARCH_DIR.iterdir():
        if other.is_dir() and other != folder:
            shutil.rmtree(other, ignore_errors=True)  # a reader that still has it open keeps its files
    return now.revision


def _documents(ids: list[int]) -> Iterator[StoryDocument]:
    for start in range(0, len(ids), BATCH):
        yield from story_documents(ids[start : start + BATCH])


def words() -> Callable[[str], list[str]]:
    """Return the splitter that index and queries share."""
    return search_splitter(settings.WORDS_FILE)


def differences() -> Iterable[str]:
    """Yield a line for each difference between the database and the index that serves."""
    folder = serving()
    held = read_state(folder) if folder else None
    if held is None:
        yield "没有索引"
        return
    index = StoryIndex(folder, words())
    stories = set(Article.objects.visible().stories().values_list("pk", flat=True))
    indexed = index.ids()
    for story_id in sorted(stories - indexed):
        yield f"索引缺少文章 {story_id}"
    for story_id in sorted(indexed - stories):
        yield f"索引多出文章 {story_id}"


@contextmanager
def _writing() -> Iterator[bool]:
    """Hold the writer's lock if no other process does; yield whether it is held."""
    settings.SEARCH_DIR.mkdir(parents=True, exist_ok=True)
    with (settings.SEARCH_DIR / "writer.lock").open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True


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
    sync_and_log(at_most=BUILT_WHILE_SAVING)


def sync_and_log(say: Callable[[str], object] = lambda line: None, *, at_most: int | None = None) -> None:
    """Sync, and log what goes wrong: a committed save must not answer 500; the next sync starts where this one did."""
    try:
        sync(say=say, at_most=at_most)
    except Exception:  # whatever the engine raises, the database has the truth
        logger.exception("search index")
