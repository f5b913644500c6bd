"""The evidence for the regions and topics of an article, as Chinese text."""

from __future__ import annotations

from django.contrib import admin

from articles.models import ArticleRegion, ArticleTopic
from articles.models.articles import line_labels
from articles.reading import REGION_RULES

#: The desk's names for the values of an article in which a place name can stand.
VALUES = {**line_labels(), "part": "续文标题", "subhead": "小标题"}


def region_evidence(row: ArticleRegion) -> str:
    """Return the names that speak for a region. Each has its place in the text and the rule by which it counts.

    Paragraphs are numbered through all parts of a story. A paragraph that a jump has cut in two counts as one.
    """
    told = []
    for where, number, _, _, name, rule in row.evidence:
        place = VALUES.get(where, f"全文第 {number + 1} 段")
        told.append(f"{place}“{name}”（{REGION_RULES.get(rule, rule)}）")
    return "；".join(told)


def topic_evidence(row: ArticleTopic) -> str:
    """Return the words that speak for a topic. The word with the greatest weight is first."""
    return "、".join(row.evidence)


class ShowsEvidence:
    """A mixin with a column or field for the evidence of an assignment."""

    @admin.display(description="依据")
    def evidence_text(self, row: ArticleRegion | ArticleTopic) -> str:
        return region_evidence(row) if isinstance(row, ArticleRegion) else topic_evidence(row)
