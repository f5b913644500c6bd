"""The ids in addresses of the desk."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import models
from django.http import Http404


def check_id(model: type[models.Model], text: str) -> None:
    """Raise Http404 if `text` can't be an id of `model`: `abc`, or more digits than a database's integers have."""
    key = model._meta.pk
    try:
        key.run_validators(key.to_python(text))
    except ValidationError:
        raise Http404 from None
