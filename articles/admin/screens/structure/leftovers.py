"""The left-over text of a page on its screen: each stretch with the choice of its owner."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from articles.admin.screens.structure.typed import is_number
from articles.desk.placing_text import current_text, left_over
from articles.ingest.anchors import Stretch
from articles.ingest.placements import paragraph_of
from articles.models import Article, Page
from articles.models.corrections import LAST_ID
from articles.text.cleaning import visible

#: The value of the furniture of the page, and the beginning of that of an article that stands elsewhere: id-17.
FURNITURE, BY_ID = "masthead", "id-"


@dataclass
class LeftOver:
    """Running left-over stretches: their text, lines and place, the choice that came back, what is wrong with it."""

    stretches: list[Stretch]
    text: str
    lines: str
    place: str
    choice: str = ""
    error: str = ""


class LeftOvers:
    """The left-over text of a page, and the owners that are offered for it.

    `articles` are those of the screen, in its order. Others, which were read from the page and moved away, are offered
    by their ids.
    """

    def __init__(self, page: Page, articles: Sequence[Article], typed: Mapping[str, str]) -> None:
        #: The current text of the page, or None.
        self.source = source = current_text(page)
        text = source.text if source else ""
        here = {article.pk for article in articles}
        self.rows: list[LeftOver] = []
        #: Whether a choice came back for text that is not left over any more.
        self.is_stale = False
        self.options: list[tuple[str, str]] = []
        self._owners: dict[str, Article | None] = {FURNITURE: None}
        for stretches in left_over(page, text):
            first, last = (text.count("\n", 0, at) + 1 for at in (stretches[0][0], stretches[-1][1] - 1))
            lines = f"原文第 {first} 行" if first == last else f"原文第 {first}—{last} 行"
            place = f"{stretches[0][0]}-{stretches[-1][1]}"
            self.rows.append(LeftOver(stretches, visible(paragraph_of(text, stretches)), lines, place))
        if not self.rows:
            self._read(typed)
            return
        for number, article in enumerate(articles, start=1):
            if source and article.source_id == source.pk:
                self._offer(str(number), f"第 {number} 篇　{article.title[:24]}", article)
            self._owners.setdefault(str(number), article)
        for article in Article.objects.filter(source=source).exclude(pk__in=here).select_related("page__issue"):
            self._offer(f"{BY_ID}{article.pk}", f"{article.title[:24]}（在{article.page}）", article)
        self._read(typed)

    def _offer(self, value: str, label: str, article: Article) -> None:
        self.options.append((value, label))
        self._owners[value] = article

    def _read(self, typed: Mapping[str, str]) -> None:
        """Read the choices. Each belongs to the text that the form had shown beside it (`was-leftover-…`)."""
        places = {row.place: row for row in self.rows}
        for name, value in typed.items():
            number = name.removeprefix("leftover-")
            if number == name or not is_number(number, LAST_ID) or not value:
                continue
            told = typed.get(f"was-leftover-{number}")
            row = places.get(told) if told else next(iter(self.rows[int(number) :]), None)
            if row is None:
                self.is_stale = True
                continue
            row.choice = value
            if value not in self._owners:
                row.error = f"没有“{value[:20]}”这个去处，请从列表里选。"

    @property
    def is_wrong(self) -> bool:
        return any(row.error for row in self.rows)

    def chosen(self) -> list[tuple[list[Stretch], Article | None]]:
        """Return the stretches with a choice, each with its owner, None for the furniture."""
        return [(row.stretches, self._owners[row.choice]) for row in self.rows if row.choice]
