"""The base classes of the desk's pages. A request makes one change, and corrections stay and have a history."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from http import HTTPStatus
from typing import Any, ClassVar, Generic, TypeVar
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DataError, NotSupportedError, models
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html

from articles.admin.clean_text import CleanText, check_line
from articles.admin.history import HistoryPages
from articles.admin.mixins import AdminMixin
from articles.admin.widgets import WideText
from articles.desk.deleting import delete_row
from articles.desk.writing import Writing, writing
from articles.models import Batch
from articles.models.editing import Editable
from articles.models.issues import SAMPLE_MARK
from articles.text.cleaning import clean

#: The largest number of words in a search of a list of the desk.
MAX_TERMS = 8

#: The largest number of rows that one action changes. An action holds the archive's lock, and imports wait for it.
MAX_ROWS = 1000


#: Lookups that the desk refuses. Its own filters don't use them. A database may run a regular expression for any length
#: of time, and it fails at an invalid one. Django passes on the ends of a range as one string.
REFUSED_LOOKUPS = ("__regex", "__iregex", "__range")


E = TypeVar("E", bound=Editable)


def write_of(request: HttpRequest) -> Writing:
    """Return the write of `request`. Raises AttributeError for a request that does not write."""
    write: Writing = request.desk_write  # type: ignore[attr-defined] # set by InOneBatch
    return write


class SturdyLists(AdminMixin):
    """A mixin for lists that answer a senseless filter or selection with a sentence."""

    ordering: ClassVar[tuple[str, ...]] = ("-pk",)  # a model's own ordering would join and sort whole tables
    show_full_result_count = False

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        return not lookup.endswith(REFUSED_LOOKUPS) and super().lookup_allowed(lookup, value, request)

    def response_action(  # type: ignore[override] # Django takes None as "show the list again"
        self, request: HttpRequest, queryset: models.QuerySet
    ) -> HttpResponse | None:
        """Run an action on the selected rows and return its answer.

        A selection of more than MAX_ROWS rows is too large to lock at once. Return None for it, with a message to the
        user.
        """
        if request.POST.get("select_across") == "1" and queryset[MAX_ROWS:].exists():
            self.message_user(request, f"一次最多处理 {MAX_ROWS} 条，请先用筛选缩小范围。", messages.ERROR)
            return None
        return super().response_action(request, queryset)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Return the page of the list, or a redirect to the whole list if the filter or selection is invalid.

        Django passes on the database's errors for an id like `abc` or a year of twenty digits. SQLite has no `contains`
        for JSON. The desk's filters don't use it. Raises PermissionDenied for an action of the list that the user may
        not run, which Django would pass over.
        """
        own = {"delete_selected", *map(str, self.actions or ())}
        if request.POST.get("action") in own - self.get_actions(request).keys():
            raise PermissionDenied
        try:
            return super().changelist_view(request, extra_context)
        except (ValueError, OverflowError, DataError, NotSupportedError):
            self.message_user(request, "筛选条件或所选记录无效，这里显示全部记录。", messages.WARNING)
            return HttpResponseRedirect(request.path)


class ReadOnlyAdmin(SturdyLists, admin.ModelAdmin):
    """A read-only list of rows that the archive maintains by itself."""

    actions: Sequence[str] | None = None

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False


class InOneBatch(AdminMixin):
    """A mixin that makes each POST request one batch of the ledger, in one change of the archive.

    The archive's row is locked before anything is read.
    """

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self._in_batch(request, Batch.Kind.FORM, super().changeform_view, args, kwargs)

    def changelist_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if BATCH_PARAMETER in request.GET:  # a list takes it for a filter
            query = request.GET.copy()
            del query[BATCH_PARAMETER]
            request.GET = query  # type: ignore[assignment] # a view may change its request
        return self._in_batch(request, Batch.Kind.ACTION, super().changelist_view, args, kwargs)

    def delete_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self._in_batch(request, Batch.Kind.DELETION, super().delete_view, args, kwargs)

    def _in_batch(
        self, request: HttpRequest, kind: str, view: Callable[..., HttpResponse], args: tuple, kwargs: dict[str, Any]
    ) -> HttpResponse:
        if request.method != "POST":
            return view(request, *args, **kwargs)
        reason = clean(request.POST.get("reason", "")).text.strip()
        if kind != Batch.Kind.FORM:  # a form checks its reason itself
            try:
                check_line(reason)
            except ValidationError as error:
                self.message_user(request, f"什么也没有改：“原因”{error.message}", messages.ERROR)
                return HttpResponseRedirect(request.get_full_path())
        with writing(request.user, kind, reason=reason) as this:
            request.desk_write = this  # type: ignore[attr-defined] # read by `write_of`
            response = view(request, *args, **kwargs)
        return told_of(request, response, this.batch)


#: The parameter of a redirect's URL with the id of the batch that the request has made.
BATCH_PARAMETER = "batch"


def told_of(
    request: HttpRequest, response: HttpResponse, batch: Batch | None, said: str = "", after: str = ""
) -> HttpResponse:
    """Return the answer to a write. A redirect names its batch, and the next page offers to undo it.

    The next page says `said` before the offer, and `after` (HTML) after it.
    """
    if batch is None or response.status_code != HTTPStatus.FOUND:
        return response
    url = reverse("admin:desk-undo", args=[batch.pk])
    messages.success(request, format_html('{}已记为第 {} 批。<a href="{}">撤销…</a>{}', said, batch.pk, url, after))
    parts = urlsplit(response["Location"])
    query = urlencode([*parse_qsl(parts.query, keep_blank_values=True), (BATCH_PARAMETER, batch.pk)])
    response["Location"] = urlunsplit(parts._replace(query=query))
    return response


def digest_of(row: Editable) -> str:
    """Return the SHA-256 digest of a row's state, which includes everything that its form shows."""
    return hashlib.sha256(repr(row.state()).encode()).hexdigest()


class CorrectionForm(CleanText, forms.ModelForm):
    """A form that is refused if the stored row has changed since it was opened. Saving it would undo the change."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    reason = forms.CharField(label="原因", required=False, help_text="可不填；进历史记录", widget=WideText)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.stored_digest = digest_of(self.instance) if self.instance.pk else ""
        self.initial["seen"] = self.stored_digest

    def clean(self) -> dict[str, Any]:
        """Return the cleaned data. Raises ValidationError if the form was opened before the newest change."""
        cleaned = super().clean() or {}
        seen = self.data.get(self.add_prefix("seen"))
        if self.stored_digest and seen is not None and seen != self.stored_digest:
            raise ValidationError("这条记录在您打开表单之后有了新的改动。请重新打开此页，再作修改。")
        return cleaned


class CorrectionAdmin(InOneBatch, HistoryPages, SturdyLists, admin.ModelAdmin, Generic[E]):
    """The form of an Editable. A person's change is a correction of the ledger, and no import overwrites it."""

    form = CorrectionForm
    list_per_page = 50
    readonly_fields: ClassVar[tuple[str, ...]] = ("edited_fields",)

    #: Models whose rows are deleted together with this model's row. Their own lists are read-only.
    parts: ClassVar[tuple[type[models.Model], ...]] = ()

    def get_deleted_objects(self, objs: Sequence[Any] | models.QuerySet, request: HttpRequest) -> tuple:
        """Return Django's answer without the permissions for parts. The row's own permission covers its parts."""
        deleted, counts, needed, protected = super().get_deleted_objects(objs, request)
        return deleted, counts, needed - {model._meta.verbose_name for model in self.parts}, protected

    def get_search_results(
        self, request: HttpRequest, queryset: models.QuerySet, search_term: str
    ) -> tuple[models.QuerySet, bool]:
        """Search for the first MAX_TERMS words. Each word is a condition, and SQLite takes at most 1,000 conditions."""
        return super().get_search_results(request, queryset, " ".join(search_term.split()[:MAX_TERMS]))

    def get_fieldsets(self, request: HttpRequest, obj: models.Model | None = None) -> Any:  # noqa: ANN401 - as Django types it
        """Return the fieldsets with the reason and with the hidden field that reveals a stale form."""
        (name, options), *others = super().get_fieldsets(request, obj)
        last = [name for name in ("reason", "seen") if name not in _columns_of(self.model)]
        fields = [field for field in options["fields"] if field not in last]
        return [(name, {**options, "fields": [*fields, *last]}), *others]

    def save_model(self, request: HttpRequest, obj: E, form: forms.ModelForm, change: bool) -> None:
        if change:
            write_of(request).watch(obj)
        super().save_model(request, obj, form, change)
        if not change:
            write_of(request).created(obj)

    def delete_model(self, request: HttpRequest, obj: E) -> None:
        delete_row(obj, write_of(request))

    def delete_queryset(self, request: HttpRequest, queryset: models.QuerySet) -> None:
        for obj in queryset:
            self.delete_model(request, obj)


def _columns_of(model: type[models.Model]) -> set[str]:
    return {field.name for field in model._meta.concrete_fields}


class PartInline(admin.TabularInline):
    """Rows that are a part of another row. Whoever may look at that row, or change it, may do so with its parts."""

    extra = 1

    def has_view_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return self._has_right(request, "view") or self._has_right(request, "change")

    def has_add_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return self._has_right(request, "change")

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return self._has_right(request, "change")

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return self._has_right(request, "change")

    def _has_right(self, request: HttpRequest, right: str) -> bool:
        options = self.parent_model._meta
        return request.user.has_perm(f"{options.app_label}.{right}_{options.model_name}")


class ReferenceAdmin(CorrectionAdmin[E]):
    """The form of reference data. The desk never deletes a row, because the next start would bring it back."""

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False


def sample_mark(is_sample: bool) -> str:
    """Return the mark of a sample for the desk's lists, or "" if the row is no sample. Samples are invented."""
    return SAMPLE_MARK if is_sample else ""
