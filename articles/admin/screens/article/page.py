"""What the page of an article's form shows: its controls row by row, with errors, proposals and source lines."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from articles.admin.evidence_text import region_evidence, topic_evidence
from articles.admin.screens.article import proposals as deciding
from articles.admin.screens.article.block_ops import OPS, BlockRow, Moved
from articles.admin.screens.article.controls import BylineRow, Controls, RegionRow
from articles.admin.screens.article.cutting import scan_of
from articles.admin.screens.article.fields import BLOCK_TYPES
from articles.admin.screens.article.head_lines import HEAD_FIELDS, ROLES, HeadLine
from articles.admin.screens.article.merging import marks
from articles.admin.screens.article.proposals import Pending
from articles.admin.screens.article.source_lines import SourceIndex
from articles.admin.screens.article.wording import body_marks, in_words, label_of
from articles.models import Article, Byline, Column, Doubt, Topic
from articles.models.row_values import value_of
from articles.views.sources import source_lines

#: The parts of the form, each with the fields that it shows.
PARTS = {
    "heads": HEAD_FIELDS,
    "subjects": ("kind", "column", "agency", "topics"),
    "bylines": ("bylines",),
    "regions": ("regions",),
    "blocks": ("blocks",),
    "jumps": ("continued_to", "continued_from", "continuation_of", "position"),
}

#: The characters in a line of a text box, by which its height is guessed where the browser can't fit it.
LINE = 38


@dataclass(frozen=True)
class Wishes:
    """What a person has ticked so far beside the fields, as the form came back."""

    proposals: Mapping[str, str] = field(default_factory=dict)
    releases: tuple[str, ...] = ()
    dismissed: frozenset[str] = frozenset()
    reason: str = ""


@dataclass(frozen=True)
class Proposed:
    """A proposal beside its field: both values in pieces, and the choices."""

    field: str
    label: str
    ours: list[Any]
    machines: list[Any]
    choice: str


def context_of(
    article: Article,
    controls: Controls,
    doubts: list[Doubt],
    pending: Mapping[str, Pending],
    wishes: Wishes,
    errors: Mapping[str, str],
    moved: Moved | None = None,
) -> dict[str, Any]:
    """Return the context of the form's template. `moved` is the block that a button has moved."""
    proposed = _proposed(article, pending, wishes)
    at_top = [doubt for doubt in doubts if doubt.pk not in {each.doubt.pk for each in pending.values()}]
    return {
        "article": article,
        "heads": list(_heads(controls.heads, errors, has_focus=moved is None)),
        "roles": ROLES,
        "blocks": list(_blocks(article, controls.blocks, errors, moved)),
        "block_types": BLOCK_TYPES,
        "ops": OPS,
        "bylines": list(_bylines(controls.bylines, errors)),
        "signed": Byline.Of.choices,
        "regions": list(_regions(article, controls, errors)),
        "has_main": bool(controls.main),
        "topics": list(_topics(controls.topics, errors)),
        "topic_choices": list(Topic.objects.order_by("position", "pk").values_list("slug", "name")),
        "topic_evidence": [
            (row.topic.name, topic_evidence(row)) for row in article.article_topics.all() if row.evidence
        ],
        "columns": list(Column.objects.shown().order_by("name").values_list("name", flat=True)),
        "kinds": Article.Kind.choices,
        "reviews": Article.Review.choices,
        "plain": {name: {"value": value, "error": errors.get(name, "")} for name, value in controls.plain.items()},
        "parts": list(article.continuations.order_by("pk")) if not article.continuation_of_id else [],
        "doubts": [(doubt, doubt.told_by.label, str(doubt.pk) in wishes.dismissed) for doubt in at_top],
        "proposed_count": len(proposed),
        "proposal_choices": deciding.CHOICES,
        "of_part": {name: _of_part(article, fields, proposed, wishes, errors) for name, fields in PARTS.items()},
        "reason": wishes.reason,
        "reason_error": errors.get("reason", ""),
        "errors": _summary(errors, article, proposed),
        "source_lines": [line for line in source_lines(article) if any(piece.text.strip() for piece in line.pieces)],
        "scan": scan_of(article),
        "head_numbers": {line.line for line in controls.heads if line.line},
    }


def _summary(errors: Mapping[str, str], article: Article, proposed: Mapping[str, Proposed]) -> list[tuple[str, str]]:
    """Return (control, sentence) of each error. The control is "" if the page does not show it."""
    shown = {f"release-{name}" for name in article.edited_fields} | {f"proposal-{name}" for name in proposed}
    is_hidden = {control: control.startswith(("release-", "proposal-")) and control not in shown for control in errors}
    return [("" if is_hidden[control] else control, sentence) for control, sentence in errors.items()]


def _of_part(
    article: Article,
    names: Iterable[str],
    proposed: Mapping[str, Proposed],
    wishes: Wishes,
    errors: Mapping[str, str],
) -> dict[str, Any]:
    """Return what stands below a part of the form: proposals, and which of its fields are a person's."""
    names = list(names)
    return {
        "proposals": [(proposed[name], errors.get(f"proposal-{name}", "")) for name in names if name in proposed],
        "persons": [
            (name, label_of(name), name in wishes.releases, errors.get(f"release-{name}", ""))
            for name in names
            if name in article.edited_fields
        ],
    }


def _proposed(article: Article, pending: Mapping[str, Pending], wishes: Wishes) -> dict[str, Proposed]:
    """Return {field: its proposal in words}."""
    told: list[tuple[str, Any]] = []
    names = [name for name in pending if name != "blocks"]
    for name in names:
        machines = pending[name].proposal.value
        # The proposal of a column is the kicker that names it.
        told += [(name, value_of(article, name)), ("kicker" if name == "column" else name, machines)]
    words = in_words(article, told) if told else []
    pairs = dict(zip(names, zip(words[::2], words[1::2], strict=True), strict=True))
    found = {}
    for name in pending:
        if name == "blocks":
            ours, machines = body_marks(article.blocks, pending[name].proposal.value or [])
        else:
            own, other = pairs[name]
            ours, machines = [marks(other, own)], [marks(own, other)]
        found[name] = Proposed(name, label_of(name), ours, machines, wishes.proposals.get(name, ""))
    return found


def _heads(rows: list[HeadLine], errors: Mapping[str, str], *, has_focus: bool) -> Iterable[dict[str, Any]]:
    for at, row in enumerate([*rows, HeadLine("", "")]):
        yield {
            "at": at,
            "number": at + 1,
            "row": row,
            "is_new": at == len(rows),
            "has_focus": has_focus and at == 0,
            "error": errors.get(f"head-{at}-text", ""),
            "role_error": errors.get(f"head-{at}-role", ""),
        }


def _blocks(
    article: Article, rows: list[BlockRow], errors: Mapping[str, str], moved: Moved | None
) -> Iterable[dict[str, Any]]:
    lines = SourceIndex(article).lines_of_blocks([row.text for row in rows])
    for at, row in enumerate([*rows, BlockRow("paragraph", "")]):
        is_moved = moved is not None and moved.at == at
        yield {
            "at": at,
            "number": at + 1,
            "row": row,
            "height": sum(1 + len(line) // LINE for line in row.text.split("\n")),
            "is_new": at == len(rows),
            "lines": lines[at] if at < len(rows) else None,
            "is_moved": is_moved,
            "op": moved.op if moved and is_moved and moved.op in ("up", "down") else "",
            "error": errors.get(f"block-{at}-text", ""),
        }


def _bylines(rows: list[BylineRow], errors: Mapping[str, str]) -> Iterable[dict[str, Any]]:
    parts = ("of", "role", "name", "contributor", "position")
    for at, row in enumerate([*rows, BylineRow()]):
        told = [sentence for part in parts if (sentence := errors.get(f"byline-{at}-{part}"))]
        yield {"at": at, "number": at + 1, "row": row, "errors": told}


def _regions(article: Article, controls: Controls, errors: Mapping[str, str]) -> Iterable[dict[str, Any]]:
    stored = list(article.article_regions.all())
    for at, row in enumerate([*controls.regions, RegionRow()]):
        is_stored = at < len(stored) and stored[at].region.name == row.name.rpartition(" ")[2]
        yield {
            "at": at,
            "number": at + 1,
            "row": row,
            "is_main": controls.main == str(at),
            "evidence": region_evidence(stored[at]) if is_stored else "",
            "error": errors.get(f"region-{at}-name", ""),
        }


def _topics(slugs: list[str], errors: Mapping[str, str]) -> Iterable[dict[str, Any]]:
    for at, slug in enumerate(slugs):
        yield {"at": at, "number": at + 1, "slug": slug, "error": errors.get(f"topic-{at}", "")}
