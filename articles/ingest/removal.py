"""Removing pages for good: the invented samples, once real pages are there."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.db.models import Q

from articles.ingest.derived_doubts import derive
from articles.ingest.returning import send_back
from articles.models import Article, Contributor, Page, PageCredit, Redirect, SourceText
from articles.models.archive import Change
from articles.models.corrections import record_removal
from articles.models.issues import PageQuerySet

#: Titles that the report of a removal names.
TITLES_NAMED = 3

#: The reason in the ledger for a corrected article or page that is removed.
REASON = "示例版面移除"


@dataclass(frozen=True)
class Removal:
    """The result of a removal: the number of pages, the titles of their articles, the titles of the corrected
    articles, and the number of corrected pages.

    `parted` has the ids of articles on other pages that were one story with a removed article. They must be judged
    anew.
    """

    pages: int
    titles: list[str] = field(default_factory=list)
    corrected: list[str] = field(default_factory=list)
    pages_corrected: int = 0
    parted: set[int] = field(default_factory=set)

    @property
    def losses(self) -> str:
        """The removed articles and pages that people had corrected, as a Chinese clause; "" if there were none."""
        lost = []
        if self.corrected:
            named = "".join(f"《{title}》" for title in self.corrected[:TITLES_NAMED])
            more = "等" if len(self.corrected) > TITLES_NAMED else ""
            lost.append(f"人工校改过的示例文章 {len(self.corrected)} 篇（{named}{more}）")
        if self.pages_corrected:
            lost.append(f"人工校改过的示例版面 {self.pages_corrected} 个")
        return f"一并移除{'、'.join(lost)}，校改历史仍保留" if lost else ""


def remove_pages(pages: PageQuerySet, change: Change) -> Removal:
    """Delete `pages` with their texts and the articles read from them, wherever they stand. Return the removal.

    An article of another page that a person has moved onto one of `pages` returns to the page that it was read from.
    Contributors that nothing else names are deleted too. The old URLs lead nowhere afterwards. The ledger keeps the
    corrected articles and pages. Call the function inside `archive.change()`.
    """
    removed = list(pages.select_related("issue"))
    ids = [page.pk for page in removed]
    articles = Article.objects.read_from(*ids)
    returned = send_back(removed, change)
    rows = list(articles.newest_first().prefetch_related("continuations"))
    article_ids = [article.pk for article in rows]
    signed = Contributor.objects.filter(bylines__article__in=article_ids).values_list("pk", flat=True)
    credited = Contributor.objects.filter(page_credits__page__in=ids).values_list("pk", flat=True)
    people = {*signed, *credited}
    urls = [row.get_absolute_url() for row in removed] + [row.get_absolute_url() for row in rows]

    corrected = [article for article in rows if article.is_touched]
    pages_corrected = [page for page in removed if page.edited_fields or page.structure_edited]
    record_removal([*corrected, *pages_corrected], REASON)

    joined = Q(continuation_of__in=article_ids) | Q(continuations__in=article_ids)
    others = Article.objects.filter(joined).exclude(pk__in=article_ids)
    parted = returned | set(others.values_list("pk", flat=True))
    change.articles(parted)
    change.vanished(article_ids)
    Redirect.objects.leading_to(urls).delete()
    Article.objects.filter(pk__in=article_ids).delete()
    PageCredit.objects.filter(page__in=ids).delete()
    SourceText.objects.filter(page__in=ids).delete()
    Page.objects.filter(pk__in=ids).delete()
    if parted:  # jumps to the removed pages lead nowhere now
        derive(change, articles=parted)
    unused = Contributor.objects.filter(pk__in=people, bylines=None, page_credits=None, aliases=None)
    unused.filter(edited_fields=[]).delete()
    return Removal(
        pages=len(ids),
        titles=[article.title for article in rows],
        corrected=[article.title for article in corrected],
        pages_corrected=len(pages_corrected),
        parted=parted,
    )
