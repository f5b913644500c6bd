"""The place of a row for people: issue, page and article."""

from __future__ import annotations

from django.core.exceptions import ObjectDoesNotExist
from django.db import Error, models

from articles.models import Article, Page, SourceText
from articles.verify.faults import Fault

#: The most characters of a headline or a path in a place.
SHORT = 30


def place_of(fault: Fault) -> str:
    """Return where the row of `fault` stands: 2024年11月22日 星期五 第3版：综合新闻 文章 7《……》; "" for no row.

    The database may be damaged. A row that can't be read, or a page that is missing, is called by its id.
    """
    if fault.model is None or fault.key is None:
        return ""
    try:
        return _place(fault.model, fault.key)
    except (Error, ObjectDoesNotExist, ValueError, TypeError):
        return _named(fault.model, fault.key)


def _named(model: type[models.Model], key: int | str) -> str:
    return f"{model._meta.verbose_name} {key}"


def _place(model: type[models.Model], key: int | str) -> str:
    named = _named(model, key)
    if model is Page:
        return f"{_page(key)}（版面 {key}）"
    if model is Article:
        page, headline = Article._base_manager.values_list("page", "headline").get(pk=key)
        return f"{_page(page)} {named}" + (f"《{headline[:SHORT]}》" if headline else "")
    if model is SourceText:
        page, path = SourceText._base_manager.values_list("page", "path").get(pk=key)
        return f"{_page(page)} {named}（{path[-SHORT:]}）" if page else f"{named}（{path[-SHORT:]}）"
    for name, owner in (("article", Article), ("page", Page)):
        if any(field.name == name for field in model._meta.concrete_fields):
            above = model._base_manager.filter(pk=key).values_list(name, flat=True).first()
            if above is not None:
                return f"{_place(owner, above)} {named}"
    return named


def _page(pk: int | str) -> str:
    """Return the page as people call it. Its JSON, which may be damaged, is left out."""
    shown = ("number", "section", "issue__date", "issue__edition", "issue__date_basis")
    page = Page._base_manager.select_related("issue").only(*shown).filter(pk=pk).first()
    return str(page) if page else f"版面 {pk}"
