"""What the index that serves is of, and whether its files are whole; what is noted where they are not.

Each index is a folder below settings.SEARCH_DIR; the file `current` names the one that serves, `state.json` inside it
says which epoch, revision and fingerprint it holds, and what its files were when they were whole.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings

from articles.digest import digest_of
from articles.models import Archive
from articles.search import files
from articles.search.files import EngineFailure, FileSignatures, IndexDamaged, IndexUnavailable
from articles.text.tokens import search_splitter

logger = logging.getLogger(__name__)

#: The file in the folder of an index that says what it holds, and that beside the folders that says what is wrong.
STATE, NOTE = "state.json", "failure"

#: How often to look at an index that others write or replace meanwhile.
ATTEMPTS = 5

CODE = Path(__file__).resolve().parent.parent

#: Modules that decide what a document looks like: how texts are folded, cut and indexed, how stories are joined.
DECIDING = (
    "text/fold.py",
    "text/tokens.py",
    "text/variants.py",
    "search/index.py",
    "search/documents.py",
    "models/articles.py",
    "models/bodies.py",
    "models/fields.py",
    "models/stories.py",
    "reading/tables.py",
    "reading/lines.py",
)

#: Libraries whose other version may fold or cut another way, or write another index.
LIBRARIES = ("opencc", "rjieba", "tantivy")

_noted: set[str] = set()


@dataclass(frozen=True)
class IndexState:
    """What an index holds: all changes of `epoch` up to `revision`, by the code and words of `fingerprint`."""

    epoch: str
    revision: int
    fingerprint: str


@dataclass(frozen=True)
class IndexFolder:
    """A whole index: its folder, what it holds, the content of its state file, and what its files are."""

    folder: Path
    state: IndexState
    said: bytes
    kept: FileSignatures
    signatures: dict[str, files.Signature]

    @property
    def is_as_it_was(self) -> bool:
        """Whether neither state nor files have changed since."""
        try:
            return files.read_file(self.folder / STATE) == self.said and files.are_unchanged(
                self.folder, self.signatures
            )
        except IndexDamaged:
            return False


def check_folder(folder: Path, *, deep: bool = False) -> IndexFolder:
    """Return the index in `folder`, whose files are all as the engine wrote them; `deep` reads them to the end.

    Raises IndexDamaged where they are not.
    """
    for left in reversed(range(ATTEMPTS)):
        said, meta = files.read_file(folder / STATE), files.read_file(folder / files.META)
        try:
            state, kept = _read_state(said)
            return IndexFolder(folder, state, said, kept, files.check_files(folder, meta, kept, deep=deep))
        except IndexDamaged:
            # A writer that has come further takes files away that it has merged.
            if not left or (files.read_file(folder / STATE), files.read_file(folder / files.META)) == (said, meta):
                raise
    raise AssertionError("the last attempt returns or raises")


def _read_state(said: bytes) -> tuple[IndexState, FileSignatures]:
    try:
        data = json.loads(said)
        if data.pop("check") != _check_of(data):
            raise ValueError("other content")
        kept = FileSignatures.of(data.pop("files"))
        return IndexState(**data), kept
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise IndexDamaged(f"{STATE} 读不懂") from error


def _check_of(data: dict[str, Any]) -> str:
    return hashlib.blake2b(json.dumps(data, sort_keys=True).encode(), digest_size=8).hexdigest()


def serving_folder() -> Path | None:
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


def serving_index(*, deep: bool = False) -> IndexFolder | None:
    """Return the index that serves, None before the first was built; raises IndexDamaged where it is not whole."""
    for left in reversed(range(ATTEMPTS)):
        folder = serving_folder()
        try:
            return folder and check_folder(folder, deep=deep)
        except IndexDamaged:
            if not left or serving_folder() == folder:  # else a rebuild has just put another in its place
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


def forget_note() -> None:
    """Let the next failure be noted anew."""
    with suppress(OSError):
        (settings.SEARCH_DIR / NOTE).unlink(missing_ok=True)
    _noted.clear()


def write_state(folder: Path, state: IndexState, kept: FileSignatures) -> None:
    """Write what the index in `folder` holds, and what its files are."""
    data = asdict(state) | {"files": asdict(kept)}
    write_atomically(folder / STATE, json.dumps(data | {"check": _check_of(data)}))


def write_atomically(path: Path, text: str) -> None:
    """Write a file that others read: they see all of it, or what was there before."""
    scratch = path.with_name(f".{path.name}.{os.getpid()}")
    scratch.write_text(text, "utf-8")
    os.replace(scratch, path)


@cache
def fingerprint() -> str:
    """Return a digest of all that decides what a document looks like: a change to it is another index."""
    files = [settings.WORDS_FILE, *(CODE / name for name in DECIDING)]
    return digest_of(files, libraries=LIBRARIES)[:16]


def serving_state() -> IndexState | None:
    """Return the state of the index that serves; None where none does, or it is damaged."""
    try:
        found = serving_index()
    except IndexDamaged as damage:
        note(damage)
        return None
    return found and found.state


def is_usable(held: IndexState | None, now: Archive) -> bool:
    """Tell whether an index can be brought up to `now` by what changed since."""
    return (
        held is not None
        and (held.epoch, held.fingerprint) == (now.epoch, fingerprint())
        and held.revision <= now.revision
    )


def words() -> Callable[[str], list[str]]:
    """Return the splitter that index and queries share."""
    return search_splitter(settings.WORDS_FILE)
