"""Source files as they came, and the ledger of imports."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from articles.models.plain_json import PlainJSONEncoder


class SourceText(models.Model):
    """The text of a page file, kept for ever with its original line ends, its path and the way it was read.

    A text is unique by the SHA-256 of the file's bytes and the part of the file. Of a recognition tool's file, `text`
    is the extracted text, `boxes` are (start, end, x0, y0, x1, y1) over it in the tool's units, and the first part
    keeps the `original` file. `extent` is the page's [width, height] in these units, [] if they are pixels of the
    scan, None if the reading did not note it. `claimed_*` is the place that the reading claims, whatever place a person
    gave the page. A text in conflict, or set aside, names the page whose place it claims. `erased` are the stretches
    [start, end] whose characters the law has taken back; spaces stand there. It is None if nothing was taken out of the
    file, and [] if it was out of another part.
    """

    class Standing(models.TextChoices):
        CURRENT = "current", "现用"
        SUPERSEDED = "superseded", "已被新文本取代"
        CONFLICT = "conflict", "版面冲突"
        ASIDE = "aside", "存档，未采用"

    path = models.TextField("路径")
    sha256 = models.CharField("SHA-256", max_length=64)
    part = models.PositiveSmallIntegerField("部分", default=0)
    encoding = models.CharField("编码", max_length=20)
    text = models.TextField("原文")
    original = models.TextField("原文件", blank=True)
    boxes = models.JSONField("位置", encoder=PlainJSONEncoder, default=list, blank=True)
    extent = models.JSONField("版面大小", encoder=PlainJSONEncoder, null=True, blank=True)
    loaded_at = models.DateTimeField("载入时间", auto_now_add=True)
    reader_version = models.CharField("读取器版本", max_length=40)
    clues = models.JSONField("给定信息", encoder=PlainJSONEncoder, default=dict, blank=True)
    claimed_date = models.DateField("文中的日期", null=True, blank=True)
    claimed_number = models.PositiveSmallIntegerField("文中的版次", null=True, blank=True)
    erased = models.JSONField("删去之处", encoder=PlainJSONEncoder, null=True, blank=True, editable=False)
    page = models.ForeignKey(
        "articles.Page", models.SET_NULL, null=True, blank=True, related_name="sources", verbose_name="版面"
    )
    standing = models.CharField("状态", max_length=12, choices=Standing, default=Standing.CURRENT)

    class Meta:
        verbose_name = verbose_name_plural = "原始文本"
        ordering = ["-pk"]
        indexes = [
            # Two columns each: by one, SQLite would rather take the next index, and read all current texts.
            models.Index(fields=["path", "part"], name="source_by_path"),
            models.Index(fields=["claimed_date", "claimed_number"], name="source_by_claim"),
            models.Index(fields=["standing"], name="source_by_standing"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["sha256", "part"], name="source_once"),
            # A page shows one current text. Older texts and rivals stay beside it.
            models.UniqueConstraint(
                fields=["page"], condition=Q(standing="current"), name="source_current_once_a_page"
            ),
        ]

    def __str__(self) -> str:
        return self.file_name

    @property
    def file_name(self) -> str:
        return self.path.rsplit("/", 1)[-1]


class ImportRun(models.Model):
    """One run of `import_pages`: its arguments and results.

    `passed_over` counts files in its folders that are no pages. `ending` is the reason if the run ended early.
    """

    started_at = models.DateTimeField("开始", auto_now_add=True)
    finished_at = models.DateTimeField("结束", null=True, blank=True)
    arguments = models.JSONField("参数", encoder=PlainJSONEncoder, default=list)
    reader_version = models.CharField("读取器版本", max_length=40)
    added = models.PositiveIntegerField("新增", default=0)
    changed = models.PositiveIntegerField("更新", default=0)
    same = models.PositiveIntegerField("相同", default=0)
    conflicting = models.PositiveIntegerField("冲突", default=0)
    failed = models.PositiveIntegerField("失败", default=0)
    passed_over = models.PositiveIntegerField("略过", default=0)
    ending = models.TextField("中途结束", blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "导入记录"
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"第 {self.pk} 次导入"


class ImportItem(models.Model):
    """The result of a run for one file. A file that was the same leaves no row."""

    class Outcome(models.TextChoices):
        ADDED = "added", "新增"
        CHANGED = "changed", "更新"
        SAME = "same", "相同"
        CONFLICT = "conflicting", "版面冲突"
        FAILED = "failed", "失败"

    run = models.ForeignKey(ImportRun, models.CASCADE, related_name="items", verbose_name="导入")
    path = models.TextField("路径")
    outcome = models.CharField("结果", max_length=12, choices=Outcome)
    message = models.TextField("说明", blank=True)
    source = models.ForeignKey(SourceText, models.SET_NULL, null=True, blank=True, verbose_name="原始文本")
    page = models.ForeignKey("articles.Page", models.SET_NULL, null=True, blank=True, verbose_name="版面")

    class Meta:
        verbose_name = verbose_name_plural = "导入明细"
        ordering = ["pk"]
        indexes = [models.Index(fields=["outcome"], name="import_item_by_outcome")]

    def __str__(self) -> str:
        return f"{self.path}：{self.get_outcome_display()}"
