"""URLs of the readers' pages. Each named thing has one URL for ever."""

from __future__ import annotations

import datetime
import re

from django.urls import path, register_converter
from django.urls.converters import IntConverter, StringConverter

from articles.citing import article_formats
from articles.models import Issue
from articles.views import (
    about,
    articles,
    cite,
    columns,
    contributors,
    crawlers,
    display,
    feeds,
    files,
    home,
    issues,
    missing,
    pages,
    regions,
    search,
    sections,
    sources,
    status,
    suggestions,
    topics,
    trends,
)


class IssueKeyConverter:
    """An issue in a URL: its date, with the edition of an extra of that day: 1985-03-02, 1985-03-02-2."""

    regex = r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:-[2-9])?"

    def to_python(self, value: str) -> tuple[datetime.date, int]:
        """Return (date, edition). Raises ValueError for an impossible day, which means no match and a 404."""
        return datetime.date.fromisoformat(value[:10]), int(value[11:] or 1)

    def to_url(self, value: Issue | str) -> str:
        return value if isinstance(value, str) else value.key


class YearConverter(IntConverter):
    """A year in which an issue can be dated: 1900 to 2100."""

    regex = r"19[0-9]{2}|20[0-9]{2}|2100"


class MonthConverter(IntConverter):
    """A month in two digits."""

    regex = r"0[1-9]|1[0-2]"

    def to_url(self, value: str | int) -> str:
        return f"{int(value):02d}"


class RowIdConverter(IntConverter):
    """The id of a row. A database's ids have 64 bits; longer digit strings don't match and answer 404."""

    regex = r"[1-9][0-9]{0,17}"


class PageNumberConverter(IntConverter):
    """A page number as the paper prints it."""

    regex = r"[1-9][0-9]{0,2}"


class RegionCodeConverter(StringConverter):
    """A region code of GB/T 2260."""

    regex = r"[0-9]{6}"


class FileSuffixConverter(StringConverter):
    """The key of a format in which an article can be had."""

    regex = "|".join(map(re.escape, article_formats()))


class SectionNameConverter(StringConverter):
    """The name of pages: any text, including slashes (文化/生活) and line breaks."""

    regex = r"[\s\S]+"


register_converter(IssueKeyConverter, "issue")
register_converter(YearConverter, "year")
register_converter(MonthConverter, "month")
register_converter(RowIdConverter, "id")
register_converter(PageNumberConverter, "number")
register_converter(RegionCodeConverter, "code")
register_converter(FileSuffixConverter, "suffix")
register_converter(SectionNameConverter, "section")

urlpatterns = [
    path("", home.home, name="home"),
    path("feed/", feeds.newest_stories, name="feed"),
    path("search/", search.search, name="search"),
    path("search/feed/", search.feed, name="search-feed"),
    path("trends/", trends.trends, name="trends"),
    path("help/", about.help_page, name="help"),
    path("status/", status.status, name="status"),
    path("display/", display.display, name="display"),
    # /issues/
    path("issues/", issues.years, name="issues"),
    path("issues/<year:year>/", issues.year, name="issue-year"),
    path("issues/<year:year>/<month:month>/", issues.month, name="issue-month"),
    path("issues/missing/", missing.missing, name="missing"),
    path("issues/missing.csv", missing.missing_csv, name="missing-csv"),
    path("issues/<issue:key>/", issues.issue, name="issue"),
    path("issues/<issue:key>/pages/<number:number>/", pages.page, name="page"),
    path("pages/<id:pk>/", pages.unnumbered_page, name="unnumbered-page"),
    path("pages/<id:pk>/scan/", pages.scan, name="scan"),
    # /articles/
    path("articles/<id:pk>/", articles.article, name="article"),
    path("articles/<id:pk>/source/", sources.source, name="source"),
    path("articles/<id:pk>/cite/", cite.cite, name="article-cite"),
    path("articles/<id:pk>.<suffix:suffix>", files.file, name="article-file"),
    # subjects and contributors
    path("regions/", regions.provinces, name="regions"),
    path("regions/<code:code>/", regions.region, name="region"),
    path("regions/<code:code>/feed/", regions.feed, name="region-feed"),
    path("topics/", topics.topics, name="topics"),
    path("topics/<slug:slug>/", topics.topic, name="topic"),
    path("topics/<slug:slug>/feed/", topics.feed, name="topic-feed"),
    path("columns/", columns.columns, name="columns"),
    path("columns/<id:pk>/", columns.column, name="column"),
    path("columns/<id:pk>/feed/", columns.feed, name="column-feed"),
    path("sections/", sections.sections, name="sections"),
    # A name may hold a slash or end in "/feed". So its page ends in a slash, and its feed does not.
    path("sections/<section:name>.atom", sections.feed, name="section-feed"),
    path("sections/<section:name>/", sections.section, name="section"),
    path("contributors/", contributors.contributors, name="contributors"),
    path("contributors/<id:pk>/", contributors.contributor, name="contributor"),
    # for programs
    path("robots.txt", crawlers.robots, name="robots"),
    path("sitemap.xml", crawlers.sitemap, name="sitemap"),
    path("sitemaps/lists.xml", crawlers.lists, name="sitemap-lists"),
    path("sitemaps/lists-<number:part>.xml", crawlers.lists, name="sitemap-lists-part"),
    path("sitemaps/<year:year>-<month:month>.xml", crawlers.month, name="sitemap-month"),
    path("sitemaps/<year:year>-<month:month>-<number:part>.xml", crawlers.month, name="sitemap-month-part"),
    path("suggest/", suggestions.suggestions, name="suggest"),
    path("opensearch.xml", about.opensearch, name="opensearch"),
    path("favicon.ico", about.favicon, name="favicon"),
    path(".well-known/security.txt", about.security_txt, name="security"),
]
