"""Check the promises that live data can show, and print digests of what the archive holds."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from collections import Counter
from dataclasses import asdict
from typing import Any

from django.core.management.base import CommandError
from django.db import DatabaseError, InterfaceError

from articles.management.base import ArchiveCommand
from articles.verify import Check, Finding, digests, findings

#: The findings of one check that are printed without --json.
PRINTED = 20

#: The digests in Chinese.
DIGESTS = {"people": "人工所定", "readers": "读者所见", "rows": "全部各行"}


class Command(ArchiveCommand):
    help = "核对档案是否守着它的各项承诺；全部相符时印出摘要，否则列出不符之处，以 1 结束"
    ends_in_order = False  # nothing is written

    #: The number of checks that have run.
    checked = 0

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="印成一个 JSON 对象，列出全部不符之处")
        parser.add_argument("--digest", action="store_true", help="只印摘要，不核对")
        parser.add_argument(
            "--deep", action="store_true", help="另把每一版重读一遍，核对存疑，并读每个扫描件；需数小时"
        )
        parser.add_argument("--without-scans", action="store_true", help="不核对扫描件，它们不在这台主机上时")
        parser.add_argument("--without-index", action="store_true", help="不核对检索索引，它随时可以重建")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            self._verify(options)
        except (DatabaseError, InterfaceError) as error:
            said = " ".join(str(error).split())
            raise CommandError(f"数据库读不出（{said}）。请检查 DATABASE_URL、数据库和磁盘后重试。") from error

    def _verify(self, options: dict[str, Any]) -> None:
        found: list[Finding] = []
        numbers: Counter[str] = Counter()
        if not options["digest"]:
            parts = {"with_index": not options["without_index"], "with_scans": not options["without_scans"]}
            for each in findings(**parts, deep=options["deep"], progress=self._progress):
                numbers[each.check] += 1
                if options["json"] or numbers[each.check] <= PRINTED:
                    found.append(each)
            self._progress(0, self.checked, None)
        told = {} if found else _digests()
        if options["json"]:
            result = {"findings": [asdict(each) for each in found], "digests": told}
            self.stdout.write(json.dumps(result, ensure_ascii=False, indent=1))
        elif found:
            self._print_findings(found, numbers)
        else:
            if self.checked:
                self.stdout.write(f"核对了 {self.checked} 项，全部相符。")
            for name, value in told.items():
                self.stdout.write(f"{DIGESTS[name]} {value}")
        if found:
            sys.exit(1)

    def _print_findings(self, found: list[Finding], numbers: Counter[str]) -> None:
        for name, number in numbers.items():
            of_check = [each for each in found if each.check == name]
            self.stdout.write(f"{name}（{number} 处）")
            for each in of_check:
                self.stdout.write(f"  {each}")
            if number > len(of_check):
                self.stdout.write(f"  ……另有 {number - len(of_check)} 处，manage.py verify --json 全部列出")
            for remedy in dict.fromkeys(each.remedy for each in of_check):
                self.stdout.write(f"  {remedy}")
        self.stdout.write(f"核对了 {self.checked} 项，共 {numbers.total()} 处不符。")

    def _progress(self, number: int, total: int, check: Check | None) -> None:
        """Count the checks, and show the running one in one line of a terminal. Without one the line is cleared."""
        self.checked = total
        if self.stderr.isatty():
            said = f"核对 {number}/{total} {check.promise}" if check else ""
            self.stderr.write(f"\r\x1b[K{said}", ending="")


def _digests() -> dict[str, str]:
    """Return the digests. Raises CommandError if a row can't be read."""
    try:
        return digests()
    except (ValueError, TypeError, LookupError, AttributeError) as error:
        raise CommandError(
            f"摘要算不出，有的数据已损坏（{type(error).__name__}：{error}）。请运行 manage.py verify 找出损坏之处。"
        ) from error
