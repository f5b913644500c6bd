"""Old URLs, and the present place of their content."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from django.db import models
from django.db.models import F, Q

from articles.models.issues import Page
from articles.prefix import with_prefix, without_prefix

#: A function that redirects its first path to its second.
Moved = Callable[[str, str], None]


def _url(row: models.Model) -> str:
    url: str = row.get_absolute_url()  # type: ignore[attr-defined] # what is redirected has a page
    return url


class RedirectQuerySet(models.QuerySet["Redirect"]):
    def of(self, path: str) -> Redirect | None:
        """Return the redirect from `path`, or None if `path` never showed anything."""
        return self.filter(old_path=without_prefix(path)[:300]).first()

    def leading_to(self, paths: Iterable[str]) -> RedirectQuerySet:
        """Return the redirects to any of `paths`."""
        return self.filter(new_path__in=map(without_prefix, paths))

    @contextmanager
    def following(self, rows: Iterable[models.Model], moved: Moved | None = None) -> Iterator[None]:
        """Redirect the URLs of `rows` before the block to their URLs after it.

        `moved` redirects in place of this manager's own `moved`.
        """
        before = [(row, _url(row)) for row in rows]
        yield
        for row, old_path in before:
            now = type(row)._base_manager.filter(pk=row.pk).first()
            if now:
                (moved or self.moved)(old_path, _url(now))

    @contextmanager
    def following_page(self, page: Page, moved: Moved | None = None) -> Iterator[None]:
        """Follow a page and its issue. An issue that the block leaves empty redirects to its page's new issue."""
        left = page.issue
        with self.following([page, *([left] if left else [])], moved):
            yield
        now = Page.objects.select_related("issue").get(pk=page.pk)
        if left and now.issue and now.issue != left and not left.pages.exists():
            (moved or self.moved)(left.get_absolute_url(), now.issue.get_absolute_url())

    def touched_by(self, old_path: str, new_path: str) -> list[str]:
        """Return the old paths whose redirects `moved` with these paths may write or delete."""
        old_path, new_path = without_prefix(old_path), without_prefix(new_path)
        chained = self.filter(new_path=old_path).values_list("old_path", flat=True)
        return [old_path, *([new_path] if new_path else []), *chained]

    def moved(self, old_path: str, new_path: str) -> None:
        """Redirect `old_path` to `new_path` from now on. Redirects to `old_path` lead there, too, so that no chains
        grow.

        Without `new_path` the content is gone for good, and `old_path` answers 410.
        """
        old_path, new_path = without_prefix(old_path), without_prefix(new_path)
        if old_path == new_path:
            return
        self.filter(old_path=new_path).delete()
        self.filter(new_path=old_path).update(new_path=new_path)
        self.update_or_create(old_path=old_path, defaults={"new_path": new_path})


class Redirect(models.Model):
    """A path with former content, and the path that shows it now. A living page at `old_path` comes first.

    Both are stored without URL_PREFIX, so that they stay valid if the prefix changes.
    """

    old_path = models.CharField("旧网址", max_length=300, unique=True)
    new_path = models.CharField("新网址", max_length=300, blank=True, db_index=True, help_text="空：已撤下")

    objects = RedirectQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "网址转接"
        ordering = ["old_path"]
        constraints = [models.CheckConstraint(condition=~Q(old_path=F("new_path")), name="redirect_leads_elsewhere")]

    def __str__(self) -> str:
        return f"{self.old_path} → {self.new_path or '已撤下'}"

    @property
    def url(self) -> str:
        """The path that it leads to, for links; "" if the content is gone for good."""
        return with_prefix(self.new_path) if self.new_path else ""
