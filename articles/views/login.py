"""The log-in and log-out of readers, which an internal archive (REQUIRE_LOGIN=1) needs."""

from __future__ import annotations

from django.contrib.auth.views import LoginView, LogoutView

from articles.forms import BackForm
from articles.web.parameters import takes, takes_forms

#: The page asked for is the parameter `next`. Django follows it only if it is on this host.
log_in = takes(BackForm)(takes_forms(LoginView.as_view(template_name="articles/login.html")))
log_out = takes_forms(LogoutView.as_view())
