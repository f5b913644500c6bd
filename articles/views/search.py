"""The search page: one box, the stories found, and how the query was read; and the feed of a search."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.http import urlencode

from articles.forms import ExportForm, QueryForm, SearchForm
from articles.models import Byline
from articles.search.find import LAST_PAGE, MOST, PAGE_SIZE, SORTS, SearchPage, find, find_all, recently_added_ids
from articles.search.query import MAX_TYPED
from articles.search.query_tree import serialise
from articles.views.counts import counted
from articles.views.exports import file_of
from articles.views.feeds import ENTRIES, feed_response
from articles.views.highlighting import Highlighter
from articles.views.holdings import first_and_last_year
from articles.views.other_names import other_names
from articles.views.rows import Row
from articles.views.search_facets import shown_facets
from articles.views.search_links import SearchLinks
from articles.views.ways_out import day_asked, what_is_held
from articles.web.parameters import takes
from articles.web.searches_without_hit import count_without_hit

#: Stands in the examples for the name of a photographer of the archive.
NAME = "某某"

#: Examples of queries: the text to type, and its meaning.
EXAMPLES = (
    ("医共体 家庭医生", "同时含有两个字句的文章，不论先后远近"),
    ("“家庭医生 签约”", "引号里的字句连空格一起原样查找"),
    ("托育 OR 婴幼儿照护", "有其中之一；也可写 | 或 “托育” 或 “照护”"),
    ("急救 -演练", "有前者而没有后者；也可写 NOT"),
    ("(托育 OR 普惠) 社区", "括号里的先算"),
    ("标题:医改", "只在标题里找；还有 正文: 和 作者:"),
    ("地区:河南 主题:中医药", "按地区、主题；还有 栏目:、版名:、版:1、期号:9876 和 类别:图片"),
    (f"摄影:{NAME}", "某人以某种身份署名的；还有 记者:、通讯员: 等各种身份，和不论身份的 署名:"),
    ("疫苗 日期:2024-05..2025", "按日期：2024、2024-5、2024年5月3日都可；日期:*-01-05 是每年的这一天"),
)


def examples() -> list[tuple[str, str]]:
    """Return EXAMPLES with a name of this archive. The one with a name is left out if no picture is signed."""
    name = counted("example-name", Byline.objects.name_of_photographer)
    return [(query.replace(NAME, name), said) for query, said in EXAMPLES if name or NAME not in query]


@takes(SearchForm, ExportForm)
def search(request: HttpRequest) -> HttpResponseBase:
    """Show the stories found, 20 a page."""
    form = SearchForm(request.GET)
    form.is_valid()
    options = form.options
    if form.is_rewritten:
        as_file = {name: request.GET[name] for name in ExportForm.base_fields if name in request.GET}
        return HttpResponseRedirect(f"{reverse('search')}?{urlencode({**form.rewritten(), **as_file})}")
    if file := file_of(request, f"检索 {form.typed}", lambda most: _all_ids(form, most)):
        return file
    found = find(form.typed, options)
    _keep_what_was_read(request, form)
    by_date = options.sort != "relevance"
    pages = min(-(-found.rows.total // PAGE_SIZE), LAST_PAGE)
    links = SearchLinks(found.query.tree, form.manner)
    is_cut = not by_date and found.rows.total > MOST
    is_beyond = not by_date and form.is_beyond
    context = {
        "q": form.typed[:MAX_TYPED],
        "found": found,
        "rows": [] if is_beyond else _rows(found, form),
        "headings": ("month" if found.facets.year else "year") if by_date else "",
        "chips": links.chips,
        "facets": shown_facets(found.facets, links) if found.rows.total or not found.reading else [],
        "dates": form.dates_of(found.query.tree),
        "held": first_and_last_year(),
        "options": options,
        "sorts": SORTS.items(),
        "by_date": by_date,
        "pages": pages,
        "last": found.rows.first + len(found.rows.ids) - 1,
        "is_end": is_cut and (is_beyond or options.page == pages),
        "last_page": LAST_PAGE,
        "most": MOST,
        "examples": examples,
        **(what_is_held(found.query.tree) if found.ways_out else {}),
        **day_asked(form.typed),
        "other_names": other_names(found, links, options.everything),
        "feed": f"{reverse('search-feed')}?{urlencode(form.asked)}" if found.rows.total else "",
    }
    response = render(request, "articles/search.html", context)
    if found.is_behind:
        add_never_cache_headers(response)  # the index will find more at this revision
    elif found.asked and not found.rows.total:
        count_without_hit(request, response, serialise(found.asked), is_nearly=found.nearly is not None)
    return response


def _keep_what_was_read(request: HttpRequest, form: SearchForm) -> None:
    """Leave in the request's parameters what the links of the page are to hold.

    The boxes with dates are empty or say what the query says. A query is cut: with all that was typed, a link would be
    too long.
    """
    said = [name for name in ("since", "until", "dates", "within") if name in request.GET]
    is_cut = len(form.typed) > MAX_TYPED
    if not said and not is_cut:
        return
    kept = request.GET.copy()
    for name in said:
        del kept[name]
    if is_cut:
        kept["q"] = str(form.asked["q"])
    request.GET = kept  # type: ignore[assignment]


def _all_ids(form: SearchForm, most: int) -> tuple[list[int], int]:
    """Return the first `most` ids of the whole list, and the number of stories in it."""
    rows = find_all(form.typed, form.options, most)
    return rows.ids, rows.total


@takes(QueryForm)
def feed(request: HttpRequest) -> HttpResponse:
    """Feed the stories found that were added last to the archive."""
    form = QueryForm(request.GET)
    form.is_valid()
    asked = urlencode(form.asked)
    page, path = f"{reverse('search')}?{asked}&sort=newest", f"{reverse('search-feed')}?{asked}"
    found = recently_added_ids(form.typed, ENTRIES, everything=form.wants_everything)
    response = feed_response(request, f"检索“{form.typed[:MAX_TYPED]}”", page, path, found.ids)
    if found.is_behind:
        add_never_cache_headers(response)
    return response


def _rows(found: SearchPage, form: SearchForm) -> list[Row]:
    """Return a row for each story of the page. Its URL shows the story with the marks of the search."""
    numbers = {pk: number for number, pk in enumerate(found.rows.ids, start=found.rows.first)}
    anchor = "#hit-1" if any(found.needles.values()) else ""
    # The rows differ in their numbers alone.
    asked = urlencode(form.context(0))
    return [
        Row(
            story,
            f"{story.head.get_absolute_url()}?{asked}&n={numbers[story.head.pk]}{anchor}",
            Highlighter(found.needles),
        )
        for story in found.stories
    ]
