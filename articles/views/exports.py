"""Any list of stories as a file, whatever its length: `as` in the list's own URL asks for it, and this answers."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render

from articles.citing import Cited, bibtex, gbt_2025, ris
from articles.forms import ExportForm
from articles.models import Byline
from articles.models.articles import ArticleQuerySet
from articles.responses import saved_as
from articles.search.index import MOST_AT_ONCE
from articles.today import date_of_paper
from articles.views.citations import cited_of
from articles.views.files import TYPES
from articles.views.records import record
from articles.views.stories import Story, stories_of

#: What finds the stories of a list: given the most to return, their ids in order, and how many there are in all.
Find = Callable[[int], tuple[Sequence[int], int]]

#: Stories in a file at most; further on, a year or a date narrows the list.
MOST_ROWS = MOST_AT_ONCE

#: Stories read at a time. A file takes the memory of so many, and five queries for each such chunk.
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
    """A kind of file: the row of a story, what stands before all rows, and how it is said that rows are missing."""

    content_type: str
    row: Callable[[HttpRequest, Story], str]
    head: str = ""
    cut: Callable[[str], str] | None = None


def list_file(request: HttpRequest, name: str, stories: ArticleQuerySet) -> HttpResponse | None:
    """Return the file of a list of stories (narrowed and in order) that `as` asks for, None where it asks for none."""
    return file_of(request, name, lambda most: (list(stories.values_list("pk", flat=True)[:most]), stories.count()))


def file_of(request: HttpRequest, name: str, find: Find) -> HttpResponse | None:
    """Return the file of what `find` finds that `as` asks for, None where it asks for none.

    A kind of file that there is none of is answered by a sentence, not by the list: what asks for a file is often a
    program, which would take the page for the file.
    """
    form = ExportForm(request.GET)
    if not form.is_valid():
        return render(request, "articles/export_unknown.html", status=400)
    suffix = form.cleaned_data["as"]
    if not suffix:
        return None
    ids, total = find(MOST_ROWS)
    kind = FORMATS[suffix]
    headers = {
        "Content-Disposition": saved_as(f"jkb-{date_of_paper()}", name, suffix),
        "X-Robots-Tag": "noindex",
    }
    lines = filter(None, _lines(request, kind, ids, total))  # an empty chunk may end a chunked response
    return StreamingHttpResponse(lines, content_type=kind.content_type, headers=headers)


def _lines(request: HttpRequest, kind: Format, ids: Sequence[int], total: int) -> Iterator[str]:
    """Yield a file chunk by chunk."""
    yield kind.head
    for start in range(0, len(ids), CHUNK):
        yield "".join(kind.row(request, story) for story in stories_of(ids[start : start + CHUNK]))
    if total > len(ids) and kind.cut:
        yield kind.cut(f"文件到第 {len(ids):,} 篇为止，全部共 {total:,} 篇。请选定年份或日期，分几次下载。")


def csv_line(values: Sequence[str | int | None]) -> str:
    """Return a line of CSV; text that would begin a formula is led by an apostrophe, as OWASP advises."""
    out = io.StringIO()
    csv.writer(out).writerow(map(_cell, values))
    return out.getvalue()


def _cell(value: str | int | None) -> str | int | None:
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value


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


#: RIS has no place for a remark: there the page alone says that rows are missing.
FORMATS = {
    "csv": Format("text/csv; charset=utf-8", _csv_row, "\ufeff" + csv_line(COLUMNS), lambda said: csv_line([said])),
    "jsonl": Format("application/x-ndjson", _json_row, cut=lambda said: _json_line({"notice": said})),
    "bib": Format(TYPES["bib"], _cited_row(bibtex, "\n"), cut=lambda said: f"@comment{{{said}}}\n"),
    "ris": Format(TYPES["ris"], _cited_row(ris)),
}
