"""The forms that check everything a reader's request may carry."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import cast

from django import forms
from django.http import QueryDict

from articles.models import Region, Topic
from articles.reading import YEARS
from articles.search.find import LAST_PAGE, SORTS, SearchOptions
from articles.search.query import MAX_TYPED
from articles.search.query_terms import read_dates
from articles.search.query_tree import DateFilter, Node, Or, all_of, period_of, required, serialise
from articles.search.run import MAX_KEY, read_query
from articles.text.cleaning import clean_line
from articles.web.display import CHOICES

#: The longest address that is answered, in bytes: gunicorn's limit for the first line of a request.
MAX_ADDRESS = 8190

#: Rows on a page of a list, and the last page that a list shows. To go further back, readers narrow it by a year.
PAGE_SIZE = 50
MAX_PAGE = 200


#: The typed characters that suggestions are made for.
MOST_SUGGESTED_FOR = 40

#: The orders of a list of articles.
LIST_SORTS = {"newest": "最新", "oldest": "最早"}


class PageForm(forms.Form):
    """The page of a list. An invalid value is left out, with a sentence."""

    page = forms.IntegerField(
        required=False,
        min_value=1,
        max_value=MAX_PAGE,
        error_messages={
            "invalid": "页码请写数字；这里显示第 1 页。",
            "min_value": "页码从 1 起；这里显示第 1 页。",
            "max_value": f"列表只翻到第 {MAX_PAGE} 页，更远的文章请选定年份再看；这里显示第 1 页。",
        },
    )

    @property
    def page_number(self) -> int:
        return self.cleaned_data.get("page") or 1

    @property
    def notices(self) -> list[str]:
        """The sentences on the values that were left out."""
        return [str(message) for messages in self.errors.values() for message in messages]


def _choices(form: forms.Form, name: str) -> forms.TypedChoiceField:
    """Return a field of `form` that is a choice."""
    return cast(forms.TypedChoiceField, form.fields[name])


class IndexForm(PageForm):
    """The page and the order, one of `sorts`, of a list of regions, topics, columns or contributors."""

    sort = forms.ChoiceField(required=False)

    def __init__(self, data: QueryDict, sorts: dict[str, str]) -> None:
        super().__init__(data)
        self.fields["page"].error_messages["max_value"] = f"列表只翻到第 {MAX_PAGE} 页；这里显示第 1 页。"
        self.sorts = sorts
        _choices(self, "sort").choices = list(sorts.items())
        self.fields["sort"].error_messages["invalid_choice"] = f"没有这种次序；这里{self.sorts[self._usual]}排列。"

    @property
    def _usual(self) -> str:
        return next(iter(self.sorts))

    @property
    def sort_chosen(self) -> str:
        """The order that the request asks for, else the first of `sorts`."""
        return self.cleaned_data.get("sort") or self._usual


class YearForm(PageForm):
    """The year that narrows a list, and the page of the list."""

    year = forms.IntegerField(
        label="年份",
        required=False,
        min_value=YEARS.start,
        max_value=YEARS.stop - 1,
        error_messages={
            "invalid": "年份请写四位数字，如 2024；这里显示全部年份。",
            "min_value": "年份请写四位数字，如 2024；这里显示全部年份。",
            "max_value": "年份请写四位数字，如 2024；这里显示全部年份。",
        },
    )

    @property
    def year_chosen(self) -> int | None:
        return self.cleaned_data.get("year")


class ListForm(YearForm):
    """The filters, order and page of a list of articles. `topics` or `provinces` are empty if it has no such filter."""

    topic = forms.TypedChoiceField(
        required=False,
        empty_value=None,
        error_messages={"invalid_choice": "没有这个主题；这里显示全部主题。"},
    )
    region = forms.TypedChoiceField(
        required=False,
        empty_value=None,
        error_messages={"invalid_choice": "没有这个省级地区；这里显示全部地区。"},
    )
    sort = forms.ChoiceField(
        choices=list(LIST_SORTS.items()),
        required=False,
        error_messages={"invalid_choice": "没有这种次序；这里最新的在前。"},
    )

    def __init__(self, data: QueryDict, topics: Iterable[Topic], provinces: Iterable[Region]) -> None:
        super().__init__(data)
        self._offer("topic", {topic.slug: topic for topic in topics})
        self._offer("region", {region.code: region for region in provinces})

    def _offer(self, name: str, rows: dict[str, Topic | Region]) -> None:
        """Let the field `name` take the keys of `rows` and return the row. Delete the field if `rows` is empty."""
        if not rows:
            del self.fields[name]
            return
        field = _choices(self, name)
        field.choices = list(rows.items())
        field.coerce = rows.__getitem__

    @property
    def filters(self) -> dict[str, int | Topic | Region]:
        """The filters of the list that are given: {"year" | "topic" | "region": value}."""
        found = {name: self.cleaned_data.get(name) for name in ("year", "topic", "region")}
        return {name: value for name, value in found.items() if value}

    @property
    def sort_chosen(self) -> str:
        return self.cleaned_data.get("sort") or "newest"


class ExportForm(forms.Form):
    """The kind of file that a list is requested as, a key of `kinds`; "" if no file is requested."""

    def __init__(self, data: QueryDict, kinds: dict[str, str]) -> None:
        super().__init__(data)
        _choices(self, "as").choices = list(kinds.items())


#: Added here because an attribute of the class can't be named by a keyword.
ExportForm.base_fields["as"] = forms.ChoiceField(required=False)


class TypedField(forms.CharField):
    """A reader's text as one line, without unprintable characters. It is shown again in pages, titles and names."""

    def to_python(self, value: object) -> str:
        return clean_line(super().to_python(value) or "")


class TypedListField(TypedField):
    """Several texts of one name in a URL, each as in TypedField: once, and no empty ones."""

    widget = forms.MultipleHiddenInput

    def to_python(self, value: object) -> list[str]:  # type: ignore[override]
        texts = value if isinstance(value, list) else []
        return list(dict.fromkeys(text for text in map(super().to_python, texts) if text))


class QueryForm(forms.Form):
    """The query, and the articles to search. A query may have any length: the parser reads what it can and says so."""

    q = TypedField(label="检索", required=False)
    all = forms.BooleanField(required=False)

    @property
    def typed(self) -> str:
        return self.cleaned_data.get("q", "")

    @property
    def wants_everything(self) -> bool:
        """Whether teasers and notices are searched as well."""
        return bool(self.cleaned_data.get("all"))

    @property
    def asked(self) -> dict[str, str | int]:
        """The URL parameters of the search, without the order of its list."""
        everything = {"all": 1} if self.wants_everything else {}
        return {"q": self.typed[:MAX_TYPED], **everything}


class SuggestionForm(forms.Form):
    """The text that a reader has typed so far. Suggestions depend on its first MOST_SUGGESTED_FOR characters."""

    q = TypedField(required=False)

    @property
    def typed(self) -> str:
        return self.cleaned_data.get("q", "")[:MOST_SUGGESTED_FOR]


class HitForm(QueryForm):
    """The search by which a story was found: the order of its hits, and the number `n` of the story among them."""

    sort = forms.ChoiceField(choices=list(SORTS.items()), required=False)
    n = forms.IntegerField(required=False, min_value=1)

    @property
    def number(self) -> int:
        """The number of the hit, or 0 if none is given."""
        return self.cleaned_data.get("n") or 0

    @property
    def options(self) -> SearchOptions:
        return SearchOptions(sort=self.cleaned_data.get("sort") or "relevance", everything=self.wants_everything)

    @property
    def manner(self) -> dict[str, str | int]:
        """The URL parameters of the search besides its query."""
        return {name: value for name, value in self.context().items() if name != "q"}

    def context(self, number: int | None = None) -> dict[str, str | int]:
        """Return the URL parameters that name this search, and hit `number` of it if one is given."""
        found = self.asked
        if self.options.sort != "relevance":
            found["sort"] = self.options.sort
        if number:
            found["n"] = number
        return found


class SearchForm(HitForm):
    """All parameters of a search. An invalid value is left out.

    `since` and `until` are the boxes beside the query. Text typed there becomes part of the query, so that the query
    shows everything that narrows a search.
    """

    page = forms.IntegerField(required=False, min_value=1)
    after = forms.IntegerField(required=False, min_value=0, max_value=MAX_KEY - 1)
    before = forms.IntegerField(required=False, min_value=1, max_value=MAX_KEY)
    since = TypedField(required=False)
    until = TypedField(required=False)
    dates = TypedField(required=False)
    within = TypedField(required=False)

    @property
    def is_rewritten(self) -> bool:
        """Whether more than the query was typed or chosen, so that another query stands for the search."""
        return self.has_dates or bool(self.cleaned_data.get("within", ""))

    @property
    def has_dates(self) -> bool:
        """Whether a reader changed the boxes beside the query. `dates` holds what the page had put there.

        Otherwise the query alone counts, so that a date which the reader took out of it stays out.
        """
        since, until = self._boxes
        return f"{since}..{until}" != ("".join(self.cleaned_data.get("dates", "").split()) or "..")

    @property
    def _boxes(self) -> tuple[str, str]:
        since, until = ("".join(self.cleaned_data.get(name, "").split())[:20] for name in ("since", "until"))
        return since, until

    def dates_of(self, tree: Node | None) -> tuple[str, str]:
        """Return the texts of the boxes for the period that each story of a query must lie in, or two empty texts."""
        period = period_of(tree)
        if period is None:
            return "", ""
        first, last = period.first, period.last
        typed = serialise(period).removeprefix("日期:")
        ends = typed.split("..") if ".." in typed else [typed, typed]
        return ("" if first == date.min else ends[0], "" if last == date.max else ends[1])

    def rewritten(self) -> dict[str, str | int]:
        """Return the parameters of the same search with all of it in the query: what it keeps within, and its dates.

        The dates replace any on the whole query.
        """
        tree = read_query(self.typed).tree
        if inside := read_query(self.cleaned_data.get("within", "")).tree:
            tree = all_of([tree, inside])
        if not self.has_dates:
            return self.context() | {"q": serialise(tree)}
        since, until = self._boxes
        tree = all_of(part for part in required(tree) if not isinstance(part, DateFilter))
        if not since and not until:
            return self.context() | {"q": serialise(tree)}
        words = f"({serialise(tree)})" if isinstance(tree, Or) else serialise(tree)
        same = since == until and read_dates(since)
        return self.context() | {"q": f"{words} 日期:{since if same else f'{since}..{until}'}".strip()}

    @property
    def is_beyond(self) -> bool:
        """Whether the request asks for a page after the last one of lists by relevance."""
        return (self.cleaned_data.get("page") or 1) > LAST_PAGE

    @property
    def options(self) -> SearchOptions:
        data = self.cleaned_data
        return replace(
            super().options,
            page=min(data.get("page") or 1, LAST_PAGE),
            after=data.get("after"),
            before=data.get("before"),
        )


#: The searches that a chart compares at most, and the typed characters of each: hundreds of links repeat them.
MOST_COMPARED, LONGEST_COMPARED = 5, 100

#: The choices of a chart of searches over time, the usual one first.
TREND_CHOICES = {
    "show": {"rate": "每千篇", "count": "篇数"},
    "by": {"year": "逐年", "month": "逐月"},
    "scale": {"same": "同一刻度", "own": "各自刻度"},
}


class TrendsForm(forms.Form):
    """The searches to compare over time, and the way to draw them. Another value than a choice is left out."""

    q = TypedListField(required=False)
    show = forms.ChoiceField(choices=list(TREND_CHOICES["show"].items()), required=False)
    by = forms.ChoiceField(choices=list(TREND_CHOICES["by"].items()), required=False)
    scale = forms.ChoiceField(choices=list(TREND_CHOICES["scale"].items()), required=False)
    year = forms.IntegerField(required=False, min_value=YEARS.start, max_value=YEARS.stop - 1)

    @property
    def typed(self) -> list[str]:
        """The queries, up to MOST_COMPARED, and up to LONGEST_COMPARED characters of each."""
        return [text[:LONGEST_COMPARED] for text in self._first]

    @property
    def cut(self) -> list[str]:
        """The queries of which an end is left out."""
        return [text for text in self._first if len(text) > LONGEST_COMPARED]

    @property
    def _first(self) -> list[str]:
        return list(self.cleaned_data.get("q", [])[:MOST_COMPARED])

    @property
    def left_out(self) -> list[str]:
        """The queries beyond MOST_COMPARED."""
        return self.cleaned_data.get("q", [])[MOST_COMPARED:]

    @property
    def year_chosen(self) -> int | None:
        """The year whose months are drawn, or None."""
        return self.cleaned_data.get("year")

    def chosen(self, name: str) -> str:
        """Return the value of a choice: the usual one if the request has none."""
        return self.cleaned_data.get(name) or next(iter(TREND_CHOICES[name]))


#: The forms that together have all parameters of the archive's pages.
PAGE_FORMS = (IndexForm, ListForm, ExportForm, SearchForm, TrendsForm)


class BackForm(forms.Form):
    """The path to return to after a choice."""

    next = forms.CharField(required=False, max_length=MAX_ADDRESS, widget=forms.HiddenInput)


class DisplayForm(BackForm):
    """A reader's choices for the display of pages."""

    size = forms.ChoiceField(label="字号", choices=CHOICES["size"], widget=forms.RadioSelect)
    theme = forms.ChoiceField(label="明暗", choices=CHOICES["theme"], widget=forms.RadioSelect)
    keys = forms.ChoiceField(label="快捷键", choices=CHOICES["keys"], widget=forms.RadioSelect)
    hints = forms.ChoiceField(label="检索提示", choices=CHOICES["hints"], widget=forms.RadioSelect)
