"""Any list as a file, whatever its length: `as` in the list's own URL asks for it, and this answers."""

from __future__ import annotations

import csv
import datetime
import io
import json
import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render

from articles.citing import Cited, bibtex, gbt_2025, ris
from articles.forms import STORY_FILES, TABLE_FILES, ExportForm
from articles.models import Article, Issue, archive
from articles.models.articles import ArticleQuerySet
from articles.models.stories import Story, load_stories
from articles.search.index import MOST_AT_ONCE
from articles.views.citations import cited_of
from articles.views.files import TYPES
from articles.views.records import record
from articles.web.exporting import RETRY_AFTER, Export, TooLate, TooMany, break_off_silence, readers
from articles.web.responses import absolute, saved_as
from articles.web.today import date_of_paper

logger = logging.getLogger(__name__)

#: What finds a list: given the most to return, its keys in order (ids, say), and how many there are in all.
Find = Callable[[int], tuple[Sequence[Any], int]]

#: What is said of a row of a table: a string, a number, a date as a string, or whether something holds.
Cell = str | int | bool | None

#: Rows in a file at most; further on, a year or a date narrows a list of stories.
MOST_ROWS = MOST_AT_ONCE

#: Rows read at a time, without the text of stories and with it. A file takes the memory of so many; of stories, each
#: such chunk takes five queries.
CHUNK, CHUNK_OF_TEXTS = 1000, 100

#: What reads the rows of a chunk of a list's keys.
Read = Callable[[Sequence[Any]], Iterable[Any]]

#: The columns of a CSV file. It has no text of the stories: a cell of a spreadsheet ends at 32,767 characters.
COLUMNS = (
    "编号", "网址", "日期", "日期依据", "当日第几种", "总期号", "版次", "版名", "类别", "引题", "标题", "副题", "栏目",
    "作者", "署名", "图片署名", "地区", "地区代码", "主题", "引用格式（GB/T 7714—2025）", "备注",
)  # fmt: skip

# As plain strings: to compare with a choice of an enumeration takes ten times as long.
_KINDS, _BASES = dict(Article.Kind.choices), dict(Issue.DateBasis.choices)

#: How a cell begins that a spreadsheet would calculate, or hand to another program.
_FORMULA = frozenset("=+-@＝＋－＠\t\r\n")


@dataclass(frozen=True)
class Asked:
    """What the URLs of a file begin with, and the day on which it is made."""

    request: HttpRequest
    day: datetime.date

    def absolute(self, path: str) -> str:
        return absolute(self.request, path)

    def cited(self, story: Story) -> Cited:
        return cited_of(self.request, story, self.day)


@dataclass(frozen=True)
class Format:
    """A kind of file: how a row is written, what stands before all rows, and how it is said that rows are missing.

    `has_text` where the text of stories is part of it.
    """

    content_type: str
    row: Callable[[Asked, Any], str]
    head: str = ""
    cut: Callable[[str], str] | None = None
    has_text: bool = False


@dataclass(frozen=True)
class Files:
    """The files that a list is there as.

    `names` and `formats` go by the value of `as`; `reader` returns what reads the rows of a file; `cut` is said below
    the first rows of more.
    """

    names: dict[str, str]
    formats: dict[str, Format]
    reader: Callable[[Format], Read]
    cut: str


def list_file(request: HttpRequest, name: str, stories: ArticleQuerySet) -> HttpResponse | None:
    """Return the file of a list of stories (narrowed and in order) that `as` asks for, None where it asks for none."""
    return file_of(request, name, first_of(stories))


def first_of(stories: ArticleQuerySet) -> Find:
    """Return what finds these stories in the database, in their order."""

    def find(most: int) -> tuple[list[int], int]:
        ids = list(stories.values_list("pk", flat=True)[: most + 1])
        return ids[:most], len(ids) if len(ids) <= most else stories.count()

    return find


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

    def cells(asked: Asked, row: Sequence[Cell]) -> dict[str, Cell]:
        named = dict(zip(columns, row, strict=True))
        return named | {"url": asked.absolute(named["url"])} if "url" in named else named

    formats = {
        "csv": _csv(list(columns.values()), lambda asked, row: csv_line(cells(asked, row).values())),
        "jsonl": _jsonl(lambda asked, row: _json_line(cells(asked, row))),
    }
    files = Files(TABLE_FILES, formats, lambda kind: read, "文件到第 {:,} 行为止，全表共 {:,} 行。")
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

    return table_file(request, name, {"name": "名称", attribute: column, "url": "网址", "stories": "篇数"}, keys, rows)


def _file_of(request: HttpRequest, name: str, files: Files, find: Find) -> HttpResponseBase | None:
    """Return one of `files`, or None.

    A kind of file that there is none of is answered by a sentence, not by the list: what asks for a file is often a
    program, which would take the page for the file. So is a file that can't be made now.
    """
    form = ExportForm(request.GET, files.names)
    if not form.is_valid():
        return render(request, "articles/export_unknown.html", {"files": files.names}, status=400)
    suffix = form.cleaned_data["as"]
    if not suffix:
        return None
    kind = files.formats[suffix]
    headers = {
        "Content-Disposition": saved_as(f"jkb-{date_of_paper()}", name, suffix),
        "X-Robots-Tag": "noindex",
    }
    if request.method == "HEAD":  # a server asks for all that it does not send
        return StreamingHttpResponse((), content_type=kind.content_type, headers=headers)
    try:
        export = _made(request, files, kind, find)
    except TooMany:
        return _not_now(request, "export_busy.html")
    except TooLate:
        return _not_now(request, "export_late.html")
    except OSError:
        logger.exception("a file could not be made: is there room in VAR_DIR?")
        return _not_now(request, "export_late.html")
    break_off_silence(request)
    headers["Content-Length"] = str(export.size)
    return StreamingHttpResponse(export, content_type=kind.content_type, headers=headers)


def _made(request: HttpRequest, files: Files, kind: Format, find: Find) -> Export:
    """Return a file, made of one state of the archive; raises TooMany or TooLate where it can't be."""
    export = Export()
    try:
        with readers.one(-1), archive.snapshot():
            export.make(_lines(request, files, kind, *find(MOST_ROWS)))
    except BaseException:  # whatever it was: the place is the next one's
        export.close()
        raise
    return export


def _not_now(request: HttpRequest, template: str) -> HttpResponse:
    """Answer that a file can't be had at present."""
    response = render(request, f"articles/{template}", {"seconds": RETRY_AFTER}, status=503)
    response["Retry-After"] = str(RETRY_AFTER)
    response._has_been_logged = True  # as Django marks it: a refusal that is meant is no error, and there may be many
    return response


def _lines(request: HttpRequest, files: Files, kind: Format, keys: Sequence[Any], total: int) -> Iterator[str]:
    """Yield a file line by line, or record by record."""
    read, chunk = files.reader(kind), CHUNK_OF_TEXTS if kind.has_text else CHUNK
    asked = Asked(request, date_of_paper())
    yield kind.head
    for start in range(0, len(keys), chunk):
        for row in read(keys[start : start + chunk]):
            yield kind.row(asked, row)
    if total > len(keys) and kind.cut:
        yield kind.cut(files.cut.format(len(keys), total))


def csv_line(values: Iterable[Cell]) -> str:
    """Return a line of CSV; text that would begin a formula is led by an apostrophe, as OWASP advises."""
    out = io.StringIO()
    # Not by a function of a cell: to call one for each takes a tenth of a file's time.
    csv.writer(out).writerow(
        [(f"'{cell}" if cell[:1] in _FORMULA else cell) if isinstance(cell, str) else _plain(cell) for cell in values]
    )
    return out.getvalue()


def _plain(cell: int | bool | None) -> Cell:
    if isinstance(cell, bool):
        return "是" if cell else "否"
    return cell


def _csv(columns: Sequence[str], row: Callable[[Asked, Any], str]) -> Format:
    # Without the mark Excel reads no UTF-8.
    head = "\ufeff" + csv_line(columns)
    return Format("text/csv; charset=utf-8", row, head, lambda said: csv_line([said]))


def _jsonl(row: Callable[[Asked, Any], str], *, has_text: bool = False) -> Format:
    return Format("application/x-ndjson", row, cut=lambda said: _json_line({"notice": said}), has_text=has_text)


def _csv_row(asked: Asked, story: Story) -> str:
    head, page, issue, cited = story.head, story.head.page, story.head.page.issue, asked.cited(story)
    return csv_line(
        [
            head.pk,
            cited.url,
            str(issue.date),
            _BASES[issue.date_basis],
            issue.edition,
            issue.number,
            "、".join(map(str, cited.pages)),  # a spreadsheet takes 2-3 for a date
            page.section,
            _KINDS[head.kind],
            head.kicker,
            head.headline,
            head.deck,
            cited.column,
            "；".join(cited.authors),
            "；".join([str(row) for row in story.bylines]),
            "；".join([str(row) for row in story.credits]),
            "；".join([place.name for place in cited.regions]),
            "；".join([place.code for place in cited.regions]),
            "；".join(cited.topics),
            gbt_2025(cited),
            "；".join(cited.notes),
        ]
    )


def _json_row(asked: Asked, story: Story) -> str:
    return _json_line(record(story, asked.cited(story), asked.absolute))


def _json_line(data: dict) -> str:
    return json.dumps(data, ensure_ascii=False) + "\n"


def _cited_row(write: Callable[[Cited], str], between: str = "") -> Callable[[Asked, Story], str]:
    return lambda asked, story: write(asked.cited(story)) + between


STORIES = Files(
    STORY_FILES,
    {
        "csv": _csv(COLUMNS, _csv_row),
        "jsonl": _jsonl(_json_row, has_text=True),
        "bib": Format(TYPES["bib"], _cited_row(bibtex, "\n"), cut=lambda said: f"@comment{{{said}}}\n", has_text=True),
        # RIS has no place for a remark: there the page alone says it.
        "ris": Format(TYPES["ris"], _cited_row(ris), has_text=True),
    },
    lambda kind: partial(load_stories, with_text=kind.has_text),
    "文件到第 {:,} 篇为止，全部共 {:,} 篇。请选定年份、月份或日期，分几次下载。",
)
