"""What a view reads of a query string: it declares it, and nothing else reaches it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from django.forms import Form
from django.http import HttpResponseBase
from django.urls import Resolver404, resolve

View = TypeVar("View", bound=Callable[..., HttpResponseBase])


def takes(*forms: type[Form], but: str = "") -> Callable[[View], View]:
    """Declare that a view reads the fields of `forms`, `but` for one, from the query string."""
    names = frozenset(name for form in forms for name in form.base_fields) - {but}

    def declare(view: View) -> View:
        view.parameters = names
        return view

    return declare


def taken_at(path: str) -> frozenset[str] | None:
    """Return the parameters that the view at `path` takes, none unless it declares some; None where no view is."""
    try:
        return getattr(resolve(path).func, "parameters", frozenset())
    except Resolver404:
        return None
