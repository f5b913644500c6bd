"""Whether this host can serve: database, migrations, index and disk.

/healthz tells it, for load balancers and alarms.
"""

from __future__ import annotations

import os
import shutil
import threading
import time
from dataclasses import dataclass, field
from functools import cache

from django.conf import settings
from django.db import DatabaseError
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from articles.models import Archive, archive
from articles.search.files import IndexDamaged
from articles.search.state import IndexState, is_usable, serving_index
from articles.web.in_time import Question
from articles.web.unavailable import database_fails

#: Seconds in which /healthz answers, whatever hangs.
SECONDS = 2.5


@dataclass(frozen=True)
class Finding:
    """What one check found: whether all is well, a sentence, and figures that tell nothing of the content."""

    is_well: bool
    text: str
    figures: dict[str, int] = field(default_factory=dict)


class Lag:
    """How long the index of this host has lacked a change that the database has, as far as this process has seen.

    The clock of the database is not asked, and an import that changes the archive all the time is no lag: the index
    only has to reach each revision in time.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._awaited: tuple[str, int] | None = None
        self._since = 0.0

    def seconds(self, held: IndexState | None, now: Archive) -> float:
        """Return the seconds for which the index has lacked the oldest revision that it was seen to lack, or 0."""
        with self._lock:
            reached = held.revision if held and is_usable(held, now) else -1
            if reached == now.revision:
                self._awaited = None
                return 0.0
            if self._awaited is None or self._awaited[0] != now.epoch or reached >= self._awaited[1]:
                self._awaited, self._since = (now.epoch, now.revision), time.monotonic()
            return time.monotonic() - self._since


_lag = Lag()


def findings() -> dict[str, Finding]:
    """Return what each check finds, after SECONDS at the latest: {name: finding}."""
    try:
        return {"process": Finding(True, "程序在运行"), **_question.ask(SECONDS)}
    except TimeoutError:
        return {
            "process": Finding(True, "程序在运行"),
            "database": Finding(False, f"数据库或磁盘在 {SECONDS} 秒内没有应答"),
        }


def _look() -> dict[str, Finding]:
    found = {}
    now = None
    try:
        now = archive.state()
        found["database"] = Finding(True, "数据库有应答")
        found["migrations"] = _migrations()
    except DatabaseError as error:
        if database_fails(error):
            found["database"] = Finding(False, "数据库连不上，或不能使用")
        else:
            found["database"] = Finding(True, "数据库有应答")
            found["migrations"] = Finding(False, "数据库里没有本程序的表：请运行 manage.py prepare")
    if now is not None:
        found["index"] = index_finding(now)
    found["disk"] = _disk()
    return found


_question = Question(_look)


@cache
def _own_migrations() -> frozenset[tuple[str, str]]:
    """Return the last migration of each app of this release. They need all others."""
    return frozenset(MigrationLoader(None).graph.leaf_nodes())


def _migrations() -> Finding:
    applied = set(MigrationRecorder.Migration.objects.values_list("app", "name"))
    missing = len(_own_migrations() - applied)
    if missing:
        return Finding(False, "本版程序的迁移还没有做完：请运行 manage.py migrate", {"apps_behind": missing})
    return Finding(True, "迁移已做完")


def index_finding(now: Archive) -> Finding:
    """Return how the index of this host stands to the database's state `now`."""
    try:
        whole = serving_index()
    except IndexDamaged:
        return Finding(False, "检索索引已损坏，重建好之前不能检索")
    held = whole.state if whole else None
    late = _lag.seconds(held, now)
    if held is None:
        return Finding(False, "还没有检索索引，不能检索", {"seconds": round(late)})
    if not is_usable(held, now):
        text, figures = "检索索引与数据库或程序不符，正等待重建，旧索引照常可用", {"seconds": round(late)}
    elif behind := now.revision - held.revision:
        age = (timezone.now() - now.changed_at).total_seconds() if now.changed_at else 0.0
        late = max(late, age)
        text, figures = f"检索索引落后 {behind} 次修订", {"behind": behind, "seconds": max(0, round(age))}
    else:
        return Finding(True, "检索索引与数据库一致", {"behind": 0, "seconds": 0})
    return Finding(late <= settings.INDEX_LAG_SECONDS, text, figures)


def _disk() -> Finding:
    try:
        free = shutil.disk_usage(settings.VAR_DIR).free
        is_writable = os.access(settings.VAR_DIR, os.W_OK)
    except OSError:
        return Finding(False, "数据目录读不到")
    if not is_writable:
        return Finding(False, "数据目录不能写入")
    if free < settings.DISK_FREE_MB << 20:
        return Finding(False, f"磁盘空间不足 {settings.DISK_FREE_MB} MB")
    return Finding(True, "磁盘空间充足")
