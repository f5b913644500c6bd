"""Erase an article that the law takes back, from all that this host can reach, and tell what it can't reach."""

from __future__ import annotations

import datetime
import re
import sys
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management.base import CommandError
from django.db import DatabaseError, connection
from django.utils import timezone

from articles.backup.making import LAST_BACKUP
from articles.desk.erasing import Target, erase, is_erased, path_read_from, target_of
from articles.management.base import ArchiveCommand
from articles.management.purging import purge_cuttings, purge_database, purge_index, remove_scan
from articles.models.corrections import LAST_ID
from articles.scans.finding import find_scan
from articles.search.files import IndexUnavailable
from articles.text.cleaning import visible_line

#: An article's id, or its address: that of the part, if the address names one.
_ID = re.compile(r"[0-9]{1,19}")
_ADDRESS = re.compile(r"(?:https?://|/)\S*?/?articles/([0-9]{1,19})/?[^#\s]*(?:#part-([0-9]{1,19}))?\S*")


class Command(ArchiveCommand):
    help = "依法删去一篇文章：各表、校改记录、原文、检索索引与缓存；不能撤销"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("article", metavar="ARTICLE", help="文章的编号或网址")
        parser.add_argument("--reason", default="", help="原因，进校改记录；请不要写原文")
        parser.add_argument("--user", metavar="NAME", help="办理人的用户名，进校改记录")
        parser.add_argument("--scan", action="store_true", help="连这一版的扫描件一起删去")
        parser.add_argument("--dry-run", action="store_true", help="只说明会怎样，不写入")
        parser.add_argument("--yes", action="store_true", help="不再询问")

    def handle(self, *args: Any, **options: Any) -> None:
        pk = _article_id(options["article"])
        user = _user(options["user"])
        target = target_of(pk)
        if target is None and not is_erased(pk):
            raise CommandError(f"没有文章 {pk}：请核对编号或网址。")
        if target is None:
            self.stdout.write(f"文章 {pk} 的文字已经删去，只再清理一次。")
        else:
            self._tell(target, with_scan=options["scan"])
        self._tell_unreached(target)
        if options["dry_run"]:
            return
        if target is not None and not options["yes"]:
            self._ask(pk)
        try:
            if target is not None:
                batch = erase(pk, user, options["reason"])
                self.stdout.write(f"已删去文章 {pk}，记为第 {batch.pk} 批。")
        except (DatabaseError, LookupError) as error:
            raise CommandError(f"没有删去，什么也没有改（{type(error).__name__}）：请检查数据库后重试。") from error
        if not self._clear_away(pk, with_scan=options["scan"]):
            sys.exit(1)

    def _tell(self, target: Target, *, with_scan: bool) -> None:
        """Tell what will go, and which articles beside it stay."""
        page, number = target.page, sum(end - start for start, end in target.spans)
        said = f"将删去：文章 {target.pk}" + (f"《{visible_line(target.headline)}》" if target.headline else "")
        self.stdout.write(f"{said}，{page or '版面已不在'}，原文 {number} 字。")
        self.stdout.write(
            "一并删去：署名、地区、主题、存疑、机器建议，校改记录和旧文本里的这些文字。网址从此答复“已撤下”。"
        )
        for part in target.parts:
            beside = f"同一稿件另有文章 {part.pk}《{part}》（{part.page}），文字不动"
            self.stdout.write(f"{beside}；也要删去请运行 manage.py erase {part.pk}。")
        if target.parts and target.article is not None and target.article.continuation_of_id is None:
            self.stdout.write("这是首篇：其余各篇随之撤下，可在校改台恢复。")
        for each in target.sharing:
            self.stdout.write(f"文章 {each.pk}《{each}》里也有这些字句，文字不动：请在校改台改，或另行删去。")
        scan = find_scan(target.source.path) if target.source else None
        if scan:
            said = "一并删去，这一版从此没有扫描件" if with_scan else "仍看得到这些文字；连它删去请加 --scan"
            self.stdout.write(f"扫描件 {scan}：{said}。")
        if target.source:
            self.stdout.write(
                f"导入时的文件 {target.source.path} 不在档案之内，请自行删去；再导入它，不会带回这些文字。"
            )

    def _tell_unreached(self, target: Target | None) -> None:
        """Tell where the text stays although it is gone here."""
        try:
            at = datetime.datetime.fromtimestamp((settings.VAR_DIR / LAST_BACKUP).stat().st_mtime, datetime.UTC)
            last = f"上次备份在 {timezone.localtime(at):%Y-%m-%d %H:%M}，那时及以前的备份文件里仍有这些文字"
        except OSError:
            last = "没有备份的记录；若有备份文件，里面仍有这些文字"
        self.stdout.write(f"管不到：{last}，请销毁；恢复了这样的备份，须再运行一次 erase。")
        if connection.vendor == "postgresql":
            self.stdout.write(
                "管不到：PostgreSQL 的 WAL 归档和基础备份。备库会自己跟上；各只读主机请运行 sync_search --rebuild。"
                "数据文件里的旧字节要等新行覆盖；要立刻抹去，请在停机时运行 VACUUM FULL。"
            )
        self.stdout.write(
            "管不到：另一份文件（如重新识别的）若含这些文字，请不要导入；读者和搜索引擎已经存下的也收不回。"
        )

    def _ask(self, pk: int) -> None:
        """Ask for the id of the article. Raises CommandError if the answer is another one, or nobody can be asked."""
        if not sys.stdin.isatty():
            raise CommandError("没有人可问：请在终端里运行，或加 --yes。")
        self.stdout.write(f"不能撤销。要删去请输入文章的编号 {pk}：")
        if sys.stdin.readline().strip() != str(pk):
            raise CommandError("没有确认，什么也没有改。")

    def _clear_away(self, pk: int, *, with_scan: bool) -> bool:
        """Clear away what database, index and caches still hold. Return whether it is done; else tell how."""
        again = f"文字已从各表删去，但没有清理完：请排除原因后再运行 manage.py erase {pk}。"
        try:
            if with_scan:
                name = remove_scan(path_read_from(pk))
                self.stdout.write(f"已删去扫描件 {name}。" if name else "这一版没有扫描件。")
            purge_cuttings()
            is_done = purge_database(self.stdout.write) or connection.vendor == "postgresql"
            is_done &= purge_index(self.stdout.write)
        except (OSError, RuntimeError, ValueError, DatabaseError, IndexUnavailable) as error:
            self.stderr.write(f"{again}（{type(error).__name__}：{error}）")
            return False
        self.stdout.write("数据库、检索索引和缓存都清理过了。" if is_done else again)
        return is_done


def _article_id(given: str) -> int:
    """Return the id that is given, or that of an address. Raises CommandError if there is none."""
    address = _ADDRESS.fullmatch(given)
    found = (address[2] or address[1]) if address else given if _ID.fullmatch(given) else ""
    if not found or int(found) > LAST_ID:
        raise CommandError(f"“{visible_line(given)}”不是文章的编号或网址：请写成 20418 或 /articles/20418/。")
    return int(found)


def _user(name: str | None) -> Any:  # noqa: ANN401 - the account of this installation
    """Return the account with this name, None if none is given. Raises CommandError if there is none."""
    if name is None:
        return None
    user = get_user_model()._default_manager.filter(username=name).first()
    if user is None:
        raise CommandError(f"没有用户“{visible_line(name)}”：请核对 --user。")
    return user
