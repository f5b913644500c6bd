"""Any list as a file, whatever its length: the parameter `as` in the list's own URL asks for it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render

from articles.citing import Cell, Format, list_formats, table_formats
from articles.forms import ExportForm
from articles.models import archive
from articles.models.articles import ArticleQuerySet
from articles.models.stories import load_stories
from articles.search.index import MOST_AT_ONCE
from articles.views.records import StoryEntry
from articles.web.exporting import RETRY_AFTER, Export, TooLate, TooMany, break_off_silence, readers
from articles.web.responses import absolute, saved_as
from articles.web.today import date_of_paper

logger = logging.getLogger(__name__)

#: Finds the rows of a list. Takes the largest number of rows; returns their keys (ids, say) in order, and the number of
#: rows in the whole list.
Find = Callable[[int], tuple[Sequence[Any], int]]

#: The largest number of rows in a file. A year or a date narrows a longer list of stories.
MOST_ROWS = MOST_AT_ONCE

#: Rows read at a time, without the text of stories and with it. A chunk of stories takes five queries, and a file takes
#: the memory of one chunk.
CHUNK, CHUNK_OF_TEXTS = 1000, 100

#: The last line of a file that ends before its list: numbers of rows in the file and in the list.
STORIES_CUT = "文件到第 {:,} 篇为止，全部共 {:,} 篇。请选定年份、月份或日期，分几次下载。"
TABLE_CUT = "文件到第 {:,} 行为止，全表共 {:,} 行。"


def list_file(request: HttpRequest, name: str, stories: ArticleQuerySet) -> HttpResponseBase | None:
    """Return the file of a list of stories (narrowed and in order) that `as` asks for; None without `as`."""
    return file_of(request, name, first_of(stories))


def first_of(stories: ArticleQuerySet) -> Find:
    """Return the function that finds these stories in the database, in their order."""

    def find(most: int) -> tuple[list[int], int]:
        ids = list(stories.values_list("pk", flat=True)[: most + 1])
        return ids[:most], len(ids) if len(ids) <= most else stories.count()

    return find


def file_of(request: HttpRequest, name: str, find: Find) -> HttpResponseBase | None:
    """Return the file that `as` asks for of the stories that `find` finds; None without `as`."""

    def lines(kind: Format) -> Iterator[str]:
        ids, total = find(MOST_ROWS)
        day, chunk = date_of_paper(), CHUNK_OF_TEXTS if kind.has_text else CHUNK
        yield kind.head
        for start in range(0, len(ids), chunk):
            for story in load_stories(ids[start : start + chunk], with_text=kind.has_text):
                yield kind.write(StoryEntry(request, story, day)) + kind.separator
        if total > len(ids) and kind.notice:
            yield kind.notice(STORIES_CUT.format(len(ids), total))

    return _file_of(request, name, list_formats(), lines)


def table_file(
    request: HttpRequest,
    name: str,
    columns: dict[str, str],
    keys: Sequence[Any],
    read: Callable[[Sequence[Any]], Iterable[Sequence[Cell]]],
) -> HttpResponseBase | None:
    """Return the file of a list of names that `as` asks for; None without `as`.

    `columns` maps the name of each column in JSON to its heading in CSV. `read` returns the rows of a chunk of `keys`,
    a cell for each column; the column "url" holds paths.
    """

    def lines(kind: Format) -> Iterator[str]:
        held, table = keys[:MOST_ROWS], kind.table
        assert table is not None and kind.notice is not None  # a table is in formats that have both
        yield table.head(columns)
        for start in range(0, len(held), CHUNK):
            for row in read(held[start : start + CHUNK]):
                cells = dict(zip(columns, row, strict=True))
                yield table.row(cells | {"url": absolute(request, str(cells["url"]))} if "url" in cells else cells)
        if len(keys) > len(held):
            yield kind.notice(TABLE_CUT.format(len(held), len(keys)))

    return _file_of(request, name, table_formats(), lines)


def names_file(
    request: HttpRequest,
    name: str,
    known_by: tuple[str, str],
    keys: Sequence[Any],
    read: Callable[[Sequence[Any]], Iterable[tuple[Any, int]]] = lambda keys: keys,
) -> HttpResponseBase | None:
    """Return the file of a list of named things, each with its number of stories: see `table_file`.

    `read` returns (thing, number). `known_by` is the attribute that identifies a thing, and the heading of its column.
    """
    attribute, column = known_by

    def rows(keys: Sequence[Any]) -> Iterator[Sequence[Cell]]:
        return ((each.name, getattr(each, attribute), each.get_absolute_url(), count) for each, count in read(keys))

    return table_file(request, name, {"name": "名称", attribute: column, "url": "网址", "stories": "篇数"}, keys, rows)


def _file_of(
    request: HttpRequest, name: str, formats: dict[str, Format], lines: Callable[[Format], Iterator[str]]
) -> HttpResponseBase | None:
    """Return the file that `as` asks for, one of `formats`; None without `as`.

    An unknown format is answered with a sentence, not with the page of the list: a program that asks for a file would
    take that page for the file. A file that can't be made now is answered with a sentence, too.
    """
    if not request.GET.get("as"):
        return None
    labels = {key: kind.label for key, kind in formats.items()}
    form = ExportForm(request.GET, labels)
    if not form.is_valid():
        return render(request, "articles/export_unknown.html", {"files": labels}, status=400)
    suffix = form.cleaned_data["as"]
    kind = formats[suffix]
    headers = {
        "Content-Disposition": saved_as(f"jkb-{date_of_paper()}", name, suffix),
        "X-Robots-Tag": "noindex",
    }
    if request.method == "HEAD":  # the server reads even the content that it doesn't send
        return StreamingHttpResponse((), content_type=kind.media_type, headers=headers)
    try:
        export = _made(lines(kind))
    except TooMany:
        return _not_now(request, "export_busy.html")
    except TooLate:
        return _not_now(request, "export_late.html")
    except OSError:
        logger.exception("a file could not be made: is there room in VAR_DIR?")
        return _not_now(request, "export_late.html")
    break_off_silence(request)
    headers["Content-Length"] = str(export.size)
    return StreamingHttpResponse(export, content_type=kind.media_type, headers=headers)


def _made(lines: Iterable[str]) -> Export:
    """Return a file of `lines`, made from one state of the archive. Raises TooMany or TooLate if it can't be made."""
    export = Export()
    try:
        with readers.one(-1), archive.snapshot():
            export.make(lines)
    except BaseException:  # after any error, the next file takes the place
        export.close()
        raise
    return export


def _not_now(request: HttpRequest, template: str) -> HttpResponse:
    """Answer that a file can't be had at present."""
    response = render(request, f"articles/{template}", {"seconds": RETRY_AFTER}, status=503)
    response["Retry-After"] = str(RETRY_AFTER)
    response._has_been_logged = True  # type: ignore[attr-defined] # Django's mark: a refusal is no error, and there may be many.
    return response
