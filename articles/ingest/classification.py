"""Regions and topics of stored stories, judged anew from the text as it stands, corrections included."""

from __future__ import annotations

import dataclasses
import logging
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from django.db.models import Prefetch

from articles.ingest.derived_doubts import derive
from articles.ingest.doubts import Difference, Raised, Target, difference, doubt, with_answers, write
from articles.ingest.proposals import differ, propose
from articles.ingest.sets import Differing, Known, Rows, compare, region_rows, store, topic_rows
from articles.models import Article, Doubt, archive
from articles.models.articles import ArticleQuerySet
from articles.models.bodies import paragraphs_of, whole_paragraphs
from articles.models.fields import judged_fields
from articles.models.precedence import let_people_go_first
from articles.models.stories import story_parts
from articles.reading import AMBIGUOUS_PLACE, Matter, Reference, ambiguous_place, find_regions, find_topics
from articles.workers import answers

logger = logging.getLogger(__name__)

#: The sets that are judged from an article's text.
JUDGED = ("regions", "topics")

#: Stories that are judged and written in one change.
BATCH = 400


@dataclass(frozen=True)
class Judgement:
    """The result for a story: the rows of each set in JUDGED, and the doubts about its places."""

    sets: dict[str, Rows]
    doubts: list[Raised]


#: The results for stories, by the ids of their heads: (id, revision) of each article when it was judged, and the
#: judgement, or None if the reader failed.
Judged = dict[int, tuple[list[tuple[int, int]], Judgement | None]]


@dataclass(frozen=True)
class Verdict:
    """The result for one article of a story: how its sets and its doubts about place names change."""

    article: Article
    sets: Differing
    places: Difference

    def places_told(self) -> tuple[list[str], list[str]]:
        """Return the details of the open doubts about place names before and after."""
        before = {row.pk: row.detail for row in self.article.place_doubts if row.is_open}  # type: ignore[attr-defined]
        followed = [(row, values) for row, values in self.places.differing if row.is_open]
        after = before | {row.pk: values.get("detail", row.detail) for row, values in followed}
        left = [after[pk] for pk in after if pk not in {row.pk for row in self.places.idle}]
        return list(before.values()), [*left, *(row.detail for row in self.places.missing)]

    @property
    def changes(self) -> bool:
        """Whether storing the verdict changes a set, a doubt, or a proposal in a field that a person has set."""
        if self.sets.changed or self.places:
            return True
        return bool(self.article.source_id) and differ(self.article, self.sets.withheld, JUDGED)


def judge(parts: Sequence[Article], reference: Reference, known: Known) -> Judgement:
    """Return the judgement of a story by its whole text. `parts` are its articles, the head first.

    A story of several parts has one to three topics in all, not for each part.
    """
    head, *others = parts
    blocks = [block for body in whole_paragraphs(parts) for block in body]
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
    raised = [doubt(each.name, each.detail, each.rule) for each in doubts]
    sets = {"regions": region_rows(places.hits, known), "topics": topic_rows(topics, known)}
    return Judgement(sets, raised)


def try_judge(parts: Sequence[Article], reference: Reference, known: Known) -> Judgement | None:
    """Return the judgement of a story, or None if the reader fails.

    The log then has the traceback, and the story keeps its sets.
    """
    try:
        return judge(parts, reference, known)
    except Exception:
        # An error of our own in one story must stop neither the other stories nor a person's correction of this one.
        logger.exception("judging of %s (article %d)", parts[0], parts[0].pk)
        return None


def is_judged_apart(article: Article) -> bool:
    """Return whether the reading of an article alone can't tell what the article is about.

    That is so if the article is part of a story of several parts, if a person has corrected its text, or if a person
    has cut it from another article.
    """
    return bool(
        article.continuation_of_id
        or article.anchor
        or article.edited_fields
        and judged_fields() & set(article.edited_fields)
    ) or bool(article.continuations.all())


def load_judged(heads: Collection[int]) -> list[list[Article]]:
    """Return the articles of the stories with these heads, each story in order, with their `place_doubts`.

    Hidden stories are included, withdrawn continuations are not.
    """
    places = Prefetch("doubts", Doubt.objects.filter(kind=AMBIGUOUS_PLACE), to_attr="place_doubts")

    def read(articles: ArticleQuerySet) -> ArticleQuerySet:
        sets = ("article_regions", "article_topics__topic", "proposals")
        return articles.select_related("page__issue").prefetch_related(*sets, places)

    return story_parts(sorted(heads), read, visible=False)


def verdicts(parts: Sequence[Article], judgement: Judgement | None) -> list[Verdict]:
    """Return the verdict on each article of a story. The list is empty if there is no judgement.

    The head gets the whole judgement. The other parts get empty sets.
    """
    if judgement is None:
        return []
    return [verdict_on(article, judgement, is_head=article is parts[0]) for article in parts]


def verdict_on(article: Article, judgement: Judgement, *, is_head: bool) -> Verdict:
    """Return the verdict on one article of a story, which `load_judged` has fetched."""
    sets = compare(article, judgement.sets if is_head else dict.fromkeys(JUDGED, []))
    if not is_head:
        sets = dataclasses.replace(sets, withheld={})  # the empty set of a part is no proposal
    places = with_answers(judgement.doubts, article.edited_fields) if is_head else []
    stored = article.place_doubts  # type: ignore[attr-defined] # fetched by `load_judged`
    return Verdict(article, sets, difference({Target(article.page_id, article.pk): places}, stored))


def settle_stories(
    heads: Collection[int],
    reference: Reference,
    known: Known,
    change: archive.Change,
    concerns: Callable[[Sequence[Article], Article], bool] = lambda story, article: True,
) -> set[int]:
    """Judge the stories with these heads anew and store the results on the heads. Sets that a person has set stay.

    The result for an article of a story is stored if it `concerns` the caller. Return the ids of the articles whose
    sets changed.
    """
    stories = ((parts, verdicts(parts, try_judge(parts, reference, known))) for parts in load_judged(heads))
    found = (verdict for parts, told in stories for verdict in told if concerns(parts, verdict.article))
    return _settle(found, known, change)


def _settle(judged: Iterable[Verdict], known: Known, change: archive.Change) -> set[int]:
    changing = [verdict for verdict in judged if verdict.changes]
    for verdict in changing:
        article = verdict.article
        if article.source_id:
            propose(article.page, article, article.source_id, verdict.sets.withheld, JUDGED)
    store([verdict.sets for verdict in changing], known)
    write(Difference.of_all(verdict.places for verdict in changing), change)
    changed = {verdict.article.pk for verdict in changing if verdict.sets.changed}
    change.articles(changed)
    if changing:  # missing topics and proposals follow
        derive(change, articles={verdict.article.pk for verdict in changing})
    return changed


def classify_archive(
    reference: Reference,
    known: Known,
    *,
    write: bool,
    tell: Callable[[Verdict], object],
    fail: Callable[[Article], object],
    progress: Callable[[int, int], object],
) -> int:
    """Judge every story of the archive anew. Return the number of stories that change.

    Without `write` nothing is stored. `tell` gets the verdict on each article that changes, `fail` the head of each
    story that the reader fails on, `progress` the number of stories done and the number of all stories. Each batch is
    one change. A story that was corrected after it was judged is judged again before it is written.
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
            let_people_go_first()
            with archive.change() as change:
                _settle(_verdicts(judged, reference, known), known, change)
        changing += len(judged)
        done = min(done + BATCH, len(heads))
        progress(done, len(heads))
    return changing


def story_judge(reference: Reference, known: Known) -> Callable[[Sequence[int]], Judged]:
    """Return a function that judges the stories with some heads.

    It returns the stories that change and the stories that the reader fails on. `story_judge` with its arguments is a
    task for workers.
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
    """Yield the verdict on each article of these stories. A story that was corrected since is judged again."""
    for parts in load_judged(judged):
        seen, judgement = judged[parts[0].pk]
        if _seen(parts) != seen:
            judgement = try_judge(parts, reference, known)
        yield from verdicts(parts, judgement)


def heads_of(articles: Collection[int]) -> set[int]:
    """Return the ids of the heads of the stories that these articles belong to."""
    rows = Article.objects.filter(pk__in=articles).values_list("pk", "continuation_of")
    return {head or pk for pk, head in rows}
