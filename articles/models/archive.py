"""The archive's one row, and the one way to write what readers see: `with archive.change() as change:`."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar

from django.apps import apps
from django.db import connection, models, transaction
from django.db.models import Q
from django.utils import timezone

Key = TypeVar("Key", int, str)

#: Ids in one SQL list; SQLite takes no more than 32,766 parameters, older builds 999.
BATCH = 900


def new_epoch() -> str:
    return uuid.uuid4().hex


class Archive(models.Model):
    """The state of the whole archive, one row.

    Search index, ETag and page cache are keyed by (epoch, revision): `revision` rises by one with each change that
    readers could see; `epoch` is new when the archive is made or restored, for then revisions start anew. `identity`
    stays as long as the ids of the articles mean the same, restored or not: the ids of feeds are made of both.
    """

    epoch = models.CharField("纪元", max_length=32, default=new_epoch)
    identity = models.CharField("标识", max_length=32, default=new_epoch, editable=False)
    revision = models.PositiveBigIntegerField("修订号", default=0)
    changed_at = models.DateTimeField("最后更新", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "档案状态"
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="archive_is_one_row")]

    def __str__(self) -> str:
        return f"{self.epoch[:8]}-{self.revision}"


class VanishedArticle(models.Model):
    """An article id that is no more, with the revision at which it went; the search index follows these."""

    article_id = models.PositiveBigIntegerField("文章编号", primary_key=True)
    revision = models.PositiveBigIntegerField("修订号", db_index=True)

    class Meta:
        verbose_name = verbose_name_plural = "已删除的文章"

    def __str__(self) -> str:
        return f"{self.article_id} @ {self.revision}"


class Change:
    """What one change touches. Handed out by `change()`; nothing is written before that block ends."""

    def __init__(self) -> None:
        self._articles: set[int] = set()
        self._vanished: set[int] = set()
        self._other = False

    def articles(self, articles: models.QuerySet | Iterable[int]) -> None:
        """Stamp these articles (a QuerySet, read at once, or ids), and the stories that they are part of at the end.

        Of a story that an article leaves, name the head too.
        """
        if isinstance(articles, models.QuerySet):
            articles = articles.values_list("pk", flat=True)
        self._articles.update(articles)

    def vanished(self, ids: Iterable[int]) -> None:
        """Keep the ids of articles that this change deletes."""
        self._vanished.update(ids)

    def other(self) -> None:
        """Something that readers see and that is part of no article: a page's section, a new issue, a description."""
        self._other = True

    def snapshot(self) -> tuple[set[int], set[int], bool]:
        """Return what has been named so far, for `restore`."""
        return set(self._articles), set(self._vanished), self._other

    def restore(self, named: tuple[set[int], set[int], bool]) -> None:
        self._articles, self._vanished, self._other = named

    @property
    def has_effect(self) -> bool:
        return bool(self._articles or self._vanished or self._other)

    def _write(self, state: Archive) -> None:
        Article = apps.get_model("articles", "Article")
        state.revision += 1
        state.changed_at = timezone.now()
        state.save(update_fields=["revision", "changed_at"])
        for ids in batches(self._articles - self._vanished):
            # A story is one document: a change to its head or to any part of it is a change to all of it.
            heads = Article.objects.filter(pk__in=ids, continuation_of__isnull=False).values("continuation_of")
            stories = Article.objects.filter(Q(pk__in=ids) | Q(pk__in=heads)).values_list("pk", flat=True)
            for story_ids in batches(set(stories)):
                Article.objects.filter(Q(pk__in=story_ids) | Q(continuation_of__in=story_ids)).update(
                    revision=state.revision, changed_at=state.changed_at
                )
        VanishedArticle.objects.bulk_create(
            [VanishedArticle(article_id=pk, revision=state.revision) for pk in sorted(self._vanished)]
        )


_current: ContextVar[Change | None] = ContextVar("archive_change", default=None)


@contextmanager
def change() -> Iterator[Change]:
    """Open the transaction of a change that readers could see, and yield the `Change` to name its effects on.

    The archive's row is locked first, so that changes come one after another; whatever can be prepared (reading a page
    text) is prepared before. On leaving, if anything was named, the revision rises by one and the articles named are
    stamped with it; an exception undoes everything. Blocks nest: an inner one joins the outer one's change.
    """
    outer = _current.get()
    if outer is not None:
        named = outer.snapshot()
        try:
            with transaction.atomic():
                yield outer
        except BaseException:  # whatever it was: what the inner block named is undone with it
            outer.restore(named)
            raise
        return
    with transaction.atomic():
        state, _ = Archive.objects.select_for_update().get_or_create(pk=1)
        this = Change()
        token = _current.set(this)
        try:
            yield this
        finally:
            _current.reset(token)
        if this.has_effect:
            this._write(state)
            for follow in followers:
                follow()


#: Called inside each transaction that raises the revision, at its end: the search index arranges there to follow.
followers: list[Callable[[], None]] = []


def state() -> Archive:
    """Return the archive's row, or an unsaved one at revision 0 where nothing was ever written."""
    return next(iter(Archive.objects.raw(_STATE)), None) or Archive(pk=1, epoch="", identity="")


_served: ContextVar[Archive | None] = ContextVar("served_state", default=None)


@contextmanager
def serving_at(at: Archive) -> Iterator[None]:
    """Answer, in this block, a request that was asked at this state."""
    token = _served.set(at)
    try:
        yield
    finally:
        _served.reset(token)


def served_state() -> Archive:
    """Return the state of the archive that the page being served was asked at; elsewhere the present one."""
    return _served.get() or state()


@contextmanager
def snapshot() -> Iterator[Archive]:
    """Read, in this block, one state of the archive, whoever writes meanwhile; yield it, as the state that is served.

    Nothing is locked. Within a transaction the block reads what that reads.
    """
    with _snapshot():
        now = state()
        with serving_at(now):
            yield now


@contextmanager
def _snapshot() -> Iterator[None]:
    if connection.in_atomic_block:
        yield
        return
    connection.ensure_connection()
    mode = getattr(connection, "transaction_mode", None)
    if mode:  # of SQLite, by settings to take the write lock
        setattr(connection, "transaction_mode", "DEFERRED")  # noqa: B010 - SQLite has it alone
    try:
        with transaction.atomic():
            if connection.vendor == "postgresql":
                with connection.cursor() as cursor:
                    cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield
    finally:
        if mode:
            setattr(connection, "transaction_mode", mode)  # noqa: B010


#: Asked before each page: to build this query by an ORM takes four times as long as to run it.
_STATE = "SELECT id, epoch, identity, revision, changed_at FROM articles_archive WHERE id = 1"


def batches(keys: set[Key]) -> Iterator[list[Key]]:
    """Yield ids, or names, as many at a time as one SQL list may hold."""
    ordered = sorted(keys)
    return (ordered[start : start + BATCH] for start in range(0, len(ordered), BATCH))
