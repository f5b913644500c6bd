"""Prepare an unpacked release for serving, in one process."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management import call_command

from articles.ingest.runs import run_import
from articles.ingest.samples import SAMPLES_DIR
from articles.ingest.sources import find_files
from articles.management.base import ArchiveCommand
from articles.management.commands.record_scans import record_for_a_moment
from articles.models import SourceText
from articles.search.sync import sync_and_log


class Command(ArchiveCommand):
    help = "建库、载入参考数据和版面（空库且未指定版面时载入示例）、收集静态文件"
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("paths", nargs="*", type=Path, metavar="PAGES", help="版面文件或文件夹")

    def handle(self, *args: Any, **options: Any) -> None:
        call_command("migrate", interactive=False, verbosity=0)
        call_command("load_tables", stdout=self.stdout)
        paths = options["paths"]
        if not paths and not SourceText.objects.exists():
            paths = [SAMPLES_DIR]
        if paths:
            run_import(find_files(paths), say=self.stdout.write, arguments=paths)
        record_for_a_moment(self)
        sync_and_log(say=self.stdout.write)
        call_command("collectstatic", interactive=False, verbosity=0)
