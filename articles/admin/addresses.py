"""The addresses of the desk's screens that name a doubt."""

from __future__ import annotations

from urllib.parse import urlencode

from django.urls import reverse

from articles.models import Doubt, Page
from articles.models.doubt_kinds import CONFLICT


def after_url(kind: str, after: int) -> str:
    """Return the address of the next item of a kind after the doubt with the id `after`."""
    return f"{reverse('admin:desk-next', args=[kind])}?{urlencode({'after': after})}"


def address_of(doubt: Doubt) -> str:
    """Return the address where a doubt is settled: its own page, or that of the text in conflict."""
    if doubt.kind == CONFLICT:
        return reverse("admin:desk-decide", args=[doubt.source_id])
    return reverse("admin:desk-doubt", args=[doubt.pk])


def page_url(page: Page) -> str:
    """Return the address of the screen of a page."""
    return reverse("admin:desk-page", args=[page.pk])
