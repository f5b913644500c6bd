"""The state of the serving index, the check that its files are whole, and the note of a failure.

Each index is a folder below settings.SEARCH_DIR. A pointer names the folder of the serving index (pointers.py). The
file `state.json` in a folder holds the epoch, revision and fingerprint of the index, and its files' signatures when
they were whole.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
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
from articles.search.pointers import find_folder
from articles.text.tokens import Splitter, search_splitter

logger = logging.getLogger(__name__)

#: The state file in the folder of an index, and the file beside the folders that notes a failure.
STATE, NOTE = "state.json", "failure"

#: The number of attempts to read an index that other processes may write or replace meanwhile.
ATTEMPTS = 5

CODE = Path(__file__).resolve().parent.parent

#: The modules that decide the content of a document: how texts are folded, cut and indexed, how stories are joined.
DECIDING = (
    "text/fold.py",
    "search/pinyin.py",
    "text/tokens.py",
    "text/variants.py",
    "search/index_rows.py",
    "search/schema.py",
    "search/roles.py",
    "search/documents.py",
    "models/articles.py",
    "models/bodies.py",
    "models/fields.py",
    "models/stories.py",
    "reading/tables.py",
    "reading/lines.py",
)

#: The libraries of which another version may fold or cut texts differently or write another index.
LIBRARIES = ("opencc", "pypinyin", "rjieba", "tantivy")

_noted: set[str] = set()


@dataclass(frozen=True)
class IndexState:
    """The state of an index: all changes of `epoch` up to `revision`, by the code and words of `fingerprint`."""

    epoch: str
    revision: int
    fingerprint: str


@dataclass(frozen=True)
class IndexFolder:
    """An index that was found whole.

    `said` is the content of its state file, `kept` are the signatures in that file, and `signatures` are those found.
    """

    folder: Path
    state: IndexState
    said: bytes
    kept: FileSignatures
    signatures: dict[str, files.Signature]

    @property
    def is_as_it_was(self) -> bool:
        """Whether the state and the files are unchanged since the check."""
        try:
            return files.read_file(self.folder / STATE) == self.said and files.are_unchanged(
                self.folder, self.signatures
            )
        except IndexDamaged:
            return False


def check_folder(folder: Path, *, deep: bool = False) -> IndexFolder:
    """Return the index in `folder`, after checking that its files are as the engine wrote them.

    With `deep` each file is read to its end. Raises IndexDamaged if a file differs.
    """
    for left in reversed(range(ATTEMPTS)):
        said, meta = files.read_file(folder / STATE), files.read_file(folder / files.META)
        try:
            state, kept = _read_state(said)
            return IndexFolder(folder, state, said, kept, files.check_files(folder, meta, kept, deep=deep))
        except IndexDamaged:
            # Another process may be writing the index. Its writer removes the files that it has merged.
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
    """Return the folder of the serving index, or None if no index was built yet.

    Raises IndexDamaged if the pointer can't be read or names no folder.
    """
    return find_folder(fingerprint())


def serving_index(*, deep: bool = False) -> IndexFolder | None:
    """Return the serving index, or None if no index was built yet. Raises IndexDamaged if the index is not whole."""
    for left in reversed(range(ATTEMPTS)):
        folder = serving_folder()
        try:
            return check_folder(folder, deep=deep) if folder else None
        except IndexDamaged:
            if not left or serving_folder() == folder:  # otherwise a rebuild has just replaced the index
                raise
    raise AssertionError("the last attempt returns or raises")


def note(failure: IndexUnavailable) -> None:
    """Log a failure of the serving index and write the note file, which also alerts the follower.

    Until the note is forgotten, only the process that meets a failure first logs it.
    """
    try:
        with (settings.SEARCH_DIR / NOTE).open("x", encoding="utf-8") as file:
            file.write(f"{failure}\n")
    except FileExistsError:
        return
    except OSError:  # the note can't be written, so this process remembers the failure
        if str(failure) in _noted:
            return
        _noted.add(str(failure))
    # For a damaged file the message names the file, which is enough. For an engine failure the traceback is logged.
    origin = failure if isinstance(failure, EngineFailure) else None
    logger.error("the search index fails: %s", failure, exc_info=origin)


def has_note() -> bool:
    """Tell whether a failure was noted since the last rebuild or the last deep check that found no damage."""
    return (settings.SEARCH_DIR / NOTE).exists()


def forget_note() -> None:
    """Remove the note, so that the next failure is noted again."""
    with suppress(OSError):
        (settings.SEARCH_DIR / NOTE).unlink(missing_ok=True)
    _noted.clear()


def write_state(folder: Path, state: IndexState, kept: FileSignatures) -> None:
    """Write the state of the index in `folder` and the signatures of its files."""
    data = asdict(state) | {"files": asdict(kept)}
    write_atomically(folder / STATE, json.dumps(data | {"check": _check_of(data)}))


def write_atomically(path: Path, text: str) -> None:
    """Write `text` to the file `path`. Other processes read either the old content or all of the new."""
    scratch = path.with_name(f".{path.name}.{os.getpid()}")
    scratch.write_text(text, "utf-8")
    os.replace(scratch, path)


@cache
def fingerprint() -> str:
    """Return a digest of all that decides the content of a document. An index with another fingerprint is rebuilt."""
    files = [settings.WORDS_FILE, *(CODE / name for name in DECIDING)]
    return digest_of(files, libraries=LIBRARIES)[:16]


def serving_state() -> IndexState | None:
    """Return the state of the serving index, or None if there is no index or it is damaged. Damage is noted."""
    try:
        found = serving_index()
    except IndexDamaged as damage:
        note(damage)
        return None
    return found.state if found else None


def is_usable(held: IndexState | None, now: Archive) -> bool:
    """Tell whether an index can be brought up to `now` by writing the changes since its revision."""
    return (
        held is not None
        and (held.epoch, held.fingerprint) == (now.epoch, fingerprint())
        and held.revision <= now.revision
    )


def splitter() -> Splitter:
    """Return the splitter that the index and the queries share."""
    return search_splitter(settings.WORDS_FILE)
