"""Narrowed and paged lists of articles, which the pages of regions, topics, columns and contributors share."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase

from articles.forms import LIST_SORTS, MAX_PAGE, PAGE_SIZE, IndexForm, ListForm, PageForm
from articles.models import Region, Topic
from articles.models.group_count import GroupCount
from articles.models.stories import load_stories
from articles.views.counts import all_provinces, counted, shown_topics
from articles.views.exports import file_of, first_of
from articles.views.facets import BY_PROVINCE, BY_TOPIC, BY_YEAR, Facet, FacetCounts, count, counts
from articles.views.narrowing import Link, Narrowing
from articles.views.rows import Row, plain_rows
from articles.views.story_sets import Subject
from articles.views.trend import trend
from articles.views.within import within
from articles.web.responses import path_of

#: The facets that the stories of a list are counted by, under the names of the filters.
FACETS = {"year": BY_YEAR, "topic": BY_TOPIC, "region": BY_PROVINCE}


class CappedPaginator(Paginator):
    """A paginator that ends at page MAX_PAGE: the further back a page lies, the longer the database takes."""

    def __init__(self, rows: QuerySet | Sequence[Any] | ListRows, size: int, total: int | None = None) -> None:
        super().__init__(rows, size)  # type: ignore[arg-type] # slices are all that is asked of it
        if total is not None:
            self.count = total  # in place of the cached property that asks the database

    @property
    def num_pages(self) -> int:
        return min(super().num_pages, MAX_PAGE)


@dataclass(frozen=True)
class ListRows:
    """The rows of a list, to be cut into pages.

    The search index gives their order if there is one, else the database does. For `walking`, which concerns the
    database, see `StoryQuerySet.having`.
    """

    narrowing: Narrowing
    walking: bool

    def __getitem__(self, part: slice) -> Sequence[Row]:
        stories = self.narrowing.stories()
        if hits := stories.first(part.stop, self.narrowing.sort):
            ids = hits.ids[part.start :]
        else:
            ids = list(self.narrowing.in_order(stories.rows(walking=self.walking)).values_list("pk", flat=True)[part])
        return plain_rows(load_stories(ids))


def article_list(
    request: HttpRequest,
    subject: Subject,
    facets: Mapping[str, Facet] | None = None,
    also: Callable[[Narrowing], Mapping[str, GroupCount]] = lambda narrowing: {},
) -> dict[str, Any]:
    """Return the template context of a list of the stories of `subject`.

    `facets` are further facets to count the stories of the list by. `also` takes the narrowing of the list and returns
    its other counts. Both are counted once for each revision.
    """
    form, narrowing, topics, provinces = _chosen(request, subject)
    found = counted(f"list-{narrowing.name}", lambda: _counts(narrowing, facets or {}, also(narrowing)))
    held = counted(f"held-{narrowing.all_stories.editorial}", lambda: count(narrowing.all_stories, BY_YEAR))
    total, years = _in_year(narrowing, found["year"]), found["year"] if narrowing.offers("year") else {}
    rows = ListRows(narrowing, walking=_is_dense(total, _in_year(narrowing, held), form.page_number))
    paginator = CappedPaginator(rows, PAGE_SIZE, total)
    by_topic, by_region = found.get("topic", {}), found.get("region", {})
    return {
        "page_obj": paginator.get_page(form.page_number),
        "within": within(subject) if total else None,
        "headings": "month" if narrowing.year else "year",
        "total": total,
        "extent": _extent(narrowing, total),
        "narrowing": narrowing,
        "list_url": narrowing.sorted_url("newest"),
        "sorts": [Link(text, narrowing.sorted_url(key), 0, key == narrowing.sort) for key, text in LIST_SORTS.items()],
        "year_links": _year_links(narrowing, years),
        "topic_links": _links(narrowing, "topic", topics, lambda topic: by_topic.get(topic.pk, 0)),
        "region_links": _links(narrowing, "region", provinces, lambda region: by_region.get(region.pk, 0)),
        "trend": trend(narrowing, years, held),
        "counts": found,
        "notices": form.notices,
    }


def _extent(narrowing: Narrowing, total: int) -> str:
    """Return in words the filters of a list and its number of stories: 2024年，河南省，共 1,234 篇."""
    return "，".join([*(chip.text for chip in narrowing.chips), f"共 {total:,} 篇" if total else "没有文章"])


def file_of_list(request: HttpRequest, subject: Subject, name: str) -> HttpResponseBase | None:
    """Return the file of the stories on all pages of `article_list`, in order; None without `as`."""
    _, narrowing, *_ = _chosen(request, subject)

    def find(most: int) -> tuple[Sequence[int], int]:
        if hits := narrowing.stories().first(most, narrowing.sort):
            return hits.ids, hits.total
        return first_of(narrowing.in_order(narrowing.stories().rows()))(most)

    return file_of(request, name, find)


def _chosen(request: HttpRequest, subject: Subject) -> tuple[ListForm, Narrowing, list[Topic], list[Region]]:
    """Return (form, narrowing, topics, provinces) of a request for a list, which these topics and provinces may narrow.

    The form is validated. The list of a topic has no topics to choose from, and that of a region no provinces.
    """
    topics = [] if isinstance(subject, Topic) else shown_topics()
    provinces = [] if isinstance(subject, Region) else all_provinces()
    form = ListForm(request.GET, topics, provinces)
    form.is_valid()
    return form, Narrowing(path_of(request), subject, form.filters, form.sort_chosen), topics, provinces


def _counts(
    narrowing: Narrowing, facets: Mapping[str, Facet], also: Mapping[str, GroupCount]
) -> dict[str, FacetCounts]:
    """Return the number of stories that the list would have with each value of each filter, and its further counts."""
    # Years are counted in any case: they give the number of stories in the list.
    names = [name for name in FACETS if name == "year" or narrowing.offers(name)]
    asked = {name: (narrowing.stories(without=name), FACETS[name]) for name in names}
    return counts(asked | {name: (narrowing.stories(), facet) for name, facet in facets.items()}, also)


def _in_year(narrowing: Narrowing, counts: FacetCounts) -> int:
    """Return the count of the year that a list is narrowed to, or else the sum of all years."""
    year = narrowing.year
    return counts.get(year, 0) if year else sum(counts.values())


def _is_dense(total: int, held: int, page: int) -> bool:
    """Tell whether a list of `total` stories is read faster by going through the archive in order than by sorting it.

    Going through the archive looks at (rows needed) / (share of the list) stories. The share is that of the list in the
    archive, or in its year, which has `held` stories. Sorting looks at each story of the list.
    """
    return total**2 > page * PAGE_SIZE * held


def _year_links(narrowing: Narrowing, counts: dict[int, int]) -> list[Link]:
    """Return a link for each year in which the list has stories, and for the chosen year, the newest first."""
    chosen = {narrowing.year} if narrowing.year else set()
    return [narrowing.link("year", year, counts.get(year, 0)) for year in sorted(counts.keys() | chosen, reverse=True)]


def _links(
    narrowing: Narrowing, name: str, rows: Iterable[Topic | Region], count: Callable[[Topic | Region], int]
) -> list[Link]:
    """Return a link for each of `rows` of which the list has stories, the one with most stories first."""
    links = [narrowing.link(name, row, count(row)) for row in rows if count(row)]
    return sorted(links, key=lambda link: -link.count)


def index_list(
    request: HttpRequest, sorts: dict[str, str], order: Callable[[str], Sequence[Any]], size: int = 4 * PAGE_SIZE
) -> dict[str, Any]:
    """Return the template context of a plain list with `size` rows a page.

    `sorts` maps each order to its label, the usual order first. `order` returns all rows in an order of `sorts`.
    """
    form = IndexForm(request.GET, sorts)
    form.is_valid()
    chosen = form.sort_chosen
    paginator = CappedPaginator(order(chosen), size)
    usual, path = next(iter(sorts)), path_of(request)
    return {
        "rows": paginator.object_list,
        "page_obj": paginator.get_page(form.page_number),
        "total": paginator.count,
        "sorts": [
            Link(text, path if key == usual else f"{path}?sort={key}", 0, key == chosen) for key, text in sorts.items()
        ],
        "notices": form.notices,
    }


def paged(form: PageForm, rows: Sequence[Any]) -> dict[str, Any]:
    """Return the template context of a plain list with one order, 200 rows a page. `form` must be validated."""
    paginator = CappedPaginator(rows, 4 * PAGE_SIZE)
    return {"page_obj": paginator.get_page(form.page_number), "total": paginator.count, "notices": form.notices}
