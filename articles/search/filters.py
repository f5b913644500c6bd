"""What a filter of the query language stands for in the archive: 地区: 主题: 栏目: 版: 日期:."""

from __future__ import annotations

from articles.models import Column, Region, Topic
from articles.search.documents import day_number
from articles.search.index import EngineQuery, StoryIndex
from articles.search.query_tree import FILTER_MARKS, Dates, Node, PageNumber
from articles.search.query_tree import Column as ColumnFilter
from articles.search.query_tree import Region as RegionFilter
from articles.search.query_tree import Topic as TopicFilter


class Narrowing:
    """Makes the engine's query of each filter; `notices` has a sentence for each that names nothing in the archive."""

    def __init__(self, index: StoryIndex) -> None:
        self.index = index
        self.notices: list[str] = []

    def __call__(self, leaf: Node) -> EngineQuery:
        """Return the query of a filter; one that names nothing finds nothing."""
        match leaf:
            case Dates(first, last):
                return self.index.between("day", day_number(first), day_number(last))
            case PageNumber(number):
                return self.index.among("page", [number])
            case RegionFilter(text):
                facet, rows = "region", Region.objects.called(text)
            case TopicFilter(text):
                facet, rows = "topic", Topic.objects.shown().called(text)
            case ColumnFilter(text):
                facet, rows = "column", Column.objects.shown().called(text)
            case _:
                raise TypeError(leaf)
        values = [int(pk) for pk in rows.values_list("pk", flat=True)]
        if not values:
            self.notices.append(f"档案里没有叫“{text}”的{FILTER_MARKS[type(leaf)]}。")
        return self.index.among(facet, values)
