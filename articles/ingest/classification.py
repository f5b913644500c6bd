"""What stored stories are about: regions and topics judged anew from the text as it stands, corrections included."""

from __future__ import annotations

import dataclasses
import logging
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from articles.ingest.proposals import differ, propose
from articles.ingest.sets import Differing, Known, Rows, compare, region_rows, store, topic_rows
from articles.models import Article, archive
from articles.models.articles import ArticleQuerySet
from articles.models.bodies import paragraphs_of, whole_paragraphs
from articles.models.fields import judged_fields
from articles.models.stories import story_parts
from articles.reading import AMBIGUOUS_PLACE, Matter, Reference, ambiguous_place, find_regions, find_topics
from articles.workers import answers

logger = logging.getLogger(__name__)

#: The sets that are judged from an article's text.
JUDGED = ("regions", "topics")

Doubt = dict[str, str]

#: Stories that are judged and written at a time.
BATCH = 400


@dataclass(frozen=True)
class Judgement:
    """What a story is about: rows of each set in JUDGED, and the doubts that its places raise."""

    sets: dict[str, Rows]
    doubts: list[Doubt]


#: What was judged of stories, by their heads: which revision of each article that was, and the judgement; None where
#: the reader failed.
Judged = dict[int, tuple[list[tuple[int, int]], Judgement | None]]


@dataclass(frozen=True)
class Verdict:
    """What judging a story says of one of its articles: its sets where they are told otherwise, and all its doubts."""

    article: Article
    sets: Differing
    doubts: list[Doubt]

    @property
    def changes(self) -> bool:
        """Whether storing it changes anything: a set, a doubt, or what is proposed where a person's word stands."""
        if self.sets.changed or self.doubts != self.article.doubts:
            return True
        return bool(self.article.source_id) and differ(self.article, self.sets.withheld, JUDGED)


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
        part_titles=titles,
        subheads=[block["text"] for block in blocks if block["type"] == "subhead"],
        paragraphs=paragraphs_of(blocks),
    )
    places = find_regions(matter, reference.gazetteer)
    topics = find_topics(matter, reference.topics)
    doubts = [ambiguous_place(name, codes, reference.gazetteer) for name, codes in places.ambiguous]
    sets = {"regions": region_rows(places.hits, known), "topics": topic_rows(topics, known)}
    return Judgement(sets, [doubt.as_json() for doubt in doubts])


def try_judge(parts: Sequence[Article], reference: Reference, known: Known) -> Judgement | None:
    """Judge a story; None where the reader fails, which the log tells: the story keeps what it has."""
    try:
        return judge(parts, reference, known)
    except Exception:  # a fault of ours in one story must keep no other out, nor a person's correction of this one
        logger.exception("judging of %s (article %d)", parts[0], parts[0].pk)
        return None


def is_judged_apart(article: Article) -> bool:
    """Whether what an import reads of an article does not tell what it is about: it is a part of a story of several, or
    a person has corrected its text.
    """
    return bool(
        article.continuation_of_id or article.edited_fields and judged_fields() & set(article.edited_fields)
    ) or bool(article.continuations.all())


def place_doubts(doubts: Iterable[Doubt]) -> list[Doubt]:
    """Return those of `doubts` that are about names of places."""
    return [doubt for doubt in doubts if doubt["name"] == AMBIGUOUS_PLACE]


def with_place_doubts(article: Article, doubts: Iterable[Doubt], places: list[Doubt]) -> list[Doubt]:
    """Return `doubts` with `places` for those about places, last; none where a person has settled the regions."""
    others = [doubt for doubt in doubts if doubt["name"] != AMBIGUOUS_PLACE]
    return others if "regions" in article.edited_fields else others + places


def load_judged(heads: Collection[int]) -> list[list[Article]]:
    """Return the stories that have these heads, hidden ones too, each as its articles in order."""
    sets = ("article_regions", "article_topics__topic", "proposals")

    def read(articles: ArticleQuerySet) -> ArticleQuerySet:
        return articles.select_related("page__issue").prefetch_related(*sets)

    return story_parts(sorted(heads), read, visible=False)


def verdicts(parts: Sequence[Article], judgement: Judgement | None) -> list[Verdict]:
    """Return what a judgement says of each article of its story: all of it of the head, nothing of the others."""
    found: list[Verdict] = []
    if judgement is None:
        return found
    for article in parts:
        is_head = article is parts[0]
        sets = compare(article, judgement.sets if is_head else dict.fromkeys(JUDGED, []))
        if not is_head:
            sets = dataclasses.replace(sets, withheld={})  # that a part is about nothing is nothing to propose
        places = judgement.doubts if is_head else []
        found.append(Verdict(article, sets, with_place_doubts(article, article.doubts, places)))
    return found


def settle_stories(heads: Collection[int], reference: Reference, known: Known, change: archive.Change) -> None:
    """Judge these stories anew and store the result, on the head; what a person has set stays."""
    stories = (verdicts(parts, try_judge(parts, reference, known)) for parts in load_judged(heads))
    _settle((verdict for story in stories for verdict in story), known, change)


def _settle(judged: Iterable[Verdict], known: Known, change: archive.Change) -> None:
    changing = [verdict for verdict in judged if verdict.changes]
    doubtful: list[Article] = []
    for verdict in changing:
        article = verdict.article
        if article.source_id:
            propose(article.page, article, article.source_id, verdict.sets.withheld, JUDGED)
        if verdict.doubts != article.doubts:
            article.doubts = verdict.doubts
            doubtful.append(article)
    store([verdict.sets for verdict in changing], known)
    Article.objects.bulk_update(doubtful, ["doubts"])
    change.articles(article.pk for article in doubtful)
    change.articles(verdict.article.pk for verdict in changing if verdict.sets.changed)


def classify_archive(
    reference: Reference,
    known: Known,
    *,
    write: bool,
    tell: Callable[[Verdict], object],
    fail: Callable[[Article], object],
    progress: Callable[[int, int], object],
) -> int:
    """Judge every story of the archive anew; return how many of them change. Without `write` nothing does.

    `tell` gets each article that changes, `fail` the head of each story that the reader fails on, `progress` how many
    of how many stories are done. Each batch is one change; a story that is corrected between being judged and being
    written is judged again.
    """
    heads = list(Article.objects.filter(continuation_of=None).order_by("pk").values_list("pk", flat=True))
    done = changing = 0
    for judged in answers(partial(story_judge, reference, known), heads, BATCH):
        failed = [head for head, (_, judgement) in judged.items() if judgement is None]
        for head in Article.objects.filter(pk__in=failed).select_related("page__issue"):
            fail(head)
        judged = {head: each for head, each in judged.items() if head not in failed}
        for verdict in _verdicts(judged, reference, known):
            if verdict.changes:
                tell(verdict)
        if write and judged:
            with archive.change() as change:
                _settle(_verdicts(judged, reference, known), known, change)
        changing += len(judged)
        done = min(done + BATCH, len(heads))
        progress(done, len(heads))
    return changing


def story_judge(reference: Reference, known: Known) -> Callable[[Sequence[int]], Judged]:
    """Return what judges the stories with some heads, and keeps those that change or that the reader fails on.

    With it a task for workers.
    """

    def judge_stories(heads: Sequence[int]) -> Judged:
        judged: Judged = {}
        for parts in load_judged(heads):
            judgement = try_judge(parts, reference, known)
            if judgement is None or any(verdict.changes for verdict in verdicts(parts, judgement)):
                judged[parts[0].pk] = (_seen(parts), judgement)
        return judged

    return judge_stories


def _seen(parts: Sequence[Article]) -> list[tuple[int, int]]:
    return [(part.pk, part.revision) for part in parts]


def _verdicts(judged: Judged, reference: Reference, known: Known) -> Iterator[Verdict]:
    """Yield what was judged of each article of these stories; one that was corrected since is judged again."""
    for parts in load_judged(judged):
        seen, judgement = judged[parts[0].pk]
        if _seen(parts) != seen:
            judgement = try_judge(parts, reference, known)
        yield from verdicts(parts, judgement)


def heads_of(articles: Collection[int]) -> set[int]:
    """Return the heads of the stories that these articles are part of."""
    rows = Article.objects.filter(pk__in=articles).values_list("pk", "continuation_of")
    return {head or pk for pk, head in rows}
