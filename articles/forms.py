"""Everything that a reader's request may carry, checked in one place."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from django import forms
from django.http import QueryDict

from articles.models import Region, Topic
from articles.reading import YEARS
from articles.search.find import LAST_PAGE, SORTS, SearchOptions
from articles.search.query import MAX_TYPED
from articles.search.query_tree import And, DateFilter, Or, serialise, without
from articles.search.run import MAX_KEY, read_query
from articles.text.cleaning import clean_line
from articles.web.display import CHOICES

#: The longest address that is answered, in bytes: what gunicorn takes for a request's first line.
MAX_ADDRESS = 8190

#: Rows on a page of a list, and the last page that a list shows: further back a year narrows it.
PAGE_SIZE = 50
MAX_PAGE = 200


#: The orders of a list of articles.
LIST_SORTS = {"newest": "从新到旧", "oldest": "从旧到新"}


class PageForm(forms.Form):
    """What turns the pages of a list. A value that makes no sense is left out, with a sentence."""

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
        """The sentences on what was left out."""
        return [message for messages in self.errors.values() for message in messages]


class IndexForm(PageForm):
    """What a list of regions, topics, columns or contributors carries: its page, and one of its `sorts`."""

    sort = forms.ChoiceField(required=False)

    def __init__(self, data: QueryDict, sorts: dict[str, str]) -> None:
        super().__init__(data)
        self.fields["page"].error_messages["max_value"] = f"列表只翻到第 {MAX_PAGE} 页；这里显示第 1 页。"
        self.sorts = sorts
        self.fields["sort"].choices = list(sorts.items())
        self.fields["sort"].error_messages["invalid_choice"] = f"没有这种次序；这里{self.sorts[self._usual]}排列。"

    @property
    def _usual(self) -> str:
        return next(iter(self.sorts))

    @property
    def sort_chosen(self) -> str:
        """The order asked for, else the first of `sorts`."""
        return self.cleaned_data.get("sort") or self._usual


class YearForm(PageForm):
    """What narrows a list by year, and turns its pages."""

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
    """What narrows, orders and turns a list of articles; `topics` or `provinces` are none where it takes none."""

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
        error_messages={"invalid_choice": "没有这种次序；这里从新到旧排列。"},
    )

    def __init__(self, data: QueryDict, topics: Iterable[Topic], provinces: Iterable[Region]) -> None:
        super().__init__(data)
        self._offer("topic", {topic.slug: topic for topic in topics})
        self._offer("region", {region.code: region for region in provinces})

    def _offer(self, name: str, rows: dict[str, Topic | Region]) -> None:
        """Let the field `name` be the key of one of `rows`, or be no field where there are none to choose from."""
        if not rows:
            del self.fields[name]
            return
        self.fields[name].choices = list(rows.items())
        self.fields[name].coerce = rows.__getitem__

    @property
    def filters(self) -> dict[str, int | Topic | Region]:
        """What narrows the list: its year, topic and region, as far as they are given."""
        found = {name: self.cleaned_data.get(name) for name in ("year", "topic", "region")}
        return {name: value for name, value in found.items() if value}

    @property
    def sort_chosen(self) -> str:
        return self.cleaned_data.get("sort") or "newest"


class ExportForm(forms.Form):
    """The kind of file that a list is asked for as, one of `kinds`, "" where none is."""

    def __init__(self, data: QueryDict, kinds: dict[str, str]) -> None:
        super().__init__(data)
        self.fields["as"].choices = list(kinds.items())


#: No attribute of the class can have the name of a keyword.
ExportForm.base_fields["as"] = forms.ChoiceField(required=False)


class TypedField(forms.CharField):
    """What a reader types, as one line, without what no paper prints: it is shown again in pages, titles and names."""

    def to_python(self, value: object) -> str:
        return clean_line(super().to_python(value))


class QueryForm(forms.Form):
    """What is searched for: the words, of any length (the parser reads what it can and says so), and among what."""

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
        """The parameters of a URL that say what is searched for, in whatever order it is listed."""
        everything = {"all": 1} if self.wants_everything else {}
        return {"q": self.typed[:MAX_TYPED], **everything}


class HitForm(QueryForm):
    """The search that a story was found by: the order of its hits, and the number `n` of this one among them."""

    sort = forms.ChoiceField(choices=list(SORTS.items()), required=False)
    n = forms.IntegerField(required=False, min_value=1)

    @property
    def number(self) -> int:
        """The number of the hit, 0 where none was given."""
        return self.cleaned_data.get("n") or 0

    @property
    def options(self) -> SearchOptions:
        return SearchOptions(sort=self.cleaned_data.get("sort") or "relevance", everything=self.wants_everything)

    def context(self, number: int | None = None) -> dict[str, str | int]:
        """Return the parameters of a URL that stands in the context of this search, of hit `number` if one is given."""
        found = self.asked
        if self.options.sort != "relevance":
            found["sort"] = self.options.sort
        if number:
            found["n"] = number
        return found


class SearchForm(HitForm):
    """What a search carries besides its words; a value that makes no sense is left out.

    `since` and `until` are the boxes beside the words; what is typed there becomes part of the query, so that the box
    says all that narrows a search.
    """

    page = forms.IntegerField(required=False, min_value=1)
    after = forms.IntegerField(required=False, min_value=0, max_value=MAX_KEY - 1)
    before = forms.IntegerField(required=False, min_value=1, max_value=MAX_KEY)
    since = TypedField(required=False)
    until = TypedField(required=False)

    @property
    def has_dates(self) -> bool:
        """Whether something was typed into the boxes beside the words."""
        return any(self.cleaned_data.get(name, "").strip() for name in ("since", "until"))

    def dated(self) -> dict[str, str | int]:
        """Return the parameters of the same search with its dates in the query, in place of any that all of it had."""
        since, until = ("".join(self.cleaned_data.get(name, "").split())[:20] for name in ("since", "until"))
        tree = read_query(self.typed).tree
        for leaf in tree.parts if isinstance(tree, And) else [tree]:
            if isinstance(leaf, DateFilter):
                tree = without(tree, leaf)
        words = serialise(tree)
        words = f"({words})" if isinstance(tree, Or) else words
        return self.context() | {"q": f"{words} 日期:{since}..{until}".strip()}

    @property
    def is_beyond(self) -> bool:
        """Whether a page was asked for that no list by relevance has."""
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


#: The forms of all that the pages of the archive are asked for by.
PAGE_FORMS = (IndexForm, ListForm, ExportForm, SearchForm)


class BackForm(forms.Form):
    """The path to go back to from a choice."""

    next = forms.CharField(required=False, max_length=MAX_ADDRESS, widget=forms.HiddenInput)


class DisplayForm(BackForm):
    """How a reader wants the pages."""

    size = forms.ChoiceField(label="字号", choices=CHOICES["size"], widget=forms.RadioSelect)
    theme = forms.ChoiceField(label="明暗", choices=CHOICES["theme"], widget=forms.RadioSelect)
    keys = forms.ChoiceField(label="快捷键", choices=CHOICES["keys"], widget=forms.RadioSelect)
