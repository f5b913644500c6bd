"""The text of /metrics for Prometheus: the counters of all workers, and the figures of this host when it is asked.

It is for programs on this machine alone. A request that came through a proxy, or from another host, is refused.
"""

from __future__ import annotations

import ipaddress
import os
import shutil
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import DatabaseError
from prometheus_client import CollectorRegistry, Metric, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector

from articles.backup.making import LAST_BACKUP
from articles.metrics import gathered, registry
from articles.models import Batch, ImportRun, archive
from articles.search.files import IndexDamaged
from articles.search.following import is_followed
from articles.search.state import serving_index
from articles.web.health import SECONDS, index_finding
from articles.web.in_time import Question
from healthnews.counter_files import VARIABLE

#: The beginnings of headers that proxies add.
OF_PROXIES = (
    "HTTP_X_FORWARDED",
    "HTTP_FORWARDED",
    "HTTP_X_REAL_IP",
    "HTTP_VIA",
    "HTTP_X_CLIENT_IP",
    "HTTP_X_CLUSTER_CLIENT_IP",
    "HTTP_X_ORIGINAL",
    "HTTP_TRUE_CLIENT_IP",
    "HTTP_CF_",
    "HTTP_X_REQUEST_ID",
)


def is_local(environ: Mapping[str, Any]) -> bool:
    """Tell whether a request comes straight from this machine: over loopback or a Unix socket, through no proxy."""
    if any(name.startswith(OF_PROXIES) for name in environ):
        return False
    peer = environ.get("REMOTE_ADDR", "")
    if not peer:  # a Unix socket has no addresses
        return True
    try:
        address = ipaddress.ip_address(peer)
    except ValueError:
        return False
    return (getattr(address, "ipv4_mapped", None) or address).is_loopback


def exposition() -> bytes:
    """Return the text: counters summed over the workers, dead ones included, then the figures of the host."""
    gathered.write()
    if VARIABLE in os.environ:
        summed = CollectorRegistry()
        MultiProcessCollector(summed, os.environ[VARIABLE])
    else:
        summed = registry
    own = CollectorRegistry()
    own.register(HostCollector())
    return generate_latest(summed) + generate_latest(own)


@dataclass(frozen=True)
class Figures:
    """The figures that the database tells, and the index beside it. None stands for a figure that can't be had."""

    is_answered: bool = False
    index_behind: int | None = None
    index_seconds: int | None = None
    is_index_well: bool = False
    batches: int | None = None
    imports: int | None = None
    import_ended: float | None = None
    import_failed: int | None = None


def _look() -> Figures:
    try:
        now = archive.state()
        finding = index_finding(now)
        batch = Batch.objects.order_by("-pk").values_list("pk", flat=True).first()
        run = ImportRun.objects.order_by("-pk").first()
    except DatabaseError:
        return Figures()
    try:
        whole = serving_index()
    except IndexDamaged:
        whole = None
    is_same = whole is not None and whole.state.epoch == now.epoch
    return Figures(
        is_answered=True,
        index_behind=now.revision - whole.state.revision if whole and is_same else None,
        index_seconds=finding.figures.get("seconds"),
        is_index_well=finding.is_well,
        batches=batch or 0,
        imports=run.pk if run else 0,
        import_ended=run.finished_at.timestamp() if run and run.finished_at else None,
        import_failed=run.failed if run else None,
    )


_question = Question(_look)


class HostCollector:
    """The figures of this host, collected when they are asked for. Those that can't be had are left out."""

    def collect(self) -> Iterator[Metric]:
        """Yield the figures."""
        try:
            figures = _question.ask(SECONDS)
        except TimeoutError:
            figures = Figures()
        for name, meaning, value in _gauges(figures):
            if value is not None:
                yield GaugeMetricFamily(f"archive_{name}", meaning, value=float(value))
        for name, meaning, value in (
            ("batches", "Highest number of a batch of corrections, on all hosts", figures.batches),
            ("import_runs", "Highest number of an import, on all hosts", figures.imports),
        ):
            if value is not None:
                yield CounterMetricFamily(f"archive_{name}", meaning, value=value)


def _gauges(figures: Figures) -> Iterable[tuple[str, str, float | None]]:
    yield "database_up", "1 if the database answers", figures.is_answered
    yield "index_up", "1 if the search index is whole and in time", figures.is_index_well
    yield "index_lag_revisions", "Revisions of the database that the index lacks", figures.index_behind
    yield (
        "index_lag_seconds",
        "Seconds since the change that the index lacks, or since it is of no use",
        figures.index_seconds,
    )
    yield "follower_up", "1 if a follower of the index runs on this host", is_followed()
    yield "import_last_end_seconds", "Unix time at which the last import ended", figures.import_ended
    yield "import_last_failed", "Files that failed in the last import", figures.import_failed
    yield "backup_age_seconds", "Seconds since the last backup; absent without one", _age_of_backup()
    try:
        disk = shutil.disk_usage(settings.VAR_DIR)
    except OSError:
        return
    yield "disk_free_bytes", "Free bytes of the disk of VAR_DIR", disk.free
    yield "disk_size_bytes", "Bytes of the disk of VAR_DIR", disk.total


def _age_of_backup() -> float | None:
    try:
        return max(0.0, time.time() - (settings.VAR_DIR / LAST_BACKUP).stat().st_mtime)
    except OSError:
        return None
