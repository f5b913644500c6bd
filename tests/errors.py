"""The archive's URLs, and addresses that show each kind of error that a reader cannot cause at will.

Other addresses change the archive as an editor would, while a reader's browser looks on.
"""

import psycopg
from django.core.exceptions import BadRequest, PermissionDenied
from django.db import OperationalError
from django.http import HttpResponse
from django.middleware.csrf import REASON_NO_CSRF_COOKIE
from django.shortcuts import render
from django.urls import path
from django.views.csrf import csrf_failure

from articles.models import Article, Redirect, archive
from articles.search.files import IndexMissing
from healthnews import urls

handler404 = urls.handler404
handler500 = urls.handler500


def misunderstand(request):
    raise BadRequest


def refuse(request):
    raise PermissionDenied


def refuse_form(request):
    return csrf_failure(request, REASON_NO_CSRF_COOKIE)


def fail(request):
    raise RuntimeError("a view that fails")


def come_late(request):
    raise OperationalError("canceling statement due to statement timeout") from psycopg.errors.QueryCanceled()


def lose_the_database(request):
    raise OperationalError("the connection is lost") from psycopg.OperationalError()


def lose_the_index(request):
    raise IndexMissing("an index that is not there")


def refuse_method(request):
    return render(request, "405.html", status=405)


def refuse_login(request):
    return render(request, "429.html", {"minutes": 15}, status=429)


def withdraw(request, pk, withdrawn):
    with archive.change() as change:
        Article.objects.filter(pk=pk).update(withdrawn=withdrawn == "yes")
        change.articles([pk])
    return HttpResponse(withdrawn)


def move(request, number):
    """Redirect /moved/ to the topics (0) or the columns (1). Nothing of the archive itself moves."""
    Redirect.objects.moved("/moved/", ["/topics/", "/columns/"][number])
    return HttpResponse(number)


urlpatterns = [
    path("withdrawn/<int:pk>/<str:withdrawn>/", withdraw),
    path("moved-to/<int:number>/", move),
    path("misunderstood/", misunderstand),
    path("refused/", refuse),
    path("form-refused/", refuse_form),
    path("failed/", fail),
    path("late/", come_late),
    path("without-database/", lose_the_database),
    path("without-index/", lose_the_index),
    path("method-refused/", refuse_method),
    path("login-refused/", refuse_login),
    *urls.urlpatterns,
]
