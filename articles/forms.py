"""Everything that a reader's request may carry, checked in one place."""

from __future__ import annotations

from typing import Any

from django import forms

from articles.display import CHOICES
from articles.search.asked import MAX_KEY
from articles.search.find import LAST_PAGE, SORTS, Wish
from articles.search.query import MAX_TYPED

#: Rows on a page of a list, and the last page that a list shows: further back a year narrows it.
PAGE_SIZE = 50
MAX_PAGE = 200


class ListForm(forms.Form):
    """What narrows and turns the pages of a list. A value that makes no sense is left out, with a sentence."""

    year = forms.IntegerField(
        label="年份",
        required=False,
        min_value=1000,
        max_value=2999,
        error_messages={
            "invalid": "年份请写四位数字，如 2024；这里显示全部年份。",
            "min_value": "年份请写四位数字，如 2024；这里显示全部年份。",
            "max_value": "年份请写四位数字，如 2024；这里显示全部年份。",
        },
    )
    page = forms.IntegerField(
        required=False,
        min_value=1,
        max_value=MAX_PAGE,
        error_messages={
            "invalid": "页码请写数字；这里显示第 1 页。",
            "min_value": "页码从 1 起；这里显示第 1 页。",
            "max_value": f"列表只翻到第 {MAX_PAGE} 页，更早的文章请选定年份再看；这里显示第 1 页。",
        },
    )

    @property
    def notices(self) -> list[str]:
        """The sentences on what was left out."""
        return [message for messages in self.errors.values() for message in messages]


class ExportForm(forms.Form):
    """The kind of file that a list is asked for as, "" where none is."""

    FORMATS = {"csv": "CSV", "jsonl": "JSON Lines", "bib": "BibTeX", "ris": "RIS"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # no attribute of the class can have the name of a keyword
        self.fields["as"] = forms.ChoiceField(choices=list(self.FORMATS.items()), required=False)


class SearchForm(forms.Form):
    """What a search carries besides its words; a value that makes no sense is left out.

    `n` is the number of a hit in the list that it was opened from. `since` and `until` are the boxes beside the words;
    what is typed there becomes part of the query, so that the box says all that narrows a search.
    """

    q = forms.CharField(label="检索", required=False)  # of any length: the parser reads what it can and says so
    sort = forms.ChoiceField(choices=list(SORTS.items()), required=False)
    page = forms.IntegerField(required=False, min_value=1)
    after = forms.IntegerField(required=False, min_value=0, max_value=MAX_KEY - 1)
    before = forms.IntegerField(required=False, min_value=1, max_value=MAX_KEY)
    all = forms.BooleanField(required=False)
    n = forms.IntegerField(required=False, min_value=1)
    since = forms.CharField(required=False)
    until = forms.CharField(required=False)

    @property
    def dates(self) -> str:
        """The filter that `since` and `until` ask for, "" where both are empty."""
        since, until = ("".join(self.cleaned_data.get(name, "").split())[:20] for name in ("since", "until"))
        return f"日期:{since}..{until}" if since or until else ""

    @property
    def typed(self) -> str:
        return self.cleaned_data.get("q", "")

    @property
    def number(self) -> int:
        """The number of the hit, 0 where none was given."""
        return self.cleaned_data.get("n") or 0

    @property
    def is_beyond(self) -> bool:
        """Whether a page was asked for that no list by relevance has."""
        return (self.cleaned_data.get("page") or 1) > LAST_PAGE

    @property
    def wish(self) -> Wish:
        data = self.cleaned_data
        return Wish(
            sort=data.get("sort") or "relevance",
            everything=bool(data.get("all")),
            page=min(data.get("page") or 1, LAST_PAGE),
            after=data.get("after"),
            before=data.get("before"),
        )

    @property
    def asked(self) -> dict[str, str | int]:
        """The parameters of a URL that say what is searched for, in whatever order it is listed."""
        everything = {"all": 1} if self.wish.everything else {}
        return {"q": self.typed[:MAX_TYPED], **everything}

    def context(self, number: int | None = None) -> dict[str, str | int]:
        """Return the parameters of a URL that stands in the context of this search, of hit `number` if one is given."""
        wish = self.wish
        found = self.asked
        if wish.sort != "relevance":
            found["sort"] = wish.sort
        if number:
            found["n"] = number
        return found


class DisplayForm(forms.Form):
    """How a reader wants the pages; `next` is the path to go back to."""

    size = forms.ChoiceField(label="字号", choices=CHOICES["size"], widget=forms.RadioSelect)
    theme = forms.ChoiceField(label="明暗", choices=CHOICES["theme"], widget=forms.RadioSelect)
    keys = forms.ChoiceField(label="快捷键", choices=CHOICES["keys"], widget=forms.RadioSelect)
    next = forms.CharField(required=False, max_length=2000, widget=forms.HiddenInput)
