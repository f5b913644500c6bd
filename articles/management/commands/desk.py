"""The desk from the command line: undo a batch, hand a field back to the machine, check the ledger, print it."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.apps import apps
from django.core.management.base import CommandError

from articles.desk.check import differences
from articles.desk.releasing import release
from articles.desk.telling import tell
from articles.desk.undoing import undo
from articles.ingest.sources import Refusal
from articles.management.base import ArchiveCommand
from articles.models import Batch, Correction
from articles.models.editing import Editable

#: The batches that `log` prints unless another number is given.
LOGGED = 50


class Command(ArchiveCommand):
    help = "校改台：撤销一批改动、把字段交还机器、核对校改记录、列出批次"

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        undoing = actions.add_parser("undo", help="撤销一批改动")
        undoing.add_argument("batch", type=int, metavar="N", help="批次的编号")
        undoing.add_argument("--reason", default="", help="原因，进历史记录")
        releasing = actions.add_parser("release", help="把一个字段交还机器")
        releasing.add_argument("target", metavar="MODEL:ID", help="如 article:20418、page:12")
        releasing.add_argument("field", metavar="FIELD", help="如 headline、bylines")
        releasing.add_argument("--reason", default="", help="原因，进历史记录")
        actions.add_parser("check", help="核对校改记录与各表，印出不符之处；有不符时以 1 结束")
        logging = actions.add_parser("log", help="列出批次，新的在前")
        logging.add_argument("--json", action="store_true", help="印成一个 JSON 数组")
        logging.add_argument("--limit", type=int, default=LOGGED, metavar="N", help=f"最多几批，默认 {LOGGED}")

    def handle(self, *args: Any, **options: Any) -> None:
        {"undo": self._undo, "release": self._release, "check": self._check, "log": self._log}[options["action"]](
            options
        )

    def _undo(self, options: dict[str, Any]) -> None:
        batch = Batch.objects.filter(pk=options["batch"]).first()
        if batch is None:
            raise CommandError(f"没有第 {options['batch']} 批；“manage.py desk log”列出各批的编号。")
        try:
            undone = undo(batch, None, options["reason"])
        except Refusal as refusal:
            raise CommandError(f"不能撤销：{refusal}") from refusal
        for told, step in zip(tell(step.correction for step in undone.left), undone.left, strict=True):
            self.stdout.write(f"未动：{told.place} {told.label}（{step.left}）")
        if undone.batch is None:
            raise CommandError(f"{batch}没有可以写回的改动，什么也没有改。")
        self.stdout.write(
            f"已撤销{batch}，写回 {len(undone.steps) - len(undone.left)} 处，记为第 {undone.batch.pk} 批。"
        )

    def _release(self, options: dict[str, Any]) -> None:
        row = _row(options["target"])
        if options["field"] not in row.protectable():
            raise CommandError(f"没有“{options['field']}”这个字段；可以交还的有：{'、'.join(row.protectable())}。")
        batch = release(row, options["field"], None, options["reason"])
        if batch is None:
            raise CommandError(f"{row} 的“{options['field']}”本来就由机器更新，什么也没有改。")
        self.stdout.write(f"已交还机器，记为第 {batch.pk} 批。")

    def _check(self, options: dict[str, Any]) -> None:
        found = 0
        for said in differences():
            found += 1
            self.stdout.write(said)
        if found:
            raise CommandError(f"共 {found} 处不符。")

    def _log(self, options: dict[str, Any]) -> None:
        if options["limit"] < 0:
            raise CommandError(f"--limit {options['limit']}：请写 0 或更大的数。")
        batches = list(Batch.objects.newest_first()[: options["limit"]])
        if options["json"]:
            self.stdout.write(json.dumps([_as_json(batch) for batch in batches], ensure_ascii=False, indent=1))
            return
        for batch in batches:
            who, why = batch.user_name or "机器", f"：{batch.reason}" if batch.reason else ""
            self.stdout.write(f"{batch.pk}  {batch.at:%Y-%m-%d %H:%M}  {who}  {batch.get_kind_display()}{why}")


def _row(target: str) -> Editable:
    """Return the row that MODEL:ID names. Raises CommandError if there is none."""
    name, _, key = target.partition(":")
    models = {model._meta.model_name: model for model in apps.get_app_config("articles").get_models()}
    model = models.get(name)
    if model is None or not issubclass(model, Editable):
        known = "、".join(sorted(str(each) for each, model in models.items() if issubclass(model, Editable)))
        raise CommandError(f"“{target}”不是“表:编号”；表有：{known}，如 article:20418。")
    try:
        row = model._base_manager.filter(pk=key).first()
    except (ValueError, OverflowError):
        row = None
    if row is None:
        raise CommandError(f"没有 {target} 这条记录，请核对编号。")
    return row


def _as_json(batch: Batch) -> dict[str, Any]:
    """Return a batch with its corrections as JSON."""
    return {
        "id": batch.pk,
        "kind": batch.kind,
        "user": batch.user_name or None,
        "at": batch.at.isoformat(),
        "reason": batch.reason,
        "state": batch.state,
        "undoes": batch.undoes_id,
        "stands": batch.stands,
        "corrections": [_correction(each) for each in batch.corrections.order_by("seq")],
    }


def _correction(each: Correction) -> dict[str, Any]:
    return {
        "model": each.model,
        "object_id": each.object_id,
        "field": each.field,
        "old": each.old,
        "new": each.new,
        "was_protected": each.was_protected,
        "released": each.released,
    }
