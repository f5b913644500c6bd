"""Record the scans that have arrived, by which `verify` knows one that was cut, changed or lost."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError

from articles.management.base import ArchiveCommand
from articles.scans.recording import NoScan, Recorded, record_scans, renew_scan

#: The seconds for which a start of the archive, or an import, may be kept by many scans.
MOMENT = 10.0


class Command(ArchiveCommand):
    help = "登记新到的扫描件的大小和 SHA-256；中断后再运行即从那里继续"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--renew", nargs="+", metavar="PATH", help="只把这些有意换过或移走的扫描件按现状登记")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["renew"]:
            self._renew(options["renew"])
            return
        result = record_scans()
        self.stdout.write(f"登记了 {result.new} 个扫描件。")
        tell_rest(self, result)
        if result.unread:
            sys.exit(1)

    def _renew(self, paths: list[str]) -> None:
        for path in paths:
            try:
                scan = renew_scan(path)
            except NoScan as error:
                raise CommandError(str(error)) from error
            except OSError as error:
                raise CommandError(f"{path} 读不了（{error.strerror}）：请检查权限与磁盘。") from error
            self.stdout.write(f"{path} 按现状登记，{scan.size} 字节。" if scan else f"{path} 不在了，已除名。")


def record_for_a_moment(command: ArchiveCommand) -> None:
    """Record new scans for some seconds, after the work of another command, and tell whether some may be left."""
    result = record_scans(seconds=MOMENT)
    if result.new:
        command.stdout.write(f"登记了 {result.new} 个扫描件。")
    tell_rest(command, result)


def tell_rest(command: ArchiveCommand, result: Recorded) -> None:
    """Tell which scans a run has not recorded, and why."""
    if not result.is_whole:
        command.stdout.write("扫描件没有看完，可能还有没登记的：请运行 manage.py record_scans。")
    if result.young:
        command.stdout.write(f"{result.young} 个扫描件一分钟之内还在写入，下次再登记。")
    for each in result.unread:
        command.stderr.write(f"扫描件读不了，没有登记：{each}")
