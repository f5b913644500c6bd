"""The page on which readers choose text size, day or night, keys and suggestions."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.encoding import escape_uri_path
from django.utils.http import url_has_allowed_host_and_scheme, urlencode

from articles.forms import PAGE_FORMS, BackForm, DisplayForm
from articles.web.display import COOKIE, KEPT, Display
from articles.web.parameters import given_to, takes, takes_forms


@takes_forms
@takes(BackForm, *PAGE_FORMS)
def display(request: HttpRequest) -> HttpResponse:
    """Show the choices. Store a choice in a cookie and go back to the reader's page."""
    if request.method != "POST":
        form = DisplayForm(initial={**vars(Display.of(request.COOKIES)), "next": _back(request)})
        return render(request, "articles/display.html", {"form": form})
    form = DisplayForm(request.POST)
    if not form.is_valid():
        return render(request, "articles/display.html", {"form": form}, status=400)
    chosen = Display(**{name: form.cleaned_data[name] for name in vars(Display())})
    back = form.cleaned_data["next"]
    # Without its parameters, since Django allows no URL longer than 2,048 characters.
    if not url_has_allowed_host_and_scheme(back.partition("?")[0], allowed_hosts=None):
        back = reverse("home")
    response = HttpResponseRedirect(back)
    response.set_cookie(
        COOKIE,
        chosen.cookie,
        max_age=KEPT,
        path=settings.URL_PREFIX or "/",
        secure=request.is_secure(),
        httponly=True,
        samesite="Lax",
    )
    return response


def _back(request: HttpRequest) -> str:
    """Return the address that the reader came from, "" if none is given: the path `next` with the parameters that it
    takes.

    The parameters stand beside the path. Encoded twice within it, a long query would exceed the longest address.
    """
    path = escape_uri_path(request.GET.get("next", ""))
    said = [(name, value) for name, value in given_to(display, request) if name != "next"]
    return f"{path}?{urlencode(said)}" if path and said else path
