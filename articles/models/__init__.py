"""The records of the archive."""

from articles.models import lookups as lookups  # registers the lookup `among`
from articles.models.archive import Archive, VanishedArticle
from articles.models.articles import Article
from articles.models.assignments import ArticleRegion, ArticleTopic, Byline, Proposal
from articles.models.claims import Claim
from articles.models.columns import Column, ColumnAlias
from articles.models.corrections import Batch, Correction
from articles.models.doubts import Doubt
from articles.models.issues import Issue, Page, PageCredit
from articles.models.redirects import Redirect
from articles.models.reference import Contributor, ContributorAlias, Region, RegionAlias, Topic
from articles.models.scans import Scan
from articles.models.schedule import PublicationSchedule
from articles.models.searches_without_hit import SearchWithoutHit
from articles.models.sources import ImportItem, ImportRun, SourceText
from articles.models.synonyms import Synonym

__all__ = [
    "Archive",
    "Article",
    "ArticleRegion",
    "ArticleTopic",
    "Batch",
    "Byline",
    "Claim",
    "Column",
    "ColumnAlias",
    "Contributor",
    "ContributorAlias",
    "Correction",
    "Doubt",
    "ImportItem",
    "ImportRun",
    "Issue",
    "Page",
    "PageCredit",
    "Proposal",
    "PublicationSchedule",
    "Redirect",
    "Region",
    "RegionAlias",
    "Scan",
    "SearchWithoutHit",
    "SourceText",
    "Synonym",
    "Topic",
    "VanishedArticle",
]
