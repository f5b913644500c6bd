"""The declarations of views: the query parameters that a view reads, and whether it takes forms. Other parameters and
methods never reach a view.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from django.forms import Form
from django.http import HttpResponseBase
from django.urls import Resolver404, resolve

from articles.prefix import DESK, STATIC

#: The HTTP methods that every address takes.
SAFE_METHODS = ("GET", "HEAD", "OPTIONS")

View = TypeVar("View", bound=Callable[..., HttpResponseBase])


def takes(*forms: type[Form], but: str = "") -> Callable[[View], View]:
    """Declare that a view reads the fields of `forms` from the query string, except the field `but`."""
    names = frozenset(name for form in forms for name in form.base_fields) - {but}

    def declare(view: View) -> View:
        view.parameters = names  # type: ignore[attr-defined]
        return view

    return declare


def takes_forms(view: View) -> View:
    """Declare that a view of the readers' pages takes posted forms."""
    view.takes_forms = True  # type: ignore[attr-defined]
    return view


def parameters_of(view: Callable[..., HttpResponseBase]) -> frozenset[str]:
    """Return the parameters that a view has declared. The set is empty for a view without a declaration."""
    return getattr(view, "parameters", frozenset())


def methods_at(path: str) -> tuple[str, ...] | None:
    """Return the methods that `path` takes, or None if the path has no view and is outside the static files."""
    try:
        match = resolve(path)
    except Resolver404:
        return SAFE_METHODS if path.startswith(STATIC) else None
    takes_post = path.startswith(DESK) or getattr(match.func, "takes_forms", False)
    return (*SAFE_METHODS, "POST") if takes_post else SAFE_METHODS


def taken_at(path: str) -> frozenset[str] | None:
    """Return the parameters that the view at `path` takes, or None if there is no view."""
    try:
        return parameters_of(resolve(path).func)
    except Resolver404:
        return None
