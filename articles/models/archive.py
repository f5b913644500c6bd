"""The archive's one state row, and the only way to write what readers see: `with archive.change() as change:`."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

from django.apps import apps
from django.db import DEFAULT_DB_ALIAS, connection, connections, models, transaction
from django.db.models import Q
from django.db.models.expressions import RawSQL
from django.utils import timezone

from articles.models.statements import Statement

Key = TypeVar("Key", int, str)

#: The most ids in one SQL list: SQLite takes 32,766 parameters, older builds 999.
BATCH = 900


def new_epoch() -> str:
    return uuid.uuid4().hex


class Archive(models.Model):
    """The state of the whole archive, in one row.

    Search index, ETag and page cache are keyed by (epoch, revision). `revision` rises by one with each change that
    readers could see. `epoch` is new when the archive is made or restored, and when a standby is promoted: the same
    revision may then be of other content. `identity` stays as long as the ids of articles keep their meaning, even
    after a restore; the ids of feeds contain both.
    """

    epoch = models.CharField("纪元", max_length=32, default=new_epoch)
    identity = models.CharField("标识", max_length=32, default=new_epoch, editable=False)
    revision = models.PositiveBigIntegerField("修订号", default=0)
    changed_at = models.DateTimeField("最后更新", null=True)
    #: PostgreSQL's timeline at the last change, see `_lock_state`. 0: none is known, as on SQLite.
    timeline = models.PositiveBigIntegerField("时间线", default=0, db_default=0, editable=False)
    #: The revision of the last change that may have written a reference table, and the revision up to which this is
    #: known. A release from before these fields raises `revision` alone.
    reference_revision = models.PositiveBigIntegerField("参考数据修订号", default=0, db_default=0, editable=False)
    reference_known_at = models.PositiveBigIntegerField("参考数据查明于", default=0, db_default=0, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "档案状态"
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="archive_is_one_row")]

    def __str__(self) -> str:
        return f"{self.epoch[:8]}-{self.revision}"

    @property
    def content_state(self) -> str:
        """The name of the whole content: it changes with each change of the archive."""
        return f"{self.epoch}-{self.revision}"

    @property
    def reference_state(self) -> str:
        """The name of the content of the reference tables (regions, their other names, topics, synonyms).

        It stays the same through changes that keep these tables, such as the import of pages.
        """
        is_known = self.reference_known_at == self.revision
        return f"{self.epoch}-{self.reference_revision if is_known else self.revision}"


class VanishedArticle(models.Model):
    """The id of a deleted article, with the revision of the deletion. The search index follows these rows."""

    article_id = models.PositiveBigIntegerField("文章编号", primary_key=True)
    revision = models.PositiveBigIntegerField("修订号", db_index=True)

    class Meta:
        verbose_name = verbose_name_plural = "已删除的文章"

    def __str__(self) -> str:
        return f"{self.article_id} @ {self.revision}"


class Change:
    """The effects of one change. `change()` hands it out, and writes them when its block ends."""

    def __init__(self, state: Archive) -> None:
        self._state = state
        self._time: datetime.datetime | None = None
        self._articles: set[int] = set()
        self._vanished: set[int] = set()
        self._other = False
        self._keeps_reference = True

    def articles(self, articles: models.QuerySet | Iterable[int]) -> None:
        """Stamp these articles (ids, or a QuerySet that is read at once) and their stories when the change ends.

        If an article leaves a story, name the story's head as well.
        """
        if isinstance(articles, models.QuerySet):
            articles = articles.values_list("pk", flat=True)
        self._articles.update(articles)

    def stamp(self) -> dict[str, Any]:
        """Return the values of an article that this change makes: the revision to come, and the time of the change.

        An article that is stored with them needs no stamp at the end, unless it is a part of another story.
        """
        self._other = True
        self._time = self._time or timezone.now()
        return {"revision": self._state.revision + 1, "changed_at": self._time}

    def vanished(self, ids: Iterable[int]) -> None:
        """Record the ids of articles that this change deletes."""
        self._vanished.update(ids)

    def returned(self, ids: Iterable[int]) -> None:
        """Record the ids of deleted articles that this change brings back. They are stamped as well."""
        ids = set(ids)
        VanishedArticle.objects.filter(pk__in=ids).delete()
        self._vanished -= ids
        self._articles |= ids

    def other(self) -> None:
        """Record an effect outside all articles: on a page's section, a new issue, a description."""
        self._other = True

    def may_write_reference(self) -> None:
        """Record that the change may write a reference table, as a change does unless it is opened otherwise."""
        self._keeps_reference = False

    def snapshot(self) -> tuple[set[int], set[int], bool]:
        """Return the effects so far, for `restore`."""
        return set(self._articles), set(self._vanished), self._other

    def restore(self, named: tuple[set[int], set[int], bool]) -> None:
        self._articles, self._vanished, self._other = named

    @property
    def has_effect(self) -> bool:
        return bool(self._articles or self._vanished or self._other)

    def _write(self) -> None:
        Article = apps.get_model("articles", "Article")
        state = self._state
        is_kept = self._keeps_reference and state.reference_known_at == state.revision
        state.revision += 1
        state.reference_known_at = state.revision
        if not is_kept:
            state.reference_revision = state.revision
        state.changed_at = self._time or timezone.now()
        state.save(update_fields=["revision", "changed_at", "reference_revision", "reference_known_at"])
        for ids in batches(self._articles - self._vanished):
            # A story is one document. A change of any part changes the whole story.
            heads = Article.objects.filter(pk__in=ids, continuation_of__isnull=False).values("continuation_of")
            stories = Article.objects.filter(Q(pk__in=ids) | Q(pk__in=heads)).values_list("pk", flat=True)
            for story_ids in batches(set(stories)):
                Article.objects.filter(Q(pk__in=story_ids) | Q(continuation_of__in=story_ids)).update(
                    revision=state.revision, changed_at=state.changed_at
                )
        # The id of an article may vanish again after its deletion was undone.
        VanishedArticle.objects.bulk_create(
            [VanishedArticle(article_id=pk, revision=state.revision) for pk in sorted(self._vanished)],
            update_conflicts=True,
            unique_fields=["article_id"],
            update_fields=["revision"],
        )


_current: ContextVar[Change | None] = ContextVar("archive_change", default=None)


@contextmanager
def change(*, keeps_reference: bool = False) -> Iterator[Change]:
    """Open the transaction of a change that readers could see, and yield the `Change` that takes its effects.

    With `keeps_reference` the block promises to write no reference table, see `Archive.reference_state`. Otherwise the
    change counts as one that may have written them.

    The archive's row is locked first, so that changes follow one another. Prepare whatever can be prepared (the
    reading of a page text) before the block. At the end, if there are effects, the revision rises by one and the
    articles are stamped with it. An exception undoes everything. Blocks nest: an inner block joins the change of the
    outer one.
    """
    outer = _current.get()
    if outer is not None:
        if not keeps_reference:
            outer.may_write_reference()
        named = outer.snapshot()
        try:
            with transaction.atomic():
                yield outer
        except BaseException:  # after any exception, the effects of the inner block are undone, too
            outer.restore(named)
            raise
        return
    with transaction.atomic():
        state = _lock_state()
        this = Change(state)
        if not keeps_reference:
            this.may_write_reference()
        token = _current.set(this)
        try:
            yield this
        finally:
            _current.reset(token)
        if this.has_effect:
            this._write()
            for follow in followers:
                follow()


def _lock_state() -> Archive:
    """Lock the archive's row, which is made if need be, and return it. It has the epoch of the database of now."""
    rows = Archive.objects.select_for_update()
    if connection.vendor == "postgresql":
        rows = rows.annotate(timeline_now=_TIMELINE)
    state, _ = rows.get_or_create(pk=1)
    now = getattr(state, "timeline_now", state.timeline)
    if now != state.timeline:
        # A promoted standby, or a server restored to some time, has begun a new timeline. Transactions of the old one
        # may be lost, so that other hosts have seen revisions that are given once more, to other content.
        if state.timeline:
            state.epoch = new_epoch()
        state.timeline = now
        state.save(update_fields=["epoch", "timeline"])
    return state


#: The server's timeline: the first eight digits of the name of the file into which it writes its log (27.4 of the
#: manual). Any user may ask for it.
_TIMELINE = RawSQL("('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::bigint", ())

#: Called at the end of each transaction that raises the revision. The search index registers here.
followers: list[Callable[[], None]] = []


def state() -> Archive:
    """Return the archive's row, or an unsaved row at revision 0 if nothing has been written yet."""
    return next(iter(_STATE.rows()), None) or Archive(pk=1, epoch="", identity="")


_served: ContextVar[Archive | None] = ContextVar("served_state", default=None)


@contextmanager
def serving_at(at: Archive) -> Iterator[None]:
    """Serve a request at the state `at` in this block."""
    token = _served.set(at)
    try:
        yield
    finally:
        _served.reset(token)


def served_state() -> Archive:
    """Return the state at which the present page is served; outside requests, the present state."""
    return _served.get() or state()


@contextmanager
def snapshot() -> Iterator[Archive]:
    """Read one state of the archive in this block, despite other writers. Yield it; it is the served state, too.

    Nothing is locked. Within a transaction the block reads the transaction's own view.
    """
    with one_state():
        now = state()
        token = _in_snapshot.set(True)
        try:
            with serving_at(now):
                yield now
        finally:
            _in_snapshot.reset(token)


_in_snapshot: ContextVar[bool] = ContextVar("in_snapshot", default=False)


def is_snapshot() -> bool:
    """Tell whether the database is read at one state, which may be older than what others read meanwhile."""
    return _in_snapshot.get()


@contextmanager
def one_state(using: str = DEFAULT_DB_ALIAS) -> Iterator[None]:
    """Read one state of the database `using` in this block, despite other writers, as `snapshot` does."""
    connection = connections[using]
    if connection.in_atomic_block:
        yield
        return
    connection.ensure_connection()
    mode = getattr(connection, "transaction_mode", None)
    if mode:  # SQLite alone has it; the settings take the write lock
        setattr(connection, "transaction_mode", "DEFERRED")  # noqa: B010 - SQLite has it alone
    try:
        with transaction.atomic(using):
            if connection.vendor == "postgresql":
                with connection.cursor() as cursor:
                    cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield
    finally:
        if mode:
            setattr(connection, "transaction_mode", mode)  # noqa: B010


_STATE = Statement(lambda: Archive.objects.filter(pk=1))


def batches(keys: set[Key], size: int = BATCH) -> Iterator[list[Key]]:
    """Yield the keys in order, in lists of `size`, by default short enough for one SQL list."""
    ordered = sorted(keys)
    return (ordered[start : start + size] for start in range(0, len(ordered), size))
