"""The site of the desk: Django's admin, and the screens under desk/."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, path

#: A screen: a view that takes the site as its first argument.
Screen = Callable[..., HttpResponse]


class DeskSite(AdminSite):
    """Django's admin site with the screens of the desk. All of them ask for a log-in of the staff."""

    site_header = "健康报档案 · 校改"
    site_title = "健康报档案"
    index_title = "校改与管理"

    def get_urls(self) -> list[URLResolver | URLPattern]:
        from articles.admin.screens import batches  # noqa: PLC0415 - the screens need the models

        def screen(route: str, view: Screen, name: str) -> URLPattern:
            def asked(request: HttpRequest, **kwargs: Any) -> HttpResponse:
                return view(self, request, **kwargs)

            return path(f"desk/{route}", self.admin_view(asked), name=name)

        return [
            screen("batches/", batches.show_batches, "desk-batches"),
            screen("batches/<int:pk>/", batches.show_batch, "desk-batch"),
            screen("batches/<int:pk>/undo/", batches.undo_batch, "desk-undo"),
            *super().get_urls(),
        ]
