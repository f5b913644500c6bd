"""The queue of open doubts: its order, the next item of an editor, and closing doubts."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.db.models import Q

from articles.desk.doubts import set_state
from articles.desk.writing import Person, Writing, writing
from articles.models import Batch, Claim, Doubt
from articles.models.doubt_kinds import GROUPS, KINDS, DoubtKind, kind_of
from articles.models.doubts import DoubtQuerySet, KindCount


@dataclass(frozen=True)
class KindRow:
    """A kind of doubts in the queue, with its number of open doubts and the day of the oldest issue with one."""

    kind: DoubtKind
    count: KindCount


def kinds_by_group(counts: Iterable[KindCount]) -> list[tuple[str, list[KindRow]]]:
    """Return the groups of the queue in order, each with the kinds that have open doubts. Empty groups are left out."""
    rows = [KindRow(kind_of(count.kind), count) for count in counts]
    grouped = [(group, [row for row in rows if row.kind.group == group]) for group in GROUPS]
    order = {name: place for place, name in enumerate(KINDS)}
    return [
        (group, sorted(rows, key=lambda row: order.get(row.kind.name, len(order)))) for group, rows in grouped if rows
    ]


def open_of(kind: str) -> DoubtQuerySet:
    """Return the open doubts of a kind in the order of the queue, the least sure first."""
    return Doubt.objects.open().filter(kind=kind).least_sure_first()


def next_of(kind: str, user: int, after: Doubt | None = None) -> Doubt | None:
    """Return the next open doubt of a kind for the user with this id, or None at the end of the queue.

    It is the first one after `after` that no other user has claimed.
    """
    return _free(kind, user, after).first()


def claim_next(kind: str, user: int, after: Doubt | None = None) -> Doubt | None:
    """Claim the next open doubt of a kind for the user with this id. Return it, or None at the end of the queue.

    Of two users who ask at once each gets another doubt.
    """
    for doubt in _free(kind, user, after)[:CANDIDATES]:
        if Claim.objects.take(doubt, user):
            return doubt
    return None


#: The items that a user tries to claim. More users than these don't ask at the same moment.
CANDIDATES = 20


def _free(kind: str, user: int, after: Doubt | None) -> DoubtQuerySet:
    rows = open_of(kind).exclude(claim__in=Claim.objects.live().exclude(user=user))
    return rows if after is None else rows.filter(_later(after))


def _later(doubt: Doubt) -> Q:
    """Return the condition of coming after `doubt` in the queue."""
    if doubt.probability is None:
        return Q(probability=None, pk__gt=doubt.pk)
    equal = Q(probability=doubt.probability, pk__gt=doubt.pk)
    return equal | Q(probability__gt=doubt.probability) | Q(probability=None)


@dataclass(frozen=True)
class Place:
    """The place of a doubt in the queue of its kind: the number of open doubts before it, and of all of them."""

    before: int
    total: int


def place_of(doubt: Doubt) -> Place:
    """Return the place of `doubt` among the open doubts of its kind."""
    rows = Doubt.objects.open().filter(kind=doubt.kind)
    later = rows.filter(_later(doubt)).count()
    total = rows.count()
    return Place(max(0, total - later - (1 if doubt.is_open else 0)), total)


def dismiss(kind: str, ids: Collection[int], user: Person, reason: str = "") -> Batch | None:
    """Close the open doubts of a kind with these ids as 无误. Return the batch, or None if none of them is open."""
    with writing(user, Batch.Kind.DISMISSAL, reason=reason) as this:
        close(this, Doubt.objects.open().filter(kind=kind, pk__in=ids), Doubt.State.DISMISSED)
    return this.batch


def close(this: Writing, doubts: Iterable[Doubt], state: str) -> None:
    """Close open doubts within the write `this`: they are settled by a correction, or dismissed as 无误."""
    rows = list(doubts)
    this.watch(*rows)
    set_state(rows, state, this.user_id)
