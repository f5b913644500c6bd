"""What all pages of the desk share: one change for each request, corrections that stay, a history of both."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from django.contrib import admin
from django.db import models
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from simple_history.admin import SimpleHistoryAdmin

from articles.models import Article, archive
from articles.models.editing import Editable, keep_baseline


class ReadOnlyAdmin(admin.ModelAdmin):
    """Rows that the archive keeps by itself: to look at, not to write."""

    actions = None

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False


class InOneChange:
    """Runs each request that writes inside one `archive.change()`, its row locked before anything is read."""

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self._in_change(request, super().changeform_view, args, kwargs)

    def changelist_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self._in_change(request, super().changelist_view, args, kwargs)

    def delete_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self._in_change(request, super().delete_view, args, kwargs)

    def history_form_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self._in_change(request, super().history_form_view, args, kwargs)

    def _in_change(
        self, request: HttpRequest, view: Callable[..., HttpResponse], args: tuple, kwargs: dict[str, Any]
    ) -> HttpResponse:
        if request.method != "POST":
            return view(request, *args, **kwargs)
        with archive.change() as change:
            request.archive_change = change
            return view(request, *args, **kwargs)


class CorrectionAdmin(InOneChange, SimpleHistoryAdmin):
    """The form of an Editable: what a person changes stays theirs, and the history keeps what the machine had said.

    Saving settles in `save_related`, after the inlines: a change of a byline alone is a correction too.
    """

    show_full_result_count = False
    list_per_page = 50
    readonly_fields: ClassVar[tuple[str, ...]] = ("edited_fields",)

    #: Fields whose change is a correction that a machine must respect; None: all that the history tracks.
    protectable: ClassVar[tuple[str, ...] | None] = None

    def save_model(self, request: HttpRequest, obj: Editable, form: ModelForm, change: bool) -> None:
        """Save what was changed, protected, with what the machine had said as the first entry of its history."""
        if not change:
            obj.protect(*self._tracked(obj))
            super().save_model(request, obj, form, change)
            self.touch(request, obj)
            return
        stored = type(obj)._base_manager.get(pk=obj.pk)
        # By comparison with the row, not by form.changed_data: reverting to an old version comes this way too.
        fields = [name for name in self._compared(obj) if getattr(stored, name) != getattr(obj, name)]
        if not fields:
            return
        keep_baseline(obj)
        obj.edited_fields = stored.edited_fields
        obj.protect(*({obj._meta.get_field(name).name for name in fields} & set(self._tracked(obj))))
        self.touch(request, stored)
        self.save_corrected(request, obj, stored, form)
        self.touch(request, obj)

    def save_corrected(self, request: HttpRequest, obj: Editable, stored: Editable, form: ModelForm) -> None:
        """Save a changed row; where a change has consequences (URLs, structure), a subclass sees to them."""
        super().save_model(request, obj, form, True)

    def touch(self, request: HttpRequest, obj: models.Model) -> None:
        """Name what readers see differently when `obj` is another."""
        request.archive_change.articles(Article.objects.showing(obj))
        request.archive_change.other()

    def delete_model(self, request: HttpRequest, obj: models.Model) -> None:
        self.touch(request, obj)
        super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: models.QuerySet) -> None:
        """Delete one by one, so that each is touched as it should be."""
        for obj in queryset:
            self.delete_model(request, obj)

    def _compared(self, obj: models.Model) -> list[str]:
        untracked = getattr(obj, "UNTRACKED", ())
        return [
            field.attname
            for field in obj._meta.concrete_fields
            if not field.primary_key and field.name not in untracked
        ]

    def _tracked(self, obj: models.Model) -> tuple[str, ...]:
        if self.protectable is not None:
            return self.protectable
        return tuple(obj._meta.get_field(name).name for name in self._compared(obj))


class ReferenceAdmin(CorrectionAdmin):
    """Reference data: corrected here, never deleted, for the next start would bring a deleted row back."""

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False
