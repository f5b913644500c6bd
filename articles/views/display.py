"""Text size, day or night, keys: the page on which a reader chooses them."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.encoding import escape_uri_path
from django.utils.http import url_has_allowed_host_and_scheme, urlencode

from articles.forms import PAGE_FORMS, BackForm, DisplayForm
from articles.web.display import COOKIE, KEPT, Display
from articles.web.parameters import parameters_of, takes, takes_forms


@takes_forms
@takes(BackForm, *PAGE_FORMS)
def display(request: HttpRequest) -> HttpResponse:
    """Show the choices; keep what is chosen in a cookie and go back to where the reader was."""
    if request.method != "POST":
        form = DisplayForm(initial={**vars(Display.of(request.COOKIES)), "next": _back(request.GET)})
        return render(request, "articles/display.html", {"form": form})
    form = DisplayForm(request.POST)
    if not form.is_valid():
        return render(request, "articles/display.html", {"form": form}, status=400)
    chosen = Display(**{name: form.cleaned_data[name] for name in vars(Display())})
    back = form.cleaned_data["next"]
    # By what stands before its parameters: longer than 2,048 characters Django allows none.
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


def _back(asked: QueryDict) -> str:
    """Return the address that a reader came from, "" where none is said: the path `next`, with what it takes.

    Its parameters stand beside the path, not in it: encoded twice, a long query would make no address that is answered.
    """
    path = escape_uri_path(asked.get("next", ""))
    said = {name: value for name in sorted(parameters_of(display) - {"next"}) if (value := asked.get(name))}
    return f"{path}?{urlencode(said)}" if path and said else path
