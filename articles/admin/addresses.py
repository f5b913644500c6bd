"""The addresses of the desk's screens for doubts, pages and corrected rows."""

from __future__ import annotations

from urllib.parse import urlencode

from django.urls import NoReverseMatch, reverse

from articles.models import Doubt, Page
from articles.models.doubt_kinds import CONFLICT

#: The models whose screen is no form of Django's admin.
SCREENS = {"page": "admin:desk-page", "issue": "admin:desk-issue"}


def after_url(kind: str, after: int) -> str:
    """Return the address of the next item of a kind after the doubt with the id `after`."""
    return f"{reverse('admin:desk-next', args=[kind])}?{urlencode({'after': after})}"


def address_of(doubt: Doubt) -> str:
    """Return the address where a doubt is settled: its own page, or that of the text in conflict."""
    if doubt.kind == CONFLICT:
        return reverse("admin:desk-decide", args=[doubt.source_id])
    return reverse("admin:desk-doubt", args=[doubt.pk])


def row_url(model: str, pk: str) -> str:
    """Return the address of the screen of a row of the model with this name; "" if it has no screen, or is gone."""
    if not pk:
        return ""
    try:
        return reverse(SCREENS.get(model, f"admin:articles_{model}_change"), args=[pk])
    except NoReverseMatch:
        return ""


def page_url(page: Page) -> str:
    """Return the address of the screen of a page."""
    return reverse("admin:desk-page", args=[page.pk])
