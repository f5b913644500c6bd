"""The answer of a screen of the desk."""

from __future__ import annotations

from typing import Any

from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def require(request: HttpRequest, right: str) -> None:
    """Raise PermissionDenied unless the user has the permission `right`: articles.view_doubt."""
    if not request.user.has_perm(right):
        raise PermissionDenied


def render_screen(
    site: AdminSite, request: HttpRequest, name: str, title: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    """Return the page of the template admin/desk/`name`.html within the frame of the desk."""
    request.current_app = site.name  # read by the `url` tag
    whole = {**site.each_context(request), "title": title, **context}
    return render(request, f"admin/desk/{name}.html", whole, status=status)
