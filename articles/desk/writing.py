"""One write of a person: rows are watched, changed, and compared; the differences become a batch of corrections."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import Any

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db import models, transaction

from articles.desk.changes import Changed, Key, key_of
from articles.desk.consequences import draw_consequences
from articles.desk.doubts import State, may_open, named_by, set_state
from articles.desk.protection import protect, structure_edits
from articles.desk.recording import corrections_of
from articles.metrics import count_event
from articles.models import Batch, Contributor, Correction, Issue, Page, Redirect, archive
from articles.models.archive import batches
from articles.models.doubt_kinds import PROPOSAL
from articles.models.precedence import in_front
from articles.models.row_values import PREFETCHED, Values, belongings, key_field, values

#: What a write may have as its user: an account, or None for the archive itself.
Person = AbstractBaseUser | AnonymousUser | None

#: Rows read by one query. The rows that belong to them are asked for by as many parameters; SQLite takes 32,766.
ROWS_AT_ONCE = 10_000


class Writing:
    """The writes of one person in one change of the archive. `writing` opens it.

    Whoever changes a row watches it first. When the block ends, each watched row is compared with its state when it
    was first watched, and the differences are recorded. A person's fields are then protected from imports, and the
    archive draws the consequences: stories are judged anew, pages are stamped.
    `batch` is the stored batch after the block, or None if nothing differed.
    """

    def __init__(self, change: archive.Change, user: Person, kind: str, reason: str, undoes: Batch | None) -> None:
        self.change = change
        self.user = user
        self.kind = kind
        self.reason = reason
        self.undoes = undoes
        self.batch: Batch | None = None
        #: Whether the fields of a row are protected afterwards, {(row, field): bool}. Other changed fields become a
        #: person's.
        self.protection: dict[tuple[Key, str], bool] = {}
        self._before: dict[Key, Values | None] = {}
        self._last_contributor = _last_contributor()
        self._machines_contributors: set[int] = set()
        self._has_imported = False

    def watch(self, *rows: models.Model) -> None:
        """Note the stored values of `rows`, before they are changed."""
        for model in dict.fromkeys(type(row) for row in rows):
            field = key_field(model)
            self.watch_keys(model, [getattr(row, field) for row in rows if type(row) is model])

    def watch_keys(self, model: type[models.Model], keys: Iterable[Any]) -> None:
        """Note the stored values of the rows of `model` with these keys. A row that does not exist yet may come."""
        new = [key for key in dict.fromkeys(keys) if (model, str(key)) not in self._before]
        self._before |= dict.fromkeys((model, str(key)) for key in new)
        for row in stored(model, new).values():
            self._before[key_of(row)] = values(row)

    def before(self, row: models.Model, name: str) -> Any:  # noqa: ANN401 - as in `row_values.value_of`
        """Return the stored value of the field `name` of `row`, a row that this write watches, before the write."""
        told = self._before[key_of(row)]
        return told[name] if told else None

    def created(self, *rows: models.Model) -> None:
        """Note that this write has made `rows`."""
        for row in rows:
            self._before.setdefault(key_of(row), None)

    def deleting(self, row: models.Model) -> None:
        """Note the stored values of `row`, and the rows that go with it, before it is deleted."""
        self.watch(row)
        told = self._before[key_of(row)]
        if told is not None:
            told.update(belongings(row))

    @contextmanager
    def importing(self) -> Iterator[None]:
        """Let the machine have the contributors that the block makes, and the articles that it adds and removes.

        The block runs an import for a person.
        """
        self._has_imported = True
        last = _last_contributor()
        yield
        self._machines_contributors.update(Contributor.objects.filter(pk__gt=last).values_list("pk", flat=True))

    def moved(self, old_path: str, new_path: str) -> None:
        """Redirect `old_path` to `new_path`. See `Redirect.objects.moved`."""
        self.watch_keys(Redirect, Redirect.objects.touched_by(old_path, new_path))
        Redirect.objects.moved(old_path, new_path)

    @contextmanager
    def following(self, row: models.Model) -> Iterator[None]:
        """Redirect the URLs of an issue or a page, and of what moves with it, to their URLs after the block."""
        if isinstance(row, Issue):
            with Redirect.objects.following([row, *row.pages.select_related("issue")], self.moved):
                yield
        elif isinstance(row, Page):
            with Redirect.objects.following_page(row, self.moved):
                yield
        else:
            yield

    def issue_for(self, page: Page, date: datetime.date, edition: int | None = None) -> Issue:
        """Return the stored issue of that day for `page`, as `Issue.objects.for_page` finds, moves or makes it.

        A moved or new issue has its date from an editor.
        """
        issue = Issue.objects.for_page(page, date, edition)
        held = Issue.objects.filter(pk=issue.pk).first()
        if held and (held.date, held.edition) == (issue.date, issue.edition):
            return issue
        if held:
            self.watch(held)
        issue.date_basis = Issue.DateBasis.EDITOR
        issue.save()
        if held is None:
            self.created(issue)
        return issue

    def close(self) -> None:
        """Record the differences and draw their consequences. `writing` calls it once."""
        # Forms and releases file names under contributors, and make those that are missing. No other process can do so
        # while this one holds the archive's row.
        made = Contributor.objects.filter(pk__gt=self._last_contributor).order_by("pk")
        self.created(*(row for row in made if row.pk not in self._machines_contributors))
        changed = self._changed(self._before)
        structure = [] if self.undoes or self._has_imported else structure_edits(changed)
        if structure:
            self.watch_keys(Page, structure)
            Page.objects.filter(pk__in=structure).update(structure_edited=True)
            pages = {key: told for key, told in self._before.items() if key[0] is Page}
            changed = [each for each in changed if each.model is not Page] + self._changed(pages)
        changed += self._with_doubts(changed)
        if not changed:
            return
        self.batch = Batch.objects.create(
            kind=self.kind,
            user_id=self.user_id,
            user_name=self.user.get_username() if self.user is not None else "",
            reason=self.reason,
            undoes=self.undoes,
        )
        transaction.on_commit(partial(count_event, "desk_saves"))
        corrections = [
            Correction(batch=self.batch, seq=seq, **told) for seq, told in enumerate(corrections_of(changed), start=1)
        ]
        Correction.objects.bulk_create(corrections)
        protect(changed, self.protection, self.user_id, is_undo=self.undoes is not None)
        draw_consequences(changed, self.change)

    @property
    def user_id(self) -> int | None:
        return self.user.pk if self.user else None

    def _with_doubts(self, changed: list[Changed]) -> list[Changed]:
        """Settle the open doubts that name what was corrected, or open again those that name what was released.

        A doubt that the machine no longer raises stays closed.
        An undo takes back what its batch did to doubts, and nothing more.
        """
        if self.undoes is not None:
            return []
        released = [(each, each.released & each.handed_over) for each in changed]
        corrected = [(each, set(each.fields) - each.released) for each in changed]
        found: dict[Key, Values | None] = {}
        for named, was, now in ((released, State.SETTLED, State.OPEN), (corrected, State.OPEN, State.SETTLED)):
            doubts = [each for each in named_by(named, was) if key_of(each) not in self._before]
            if now == State.OPEN:  # the proposal of a released field is gone
                doubts = [each for each in doubts if each.kind != PROPOSAL and may_open(each)]
            self.watch(*doubts)
            set_state(doubts, now, self.user_id)
            found |= {key_of(each): self._before[key_of(each)] for each in doubts}
        return self._changed(found)

    def _changed(self, before: dict[Key, Values | None]) -> list[Changed]:
        found = []
        for model in dict.fromkeys(model for model, _ in before):
            now = {key_of(row): row for row in stored(model, [key for each, key in before if each is model]).values()}
            for key in [each for each in before if each[0] is model]:
                row = now.get(key)
                told = before[key]
                decided = self._decided(key)
                protected = (told or {}).get("edited_fields", ())
                handed_over = frozenset(
                    name for name, is_protected in decided.items() if is_protected != (name in protected)
                )
                released = frozenset(name for name, is_protected in decided.items() if not is_protected)
                now_told = values(row) if row else None
                if now_told and told is None and decided:
                    now_told["edited_fields"] = sorted(set(decided) - released)
                each = Changed(*key, told, now_told, row, handed_over, released)
                if each.differs:
                    found.append(each)
        return found

    def _decided(self, key: Key) -> dict[str, bool]:
        """Return {field: whether it is protected afterwards} of a row, as far as this write decides it."""
        return {name: is_protected for (each, name), is_protected in self.protection.items() if each == key}


def _last_contributor() -> int:
    return Contributor.objects.aggregate(last=models.Max("pk"))["last"] or 0


def stored(model: type[models.Model], keys: Iterable[Any]) -> dict[str, Any]:
    """Return {key: row} of the rows of `model` with these keys, with what their values are read from."""
    field = key_field(model)
    column: Any = model._meta.pk if field == "pk" else model._meta.get_field(field)
    rows: dict[str, Any] = {}
    for part in batches({column.to_python(key) for key in keys}, ROWS_AT_ONCE):
        found = model._base_manager.filter(**{f"{field}__among": part})
        rows |= {str(getattr(row, field)): row for row in found.prefetch_related(*PREFETCHED.get(model, ()))}
    return rows


@contextmanager
def writing(
    user: Person, kind: str = Batch.Kind.FORM, *, reason: str = "", undoes: Batch | None = None
) -> Iterator[Writing]:
    """Open a change of the archive for the writes of `user`, and yield the `Writing` that takes them.

    Each row that the block changes is watched before. At the end everything that differs is one batch of corrections
    for `reason`. An exception undoes everything.
    """
    with ExitStack() as waiting:
        waiting.enter_context(in_front())
        with archive.change() as change:
            waiting.close()  # the archive's row is locked
            this = Writing(change, user, kind, reason, undoes)
            yield this
            this.close()
