"""The forms of the JSON that rows hold. The databases check that it is JSON at most."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from django.apps import apps
from django.db import models

from articles.models import (
    Article,
    ArticleRegion,
    ArticleTopic,
    Correction,
    ImportRun,
    Page,
    Proposal,
    SourceText,
    Topic,
)
from articles.models.block_keys import KEY_LENGTH, keys_of, without_keys
from articles.models.editing import Editable
from articles.verify.faults import Fault
from articles.verify.reading import BROKEN, parsed, streamed, texts_of

#: A function that tells whether a value has a form.
Form = Callable[[Any], bool]

#: The key of a block: a digest, and a number from 2 on if several blocks have it.
KEY = re.compile(rf"[0-9a-f]{{{KEY_LENGTH}}}(-([2-9]|[1-9][0-9]+))?")

#: The types of blocks.
TYPES = {"paragraph", "subhead", "table"}


def is_int(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def is_number(value: object) -> bool:
    return is_int(value) or isinstance(value, float)


def is_text(value: object) -> bool:
    return isinstance(value, str)


def is_anything(value: object) -> bool:
    return True


def lists_of(form: Form) -> Form:
    return lambda value: isinstance(value, list) and all(map(form, value))


def tuples_of(*forms: Form) -> Form:
    def fits(value: object) -> bool:
        return (
            isinstance(value, list)
            and len(value) == len(forms)
            and all(form(each) for form, each in zip(forms, value, strict=True))
        )

    return fits


def is_set_of_names(value: object) -> bool:
    return lists_of(is_text)(value) and len(set(value)) == len(value)  # type: ignore[call-overload, arg-type]


def is_block(value: object) -> bool:
    """Return whether `value` is a block: a type, a text, perhaps a key, and of a table perhaps a caption."""
    if not isinstance(value, dict) or value.get("type") not in TYPES or not is_text(value.get("text")):
        return False
    is_table = value["type"] == "table"
    optional = {"key", "caption"} if is_table else {"key"}
    return value.keys() - {"type", "text"} <= optional and all(is_text(value.get(name, "")) for name in optional)


def _or_null(form: Form) -> Form:
    return lambda value: value is None or form(value)


def _is_extent(value: object) -> bool:
    return value is None or value == [] or tuples_of(is_number, is_number)(value)


_SEGMENTS = lists_of(tuples_of(is_int, is_int, is_text))

#: The form of each JSON field, `edited_fields` apart.
FORMS: dict[type[models.Model], dict[str, Form]] = {
    Article: {"blocks": lists_of(is_block), "segments": _SEGMENTS},
    Page: {
        "cuts": lists_of(is_text),
        "placed": lists_of(tuples_of(is_text, is_int, _or_null(is_int))),
        "segments": _SEGMENTS,
    },
    SourceText: {
        "boxes": lists_of(tuples_of(is_int, is_int, *[is_number] * 4)),
        "extent": _is_extent,
        "erased": _or_null(lists_of(tuples_of(is_int, is_int))),
        "clues": lambda value: isinstance(value, dict),
    },
    ArticleRegion: {"evidence": lists_of(tuples_of(is_text, is_int, is_int, is_int, is_text, is_text))},
    ArticleTopic: {"evidence": lists_of(is_text)},
    Topic: {"words": lambda value: isinstance(value, dict) and all(map(is_number, value.values()))},
    Proposal: {"value": is_anything},
    Correction: {"old": is_anything, "new": is_anything},
    ImportRun: {"arguments": is_anything},
}


def forms_of(model: type[models.Model]) -> dict[str, Form]:
    """Return {JSON field of `model`: its form}."""
    edited: dict[str, Form] = {"edited_fields": is_set_of_names} if issubclass(model, Editable) else {}
    return edited | FORMS.get(model, {})


def form_faults() -> Iterator[Fault]:
    """Yield each JSON value that is no JSON, or that has not the form of its field."""
    for model in apps.get_app_config("articles").get_models():
        forms = forms_of(model)
        if not forms:
            continue
        labels = {name: str(model._meta.get_field(name).verbose_name) for name in forms}  # type: ignore[union-attr]
        for pk, *texts in streamed(texts_of(model._base_manager.all(), *forms)):
            for (name, form), text in zip(forms.items(), texts, strict=True):
                value = parsed(text)
                if value is BROKEN:
                    yield Fault(f"“{labels[name]}”不是 JSON", model, pk)
                elif not form(value):
                    yield Fault(f"“{labels[name]}”的格式不对", model, pk)


def key_faults() -> Iterator[Fault]:
    """Yield each body with a key of a block that is malformed, that two blocks name, or that its text gives anyway."""
    for pk, text in streamed(texts_of(Article._base_manager.all(), "blocks").filter(blocks_as_text__contains='"key"')):
        blocks = parsed(text)
        if not lists_of(is_block)(blocks):
            continue  # `form_faults` tells
        named = [(block["key"], block) for block in blocks if "key" in block]
        keys = [key for key, _ in named]
        for key in dict.fromkeys(keys):
            if not KEY.fullmatch(key):
                yield Fault(f"段键“{key}”不合格式", Article, pk)
            elif keys.count(key) > 1:
                yield Fault(f"段键“{key}”有 {keys.count(key)} 段", Article, pk)
        implicit = keys_of(without_keys(blocks))
        for block, own in zip(blocks, implicit, strict=True):
            if block.get("key") == own:
                yield Fault(f"段键“{own}”本来就由文字得出，不应写在段里", Article, pk)
