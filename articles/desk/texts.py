"""Decisions about the texts of pages: which one a page shows, and whether a text is another page's."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from pathlib import Path

from django.core.exceptions import ValidationError
from django.db.models import Model

from articles.desk.doubts import set_state
from articles.desk.writing import Writing
from articles.ingest.identity import Identity, places_held
from articles.ingest.loading import Loading, Report
from articles.ingest.samples import is_of_samples
from articles.ingest.sources import Refusal
from articles.ingest.stored_texts import StoredReading, adopt, file_of
from articles.models import Article, Doubt, Issue, Page, Redirect, SourceText
from articles.models.doubt_kinds import PROPOSAL
from articles.models.editing import Editable

Standing = SourceText.Standing


def keep(this: Writing, source: SourceText) -> None:
    """Set a text in conflict aside. The page that it claims keeps its own text.

    Raises ValidationError if the text is in conflict no more.
    """
    _check(source, source.standing)
    if source.standing != Standing.CONFLICT:
        raise ValidationError(f"{source} 不在版面冲突之中，没有可保留的。")
    this.watch(source)
    source.standing = Standing.ASIDE
    source.save(update_fields=["standing"])


def replace(this: Writing, read: StoredReading, *, structure_gives_way: bool = False) -> Report:
    """Make a text the current text of its page. Return the report of the import.

    The fields that change stay the machine's, and every row is in the ledger, so that an undo brings back the articles
    with their ids. For the rest see `adopt`. Raises Refusal as `adopt` does, ValidationError if somebody has decided
    about the text meanwhile.
    """
    source, page = read.source, read.page
    _check(source, source.standing)
    page.refresh_from_db()
    this.watch(*page.sources.filter(standing=Standing.CURRENT).exclude(pk=source.pk))
    this.watch(source)  # after them: the undo, which goes backwards, frees the place of the current text first
    this.watch(page, *([page.issue] if page.issue else []))
    before = list({row.pk: row for row in (*page.articles.all(), *Article.objects.read_from(page.pk))}.values())
    for article in before:
        this.deleting(article)
        this.watch_keys(Redirect, Redirect.objects.touched_by(article.get_absolute_url(), page.get_absolute_url()))
    last = _last_issue()
    with this.importing():
        report = adopt(read, this.change, this.moved, structure_gives_way=structure_gives_way)
    page.refresh_from_db()
    issues = list(Issue.objects.filter(pk__gt=last))
    made = list(page.articles.exclude(pk__in=[article.pk for article in before]))
    this.created(*issues, *made)
    stayed = Article.objects.filter(pk__in=[article.pk for article in before])
    _leave_to_machine(this, [page, *([page.issue] if page.issue else []), *stayed])
    _leave_to_machine(this, [*issues, *made])
    return report


def place_elsewhere(this: Writing, read: StoredReading, date: datetime.date, edition: int, number: int) -> Report:
    """Make a text in conflict a page of its own, at the place that a person tells. Return the report of the import.

    Raises Refusal if that place is taken, ValidationError if the text is in conflict no more.
    """
    source = read.source
    _check(source, source.standing)
    if source.standing == Standing.CURRENT:
        raise ValidationError(f"{source} 是 {read.page} 现用的文本，不能归到别处。")
    held = Page.objects.select_related("issue").filter(issue__date=date, issue__edition=edition, number=number).first()
    if held:
        raise Refusal(f"{held} 已有文本，不能再放 {source}，请核对日期和版次。")
    this.watch(source)
    last = _last_issue()
    page = Page(number=number, is_sample=is_of_samples(Path(source.path)))
    page.issue = this.issue_for(page, date, edition)
    page.protect("issue", "number")
    page.save()
    issues = Issue.objects.filter(pk__gt=last)
    for issue in issues:  # its day is the person's, its number the machine's
        for name in Issue.protectable():
            this.protection[(Issue, str(issue.pk)), name] = name in ("date", "edition")
    this.created(page)
    with this.importing():
        loading = Loading(file_of(source), read.clues, read.reader, read.reading, this.change, this.moved)
        report = loading.load(Identity(source, page=page))
    _settle_place(this, page)
    made = list(page.articles.all())
    this.created(*made)
    _leave_to_machine(this, made)
    for name in Page.protectable():
        this.protection[(Page, str(page.pk)), name] = name in ("issue", "number")
    return report


def _settle_place(this: Writing, page: Page) -> None:
    """Settle the doubts about the place that the text of a page claims: a person has seen it."""
    seen = Doubt.objects.open().filter(page=page, article=None, kind=PROPOSAL)
    set_state(list(seen), Doubt.State.SETTLED, this.user_id)


def show_again(this: Writing, read: StoredReading, *, is_returning: bool) -> None:
    """Load the text of a page once more, after an undo has made it the current one and has brought back its articles.

    The places of the articles in the text are not in the ledger; this reading tells them. `is_returning` tells that the
    page, to which a person had assigned the text, has come back itself. Raises Refusal if the reading puts the page
    where another page is.
    """
    source = SourceText.objects.select_related("page__issue").get(pk=read.source.pk)
    page = source.page
    if page is None or source.standing != Standing.CURRENT:
        return
    rivals = places_held(page, read.reading).exclude(pk=page.pk)
    if rivals:
        raise Refusal(f"{source} 文中的日期和版次属于 {rivals[0]}，不能再为 {page} 所用，请先改正那一版的日期和版次。")
    before = list(page.articles.all())
    this.watch(*before, *Article.objects.read_from(page.pk))
    with this.importing():
        loading = Loading(file_of(source), read.clues, read.reader, read.reading, this.change, this.moved)
        loading.load(Identity(source, page=page))
    if is_returning:
        _settle_place(this, page)
    made = list(page.articles.exclude(pk__in=[article.pk for article in before]))
    this.created(*made)
    _leave_to_machine(this, made)


def _check(source: SourceText, seen: str) -> None:
    """Raise ValidationError if a text no longer stands as it was `seen`. Fetch the stored state otherwise."""
    source.refresh_from_db()
    if source.standing != seen:
        raise ValidationError(f"{source} 刚被别人处理过，现在是“{source.get_standing_display()}”，请看过再定。")


def _leave_to_machine(this: Writing, rows: Iterable[Model]) -> None:
    """Let every field that no person has set be the machine's, as after an import."""
    for row in rows:
        assert isinstance(row, Editable)  # the caller names such rows alone
        for name in row.protectable():
            if name not in row.edited_fields:
                this.protection[(type(row), str(row.pk)), name] = False


def _last_issue() -> int:
    return Issue.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
