"""What stored stories are about: regions and topics judged anew from the text as it stands, corrections included."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from django.db.models import Prefetch

from articles.ingest.proposals import propose
from articles.ingest.sets import Differing, Known, Rows, compare, region_rows, store, topic_rows
from articles.models import Article, archive
from articles.models.stories import whole_paragraphs
from articles.reading import AMBIGUOUS_PLACE, Matter, Reference, ambiguous_place, find_regions, find_topics

#: The sets that are judged from an article's text.
JUDGED = ("regions", "topics")

#: The fields that they are judged by.
TEXT_FIELDS = frozenset({"kind", "kicker", "headline", "deck", "blocks"})

#: Stories that are judged and written at a time.
BATCH = 400


@dataclass(frozen=True)
class Judgement:
    """What a story is about: rows of each set in JUDGED, and the doubts that its places raise."""

    sets: dict[str, Rows]
    doubts: list[dict[str, str]]


@dataclass(frozen=True)
class Difference:
    """What judging a story again would change in one of its articles: {set: (names before, names after)}."""

    article: Article
    sets: dict[str, tuple[list[str], list[str]]]


def judge(parts: Sequence[Article], reference: Reference, known: Known) -> Judgement:
    """Judge a story, its head first, by its whole text: one story has one to three topics, not each part its own."""
    head, *others = parts
    blocks = [block for body in whole_paragraphs([part.blocks for part in parts]) for block in body]
    titles = [title for part in others for title in (part.headline, part.deck) if title != head.headline]
    matter = Matter.of(
        reference.words,
        kind=head.kind,
        kicker=head.kicker,
        headline=head.headline,
        deck=head.deck,
        subheads=titles + [block["text"] for block in blocks if block["type"] == "subhead"],
        paragraphs=[block["text"] for block in blocks if block["type"] == "paragraph"],
    )
    places = find_regions(matter, reference.gazetteer)
    topics = find_topics(matter, reference.topics)
    doubts = [ambiguous_place(name, codes, reference.gazetteer) for name, codes in places.ambiguous]
    sets = {"regions": region_rows(places.hits, known), "topics": topic_rows(topics, known)}
    return Judgement(sets, [dataclasses.asdict(doubt) for doubt in doubts])


def is_judged_apart(article: Article) -> bool:
    """Whether what an import reads of an article does not tell what it is about: it is a part of a story of several, or
    a person has corrected its text.
    """
    return bool(
        article.continuation_of_id or article.edited_fields and TEXT_FIELDS & set(article.edited_fields)
    ) or bool(article.continuations.all())


def doubts_of_places(article: Article, doubts: list[dict[str, str]]) -> list[dict[str, str]]:
    """Return an article's doubts with `doubts` for those about its places; none where a person has set the regions."""
    others = [doubt for doubt in article.doubts if doubt["name"] != AMBIGUOUS_PLACE]
    return others if "regions" in article.edited_fields else others + doubts


def with_parts(heads: Collection[int]) -> Iterator[list[Article]]:
    """Yield the stories that have these heads, each as its articles in order; a withdrawn part says nothing."""
    sets = ("article_regions", "article_topics__topic", "proposals")
    parts = Article.objects.filter(withdrawn=False).in_story_order().prefetch_related(*sets)
    found = Article.objects.filter(pk__in=heads, continuation_of=None).select_related("page")
    for head in found.prefetch_related(*sets, Prefetch("continuations", parts, to_attr="parts")).order_by("pk"):
        yield [head, *head.parts]


def settle_stories(heads: Collection[int], reference: Reference, known: Known, change: archive.Change) -> None:
    """Judge these stories anew and store the result, on the head; what a person has set stays."""
    _settle(((parts, judge(parts, reference, known)) for parts in with_parts(heads)), known, change)


def _settle(stories: Iterable[tuple[Sequence[Article], Judgement]], known: Known, change: archive.Change) -> None:
    found: list[Differing] = []
    doubtful: list[Article] = []
    for parts, judgement in stories:
        for article in parts:
            is_head = article is parts[0]
            differing = compare(article, _sets_of(article, parts[0], judgement))
            found.append(differing)
            if article.source_id:
                propose(article.page, article, article.source, differing.withheld if is_head else {}, JUDGED)
            doubts = doubts_of_places(article, judgement.doubts if is_head else [])
            if doubts != article.doubts:
                article.doubts = doubts
                doubtful.append(article)
    store(found, known)
    Article.objects.bulk_update(doubtful, ["doubts"])
    change.articles([article.pk for article in doubtful] + [each.article.pk for each in found if each.changed])


def _sets_of(article: Article, head: Article, judgement: Judgement) -> dict[str, Rows]:
    """Return what a judgement says of one of the story's articles: all of the head, nothing of the others."""
    return judgement.sets if article is head else dict.fromkeys(JUDGED, [])


def classify_archive(
    reference: Reference, *, write: bool, tell: Callable[[Difference], object], progress: Callable[[int, int], object]
) -> int:
    """Judge every story of the archive anew; return how many of them differ. Without `write` nothing changes.

    `tell` gets each article that differs, `progress` how many of how many stories are done. Each batch is one change;
    a story that is corrected between being judged and being written is judged again.
    """
    known = Known.subjects()
    names = _Names(reference)
    heads = list(Article.objects.filter(continuation_of=None).order_by("pk").values_list("pk", flat=True))
    differing = 0
    for start in range(0, len(heads), BATCH):
        ids = heads[start : start + BATCH]
        judged: dict[int, tuple[list[tuple[int, int]], Judgement]] = {}
        for parts in with_parts(ids):
            judgement = judge(parts, reference, known)
            told = (_difference(part, parts[0], judgement, names) for part in parts)
            found = [difference for difference in told if difference]
            for difference in found:
                tell(difference)
            if found or doubts_of_places(parts[0], judgement.doubts) != parts[0].doubts:
                judged[parts[0].pk] = ([(part.pk, part.revision) for part in parts], judgement)
            differing += bool(found)
        if write and judged:
            _write(judged, reference, known)
        progress(start + len(ids), len(heads))
    return differing


def _write(judged: dict[int, tuple[list[tuple[int, int]], Judgement]], reference: Reference, known: Known) -> None:
    def stories() -> Iterator[tuple[Sequence[Article], Judgement]]:
        for parts in with_parts(judged):
            seen, judgement = judged[parts[0].pk]
            if [(part.pk, part.revision) for part in parts] != seen:
                judgement = judge(parts, reference, known)
            yield parts, judgement

    with archive.change() as change:
        _settle(stories(), known, change)


class _Names:
    """What a set's rows are called, for people to read."""

    def __init__(self, reference: Reference) -> None:
        self.of = {"regions": reference.gazetteer.names, "topics": {each.slug: each.name for each in reference.topics}}

    def __call__(self, name: str, rows: Rows) -> list[str]:
        return [self.of[name].get(row[0], row[0]) for row in rows]


def _difference(article: Article, head: Article, judgement: Judgement, names: _Names) -> Difference | None:
    changed = compare(article, _sets_of(article, head, judgement)).changed
    if not changed:
        return None
    return Difference(
        article, {name: (names(name, article.rows_of(name)), names(name, rows)) for name, rows in changed.items()}
    )


def stories_of(articles: Collection[int]) -> set[int]:
    """Return the heads of the stories that these articles are part of."""
    rows = Article.objects.filter(pk__in=articles).values_list("pk", "continuation_of")
    return {head or pk for pk, head in rows}
