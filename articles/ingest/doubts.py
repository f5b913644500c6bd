"""The machine's side of the life of a doubt: rows are brought to what is raised now.

A new doubt becomes an open row. A doubt that is raised again keeps its row. An open row that is no longer raised goes.
A closed row stays closed for ever, and tells whether its doubt is still raised: an undo opens it only then.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from articles.models import Doubt, Page
from articles.models.archive import Change
from articles.models.doubt_kinds import DERIVED, MISLEADING, digest_of, digest_of_thing, is_answered
from articles.reading import Doubt as DoubtOfReader

#: The rule of the doubts that arise when a reading meets the stored archive.
IMPORTER = "importer"

#: The fields of a row that follow the newest reading as long as the row is open.
FOLLOWING = ("page_id", "detail", "rule", "probability")


class Target(NamedTuple):
    """The ids of what a doubt is about: a page, an article on the page, or a text that claims the place of the page."""

    page: int
    article: int | None = None
    source: int | None = None


class Raised(NamedTuple):
    """A doubt as it is raised now, about a target that is named beside it.

    `is_answered` tells whether a person has set every field that it names. Such a doubt is asked of nobody.
    """

    kind: str
    digest: str
    detail: str = ""
    rule: str = ""
    probability: float | None = None
    is_answered: bool = False


#: The doubts raised about some targets.
Raising = Mapping[Target, Collection[Raised]]


def doubt(kind: str, detail: str = "", rule: str = IMPORTER, probability: float | None = None) -> Raised:
    """Return a doubt with the digest of the thing that its detail names."""
    return Raised(kind, digest_of(kind, detail), detail, rule, probability)


def doubt_about(kind: str, thing: str, detail: str, rule: str) -> Raised:
    """Return a doubt whose detail does not name its thing."""
    return Raised(kind, digest_of_thing(thing), detail, rule)


def raised_by(doubts: Iterable[DoubtOfReader]) -> list[Raised]:
    """Return the doubts of a reading but for the DERIVED ones: the stored rows, which a person corrects, tell those."""
    return [doubt(each.name, each.detail, each.rule, each.probability) for each in doubts if each.name not in DERIVED]


def with_answers(doubts: Iterable[Raised], persons: Collection[str]) -> list[Raised]:
    """Return the doubts, of which those are answered whose fields are all among `persons`, which a person has set."""
    if not persons:
        return list(doubts)
    return [each._replace(is_answered=is_answered(each.kind, persons)) for each in doubts]


def persons_fields(page: Page) -> set[str]:
    """Return the fields that a person has set on `page` and its issue, by the names of `DoubtKind.fields`."""
    persons = set(page.edited_fields)
    if page.is_dated_by_editor:
        persons.add("issue")
    if page.issue and page.issue.is_protected("number"):
        persons.add("issue__number")
    return persons


#: The key of a row: its target, kind and digest. An article may have moved to another page since.
Key = tuple[Target, str, str]


def _key(target: Target, kind: str, digest: str) -> Key:
    on_its_own = target.article is None and target.source is None
    return (target if on_its_own else Target(0, target.article, target.source)), kind, digest


def key_of(row: Doubt) -> Key:
    """Return the key of a stored row."""
    return _key(Target(row.page_id, row.article_id, row.source_id), row.kind, row.digest)


@dataclass(frozen=True)
class Difference:
    """The rows that are missing (not saved), those that differ with their new values, and those that nothing raises.

    Of a closed row `raised` alone may differ.
    """

    missing: list[Doubt]
    differing: list[tuple[Doubt, dict[str, Any]]]
    idle: list[Doubt]

    @classmethod
    def of_all(cls, parts: Iterable[Difference]) -> Difference:
        """Return the differences of several targets as one."""
        whole = cls([], [], [])
        for part in parts:
            whole.missing.extend(part.missing)
            whole.differing.extend(part.differing)
            whole.idle.extend(part.idle)
        return whole

    def __bool__(self) -> bool:
        return bool(self.missing or self.differing or self.idle)

    def shown(self) -> Iterator[int]:
        """Yield the ids of the articles whose page for readers tells of other doubts than before."""
        for row in (*self.missing, *self.idle):
            if row.article_id and row.kind in MISLEADING:
                yield row.article_id


def difference(raised: Raising, stored: Iterable[Doubt]) -> Difference:
    """Return how `stored` differ from the doubts raised. Nothing is written.

    `stored` are all rows of the targets and kinds that were asked about, closed ones included. Of two doubts about one
    thing the less sure one counts.
    """
    rows = {key_of(row): row for row in stored}
    found: dict[Key, tuple[Target, Raised]] = {}
    for target, doubts in raised.items():
        for each in doubts:
            key = _key(target, each.kind, each.digest)
            if key not in found or _sureness(each) < _sureness(found[key][1]):
                found[key] = target, each
    missing: list[Doubt] = []
    differing: list[tuple[Doubt, dict[str, Any]]] = []
    for key, (target, each) in found.items():
        row = rows.get(key)
        if row is None:
            if not each.is_answered:
                missing.append(_row(target, each))
        elif values := _new_values(row, target, each):
            differing.append((row, values))
    idle = []
    for key, row in rows.items():
        if row.is_open and (key not in found or found[key][1].is_answered):
            idle.append(row)
        elif row.raised and key not in found:
            differing.append((row, {"raised": False}))
    return Difference(missing, differing, idle)


def _sureness(each: Raised) -> float:
    return 1.0 if each.probability is None else each.probability


def _row(target: Target, each: Raised) -> Doubt:
    values = {name: value for name, value in each._asdict().items() if name != "is_answered"}
    return Doubt(page_id=target.page, article_id=target.article, source_id=target.source, **values)


def _new_values(row: Doubt, target: Target, each: Raised) -> dict[str, Any]:
    """Return the values that the row of a raised doubt has otherwise: `raised`, and FOLLOWING of an open one."""
    told: dict[str, Any] = {"raised": True}
    if row.is_open:
        if each.is_answered:
            return {}
        told |= zip(FOLLOWING, (target.page, each.detail, each.rule, each.probability), strict=True)
    return {name: value for name, value in told.items() if getattr(row, name) != value}


def bring(raised: Raising, stored: Iterable[Doubt], change: Change) -> None:
    """Bring the rows `stored` to what is raised, by at most one INSERT, one UPDATE and one DELETE.

    For the arguments see `difference`. An article is stamped in `change` if readers are told of other doubts than
    before. Other doubts show on no page of readers, so that they raise no revision.
    """
    write(difference(raised, stored), change)


def write(differing: Difference, change: Change) -> None:
    """Write a difference. See `bring`."""
    if differing.idle:  # first: a row may stand where a missing one goes
        Doubt.objects.filter(pk__among=[row.pk for row in differing.idle]).delete()
    if differing.missing:
        Doubt.objects.bulk_create(differing.missing)
    if differing.differing:
        for row, values in differing.differing:
            for name, value in values.items():
                setattr(row, name, value)
        Doubt.objects.bulk_update([row for row, _ in differing.differing], ["page", *FOLLOWING[1:], "raised"])
    change.articles(differing.shown())
