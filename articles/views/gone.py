"""The answer for an address whose content is withdrawn."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from articles.desk.withdrawing import Withdrawable, withdrawn_at


def gone(request: HttpRequest, row: Withdrawable | None) -> HttpResponse:
    """Return the page for `row`, which is withdrawn, or for a deleted article. It tells the day alone: neither the
    title nor the reason, which may be private.
    """
    return render(request, "410.html", {"withdrawn_at": row and withdrawn_at(row)}, status=410)
