"""The screens of the queue: the list of a kind, and the way to its next item."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from articles.admin.addresses import address_of
from articles.admin.base import told_of
from articles.admin.screens.batches import ReasonForm
from articles.admin.screens.rendering import render_screen, require
from articles.desk.queue import claim_next, dismiss, next_of, open_of
from articles.desk.roles import SEE_QUEUE, may_close
from articles.models import Doubt
from articles.models.corrections import LAST_ID
from articles.models.doubt_kinds import KINDS, kind_of

#: The most characters of a kind.
KIND_LENGTH = 30

#: The doubts on one page of a kind's list.
ROWS_SHOWN = 100


def show_queue(site: AdminSite, request: HttpRequest, kind: str) -> HttpResponse:
    """Return the list of the open doubts of a kind, the least sure first.

    A POST of `op=dismiss` closes the doubts of `take` as 无误, one of `op=dismiss-page` those of `shown`.
    Raises Http404 for a kind that there is not, PermissionDenied for a user who may not close doubts.
    """
    require(request, SEE_QUEUE)
    _check(kind)
    form = ReasonForm(request.POST or None)
    if request.method == "POST":
        if not may_close(request.user, kind):
            raise PermissionDenied
        chosen = {"dismiss": "take", "dismiss-page": "shown"}.get(request.POST.get("op", ""))
        if chosen and form.is_valid():
            return _dismiss(request, kind, request.POST.getlist(chosen), form.cleaned_data["reason"])
    rows = open_of(kind).select_related("article", "page__issue", "source", "claim__user")
    page = Paginator(rows, ROWS_SHOWN).get_page(request.GET.get("p"))
    context = {"kind": kind_of(kind), "page": page, "form": form, "may_close": may_close(request.user, kind)}
    return render_screen(site, request, "queue", kind_of(kind).label, context)


def _dismiss(request: HttpRequest, kind: str, chosen: list[str], reason: str) -> HttpResponse:
    taken = {int(text) for text in chosen[:ROWS_SHOWN] if text.isascii() and text.isdigit() and len(text) < 19}
    batch = dismiss(kind, taken, request.user, reason)
    if batch is None:
        messages.warning(request, "没有选中未结的存疑，什么也没有改。")
    else:
        messages.success(request, f"{batch.corrections.count()} 处“{kind_of(kind).label}”已标为无误。")
    return told_of(request, HttpResponseRedirect(reverse("admin:desk-queue", args=[kind])), batch)


def go_to_next(site: AdminSite, request: HttpRequest, kind: str) -> HttpResponse:
    """Redirect to the next open doubt of a kind, after the one with the id `after`. A POST claims it for the user.

    At the end of the queue it leads back to the list, with a sentence. Raises Http404 for a kind that there is not.
    """
    require(request, SEE_QUEUE)
    _check(kind)
    after = _doubt(request.GET.get("after", ""))
    user = request.user.pk or 0
    doubt = claim_next(kind, user, after) if request.method == "POST" else next_of(kind, user, after)
    if doubt is None:
        left = open_of(kind).count()
        said = f"这一类还有 {left} 处：是刚才跳过的，或别人正在处理的。" if left else "这一类已经全部了结。"
        messages.info(request, said)
        return HttpResponseRedirect(reverse("admin:desk-queue", args=[kind]))
    return HttpResponseRedirect(address_of(doubt))


def _doubt(text: str) -> Doubt | None:
    if not (text.isascii() and text.isdigit()) or len(text) >= len(str(LAST_ID)):
        return None
    return Doubt.objects.filter(pk=int(text)).first()


def _check(kind: str) -> None:
    """Raise Http404 for a kind that there is not. A reader of long ago may have raised kinds of its own."""
    if kind not in KINDS and not Doubt.objects.filter(kind=kind[:KIND_LENGTH]).exists():
        raise Http404
