"""The tags of the desk: the row of places at the top of each page, and how doubts are shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import template
from django.urls import reverse

from articles.admin.addresses import address_of, row_url
from articles.admin.withdrawn import Hidden, hidden
from articles.desk.telling import Told
from articles.desk.withdrawing import Withdrawable
from articles.models import Doubt

register = template.Library()

#: The places of the row: (name of the address, its words, the permission that it takes).
PLACES = (
    ("admin:index", "待办", ""),
    ("admin:articles_article_changelist", "文章", "articles.view_article"),
    ("admin:articles_page_changelist", "版面", "articles.view_page"),
    ("admin:articles_issue_changelist", "期次", "articles.view_issue"),
    ("admin:articles_contributor_changelist", "作者", "articles.view_contributor"),
    ("admin:desk-batches", "批次", "articles.view_batch"),
)


@dataclass(frozen=True)
class DeskPlace:
    """A link of the row. `is_here` tells whether the present page lies there."""

    url: str
    label: str
    is_here: bool


@register.simple_tag(takes_context=True)
def desk_places(context: dict[str, Any]) -> list[DeskPlace]:
    """Return the places that the user may go to: {% desk_places as places %}."""
    request = context["request"]
    places = []
    for name, label, right in PLACES:
        url = reverse(name)
        is_here = request.path == url if name == "admin:index" else request.path.startswith(url)
        if not right or request.user.has_perm(right):
            places.append(DeskPlace(url, label, is_here))
    return places


@register.simple_tag
def doubt_url(doubt: Doubt) -> str:
    """Return the address where a doubt is settled: {% doubt_url doubt %}."""
    return address_of(doubt)


@register.inclusion_tag("admin/desk/_place.html")
def corrected_row(told: Told) -> dict[str, str]:
    """Return the context of the place of a correction, which leads to the corrected row: {% corrected_row told %}."""
    return {"place": told.place, "url": row_url(told.correction.model, told.pk)}


@register.simple_tag
def withdrawal(row: Withdrawable) -> Hidden | None:
    """Return what hides an article, a page or an issue from readers: {% withdrawal page as found %}."""
    return hidden(row)


@register.filter
def percent(probability: float) -> str:
    """Return a probability as a percentage: {{ doubt.probability|percent }}."""
    return f"{probability:.0%}"
