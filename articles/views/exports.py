"""Any list as a file, whatever its length: `as` in the list's own URL asks for it, and this answers."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render

from articles.citing import Cited, bibtex, gbt_2025, ris
from articles.forms import STORY_FILES, TABLE_FILES, ExportForm
from articles.models import Byline
from articles.models.articles import ArticleQuerySet
from articles.responses import saved_as
from articles.search.index import MOST_AT_ONCE
from articles.today import date_of_paper
from articles.views.citations import cited_of
from articles.views.files import TYPES
from articles.views.records import record
from articles.views.stories import Story, stories_of

#: What finds a list: given the most to return, its keys in order (ids, say), and how many there are in all.
Find = Callable[[int], tuple[Sequence[Any], int]]

#: What is said of a row of a table: a string, a number, a date as a string, or whether something holds.
Cell = str | int | bool | None

#: Rows in a file at most; further on, a year or a date narrows a list of stories.
MOST_ROWS = MOST_AT_ONCE

#: Rows read at a time. A file takes the memory of so many; of stories, each such chunk takes five queries.
CHUNK = 200

#: The columns of a CSV file. It has no text of the stories: a cell of a spreadsheet ends at 32,767 characters.
COLUMNS = (
    "编号", "网址", "日期", "日期依据", "当日第几种", "总期号", "版次", "版名", "类别", "引题", "标题", "副题", "栏目",
    "作者", "署名", "图片署名", "地区", "地区代码", "主题", "引用格式（GB/T 7714—2025）", "备注",
)  # fmt: skip

#: How a cell begins that a spreadsheet would calculate, or hand to another program.
_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n")


@dataclass(frozen=True)
class Format:
    """A kind of file: how a row is written, what stands before all rows, and how it is said that rows are missing."""

    content_type: str
    row: Callable[[HttpRequest, Any], str]
    head: str = ""
    cut: Callable[[str], str] | None = None


@dataclass(frozen=True)
class Files:
    """The files that a list is there as.

    `names` and `formats` go by the value of `as`; `read` returns the rows of a chunk of the list's keys; `cut` is said
    below the first rows of more.
    """

    names: dict[str, str]
    formats: dict[str, Format]
    read: Callable[[Sequence[Any]], Iterable[Any]]
    cut: str


def list_file(request: HttpRequest, name: str, stories: ArticleQuerySet) -> HttpResponse | None:
    """Return the file of a list of stories (narrowed and in order) that `as` asks for, None where it asks for none."""
    return file_of(request, name, first_of(stories))


def first_of(stories: ArticleQuerySet) -> Find:
    """Return what finds these stories in the database, in their order."""
    return lambda most: (list(stories.values_list("pk", flat=True)[:most]), stories.count())


def file_of(request: HttpRequest, name: str, find: Find) -> HttpResponse | None:
    """Return the file of the stories that `find` finds that `as` asks for, None where it asks for none."""
    return _file_of(request, name, STORIES, find)


def table_file(
    request: HttpRequest,
    name: str,
    columns: dict[str, str],
    keys: Sequence[Any],
    read: Callable[[Sequence[Any]], Iterable[Sequence[Cell]]],
) -> HttpResponse | None:
    """Return the file of a list of names that `as` asks for, None where it asks for none.

    `columns` maps their names in JSON to those in CSV; `read` returns the rows of a chunk of `keys`, "url" as a path.
    """

    def cells(request: HttpRequest, row: Sequence[Cell]) -> dict[str, Cell]:
        named = dict(zip(columns, row, strict=True))
        return named | {"url": request.build_absolute_uri(named["url"])} if "url" in named else named

    formats = {
        "csv": _csv(list(columns.values()), lambda request, row: csv_line(cells(request, row).values())),
        "jsonl": _jsonl(lambda request, row: _json_line(cells(request, row))),
    }
    files = Files(TABLE_FILES, formats, read, "文件到第 {:,} 行为止，全表共 {:,} 行。")
    return _file_of(request, name, files, lambda most: (keys[:most], len(keys)))


def names_file(
    request: HttpRequest,
    name: str,
    known_by: tuple[str, str],
    keys: Sequence[Any],
    read: Callable[[Sequence[Any]], Iterable[tuple[Any, int]]] = lambda keys: keys,
) -> HttpResponse | None:
    """Return the file of a list of things that have a name, each with its number of stories: see `table_file`.

    `read` returns (thing, number); `known_by` is the attribute that tells them apart, and what its column is called.
    """
    attribute, column = known_by

    def rows(keys: Sequence[Any]) -> Iterator[Sequence[Cell]]:
        return ((each.name, getattr(each, attribute), each.get_absolute_url(), count) for each, count in read(keys))

    return table_file(
        request, name, {"name": "名称", attribute: column, "url": "网址", "stories": "篇数"}, keys, rows
    )


def _file_of(request: HttpRequest, name: str, files: Files, find: Find) -> HttpResponse | None:
    """Return one of `files`, or None.

    A kind of file that there is none of is answered by a sentence, not by the list: what asks for a file is often a
    program, which would take the page for the file.
    """
    form = ExportForm(request.GET, files.names)
    if not form.is_valid():
        return render(request, "articles/export_unknown.html", {"files": files.names}, status=400)
    suffix = form.cleaned_data["as"]
    if not suffix:
        return None
    keys, total = find(MOST_ROWS)
    headers = {
        "Content-Disposition": saved_as(f"jkb-{date_of_paper()}", name, suffix),
        "X-Robots-Tag": "noindex",
    }
    # A server asks for all that it does not send; and an empty chunk may end a chunked response.
    lines = () if request.method == "HEAD" else filter(None, _lines(request, files, suffix, keys, total))
    return StreamingHttpResponse(lines, content_type=files.formats[suffix].content_type, headers=headers)


def _lines(request: HttpRequest, files: Files, suffix: str, keys: Sequence[Any], total: int) -> Iterator[str]:
    """Yield a file chunk by chunk."""
    kind = files.formats[suffix]
    yield kind.head
    for start in range(0, len(keys), CHUNK):
        yield "".join(kind.row(request, row) for row in files.read(keys[start : start + CHUNK]))
    if total > len(keys) and kind.cut:
        yield kind.cut(files.cut.format(len(keys), total))


def csv_line(values: Iterable[Cell]) -> str:
    """Return a line of CSV; text that would begin a formula is led by an apostrophe, as OWASP advises."""
    out = io.StringIO()
    csv.writer(out).writerow(map(_cell, values))
    return out.getvalue()


def _cell(value: Cell) -> Cell:
    if isinstance(value, bool):
        return "是" if value else "否"
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value


def _csv(columns: Sequence[str], row: Callable[[HttpRequest, Any], str]) -> Format:
    # Without the mark Excel reads no UTF-8.
    head = "\ufeff" + csv_line(columns)
    return Format("text/csv; charset=utf-8", row, head, lambda said: csv_line([said]))


def _jsonl(row: Callable[[HttpRequest, Any], str]) -> Format:
    return Format("application/x-ndjson", row, cut=lambda said: _json_line({"notice": said}))


def _csv_row(request: HttpRequest, story: Story) -> str:
    head, page, issue, cited = story.head, story.head.page, story.head.page.issue, cited_of(request, story)
    return csv_line(
        [
            head.pk,
            cited.url,
            str(issue.date),
            issue.get_date_basis_display(),
            issue.edition,
            issue.number,
            "、".join(map(str, cited.pages)),  # a spreadsheet takes 2-3 for a date
            page.section,
            head.get_kind_display(),
            head.kicker,
            head.headline,
            head.deck,
            cited.column,
            "；".join(cited.authors),
            "；".join(str(row) for row in story.bylines if row.of == Byline.Of.TEXT),
            "；".join(str(row) for row in story.bylines if row.of == Byline.Of.PHOTO),
            "；".join(place.name for place in cited.regions),
            "；".join(place.code for place in cited.regions),
            "；".join(cited.topics),
            gbt_2025(cited),
            "；".join(cited.notes),
        ]
    )


def _json_row(request: HttpRequest, story: Story) -> str:
    return _json_line(record(story, cited_of(request, story), request.build_absolute_uri))


def _json_line(data: dict) -> str:
    return json.dumps(data, ensure_ascii=False) + "\n"


def _cited_row(write: Callable[[Cited], str], between: str = "") -> Callable[[HttpRequest, Story], str]:
    return lambda request, story: write(cited_of(request, story)) + between


STORIES = Files(
    STORY_FILES,
    {
        "csv": _csv(COLUMNS, _csv_row),
        "jsonl": _jsonl(_json_row),
        "bib": Format(TYPES["bib"], _cited_row(bibtex, "\n"), cut=lambda said: f"@comment{{{said}}}\n"),
        "ris": Format(TYPES["ris"], _cited_row(ris)),  # has no place for a remark: there the page alone says it
    },
    stories_of,
    "文件到第 {:,} 篇为止，全部共 {:,} 篇。请选定年份、月份或日期，分几次下载。",
)
