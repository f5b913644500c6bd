"""The site of the desk: Django's admin, and the screens under desk/."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path

#: A screen: a view that takes the site as its first argument.
Screen = Callable[..., HttpResponseBase]


class DeskSite(AdminSite):
    """Django's admin site with the screens of the desk. All of them ask for a log-in of the staff."""

    site_header = "健康报档案 · 校改"
    site_title = "健康报档案"
    index_title = "待办"
    index_template = "admin/desk/front.html"
    enable_nav_sidebar = False  # the places stand in one row at the top

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        """Return the front page, which leads to the queue."""
        from articles.admin.screens.front import front_context  # noqa: PLC0415 - the screens need the models

        request.current_app = self.name  # read by the `url` tag
        context = {**self.each_context(request), **front_context(self, request), **(extra_context or {})}
        return TemplateResponse(request, self.index_template or "", context)

    def get_urls(self) -> list[URLResolver | URLPattern]:
        from articles.admin.screens import batches, decide, doubt, issue, queue  # noqa: PLC0415 - the screens need the models
        from articles.admin.screens.structure import page_map  # noqa: PLC0415 - as above
        from articles.admin.screens.structure.screen import show_structure  # noqa: PLC0415 - as above

        def screen(route: str, view: Screen, name: str, *, cacheable: bool = False) -> URLPattern:
            def asked(request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
                return view(self, request, **kwargs)

            return path(f"desk/{route}", self.admin_view(asked, cacheable=cacheable), name=name)

        return [
            screen("batches/", batches.show_batches, "desk-batches"),
            screen("batches/<int:pk>/", batches.show_batch, "desk-batch"),
            screen("batches/<int:pk>/undo/", batches.undo_batch, "desk-undo"),
            screen("queue/<str:kind>/", queue.show_queue, "desk-queue"),
            screen("queue/<str:kind>/next/", queue.go_to_next, "desk-next"),
            screen("doubts/<int:pk>/", doubt.show_doubt, "desk-doubt"),
            screen("pages/<int:pk>/", show_structure, "desk-page"),
            screen("pages/<int:pk>/scan/", page_map.show_page_scan, "desk-page-scan", cacheable=True),
            screen("issues/<int:pk>/", issue.show_issue, "desk-issue"),
            screen("sources/<int:pk>/decide/", decide.show_decision, "desk-decide"),
            *super().get_urls(),
        ]
