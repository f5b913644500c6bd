"""The declarations of views: the query parameters that a view reads, and whether it takes forms. Other parameters and
methods never reach a view.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from django.forms import Form, MultipleHiddenInput
from django.http import HttpRequest, HttpResponseBase
from django.urls import Resolver404, resolve

from articles.prefix import DESK, STATIC

#: The HTTP methods that every address takes.
SAFE_METHODS = ("GET", "HEAD", "OPTIONS")

View = TypeVar("View", bound=Callable[..., HttpResponseBase])


def takes(*forms: type[Form], but: str = "") -> Callable[[View], View]:
    """Declare that a view reads the fields of `forms` from the query string, except the field `but`."""
    fields = {name: field for form in forms for name, field in form.base_fields.items() if name != but}
    repeated = frozenset(name for name, field in fields.items() if isinstance(field.widget, MultipleHiddenInput))

    def declare(view: View) -> View:
        view.parameters = frozenset(fields)  # type: ignore[attr-defined]
        view.repeated = repeated  # type: ignore[attr-defined]
        return view

    return declare


def takes_forms(view: View) -> View:
    """Declare that a view of the readers' pages takes posted forms."""
    view.takes_forms = True  # type: ignore[attr-defined]
    return view


def parameters_of(view: Callable[..., HttpResponseBase] | None) -> frozenset[str]:
    """Return the parameters that a view has declared. The set is empty without a declaration, or without a view."""
    return getattr(view, "parameters", frozenset())


def given_to(view: Callable[..., HttpResponseBase], request: HttpRequest) -> list[tuple[str, str]]:
    """Return the parameters of a request that a view has declared as (name, value), by name, without empty values.

    Of a name that may be repeated, all values are in their order; of another name, the last one. The query string of a
    view without parameters is never read, however many it has.
    """
    repeated = getattr(view, "repeated", ())
    return [
        (name, value)
        for name in sorted(parameters_of(view))
        for value in (request.GET.getlist(name) if name in repeated else [request.GET.get(name)])
        if value
    ]


def methods_at(path: str) -> tuple[str, ...] | None:
    """Return the methods that `path` takes, or None if the path has no view and is outside the static files."""
    try:
        match = resolve(path)
    except Resolver404:
        return SAFE_METHODS if path.startswith(STATIC) else None
    takes_post = path.startswith(DESK) or getattr(match.func, "takes_forms", False)
    return (*SAFE_METHODS, "POST") if takes_post else SAFE_METHODS


def view_at(path: str) -> Callable[..., HttpResponseBase] | None:
    """Return the view at `path`, or None if there is none."""
    try:
        return resolve(path).func
    except Resolver404:
        return None
