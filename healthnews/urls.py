"""All URLs: the readers' pages at the root, the desk under /admin/."""

from django.contrib import admin
from django.urls import include, path

from articles.views.login import log_in, log_out

handler404 = "articles.views.errors.not_found"
handler500 = "articles.web.unavailable.server_failed"

admin.autodiscover()

urlpatterns = [
    path("admin/", admin.site.urls),
    path("login/", log_in, name="login"),
    path("logout/", log_out, name="logout"),
    path("", include("articles.urls")),
]
