"""Text size, day or night, keys: the page on which a reader chooses them."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from articles.display import COOKIE, KEPT, Display
from articles.forms import BackForm, DisplayForm
from articles.parameters import takes, takes_forms


@takes_forms
@takes(BackForm)
def display(request: HttpRequest) -> HttpResponse:
    """Show the choices; keep what is chosen in a cookie and go back to where the reader was."""
    if request.method != "POST":
        form = DisplayForm(initial={**vars(Display.of(request.COOKIES)), "next": request.GET.get("next", "")})
        return render(request, "articles/display.html", {"form": form})
    form = DisplayForm(request.POST)
    if not form.is_valid():
        return render(request, "articles/display.html", {"form": form}, status=400)
    chosen = Display(**{name: form.cleaned_data[name] for name in vars(Display())})
    back = form.cleaned_data["next"]
    if not url_has_allowed_host_and_scheme(back, allowed_hosts=None):
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
