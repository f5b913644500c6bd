"""The load of one page: a reading into rows. Nothing is lost, and no correction of a person is overwritten."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from articles.ingest.anchors import outside
from articles.ingest.classification import heads_of, is_judged_apart, settle_stories
from articles.ingest.clues import clues_to_json
from articles.ingest.derived_doubts import derive
from articles.ingest.doubts import Target, bring, doubt, persons_fields, raised_by, with_answers
from articles.ingest.fitting import fitted
from articles.ingest.identity import Identity
from articles.ingest.item_plan import ItemPlan, Tables, plan_items, stored_articles
from articles.ingest.items import store_items
from articles.ingest.page_doubts import store_doubts
from articles.ingest.page_place import place_of
from articles.ingest.placements import place_left_over, placed_in
from articles.ingest.proposals import propose
from articles.ingest.readers import Reader
from articles.ingest.removal import Removal, remove_pages
from articles.ingest.samples import is_of_samples
from articles.ingest.sets import Known, known_topics
from articles.ingest.sources import PageFile
from articles.ingest.stitching import stitch
from articles.models import (
    Article,
    Column,
    Contributor,
    Doubt,
    ImportItem,
    Page,
    PageCredit,
    Redirect,
    Region,
    SourceText,
    archive,
)
from articles.models.doubt_kinds import PLACE_TAKEN
from articles.models.redirects import Moved
from articles.models.statements import Statement
from articles.reading import Clues, PageReading

#: The fields of a page that a reading gives and a person may correct.
PAGE_FIELDS = ("issue", "number", "section", "credits")

Outcome = ImportItem.Outcome
Standing = SourceText.Standing


@dataclass
class Report:
    """The result of importing one file.

    `articles` has (add | change | same | protected | remove, title) for each article.
    """

    outcome: str
    message: str = ""
    page: Page | None = None
    source: SourceText | None = None
    articles: list[tuple[str, str]] = field(default_factory=list)


def look_up(reading: PageReading, contributors: dict[str, Contributor], *, makes_columns: bool = True) -> Tables:
    """Return the rows that the names of `reading` stand for. `contributors` are {name: contributor} for its people.

    Columns that are missing are made, or, without `makes_columns`, stand for themselves unsaved.
    """
    codes = frozenset(hit.code for item in reading.items for hit in item.regions)
    kickers = {item.kicker: bool(item.column) for item in reading.items if item.kicker}
    known = Known(
        contributors=contributors,
        regions=frozenset(code for (code,) in _REGIONS.rows(codes)),
        topics=known_topics(),
    )
    return Tables(known, Column.objects.behind(kickers, makes=makes_columns))


#: Those of some codes of regions that the archive has.
_REGIONS = Statement(lambda codes: Region.objects.filter(pk__among=codes).values_list("pk"), frozenset)


def staff_read(reading: PageReading) -> list[list[str]]:
    """Return the staff line of a reading as `Page.sets` tells it: [[role, name as printed], …]."""
    return [[person.role, person.name] for person in reading.editors]


#: The sentence about a page without a date.
UNDATED = "日期待考，读者暂不可见，请在后台“版面”中填写日期"


def segments_outside(
    reading: PageReading, unplaced: list[list[Any]], held: list[list[Any]] | None = None
) -> list[list[Any]]:
    """Return the segments of a page outside its articles: those outside all items, and those of `unplaced` items.

    Articles that the reading lacks and that stay hold the segments `held`.
    """
    own = [[part.start, part.end, part.label] for part in reading.segments if part.item is None]
    found = sorted([*own, *unplaced])
    return outside(found, held) if held else found


class Loading:
    """The load of one page, inside one `archive.change()`."""

    def __init__(
        self,
        file: PageFile,
        clues: Clues,
        reader: Reader,
        reading: PageReading,
        change: archive.Change,
        moved: Moved | None = None,
        *,
        samples_give_way: bool = True,
    ) -> None:
        """Load `file`, read as `reading`, within `change`. `moved` redirects in place of `Redirect.objects.moved`.

        A sample at the place of a real page is removed, unless `samples_give_way` is False: it is a rival then.
        """
        self.file = file
        self.clues = clues
        self.reader = reader
        self.reading = reading
        self.change = change
        self.moved = moved or Redirect.objects.moved
        self.samples_give_way = samples_give_way
        self.doubts = raised_by(reading.doubts)
        self.withheld: dict[str, Any] = {}
        #: The ids of the pages whose derived doubts may change beside those of the page itself.
        self.pages_beside: set[int] = set()
        #: The indices of the items that were cut at an anchor, and the anchors that the text does not have.
        self.pieces: frozenset[int] = frozenset()
        self.lost: tuple[str, ...] = ()

    def load(self, identity: Identity) -> Report:
        is_sample = is_of_samples(self.file.path)
        removal = Removal(pages=0)
        if identity.rival and identity.rival.is_sample and not is_sample and self.samples_give_way:
            # A sample gives way to a real page.
            removal = remove_pages(Page.objects.filter(pk=identity.rival.pk), self.change)
            identity = dataclasses.replace(identity, rival=None)
        if identity.rival and identity.page:
            return self._leave(identity.page, identity.rival)
        if identity.rival:
            return self._queue(identity.source, identity.rival)
        page = identity.page or Page(is_sample=is_sample)
        is_new, left = page.pk is None, page.issue
        if identity.source and identity.source.page_id:  # a text in conflict names the page of its rival
            self.pages_beside.add(identity.source.page_id)
        page_changed = self._place(page) if is_new else self._move(page)
        source = self._keep_source(identity.source, page, is_new=is_new)
        articles = [] if is_new else stored_articles(page)
        pairs = self._fit(page, articles)
        signed = [person for item in self.reading.items for person in (*item.bylines, *item.credits)]
        names = [sorted({person.name for person in people}) for people in (self.reading.editors, signed)]
        wanted = [*names[0], *names[1]] if is_new else names[1]  # one query for both
        contributors = Contributor.objects.named(wanted) if wanted else {}
        credits_changed = self._store_credits(page, contributors if is_new else None)
        if not is_new:
            propose(page, None, source.pk, self.withheld, PAGE_FIELDS)
        tables = look_up(self.reading, contributors)
        self.reading, given = place_left_over(self.reading, placed_in(page.placed))
        plan = plan_items(articles, page, source.pk, self.reading, tables, self.pieces, given, pairs)
        changed = plan.changed_ids()
        stored = store_items(
            *(page, source, plan, tables.known, self.change, self.moved, self.pieces, self.lost), is_new=is_new
        )
        parted = removal.parted.union(*(stitch(issue, self.change) for issue in {left, page.issue} if issue))
        apart, judged = self._judge_apart(page, stored.parted | parted, changed | parted, is_new=is_new)
        text_changed = self._describe_page(page, stored.unplaced, plan.kept)
        store_doubts(page, self.doubts, stored, apart, self.pages_beside, self.change, is_new=is_new)
        if page_changed or credits_changed or text_changed:
            self.change.other()
        outcome = Outcome.ADDED if is_new else Outcome.CHANGED if self.change.has_effect else Outcome.SAME
        entries = [
            ("change" if action == "same" and article.pk in judged else action, article.title)
            for action, article in stored.entries
        ]
        told = [] if page.issue else [UNDATED]
        if removal.pages:
            told.append("取代同一版的示例（虚构）版面" + (f"，{removal.losses}" if removal.losses else ""))
            entries += [("remove", f"{title}（示例）") for title in removal.titles]
        return Report(outcome, "；".join(told), page, source, entries)

    def _fit(self, page: Page, articles: list[Article]) -> dict[int, int] | None:
        """Cut the items of the reading where a person has parted articles of the page. Return the pairs.

        A page without articles has no pairs, unless a person has settled that it has none.
        """
        if not (articles or page.structure_edited):
            return None
        found = fitted(page, articles, self.reading)
        self.reading, self.pieces, self.lost = found.reading, found.pieces, found.lost
        return found.pairs

    def _judge_apart(
        self, page: Page, parted: set[int], changed: set[int], *, is_new: bool
    ) -> tuple[set[int], set[int]]:
        """Judge by their whole text the stories that the reading of one page can't tell.

        They are the stories of several parts, the stories with corrections, and the stories of other pages that gained
        or lost a part (`parted`). A new page has no corrections, and its stories of several parts are among `parted`.
        Of a story without a `changed` article the articles of other pages are left to the readings of these pages.
        Return the ids of their articles that are named so, and of the articles whose sets changed.
        """
        rows = [] if is_new else list(Article.objects.read_from(page.pk).prefetch_related("continuations"))
        apart = parted | {article.pk for article in rows if is_judged_apart(article)}
        if not apart:
            return apart, set()
        own = {article.pk for article in rows}

        def concerns(story: Sequence[Article], article: Article) -> bool:
            return article.pk in own or any(part.pk in changed for part in story)

        known = Known.subjects()
        return apart, settle_stories(heads_of(apart), self.reader.reference, known, self.change, concerns)

    def _leave(self, page: Page, rival: Page) -> Report:
        """Leave a known page where it is although its text claims the place of `rival`. Add a doubt to the page."""
        raised = {Target(page.pk): with_answers([doubt(PLACE_TAKEN, str(rival))], persons_fields(page))}
        bring(raised, Doubt.objects.of(page).filter(kind=PLACE_TAKEN), self.change)
        message = f"应移到 {rival} 的位置，那里已有另一版，未移动；请核对两版的日期和版次"
        return Report(Outcome.CONFLICT, message, page)

    def _queue(self, source: SourceText | None, rival: Page) -> Report:
        """Keep a text that claims the place of an unlike page, as a conflict. The text replaces nothing."""
        source = source or SourceText(sha256=self.file.sha256, part=self.file.part)
        source.standing = Standing.CONFLICT
        source.page = rival
        self._describe(source)
        source.save()
        derive(self.change, pages=[rival.pk])
        message = f"与已有的 {rival} 文字不符，未替换；已存入“原始文本”的版面冲突，请核对日期和版次"
        return Report(Outcome.CONFLICT, message, rival, source)

    def _describe(self, source: SourceText) -> None:
        source.path = str(self.file.path)
        source.encoding = self.file.encoding
        source.text = self.file.text
        source.original = self.file.original
        source.boxes = list(self.file.boxes)
        source.extent = None if self.file.extent is None else list(self.file.extent)
        source.reader_version = self.reader.version
        source.clues = clues_to_json(self.clues)
        source.claimed_date = self.reading.date
        source.claimed_number = self.reading.page_number

    def _keep_source(self, source: SourceText | None, page: Page, *, is_new: bool) -> SourceText:
        """Make this file the current text of `page`. The earlier text stays, marked as superseded."""
        source = source or SourceText(sha256=self.file.sha256, part=self.file.part)
        if not is_new:
            page.sources.filter(standing=Standing.CURRENT).exclude(pk=source.pk).update(standing=Standing.SUPERSEDED)
        self._describe(source)
        source.page = page
        source.standing = Standing.CURRENT
        source.save()
        return source

    def _move(self, page: Page) -> bool:
        """Update a stored page, with a redirect if its URL changes. Return whether anything changed."""
        before = (page.issue_id, page.number, page.section)
        with Redirect.objects.following_page(page, self.moved):
            changed = self._place(page)
        if before != (page.issue_id, page.number, page.section):
            self.change.articles(page.articles.all())
        return changed

    def _place(self, page: Page) -> bool:
        """Put `page` where its reading says, and save it if anything changed. Return whether anything changed."""
        place = place_of(page, self.reading)
        self.doubts += place.doubts
        if place.issue:
            if place.issue.pk:
                self.change.articles(Article.objects.showing(place.issue))
                self.pages_beside.update(place.issue.pages.values_list("pk", flat=True))
            place.issue.save()
        changed, withheld = page.set_unprotected(place.values)
        self.withheld |= place.withheld | withheld
        if page.pk is None:
            page.segments = segments_outside(self.reading, [])
        if page.pk is None or changed:
            page.save()
        return bool(place.issue or changed)

    def _describe_page(self, page: Page, unplaced: list[list[Any]], kept: list[ItemPlan]) -> bool:
        """Store the segments outside the articles, and those of the `kept` ones. Return whether anything changed."""
        giving_way = [each for each in kept if each.changed]
        for each in giving_way:
            each.article.save(update_fields=["segments"])
        held = [segment for each in kept for segment in each.article.segments]
        changed, _ = page.set_unprotected({"segments": segments_outside(self.reading, unplaced, held)})
        if changed:
            page.save(update_fields=list(changed))
        return bool(changed or giving_way)

    def _store_credits(self, page: Page, contributors: dict[str, Contributor] | None) -> bool:
        """Bring the credits of `page` to those of the reading. Return whether anything changed.

        For a new page, which has no credits, `contributors` are {name: contributor} for the names.
        """
        read = staff_read(self.reading)
        stored = [] if contributors is not None else page.sets()["credits"]
        if read == stored:
            return False
        if "credits" in page.edited_fields:
            self.withheld["credits"] = read
            return False
        if contributors is None:
            contributors = Contributor.objects.named(sorted({name for _, name in read}))
            page.credits.all().delete()
        PageCredit.objects.bulk_create(
            PageCredit(page=page, contributor=contributors[name], role=role, name_as_printed=name, position=position)
            for position, (role, name) in enumerate(read)
        )
        return True
