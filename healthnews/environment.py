"""Readers of the environment. Each returns the value of one setting, or tells in one Chinese sentence why it can't.

An empty value is no value. Every error is an ImproperlyConfigured whose text has the value, the place and the remedy.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

#: The names of all settings. A name in the environment that is nearly one of them is a slip.
NAMES = (
    *("VAR_DIR", "DATABASE_URL", "SECRET_KEY", "ALLOWED_HOSTS", "PROD", "REQUIRE_LOGIN", "BEHIND_PROXY", "URL_PREFIX"),
    *("HSTS_SECONDS", "HSTS_SUBDOMAINS", "HSTS_PRELOAD", "CSRF_TRUSTED_ORIGINS", "WEB", "DEBUG", "PAGE_CACHE_MB"),
    *("SEARCHES_PER_MINUTE", "EXPORTS_PER_MINUTE", "COUNT_SEARCHES_WITHOUT_HIT", "READ_ONLY", "LOG_TO", "LOG_MB"),
    *("SLOW_QUERY_MS", "DISK_FREE_MB", "INDEX_LAG_SECONDS"),
    *("ICP_LICENCE", "POLICE_LICENCE", "COPYRIGHT", "CONTACT"),
)

#: The fewest characters of a name whose slips are looked for. Shorter names are near to names of other programs.
LONG_NAME = 8

TRUE, FALSE = ("1", "true", "yes", "on"), ("0", "false", "no", "off")

#: The schemes of databases that the archive runs on.
SCHEMES = ("postgres", "postgresql", "sqlite")


def read_text(name: str, default: str = "") -> str:
    return os.environ.get(name, "").strip() or default


def read_list(name: str, default: Iterable[str] = ()) -> list[str]:
    """Return the parts between the commas of a setting."""
    return [part.strip() for part in read_text(name).split(",") if part.strip()] or list(default)


def read_bool(name: str, *, default: bool) -> bool:
    """Return whether a setting is on. Raises ImproperlyConfigured for a value that is neither on nor off."""
    value = read_text(name).lower()
    if value and value not in TRUE + FALSE:
        raise ImproperlyConfigured(f"{name}={read_text(name)!r} 不是开关：请写 1（开）或 0（关）。")
    return value in TRUE if value else default


def read_number(name: str, default: int, most: int = 2**31 - 1) -> int:
    """Return a whole number from 0 to `most`. Raises ImproperlyConfigured for another value."""
    value = read_text(name)
    if not value:
        return default
    if not (value.isascii() and value.isdigit()) or len(value) > len(str(most)) or int(value) > most:
        raise ImproperlyConfigured(f"{name}={value!r} 不合用：请写 0 到 {most} 之间的整数，如 {default}。")
    return int(value)


def read_folder(name: str, default: Path) -> Path:
    """Return a folder, made if it is missing. Raises ImproperlyConfigured if nothing can be written to it."""
    folder = Path(read_text(name, str(default))).resolve()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return folder
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        said = f"{name}={str(folder)!r} 写不进去（{reason}）：请换一个文件夹，或让运行本程序的用户能写它。"
        raise ImproperlyConfigured(said) from error


def read_database(name: str) -> dict[str, Any] | None:
    """Return the database that a URL names, for DATABASES, or None without a URL.

    Raises ImproperlyConfigured for a URL that names no database of ours. The error doesn't repeat the URL, because a
    URL may hold a password.
    """
    value = read_text(name)
    if not value:
        return None
    scheme = value.partition(":")[0]
    if scheme not in SCHEMES:
        raise ImproperlyConfigured(
            f"{name} 以 {scheme[:20]!r} 开头，这样的数据库用不了：请写 postgres://用户@主机/库名。"
        )
    try:
        urlsplit(value).port  # noqa: B018 - it raises ValueError for a port that is no number
        database = environ.Env.db_url_config(value)
    except (ValueError, ImproperlyConfigured) as error:
        raise ImproperlyConfigured(f"{name} 里的主机或端口不合写法：请写 postgres://用户@主机:5432/库名。") from error
    if not database.get("NAME"):
        raise ImproperlyConfigured(f"{name} 没有写库名：请写 postgres://用户@主机/库名。")
    return dict(database)


def check_names(environment: Iterable[str]) -> None:
    """Raise ImproperlyConfigured for a name that is one slip away from a setting which is not set itself.

    A name of another case, with one character more, fewer or other, or with two exchanged is a slip.
    """
    given = set(environment)
    for meant in NAMES:
        if len(meant) < LONG_NAME or meant in given:
            continue
        for name in sorted(given.difference(NAMES)):
            if abs(len(name) - len(meant)) <= 1 and _is_slip(name.upper(), meant):
                raise ImproperlyConfigured(
                    f"环境变量 {name} 不是本程序的设置：若指 {meant}，请改正；否则请不要传给本程序。"
                )


def _is_slip(name: str, meant: str) -> bool:
    """Return whether `name` is `meant` but for one slip.

    >>> [_is_slip(name, "BEHIND_PROXY") for name in ("BEHIND_PROXI", "BEHIND_PROX", "BEHIDN_PROXY", "BEHIND_ROXI")]
    [True, True, True, False]
    """
    start = len(os.path.commonprefix([name, meant]))
    left, right = name[start:], meant[start:]
    return left[1:] == right[1:] or left[1:] == right or left == right[1:] or (left[1::-1] + left[2:] == right)
