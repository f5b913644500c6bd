"""Claims on doubts: which editor is at work on which item of the queue."""

from __future__ import annotations

import datetime

from django.conf import settings
from django.db import IntegrityError, models, transaction
from django.db.models import Q
from django.utils import timezone

from articles.models.doubts import Doubt

#: How long a claim keeps an item from other editors.
HELD_FOR = datetime.timedelta(minutes=10)


class ClaimQuerySet(models.QuerySet["Claim"]):
    def live(self) -> ClaimQuerySet:
        """Return the claims that still hold."""
        return self.filter(at__gt=timezone.now() - HELD_FOR)

    def take(self, doubt: Doubt, user: int) -> bool:
        """Claim `doubt` for the user with this id. Return False if another user's claim on it holds.

        One statement decides between two who ask at once. No lock of the archive is needed: a claim changes nothing
        that readers see.
        """
        now = timezone.now()
        free = self.filter(doubt=doubt).filter(Q(user=user) | Q(at__lte=now - HELD_FOR))
        if free.update(user=user, at=now):
            return True
        try:
            with transaction.atomic():
                self.create(doubt=doubt, user_id=user, at=now)
        except IntegrityError:
            return False
        return True


class Claim(models.Model):
    """The editor who is at work on a doubt, and since when. It lapses after HELD_FOR."""

    doubt = models.OneToOneField(Doubt, models.CASCADE, related_name="claim", verbose_name="存疑")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name="用户")
    at = models.DateTimeField("时间")

    objects = ClaimQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "处理中"

    def __str__(self) -> str:
        return f"{self.user} {self.at}"
