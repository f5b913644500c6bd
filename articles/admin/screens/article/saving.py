"""One save of an article's form: what it means now, and the writes of one batch."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError

from articles.admin.screens.article import proposals as deciding
from articles.admin.screens.article.merging import Difference, differences, is_same, merged, undecided
from articles.admin.screens.article.proposals import CHOICES, REFUSE, RELEASE, TAKE, Pending
from articles.admin.screens.article.state import Seen, load, values_of
from articles.admin.screens.article.wording import label_of
from articles.desk.applying import apply
from articles.desk.queue import close
from articles.desk.writing import Person, writing
from articles.models import Article, Batch, Doubt
from articles.models.block_keys import keys_of
from articles.models.row_values import set_column


@dataclass(frozen=True)
class Wish:
    """What a person wants of an article, beside the values of its fields.

    * `choices`: {field: theirs or mine} where two have changed it
    * `proposals`: {field: take, refuse or release}
    * `releases`: the fields that go back to the machine without a proposal
    * `dismissed`: the ids of the doubts without a cause
    * `settled`: the ids of the open doubts that a question has listed, or None if it was not asked
    * `reviewing`: whether the article is to be reviewed even if it is marked as reviewed already
    """

    choices: dict[str, str] = field(default_factory=dict)
    proposals: dict[str, str] = field(default_factory=dict)
    releases: tuple[str, ...] = ()
    dismissed: frozenset[str] = frozenset()
    settled: frozenset[str] | None = None
    reviewing: bool = False


@dataclass(frozen=True)
class Saved:
    """The end of a save. At most one of the three questions is open; without one the values are stored.

    * `errors`: {control: sentence}; nothing is stored
    * `undecided`: whether both sides have changed a value; `found` are all differences and `theirs` the present values
    * `asked`: the open doubts that a review would settle
    * `batch`, or None if nothing differed; `fields` are the names of the fields that it changed, `closed` the number of
      doubts that it closed
    """

    article: Article
    errors: dict[str, str] = field(default_factory=dict)
    found: list[Difference] = field(default_factory=list)
    theirs: dict[str, Any] = field(default_factory=dict)
    undecided: bool = False
    asked: tuple[Doubt, ...] = ()
    batch: Batch | None = None
    fields: tuple[str, ...] = ()
    closed: int = 0


def save(pk: int, user: Person, reason: str, seen: Seen, mine: dict[str, Any], wish: Wish) -> Saved | None:
    """Store `mine`, the values of a form that was opened on `seen`, with what else the person wishes.

    Return None if the article is gone.
    """
    with writing(user, reason=reason) as this:
        article = load(pk)
        if article is None:
            return None
        theirs = values_of(article)
        found = differences(seen.values, theirs, mine)
        choices = choices_that_hold(wish.choices, found, seen, theirs)
        if undecided(found, choices):
            return Saved(article, found=found, theirs=theirs, undecided=True)
        values = merged(theirs, found, choices)
        changed = {name: value for name, value in values.items() if not is_same(name, theirs[name], value)}
        doubts = deciding.open_doubts(article)
        pending = deciding.pending_proposals(article, doubts)
        errors = _contradictions(article, changed, wish, seen, pending) | _broken_rules(article, changed)
        if errors:
            return Saved(article, errors=errors)
        taken = {name for name, choice in wish.proposals.items() if choice in (TAKE, RELEASE)}
        dismissed = [doubt for doubt in doubts if str(doubt.pk) in wish.dismissed]
        dismissed += [pending[name].doubt for name, choice in wish.proposals.items() if choice == REFUSE]
        decided = {doubt.pk for doubt in dismissed} | {pending[name].doubt.pk for name in taken}
        left = [doubt for doubt in doubts if doubt.pk not in decided]
        is_reviewed = values["review"] == Article.Review.REVIEWED and (wish.reviewing or "review" in changed)
        if is_reviewed and not {str(doubt.pk) for doubt in left} <= (wish.settled or frozenset()):
            return Saved(article, asked=tuple(left))
        if changed:
            apply(this, article, _without_plain_keys(changed))
        for name, choice in wish.proposals.items():
            if choice == TAKE:
                deciding.take(this, article, pending[name])
            elif choice == RELEASE:
                deciding.give_back(this, article, name, doubts)
        for name in wish.releases:
            deciding.give_back(this, article, name, [])
        close(this, list({doubt.pk: doubt for doubt in dismissed}.values()), Doubt.State.DISMISSED)
        settled = left if is_reviewed else []
        close(this, settled, Doubt.State.SETTLED)
    fields = tuple(dict.fromkeys([*changed, *taken, *wish.releases]))
    return Saved(article, batch=this.batch, fields=fields, closed=len(decided) + len(settled))


def choices_that_hold(
    choices: dict[str, str], found: Collection[Difference], seen: Seen, theirs: dict[str, Any]
) -> dict[str, str]:
    """Return the choices between values that the question has shown. Others were made before something newer came."""
    if seen.met is None:
        return choices
    newer = differences(seen.met, theirs, theirs)
    gone = {each.name for each in newer} | {each.field for each in newer}
    gone |= {each.name for each in found if each.field in {other.name for other in newer}}
    return {name: choice for name, choice in choices.items() if name not in gone}


def _contradictions(
    article: Article, changed: dict[str, Any], wish: Wish, seen: Seen, pending: dict[str, Pending]
) -> dict[str, str]:
    """Return {control: sentence} for wishes that can't be met together, or that no longer fit."""
    errors = {}
    for name, choice in wish.proposals.items():
        control = f"proposal-{name}"
        if choice not in dict(CHOICES):
            errors[control] = "请选采用、不采用、交还机器或以后再说。"
        elif name not in pending or seen.proposals.get(name) != pending[name].proposal.value:
            errors[control] = "机器建议在您打开表单之后变了，请看过现在的再选。"
        elif choice in (TAKE, RELEASE) and name in changed:
            errors[control] = f"{label_of(name)}已另行改过，又选了用机器的值，请只取其一。"
    for name in wish.releases:
        if name not in article.protectable():
            errors[f"release-{name[:30]}"] = f"没有“{name[:30]}”这个字段，不能交还机器。"
        elif name in changed or wish.proposals.get(name):
            errors[f"release-{name}"] = f"{label_of(name)}已另行改过或选过，又勾了交还机器，请只取其一。"
    return errors


def _broken_rules(article: Article, changed: dict[str, Any]) -> dict[str, str]:
    """Return {control: sentence} for the rules of a story that a changed head breaks. See `Article.clean`."""
    if "continuation_of" not in changed:
        return {}
    candidate = Article.objects.select_related("page").get(pk=article.pk)
    set_column(candidate, "continuation_of", changed["continuation_of"])
    try:
        candidate.clean()
    except Article.DoesNotExist:
        return {"continuation_of": f"编号是 {changed['continuation_of']} 的文章刚刚被删去，请改填首篇的编号。"}
    except ValidationError as error:
        return {name: "".join(sentences) for name, sentences in error.message_dict.items()}
    return {}


def _without_plain_keys(changed: dict[str, Any]) -> dict[str, Any]:
    """Return the values to store. A block keeps its key only where its text alone does not give it."""
    if "blocks" not in changed:
        return changed
    blocks = []
    for block in changed["blocks"]:
        bare = {name: value for name, value in block.items() if name != "key"}
        blocks.append(bare if "key" not in block or keys_of([bare]) == [block["key"]] else block)
    return {**changed, "blocks": blocks}
