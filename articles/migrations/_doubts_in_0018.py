"""The doubts that migration 0018 stores: a copy of the importer's rules as they were then, for the models of then.

The migration gives the same rows for ever, whatever the importer raises later. `fold` alone is not copied: whoever
changes it must write all stored digests anew, those of this migration among them.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from typing import Any, NamedTuple

from django.apps.registry import Apps
from django.db.models import Exists, OuterRef, Q

from articles.text.fold import fold

CONFLICT, PROPOSAL, OPEN_JUMP, NO_TOPIC = "conflict", "proposal", "open-jump", "no-topic"
OTHER_ISSUE_NUMBER = "other-issue-number"

#: The kinds that stored rows alone tell.
DERIVED = frozenset(
    {CONFLICT, PROPOSAL, OPEN_JUMP, NO_TOPIC, "date-unknown", "date-inferred", "number-unknown", "leftover-text"}
)

#: The derived kinds that are not raised once a person has set all of these fields.
ANSWERED_BY = {
    NO_TOPIC: {"topics"},
    OPEN_JUMP: {"continued_to", "continued_from", "continuation_of"},
    "date-unknown": {"issue"},
    "date-inferred": {"issue"},
    "number-unknown": {"number"},
}

#: The kinds of which a target has at most one doubt. The thing of other kinds is their whole detail, or a part of it.
ONE_OF_A_TARGET = frozenset(
    {
        *("no-headline", "no-body", "no-byline", "open-paragraph", NO_TOPIC, "date-unknown", "date-inferred"),
        *("date-future", "number-unknown", "place-taken", "leftover-text", "duplicate-line", "unreadable-characters"),
        *(CONFLICT, PROPOSAL, "not-in-reading"),
    }
)

#: A part of the detail of these kinds is the thing: the name before its regions, or the lines before their labels.
THINGS: dict[str, Callable[[str], str]] = {
    "place-ambiguous": lambda detail: detail.partition("：")[0],
    "headline-uncertain": lambda detail: detail.rpartition("：")[0] or detail,
    "label-uncertain": lambda detail: detail.rpartition("：")[0] or detail,
}

#: The words for the proposed sets, and the columns of a row of a set by which a proposal is known.
SETS = {"bylines": "署名", "credits": "版面人员", "items": "新的文章"}
TOLD = {"regions": 2, "topics": 1}


class Target(NamedTuple):
    """The ids of what a doubt is about: a page, an article on the page, or a text that claims the place of the page."""

    page: int
    article: int | None = None
    source: int | None = None


class Raised(NamedTuple):
    """A doubt, by the names of the fields of its row."""

    kind: str
    digest: str
    detail: str
    rule: str
    probability: float | None


Raising = dict[Target, list[Raised]]


def doubt(kind: str, detail: str = "", rule: str = "", probability: float | None = None) -> Raised:
    """Return a doubt with the digest of the thing that its detail names."""
    thing = "" if kind in ONE_OF_A_TARGET else THINGS.get(kind, str)(detail)
    return Raised(kind, _digest(thing), detail, rule, probability)


def _digest(thing: str) -> str:
    return hashlib.sha256(fold(thing).encode("utf-8", "surrogatepass")).hexdigest()[:16] if thing else ""


def once(raised: Raising) -> Iterator[tuple[Target, Raised]]:
    """Yield each doubt of `raised` with its target. Of two doubts about one thing the less sure one counts."""
    found: dict[tuple[Target, str, str], tuple[Target, Raised]] = {}
    for target, doubts in raised.items():
        about = target if target.article is None and target.source is None else target._replace(page=0)
        for each in doubts:
            key = about, each.kind, each.digest
            if key not in found or _sureness(each) < _sureness(found[key][1]):
                found[key] = target, each
    yield from found.values()


def _sureness(each: Raised) -> float:
    return 1.0 if each.probability is None else each.probability


def derived(apps: Apps, pages: Collection[int]) -> Raising:
    """Return the DERIVED doubts about these pages (ids) and their articles. The parts of a story may stand elsewhere."""
    Page, Article, ArticleTopic, SourceText, Proposal = (
        apps.get_model("articles", name) for name in ("Page", "Article", "ArticleTopic", "SourceText", "Proposal")
    )
    raised: Raising = {}
    columns = ("pk", "number", "issue", "issue__date", "issue__date_basis", "segments", "edited_fields")
    for pk, *facts in Page.objects.order_by().filter(pk__in=pages).values_list(*columns):
        raised[Target(pk)] = _of_page(*facts)
    conflicts = SourceText.objects.filter(page__in=pages, standing="conflict").order_by("pk")
    for pk, page, path in conflicts.values_list("pk", "page_id", "path"):
        raised[Target(page, source=pk)] = [doubt(CONFLICT, path.rsplit("/", 1)[-1])]
    asked = Article.objects.filter(page__in=pages).order_by().values_list("pk", "continuation_of_id")
    heads = {head or pk for pk, head in asked}
    with_topics = Article.objects.annotate(has_topics=Exists(ArticleTopic.objects.filter(article=OuterRef("pk"))))
    parts = list(with_topics.filter(Q(pk__in=heads) | Q(continuation_of__in=heads)).select_related("page").order_by("pk"))
    stories: dict[int, list[Any]] = defaultdict(list)
    for part in parts:
        stories[part.continuation_of_id or part.pk].append(part)
    for part in (part for part in parts if part.page_id in pages):
        story = stories[part.continuation_of_id or part.pk]
        others = {other.page.number for other in story if other.pk != part.pk}
        raised[Target(part.page_id, part.pk)] = _of_article(part, others)
    labels = _labels(Page, Article)
    proposals = Proposal.objects.filter(page__in=pages).order_by("pk")
    for page, article, field, value in proposals.values_list("page_id", "article_id", "field", "value"):
        told = [row[: TOLD[field]] for row in value] if field in TOLD and isinstance(value, list) else value
        thing = f"{field} {json.dumps(told, ensure_ascii=False, sort_keys=True)}"
        proposed = Raised(PROPOSAL, _digest(thing), labels.get(field, field), field, None)
        raised.setdefault(Target(page, article), []).append(proposed)
    return raised


def _of_page(
    number: int | None,
    issue: int | None,
    date: Any,
    basis: str | None,
    segments: list[list[Any]],
    edited: list[str],
) -> list[Raised]:
    found = []
    if issue is None:
        found.append(doubt("date-unknown"))
    elif date and basis == "inferred":
        found.append(doubt("date-inferred", date.isoformat()))
    if number is None:
        found.append(doubt("number-unknown"))
    if any(label == "leftover" for _, _, label in segments):
        found.append(doubt("leftover-text"))
    return _still_asked(found, edited)


def _of_article(part: Any, others: Collection[int | None]) -> list[Raised]:
    found = []
    if part.kind == "article" and part.continuation_of_id is None and not part.has_topics:
        found.append(doubt(NO_TOPIC))
    if part.kind in ("article", "photo"):
        jumps = (("下转第{}版", part.continued_to), ("上接第{}版", part.continued_from))
        found += [doubt(OPEN_JUMP, form.format(page)) for form, page in jumps if page and page not in others]
    return _still_asked(found, part.edited_fields)


def _still_asked(doubts: Iterable[Raised], edited: Collection[str]) -> list[Raised]:
    answered = {kind for kind, fields in ANSWERED_BY.items() if fields <= set(edited)}
    return [each for each in doubts if each.kind not in answered]


def _labels(*models: Any) -> dict[str, str]:
    """Return the words for the fields of these models, and for the proposed sets."""
    fields = [field for model in models for field in model._meta.get_fields() if hasattr(field, "verbose_name")]
    return {field.name: str(field.verbose_name) for field in fields} | SETS
