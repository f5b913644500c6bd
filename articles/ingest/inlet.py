"""The one gate for people's files. A file must be regular and of bounded size, and is opened without waiting."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

from articles.text.cleaning import clean, visible_line

#: The most bytes of a page, or of a list of pages.
MAX_BYTES = 2 * 1024 * 1024

#: With these flags a pipe without a writer answers at once, and a terminal does not become this process's own.
_AT_ONCE = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0) | getattr(os, "O_BINARY", 0)

#: The usual reasons for which the system can't read a file.
_REASONS = {
    errno.EACCES: "没有权限",
    errno.EPERM: "没有权限",
    errno.ENAMETOOLONG: "文件名太长",
    errno.ELOOP: "链接成环",
    errno.ENOTDIR: "上级不是文件夹",
    errno.EIO: "读写出错",
}


class Refusal(Exception):
    """A file or manifest that is not loaded. The message is one Chinese sentence: file, fact and remedy.

    The message can be printed and stored: invisible characters in its quotes from the file are shown by their codes.
    """

    def __init__(self, sentence: str) -> None:
        super().__init__(visible_line(sentence))


def shown(path: Path | str) -> str:
    """Return a path in a form that can be printed and stored.

    Bytes that are not valid UTF-8, and invisible characters, are shown by their codes.
    """
    return visible_line(os.fsencode(path).decode("utf-8", "backslashreplace"))


def check_name(path: Path) -> None:
    """Raise Refusal if a path can't be stored, or would be shown as another path."""
    name = str(path)
    try:
        name.encode()
    except UnicodeEncodeError:
        raise Refusal(f"{shown(path)}：文件名不是有效的 UTF-8，请改名后再导入。") from None
    if clean(name).taken or name.splitlines() != [name]:
        raise Refusal(f"{shown(path)}：文件名或文件夹名含有看不见的字符（方括号里是其代码），请改名后再导入。")


def read_bytes(path: Path, *, too_large: str, limit: int = MAX_BYTES) -> bytes:
    """Return the content of a regular file.

    Raises Refusal if the file is missing, is not regular (a folder, a pipe, a device), can't be read, or has more than
    `limit` bytes. `too_large` is the remedy for too many bytes, in Chinese.
    """
    try:
        # The file is checked before it is opened, because opening a device may have effects.
        if not stat.S_ISREG(os.stat(path).st_mode):
            raise _no_file(path)
        handle = os.open(path, _AT_ONCE)
        with os.fdopen(handle, "rb") as file:
            status = os.fstat(handle)
            if not stat.S_ISREG(status.st_mode):
                raise _no_file(path)  # the file was replaced meanwhile
            raw = file.read(limit + 1) if status.st_size <= limit else b""
    except FileNotFoundError:
        raise Refusal(f"{shown(path)}：文件不存在，请检查路径。") from None
    except OSError as error:
        reason = _REASONS.get(error.errno or 0, f"系统错误 {error.errno}")
        raise Refusal(f"{shown(path)}：无法读取（{reason}），请检查文件、路径及其权限。") from None
    size = max(status.st_size, len(raw))
    if size > limit:
        allowed = limit // (1024 * 1024)
        raise Refusal(f"{shown(path)}：文件有 {size / 1024 / 1024:.1f} MB，超过 {allowed} MB，{too_large}。")
    return raw


def _no_file(path: Path) -> Refusal:
    return Refusal(f"{shown(path)}：不是普通文件，请指明版面文本文件。")
