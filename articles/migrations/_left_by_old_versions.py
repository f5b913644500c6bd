"""The rules of migration 0030: a copy of the desk's rules as they were then, for the models of then.

`fold` alone is not copied: whoever changes it must write all stored digests anew.
"""

from __future__ import annotations

import datetime
import hashlib
import json
from collections.abc import Collection, Iterable, Iterator
from typing import Any, NamedTuple

from articles.text.fold import fold

PROPOSAL = "proposal"

#: Rows that are looked at together.
BATCH = 500

#: The fields and sets whose machine's value is proposed, with the number of values of a row that a proposal has and of
#: those by which it is known. None means the whole value.
PROPOSED: dict[str, dict[str, tuple[int, int] | None]] = {
    "article": {
        **dict.fromkeys(("kind", "kicker", "headline", "deck", "column", "agency", "blocks")),
        **dict.fromkeys(("continued_to", "continued_from")),
        **{"bylines": (3, 3), "regions": (4, 2), "topics": (3, 1)},
    },
    "page": {**dict.fromkeys(("issue", "number", "section")), "credits": (2, 2)},
}

#: The words for the fields and sets in a doubt about a proposal.
LABELS = {
    **{"kind": "类别", "kicker": "引题", "headline": "标题", "deck": "副题", "column": "栏目", "agency": "电头通讯社"},
    **{"blocks": "正文", "continued_to": "下转版次", "continued_from": "上接版次"},
    **{"bylines": "署名", "regions": "地区", "topics": "主题"},
    **{"issue": "期次", "number": "版次", "section": "版名", "credits": "版面人员"},
}

_HEAD = {"kicker", "headline", "deck"}
_JUMP = {"continued_to", "continued_from", "continuation_of"}

#: The fields that a doubt of each kind names. A correction of one of them settles it.
NAMED: dict[str, set[str]] = {
    **{"headline-uncertain": _HEAD, "label-uncertain": _HEAD | {"blocks"}, "no-headline": {"headline"}},
    **{"no-body": {"blocks"}, "no-byline": {"bylines"}, "open-paragraph": {"blocks"}, "joined?": {"blocks"}},
    **{"place-ambiguous": {"regions"}, "no-topic": {"topics"}, "open-jump": _JUMP},
    **dict.fromkeys(("date-unknown", "date-inferred", "date-disagrees", "date-future"), {"issue"}),
    **dict.fromkeys(("date-impossible", "weekday-disagrees"), {"issue"}),
    **dict.fromkeys(("number-unknown", "number-disagrees"), {"number"}),
    **{"place-taken": {"issue", "number"}},
    **dict.fromkeys(("issue-number-disagrees", "other-issue-number"), {"issue__number"}),
}

#: The fields of an issue, and the names by which doubts about its pages name them.
OF_ISSUE = {"date": "issue", "edition": "issue", "number": "issue__number"}

#: The kinds of doubts that readers are told of.
MISLEADING = {"headline-uncertain", "open-paragraph", "place-ambiguous", "split?", "merged?", "joined?"}


class Write(NamedTuple):
    """A correction of a field from the old history: its values, whether it was a person's before, when and by whom."""

    field: str
    old: Any
    new: Any
    was_protected: bool
    at: datetime.datetime
    user: int | None


def in_batches(ids: Iterable[Any]) -> Iterator[list[Any]]:
    """Yield the ids in batches, in order."""
    ordered = sorted(ids)
    for start in range(0, len(ordered), BATCH):
        yield ordered[start : start + BATCH]


def proposed(model: str, field: str, value: Any) -> Any:
    """Return a value of the ledger in the form in which an import proposes it."""
    size = PROPOSED[model][field]
    return [row[: size[0]] for row in value] if size else value


def digest_of_proposal(model: str, field: str, value: Any) -> str:
    """Return the digest by which the doubt about a proposed value is known."""
    size = PROPOSED[model].get(field)
    told = [row[: size[1]] for row in value] if size and isinstance(value, list) else value
    thing = f"{field} {json.dumps(told, ensure_ascii=False, sort_keys=True)}"
    return hashlib.sha256(fold(thing).encode("utf-8", "surrogatepass")).hexdigest()[:16]


def firsts_of(writes: Iterable[Write]) -> dict[str, Write]:
    """Return {field: the correction that made the field a person's}. What it replaced was the machine's."""
    found: dict[str, Write] = {}
    for write in writes:
        if not write.was_protected:
            found.setdefault(write.field, write)
    return found


def settling(
    kind: str, rule: str, writes: Iterable[Write], read_at: datetime.datetime, *, is_of_article: bool
) -> Write | None:
    """Return the first correction after the last reading that settles a doubt of `kind`, or None.

    It names a field of the doubt, or marks the article as reviewed.
    """
    named = {rule} if kind == PROPOSAL else NAMED.get(kind, set())
    for write in writes:
        is_review = is_of_article and (write.field, write.new) == ("review", "reviewed")
        if write.at >= read_at and (is_review or write.field in named):
            return write
    return None


def gaps(text: str, segments: Iterable[Collection[Any]]) -> list[list[Any]]:
    """Return the stretches of a text in no segment, as paragraphs. White space belongs to none."""
    found, reached = [], 0
    for start, end in [*sorted((each[0], each[1]) for each in segments), (len(text), len(text))]:
        missing = text[reached:start]
        if missing.strip():
            begin = reached + len(missing) - len(missing.lstrip())
            found.append([begin, begin + len(missing.strip()), "paragraph"])
        reached = max(reached, end)
    return found
