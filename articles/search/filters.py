"""What a filter of the query language stands for in the archive: 地区: 主题: 栏目: 版: 日期:."""

from __future__ import annotations

from articles.models import Column, Region, Topic
from articles.search.documents import day_number
from articles.search.index import EngineQuery, StoryIndex
from articles.search.query_tree import FILTER_MARKS, Dates, Node, PageNumber, leaves
from articles.search.query_tree import Column as ColumnFilter
from articles.search.query_tree import Region as RegionFilter
from articles.search.query_tree import Topic as TopicFilter

#: The field of the index that each kind of filter narrows, of those that name something in the archive.
FACETS = {RegionFilter: "region", TopicFilter: "topic", ColumnFilter: "column"}


class Narrowing:
    """Makes the engine's query of each filter of `tree`; `notices` has a sentence for each that names nothing.

    What its filters name is looked up at once, by one query for each kind of them.
    """

    def __init__(self, index: StoryIndex, tree: Node) -> None:
        self.index = index
        self.notices: list[str] = []
        self._values: dict[Node, list[int]] = {}
        topics, columns = Topic.objects.shown(), Column.objects.shown()
        for kind, rows in ((RegionFilter, Region.objects), (TopicFilter, topics), (ColumnFilter, columns)):
            filters = [leaf for leaf in dict.fromkeys(leaves(tree)) if isinstance(leaf, kind)]
            called = rows.called([leaf.text for leaf in filters]) if filters else {}
            for leaf in filters:
                self._values[leaf] = [int(key) for key in called[leaf.text]]
                if not self._values[leaf]:
                    self.notices.append(f"档案里没有叫“{leaf.text}”的{FILTER_MARKS[kind]}。")

    def __call__(self, leaf: Node) -> EngineQuery:
        """Return the query of a filter; one that names nothing finds nothing."""
        match leaf:
            case Dates(first, last):
                return self.index.between("day", day_number(first), day_number(last))
            case PageNumber(number):
                return self.index.among("page", [number])
        return self.index.among(FACETS[type(leaf)], self._values[leaf])
