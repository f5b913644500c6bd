"""A setting decides the archive's prefix. A request's own claims about scripts, schemes and hosts are ignored."""

import os
import re
import subprocess
import sys
from html import unescape
from urllib.parse import quote, urljoin, urlsplit

import pytest
from django.core.checks import run_checks
from django.http import HttpResponse
from django.urls import set_script_prefix

from articles.models import Article, Redirect
from articles.prefix import without_prefix
from articles.web.page_cache import PageCacheMiddleware
from tests.make import make_article, update
from tests.views import test_walk
from tests.views.test_walk import walk
from tests.wsgi import Server

archive = test_walk.archive

PREFIX = "/archive"
ADDRESSES = re.compile(r'(?:href|src|action|content)="(/[^"]*|https?://localhost[^"]*)"|<(?:loc|id|uri)>(http[^<]*)<')


@pytest.fixture
def prefixed(settings):
    """Yield a server of the archive below PREFIX, with the settings that URL_PREFIX makes (tested below)."""
    settings.URL_PREFIX = settings.FORCE_SCRIPT_NAME = PREFIX
    settings.STATIC_URL = f"{PREFIX}/static/"
    settings.ALLOWED_HOSTS = ["localhost"]
    set_script_prefix(PREFIX)
    yield Server()
    set_script_prefix("/")


@pytest.mark.django_db
def test_a_script_name_that_somebody_sends_changes_no_page(archive):
    usual, server = Server().ask("/issues/"), Server()
    # Gunicorn treats the header SCRIPT_NAME in this way unless it is told otherwise.
    for script, path in (("/issues", "/"), ("/", "issues/"), ("/iss", "ues/")):
        sent = server.ask(path, SCRIPT_NAME=script, HTTP_SCRIPT_NAME=script)
        assert (sent.status, sent.body) == (200, usual.body)
    assert server.ask("/issues/").body == usual.body
    assert server.ask("/", SCRIPT_NAME="/nothing").status == 404


def test_pages_are_kept_by_script_name_and_path_apart(rf, db):
    middleware = PageCacheMiddleware(lambda request: HttpResponse(request.path_info))
    with_script = rf.get("/issues/")
    with_script.META["SCRIPT_NAME"], with_script.path_info = "/issues", "/"
    assert with_script.path == "/issues/"
    assert middleware(with_script).content == b"/"
    assert middleware(rf.get("/issues/")).content == b"/issues/"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "claim",
    [
        {"HTTP_X_FORWARDED_PROTO": "https"},
        {"HTTP_X_FORWARDED_PROTO": "https", "wsgi.url_scheme": "https", "gunicorn.socket": object()},
        {"HTTP_X_FORWARDED_SSL": "on", "wsgi.url_scheme": "https", "gunicorn.socket": object()},
        {"HTTP_X_FORWARDED_HOST": "evil.example"},
        {"HTTP_X_FORWARDED_PREFIX": "/evil", "HTTP_FORWARDED": "proto=https;host=evil.example"},
        {"SCRIPT_URL": "/evil/topics/", "REDIRECT_URL": "/evil/topics/"},
    ],
)
def test_only_a_proxy_of_ours_tells_how_it_was_asked(claim):
    server = Server()
    assert 'rel="canonical" href="http://localhost/topics/"' in server.ask("/topics/", **claim).text


@pytest.mark.django_db
def test_behind_a_proxy_the_scheme_is_what_it_says(settings):
    settings.BEHIND_PROXY, settings.SECURE_PROXY_SSL_HEADER = True, ("HTTP_X_FORWARDED_PROTO", "https")
    server = Server()
    assert 'href="https://localhost/topics/"' in server.ask("/topics/", HTTP_X_FORWARDED_PROTO="https").text
    assert 'href="http://localhost/topics/"' in server.ask("/topics/").text


@pytest.mark.django_db
def test_every_link_below_a_prefix_stays_below_it_and_answers(archive, prefixed):
    seen, asked = set(), 0
    # They include error pages, the desk's login and pages for programs.
    paths = [path for _, path, *_ in walk(archive)] + [f"{PREFIX}/admin/login/", f"{PREFIX}/nothing/"]
    queue = [quote(path if path.startswith(PREFIX) else PREFIX + path, safe="/?&=:%") for path in paths]
    while queue:
        target = queue.pop()
        if target in seen or len(seen) > 400:
            continue
        seen.add(target)
        answer = prefixed.ask(target)
        assert answer.status < 500, target
        if answer.status == 301:
            queue.append(urlsplit(answer.headers["Location"])._replace(fragment="").geturl())
            continue
        for groups in ADDRESSES.findall(answer.text):
            link = urlsplit(urljoin(f"http://localhost{target}", unescape("".join(groups))))
            if link.netloc != "localhost":
                continue
            assert link.path.startswith(f"{PREFIX}/"), (target, link)
            asked += 1
            if not link.path.startswith((f"{PREFIX}/static/", f"{PREFIX}/admin/")):
                queue.append(link._replace(scheme="", netloc="", fragment="").geturl())
    assert asked > 500 and len(seen) > 60


@pytest.mark.django_db
def test_a_proxy_may_take_the_prefix_off_or_leave_it_on(archive, prefixed):
    kept, taken = prefixed.ask(f"{PREFIX}/topics/"), prefixed.ask("/topics/")
    assert kept.status == 200 and kept.body == taken.body
    assert f'href="http://localhost{PREFIX}/topics/"' in kept.text
    assert prefixed.ask(f"{PREFIX}/topics").headers["Location"] == f"{PREFIX}/topics/"
    assert prefixed.ask("/topics").headers["Location"] == f"{PREFIX}/topics/"
    home = prefixed.ask(f"{PREFIX}?q=%E5%81%A5")
    assert (home.status, home.headers["Location"]) == (301, f"{PREFIX}/?q=%E5%81%A5")
    assert home.headers["Cache-Control"] == "no-cache"
    assert prefixed.ask(f"{PREFIX}ology/topics/").status == 404


@pytest.mark.django_db
@pytest.mark.parametrize(("path", "status"), [("/failed/", 500), ("/form-refused/", 403), ("/late/", 503)])
def test_pages_of_errors_lead_on_below_the_prefix(prefixed, settings, path, status):
    settings.ROOT_URLCONF = "tests.errors"
    answer = prefixed.ask(f"{PREFIX}{path}")
    assert answer.status == status and f'href="{PREFIX}/"' in answer.text
    assert f'href="{PREFIX}/static/archive.css"' in answer.text
    assert not re.findall(rf'(?:href|src|action)="/(?!{PREFIX[1:]}/)', answer.text)


@pytest.mark.django_db
def test_programs_are_told_of_the_prefix(archive, prefixed):
    robots = prefixed.ask("/robots.txt").text
    assert f"Disallow: {PREFIX}/admin/\n" in robots and f"Sitemap: http://localhost{PREFIX}/sitemap.xml" in robots
    assert f'template="http://localhost{PREFIX}/search/?q=' in prefixed.ask("/opensearch.xml").text
    suggested = f'template="http://localhost{PREFIX}/suggest/?q='
    assert suggested in prefixed.ask("/opensearch.xml").text
    assert f"<loc>http://localhost{PREFIX}/sitemaps/lists.xml</loc>" in prefixed.ask("/sitemap.xml").text
    assert f"http://localhost{PREFIX}/articles/" in prefixed.ask("/feed/").text


@pytest.mark.django_db
def test_a_choice_of_display_is_kept_for_the_path_of_the_archive_alone(prefixed):
    token = "a" * 32
    form = f"csrfmiddlewaretoken={token}&size=large&theme=night&keys=on&hints=plain&next={PREFIX}/topics/".encode()
    headers = {"CONTENT_TYPE": "application/x-www-form-urlencoded", "HTTP_COOKIE": f"csrftoken={token}"}
    chosen = prefixed.ask("/display/", "POST", form, **headers)
    assert (chosen.status, chosen.headers["Location"]) == (302, f"{PREFIX}/topics/")
    assert f"Path={PREFIX};" in chosen.headers["Set-Cookie"]


@pytest.mark.django_db
def test_old_addresses_lead_on_below_another_prefix(prefixed):
    article, other = make_article(), make_article(headline="另一篇")
    Redirect.objects.moved("/articles/999/", article.get_absolute_url())
    Redirect.objects.moved(other.get_absolute_url(), article.get_absolute_url())
    Redirect.objects.moved(f"{PREFIX}/pages/9/", "")
    path = without_prefix(article.get_absolute_url())
    assert dict(Redirect.objects.values_list("old_path", "new_path")) == {
        "/articles/999/": path,
        without_prefix(other.get_absolute_url()): path,
        "/pages/9/": "",
    }
    assert prefixed.ask("/articles/999/").headers["Location"] == f"{PREFIX}{path}"
    assert prefixed.ask("/pages/9/").status == 410
    update(Article.objects.filter(pk=article.pk), withdrawn=True)
    assert prefixed.ask(path).status == 410


SHOW = """
from django.conf import settings
from django.urls import reverse
import django
django.setup()
names = "STATIC_URL SESSION_COOKIE_PATH CSRF_COOKIE_PATH SESSION_COOKIE_NAME CSRF_COOKIE_NAME FORCE_SCRIPT_NAME"
print(reverse("topics"), *[getattr(settings, name) for name in names.split()])
"""


def run(folder, prefix, *command):
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "healthnews.settings", "URL_PREFIX": prefix}
    environment |= {"VAR_DIR": str(folder)}
    return subprocess.run([sys.executable, *command], env=environment, capture_output=True, text=True, encoding="utf-8")


def test_one_setting_puts_all_below_the_prefix(tmp_path):
    done = run(tmp_path, "/news/jkb/", "-c", SHOW)
    assert done.stdout.split() == [
        "/news/jkb/topics/", "/news/jkb/static/", "/news/jkb", "/news/jkb", "sessionid-news-jkb", "csrftoken-news-jkb",
        "/news/jkb",
    ], done.stderr  # fmt: skip


@pytest.mark.parametrize("prefix", ["archive", "/档案", "/a//b", "/a/../b"])
def test_a_prefix_that_is_no_path_is_refused(tmp_path, prefix):
    done = run(tmp_path, prefix, "-c", "import healthnews.settings")
    assert done.returncode != 0 and f"URL_PREFIX={prefix!r} 不是路径" in done.stderr


@pytest.mark.parametrize(
    ("prefix", "told"),
    [("/articles", ["articles.E001"]), ("/static/jkb", ["articles.E001"]), ("/admin", ["articles.E001"]),
     ("/favicon.ico", ["articles.E001"]), ("/healthz", ["articles.E001"]), ("/metrics/jkb", ["articles.E001"]),
     ("/archive/articles", []), ("/art", []), ("", [])],
)  # fmt: skip
def test_a_prefix_that_could_be_an_address_of_the_archive_is_refused(settings, prefix, told):
    settings.URL_PREFIX = prefix
    assert [error.id for error in run_checks()] == told
