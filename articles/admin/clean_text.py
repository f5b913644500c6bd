"""The cleaning of text that people type into the desk. The desk cleans it as the import cleans page texts. A one-line
field takes a single line.
"""

from __future__ import annotations

from copy import copy
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict

from articles.admin.mixins import FormMixin
from articles.text.cleaning import clean

#: The most characters of a one-line field. Headlines and decks are far shorter: the longest headline of the test pages
#: has 30.
LINE_LENGTH = 300


class CleanText(FormMixin):
    """A form that removes characters that no paper prints and refuses line breaks in one-line fields.

    Untouched texts stay to the letter.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.is_bound:
            self._clean_typed()

    def _clean_typed(self) -> None:
        texts = {name: field for name, field in self.fields.items() if isinstance(field, forms.CharField)}
        for name, field in texts.items():
            key = self.add_prefix(name)
            typed = self.data.get(key)
            if typed is None or not field.has_changed(self.get_initial_for_field(field, name), typed):
                continue
            cleaned = clean(typed).text
            if cleaned != typed:
                data = cast(QueryDict, copy(self.data))  # a request's own data can't be changed
                data[key] = cleaned
                self.data = data
            if not isinstance(field.widget, forms.Textarea):
                field.validators.append(check_line)


def check_line(text: str) -> None:
    """Raise ValidationError if the text has several lines or more than LINE_LENGTH characters."""
    if len(text.splitlines()) > 1:
        raise ValidationError("这一栏只能写一行，请删去其中的换行。")
    if len(text) > LINE_LENGTH:
        raise ValidationError(f"这一栏有 {len(text)} 个字，超过 {LINE_LENGTH} 个字，请检查是否误贴了正文。")
