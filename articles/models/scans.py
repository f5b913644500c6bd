"""The record of a scan: the content with which it arrived."""

from __future__ import annotations

from django.db import models
from django.utils import timezone


class Scan(models.Model):
    """A file in the scans' folder, with its size and SHA-256 at arrival. `path` is that below the folder.

    Which page a scan is of, the paths of the texts tell (articles.scans.finding).
    """

    path = models.TextField("路径", unique=True)
    size = models.PositiveBigIntegerField("字节数")
    sha256 = models.CharField("SHA-256", max_length=64)
    arrived_at = models.DateTimeField("登记时间", default=timezone.now)

    class Meta:
        verbose_name = verbose_name_plural = "扫描件"

    def __str__(self) -> str:
        return self.path
