"""What is the same for every doubt of the queue: 无误, the way on, and why the item is here."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from articles.admin.addresses import address_of, after_url
from articles.admin.base import told_of
from articles.admin.screens.batches import ReasonForm
from articles.desk.queue import claim_next, dismiss, place_of
from articles.desk.roles import REVIEW, may_close
from articles.models import Batch, Doubt


class DoubtAnswers:
    """The answers to the buttons of a doubt, and what its page shows above the fields."""

    def __init__(self, request: HttpRequest, doubt: Doubt) -> None:
        self.request = request
        self.doubt = doubt

    def fine(self) -> HttpResponse:
        """Close the doubt as 无误, and go on. Raises PermissionDenied for a user who may not."""
        if not may_close(self.request.user, self.doubt.kind):
            raise PermissionDenied
        form = ReasonForm(self.request.POST)
        if not form.is_valid():
            messages.error(self.request, str(form.errors["reason"][0]))
            return HttpResponseRedirect(address_of(self.doubt))
        batch = dismiss(self.doubt.kind, [self.doubt.pk], self.request.user, form.cleaned_data["reason"])
        return self.go_on(batch, "已标为无误。" if batch else "这一处已由别人了结，没有改动。")

    def go_on(self, batch: Batch | None, said: str) -> HttpResponse:
        """Claim the next doubt for the user, and redirect to it. The next page says `said`."""
        self.claim_next()
        response = HttpResponseRedirect(after_url(self.doubt.kind, self.doubt.pk))
        if batch is None and said:
            messages.info(self.request, said)
        return told_of(self.request, response, batch, said)

    def claim_next(self) -> None:
        """Claim the next doubt of the kind for the user, if there is one."""
        claim_next(self.doubt.kind, self.request.user.pk or 0, self.doubt)

    def context(self) -> dict[str, Any]:
        """Return what the page of each doubt shows."""
        doubt, user = self.doubt, self.request.user
        others = Doubt.objects.open().of(doubt.article or doubt.page).exclude(pk=doubt.pk) if doubt.is_open else []
        return {
            "doubt": doubt,
            "kind": doubt.told_by,
            "place": place_of(doubt),
            "others": others,
            "may_close": may_close(user, doubt.kind),
            "may_review": user.has_perm(f"articles.{REVIEW}"),
        }
