"""The base classes of the desk's pages. A request makes one change, and corrections stay and have a history."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DataError, NotSupportedError, models
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from simple_history.admin import SimpleHistoryAdmin

from articles.admin.clean_text import CleanText
from articles.models import Article, archive
from articles.models.editing import Editable, keep_baseline
from articles.models.issues import SAMPLE_MARK

#: The largest number of words in a search of a list of the desk.
MAX_TERMS = 8

#: The largest number of rows that one action changes. An action holds the archive's lock, and imports wait for it.
MAX_ROWS = 1000


#: Lookups that the desk refuses. Its own filters don't use them. A database may run a regular expression for any length
#: of time, and it fails at an invalid one. Django passes on the ends of a range as one string.
REFUSED_LOOKUPS = ("__regex", "__iregex", "__range")


#: The base of the classes that are mixed into a ModelAdmin. For mypy it is ModelAdmin, so that mypy checks overrides.
if TYPE_CHECKING:
    AdminMixin = admin.ModelAdmin
else:
    AdminMixin = object

E = TypeVar("E", bound=Editable)


@dataclass
class DeskWrite:
    """The writes of one request of the desk.

    `change` is the request's change of the archive. `unsettled` holds the ids of articles whose stories must be judged
    anew.
    """

    change: archive.Change
    unsettled: set[int] = field(default_factory=set)


def write_of(request: HttpRequest) -> DeskWrite:
    """Return the writes of `request`. Raises AttributeError for a request that does not write."""
    write: DeskWrite = request.desk_write  # type: ignore[attr-defined] # set by InOneChange
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
        for JSON. The desk's filters don't use it.
        """
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


class InOneChange(AdminMixin):
    """A mixin that runs each POST request inside one `archive.change()`. The archive's row is locked before anything is
    read.
    """

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self._in_change(request, super().changeform_view, args, kwargs)

    def changelist_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self._in_change(request, super().changelist_view, args, kwargs)

    def delete_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self._in_change(request, super().delete_view, args, kwargs)

    def history_form_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self._in_change(request, super().history_form_view, args, kwargs)  # type: ignore[misc] # of the history's admin

    def _in_change(
        self, request: HttpRequest, view: Callable[..., HttpResponse], args: tuple, kwargs: dict[str, Any]
    ) -> HttpResponse:
        if request.method != "POST":
            return view(request, *args, **kwargs)
        with archive.change() as change:
            request.desk_write = DeskWrite(change)  # type: ignore[attr-defined] # read by `write_of`
            response = view(request, *args, **kwargs)
            self.settle(request)
            return response

    def settle(self, request: HttpRequest) -> None:
        """Do the work that must wait until all rows of a request are stored. This base has no such work."""


def check_id(model: type[models.Model], text: str) -> None:
    """Raise Http404 if `text` can't be an id of `model`: `abc`, or more digits than a database's integers have."""
    key = model._meta.pk
    try:
        key.run_validators(key.to_python(text))
    except ValidationError:
        raise Http404 from None


def digest_of(row: Editable) -> str:
    """Return the SHA-256 digest of a row's state, which includes everything that its form shows."""
    return hashlib.sha256(repr(row.state()).encode()).hexdigest()


class CorrectionForm(CleanText, forms.ModelForm):
    """A form that is refused if the stored row has changed since it was opened. Saving it would undo the change."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # In a form that goes back to an old version, the instance is the old version. The digest is of the stored row.
        stored = type(self.instance)._base_manager.filter(pk=self.instance.pk).first()
        self.stored_digest = digest_of(stored) if stored else ""
        self.initial["seen"] = self.stored_digest

    def clean(self) -> dict[str, Any]:
        """Return the cleaned data. Raises ValidationError if the form was opened before the newest change."""
        cleaned = super().clean() or {}
        seen = self.data.get(self.add_prefix("seen"))
        if self.stored_digest and seen is not None and seen != self.stored_digest:
            raise ValidationError("这条记录在您打开表单之后有了新的改动。请重新打开此页，再作修改。")
        return cleaned


class CorrectionAdmin(InOneChange, SturdyLists, SimpleHistoryAdmin, Generic[E]):
    """The form of an Editable. A person's change stays, and the history keeps the machine's values.

    A request is settled after its view has saved the inlines, because a change of a byline alone is a correction, too.
    """

    form = CorrectionForm
    list_per_page = 50
    readonly_fields: ClassVar[tuple[str, ...]] = ("edited_fields",)

    #: Fields whose change is a correction that imports respect, or None for all fields that the history tracks.
    protectable: ClassVar[tuple[str, ...] | None] = None

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
        """Return the fieldsets with the hidden field that reveals a stale form."""
        (name, options), *others = super().get_fieldsets(request, obj)
        fields = [field for field in options["fields"] if field != "seen"]
        return [(name, {**options, "fields": [*fields, "seen"]}), *others]

    def history_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        check_id(self.model, object_id)
        return super().history_view(request, object_id, *args, **kwargs)

    def history_form_view(self, request: HttpRequest, object_id: str, version_id: str, **kwargs: Any) -> HttpResponse:
        """Return the page of an old version. Only users who may change the row can go back to the version.

        Raises Http404 for an impossible id and for a deleted row, and PermissionDenied for a POST of another user.
        """
        check_id(self.model, object_id)
        check_id(self.model.history.model, version_id)
        if not self.model._base_manager.filter(pk=object_id).exists():
            raise Http404  # the list of versions shows a deleted row, but its versions can't be restored
        if request.method == "POST" and not self.has_change_permission(request):
            raise PermissionDenied
        return super().history_form_view(request, object_id, version_id, **kwargs)

    def save_model(self, request: HttpRequest, obj: E, form: forms.ModelForm, change: bool) -> None:
        """Save the changed fields as a person's. The first entry of the history has the machine's values.

        All tracked fields of a new row are a person's. An unchanged row is not saved.
        """
        if not change:
            obj.protect(*self._tracked(obj))
            super().save_model(request, obj, form, change)
            self.touch(request, obj)
            return
        stored = type(obj)._base_manager.get(pk=obj.pk)
        # The stored row is compared, because form.changed_data misses the changes of going back to an old version.
        fields = [name for name in self._compared(obj) if getattr(stored, name) != getattr(obj, name)]
        if not fields:
            return
        keep_baseline(obj)
        obj.edited_fields = stored.edited_fields
        names = {obj._meta.get_field(name).name for name in fields}
        obj.protect(*(names & set(self._tracked(obj))))
        self.touch(request, stored)
        obj.proposals_for(names).delete()  # the person has decided on them
        self.save_corrected(request, obj, stored, form)
        self.touch(request, obj)

    def save_corrected(self, request: HttpRequest, obj: E, stored: E, form: forms.ModelForm) -> None:
        """Save a changed row. Subclasses add the consequences for URLs and structure."""
        super().save_model(request, obj, form, True)

    def touch(self, request: HttpRequest, obj: models.Model) -> None:
        """Record in the request's change which readers' pages a change of `obj` affects."""
        write_of(request).change.articles(Article.objects.showing(obj))
        write_of(request).change.other()

    def delete_model(self, request: HttpRequest, obj: E) -> None:
        self.touch(request, obj)
        super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: models.QuerySet) -> None:
        """Delete the rows one by one, so that `touch` runs for each."""
        for obj in queryset:
            self.delete_model(request, obj)

    def _compared(self, obj: Editable) -> list[str]:
        fields = (field for field in obj._meta.concrete_fields if not field.primary_key)
        return [field.attname for field in fields if field.name not in obj.UNTRACKED]

    def _tracked(self, obj: Editable) -> tuple[str, ...]:
        if self.protectable is not None:
            return self.protectable
        return tuple(obj._meta.get_field(name).name for name in self._compared(obj))


class ReferenceAdmin(CorrectionAdmin[E]):
    """The form of reference data. The desk never deletes a row, because the next start would bring it back."""

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False


def sample_mark(is_sample: bool) -> str:
    """Return the mark of a sample for the desk's lists, or "" if the row is no sample. Samples are invented."""
    return SAMPLE_MARK if is_sample else ""
