"""The plan of a reading's items carried out: articles are updated in place, added and removed, never recreated."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from articles.ingest.classification import JUDGED
from articles.ingest.doubts import Raised, Target, doubt, raised_by, with_answers
from articles.ingest.item_plan import ItemPlan, PagePlan
from articles.ingest.proposals import propose
from articles.ingest.sets import SET_MODELS, Known, make_rows, store, topic_rows
from articles.models import Article, Page, SourceText
from articles.models.archive import Change
from articles.models.block_keys import without_keys
from articles.models.doubt_kinds import ANCHOR_LOST, NOT_IN_READING
from articles.models.redirects import Moved


@dataclass
class StoredItems:
    """The effects of storing the items of a page.

    * `entries`: for each article [add | change | same | protected | remove, the article]; see `ItemPlan.action`
    * `unplaced`: the segments of the items without an article, which exist if a person has settled the articles
    * `parted`: the ids of the articles that were one story with a removed article, or one item with another article
    * `added`: the new articles, and `topical` the ids of those with topics
    * `read`: the ids of the articles that the reading has, and `left` of those that it does not have and that stay
    * `own`: the ids of the articles that readings of the page are paired with
    * `raised`: the doubts about each article
    """

    entries: list[tuple[str, Article]] = field(default_factory=list)
    unplaced: list[list[Any]] = field(default_factory=list)
    parted: set[int] = field(default_factory=set)
    added: list[Article] = field(default_factory=list)
    topical: set[int] = field(default_factory=set)
    read: set[int] = field(default_factory=set)
    left: set[int] = field(default_factory=set)
    own: set[int] = field(default_factory=set)
    raised: dict[Target, list[Raised]] = field(default_factory=dict)


def store_items(
    page: Page,
    source: SourceText,
    plan: PagePlan,
    known: Known,
    change: Change,
    moved: Moved,
    pieces: Collection[int] = (),
    lost: Collection[str] = (),
    *,
    is_new: bool,
) -> StoredItems:
    """Carry out `plan` for the articles of `page`, name the effects in `change`, and return them.

    `known` are the rows that the names of the items stand for; `moved` redirects the URLs of articles that go. The
    items with the indices `pieces` were cut at anchors, and the anchors `lost` are not in the text. A new page
    (`is_new`) has no articles yet.
    """
    done = StoredItems()
    added = [(index, each) for index, each in plan.items.items() if each.action == "add"]
    for index, each in plan.items.items():
        article, read = each.article, each.read
        if each.action == "add" or read is None:
            continue
        _update(each, known, change)
        done.read.add(article.pk)
        if index in pieces or article.pk in plan.given:  # the item was judged by its text as it was read
            done.parted.add(article.pk)
        target = Target(article.page_id, article.pk)
        done.raised[target] = with_answers(raised_by(read.item.doubts), article.edited_fields)
    done.own = {article.pk for article in plan.stored}
    for article in plan.stored:
        if article.anchor:
            told = done.raised.setdefault(Target(article.page_id, article.pk), [])
            told += [doubt(ANCHOR_LOST)] if article.anchor in lost else []
    _add([each for _, each in added], known, change)
    for _, each in added:
        assert each.read is not None  # it was made from an item
        done.added.append(each.article)
        if topic_rows(each.read.item.topics, known):
            done.topical.add(each.article.pk)
        done.raised[Target(page.pk, each.article.pk)] = raised_by(each.read.item.doubts)
    done.unplaced = [segment for each in plan.unplaced for segment in each.segments] + plan.left_over
    if not is_new:
        told_of = [
            {"kind": each.item.kind, "headline": each.item.headline, "text": "\n".join(each.item.paragraphs)}
            for each in plan.unplaced
        ]
        propose(page, None, source.pk, {"items": told_of} if told_of else {}, ["items"])
    done.entries = [(each.action, each.article) for _, each in sorted(plan.items.items())]
    done.parted.update(*(each.article.ids_beside() for each in plan.left))
    for each in plan.left:
        done.entries.append((each.action, each.article))
        if each.action == "remove":
            _drop(each.article, page, change, moved)
        else:
            done.left.add(each.article.pk)
            done.raised[Target(each.article.page_id, each.article.pk)] = [doubt(NOT_IN_READING)]
    return done


def _add(added: list[ItemPlan], known: Known, change: Change) -> None:
    if not added:
        return
    stamp = change.stamp()
    for each in added:
        for name, value in stamp.items():
            setattr(each.article, name, value)
    Article.objects.bulk_create(each.article for each in added)
    sets = [(each.article, each.read.sets()) for each in added if each.read]
    for name in Article.READ_SETS:
        SET_MODELS[name]._default_manager.bulk_create(
            row for article, rows in sets for row in make_rows(article, name, rows[name], known)
        )


def _update(plan: ItemPlan, known: Known, change: Change) -> None:
    assert plan.read is not None and plan.sets is not None  # it has an item
    article, read = plan.article, plan.read
    store([plan.sets], known)
    withheld = plan.withheld | plan.sets.withheld
    if "blocks" in withheld:
        withheld["blocks"] = without_keys(withheld["blocks"])  # the keys are those of the person's body
    if "column_id" in withheld:
        withheld["column"] = read.item.kicker
        del withheld["column_id"]
    considered = [name for name in Article.READ_SETS if not (plan.is_apart and name in JUDGED)]
    propose(article.page, article, read.source, withheld, (*Article.READ_FIELDS, *considered))
    if plan.differs:
        article.save()
        change.articles([article.pk])


def _drop(article: Article, page: Page, change: Change, moved: Moved) -> None:
    """Remove an article that the reading no longer has. Its URL leads to its page."""
    moved(article.get_absolute_url(), page.get_absolute_url())
    change.articles(article.ids_beside())
    change.vanished([article.pk])
    article.delete()
