"""The ledger of what people write: batches of corrections."""

from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings
from django.db import models
from django.utils import timezone

from articles.models import row_values
from articles.models.editing import Editable
from articles.models.plain_json import PlainJSONEncoder

#: The greatest id that a database can hold.
LAST_ID = 2**63 - 1

#: The most characters of an id in the ledger. The id of a redirect is its old path.
ID_LENGTH = 300


class BatchQuerySet(models.QuerySet["Batch"]):
    def newest_first(self) -> BatchQuerySet:
        return self.order_by("-pk")


class Batch(models.Model):
    """What one person did at once: a form that was saved, an action on a list, an undo.

    `undoes` is the batch that this one took back, wholly or in part. A batch stands unless a standing batch undoes it.
    The name of the user stays even if the account goes.
    """

    class Kind(models.TextChoices):
        FORM = "form", "校改"
        MERGE = "merge", "合并"
        SPLIT = "split", "拆分"
        MOVE = "move", "移动"
        JOIN = "join", "接成一篇"
        PART = "part", "解开"
        WITHDRAWAL = "withdrawal", "撤下"
        RESTORING = "restoring", "恢复"
        ACTION = "action", "列表操作"
        DELETION = "deletion", "删除"
        CONFLICT = "conflict", "裁决版面冲突"
        TEXT = "text", "换用文本"
        DISMISSAL = "dismissal", "无误"
        RELEASE = "release", "交还机器"
        UNDO = "undo", "撤销"
        REMOVAL = "removal", "示例移除"
        ERASURE = "erasure", "依法删去"
        HISTORY = "history", "原有历史"

    class State(models.TextChoices):
        DRAFT = "draft", "草稿"
        RUNNING = "running", "进行中"
        APPLIED = "applied", "已完成"

    #: The kinds in which an import that a person has called for adds and removes articles, as any import may do.
    OF_TEXTS = (Kind.CONFLICT, Kind.TEXT)

    kind = models.CharField("种类", max_length=10, choices=Kind)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name="用户"
    )
    user_name = models.CharField("用户名", max_length=150, blank=True)
    at = models.DateTimeField("时间", default=timezone.now, db_index=True)
    reason = models.TextField("原因", blank=True)
    state = models.CharField("状态", max_length=8, choices=State, default=State.APPLIED)
    undoes = models.ForeignKey("self", models.PROTECT, null=True, related_name="undone_by", verbose_name="所撤销的批次")

    objects = BatchQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "批次"
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"第 {self.pk} 批：{self.get_kind_display()}"

    @property
    def is_final(self) -> bool:
        """Whether nobody can take it back: what the law has taken is kept nowhere."""
        return self.kind == self.Kind.ERASURE

    @property
    def root_kind(self) -> str:
        """The kind of the batch that was taken back, or brought again, by a chain of undos that ends in this one."""
        batch = self
        while batch.undoes is not None:
            batch = batch.undoes
        return batch.kind

    @property
    def stands(self) -> bool:
        """Whether no standing batch has taken it back."""
        return not any(undo.stands for undo in self.undone_by.all())


class CorrectionQuerySet(models.QuerySet["Correction"]):
    def of(self, row: models.Model) -> CorrectionQuerySet:
        """Return the corrections of a row, the oldest first."""
        return self.of_id(type(row), row.pk)

    def of_id(self, model: type[models.Model], pk: object) -> CorrectionQuerySet:
        """Return the corrections of the row of `model` with this id, the oldest first. The row may be gone."""
        return self.filter(model=model._meta.model_name, object_id=str(pk)).order_by("batch_id", "seq")


class Correction(models.Model):
    """One value that a person wrote: `field` of the row `object_id` of `model` went from `old` to `new`.

    `field` is the name of a field, of a set, or `blocks/KEY` for one block of a body. The empty field is the whole row:
    `old` is null for a new row, `new` is null for a deleted one. Both are JSON as `articles.models.row_values` writes
    it. `was_protected` tells whether a person had already set the field, `released` whether it was handed back to
    the machine. A batch has one correction of each field of a row.
    """

    batch = models.ForeignKey(Batch, models.CASCADE, related_name="corrections", verbose_name="批次")
    seq = models.PositiveIntegerField("次序")
    model = models.CharField("表", max_length=30)
    object_id = models.CharField("编号", max_length=ID_LENGTH)
    field = models.CharField("字段", max_length=60, blank=True)
    old = models.JSONField("原值", encoder=PlainJSONEncoder, null=True)
    new = models.JSONField("新值", encoder=PlainJSONEncoder, null=True)
    was_protected = models.BooleanField("此前已是人工", default=False)
    released = models.BooleanField("交还机器", default=False)

    objects = CorrectionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "校改记录"
        ordering = ["batch_id", "seq"]
        indexes = [models.Index(fields=["model", "object_id"], name="correction_by_row")]
        constraints = [
            models.UniqueConstraint(fields=["batch", "seq"], name="correction_once_a_place"),
            models.UniqueConstraint(
                fields=["batch", "model", "object_id", "field"], name="correction_once_a_field_and_batch"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.model} {self.object_id} {self.field}".rstrip()


def record_removal(rows: Iterable[Editable], reason: str) -> None:
    """Write into the ledger that a machine removes `rows`, each whole, as one batch without a user.

    What a person has corrected can thus be looked at for ever. Call it before deleting. Without rows nothing is
    written.
    """
    rows = list(rows)
    if not rows:
        return
    batch = Batch.objects.create(kind=Batch.Kind.REMOVAL, reason=reason)
    Correction.objects.bulk_create(
        Correction(
            batch=batch,
            seq=seq,
            model=str(row._meta.model_name),
            object_id=str(row.pk),
            field="",
            old=row_values.values(row),
        )
        for seq, row in enumerate(rows, start=1)
    )
