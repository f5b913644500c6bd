"""The log-in and log-out of readers, which an internal archive (REQUIRE_LOGIN=1) needs."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.views import LoginView, LogoutView

from articles.forms import BackForm
from articles.web.parameters import takes, takes_forms


class ReadersLoginView(LoginView):
    """The log-in of readers, with the facts of the site that every page has."""

    template_name = "articles/login.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        """Return Django's context without its `site`, which would hide ours."""
        given = super().get_context_data(**context)
        return {name: value for name, value in given.items() if name not in ("site", "site_name")}


#: The page asked for is the parameter `next`. Django follows it only if it is on this host.
log_in = takes(BackForm)(takes_forms(ReadersLoginView.as_view()))
log_out = takes_forms(LogoutView.as_view(next_page="login"))
