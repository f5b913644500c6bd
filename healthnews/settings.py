"""All settings. They come from the environment alone. Without any, the archive is private, on SQLite under var/.

VAR_DIR          the folder of everything that the archive writes (default: var/ beside manage.py)
DATABASE_URL     postgres://user@host/name; for a socket postgres://user@/name?host=/run/postgresql
SECRET_KEY       required with PROD=1, 32 characters or more; otherwise made once and kept in VAR_DIR/secret_key
ALLOWED_HOSTS    host names, comma separated; required with PROD=1, and then without *
PROD             1: HTTPS only, secure cookies, no default for SECRET_KEY and ALLOWED_HOSTS
HSTS_SECONDS     with PROD=1: how long browsers insist on HTTPS (default 3600)
HSTS_SUBDOMAINS  1: they also do so for all hosts below this one
HSTS_PRELOAD     1: browsers may have the host in their list; takes HSTS_SUBDOMAINS=1 and HSTS_SECONDS of a year
REQUIRE_LOGIN    1: an internal archive: nothing is read without a log-in
BEHIND_PROXY     the number of your own proxies in a row. X-Forwarded-Proto is then trusted, which they must overwrite,
                 and of X-Forwarded-For as many last addresses, one of which each of them must add. Wrong passwords,
                 searches and exports are counted by the address that the outermost one added (default 0)
SEARCHES_PER_MINUTE  of one address, for each worker process (default 300; 0: no limit). Staff have no limit
EXPORTS_PER_MINUTE   of one address, for each worker process (default 30; 0: no limit)
URL_PREFIX       /archive: the path of the archive, which a proxy may remove or keep (default: none)
CSRF_TRUSTED_ORIGINS  https://archive.example.cn, comma separated
READ_ONLY        1: this host reads a standby of PostgreSQL. The desk and log-ins are closed, commands that write refuse
WEB              1: the process serves requests, and their statements time out; healthnews/wsgi.py sets it
DEBUG            1: Django's debug pages (never with PROD=1)
PAGE_CACHE_MB    memory for finished pages, in each process that serves (default 64)
COUNT_SEARCHES_WITHOUT_HIT  0: searches that find nothing are not counted for the editors (default 1)
LOG_TO           stderr: the log goes to standard error, for journald (default: file, which is VAR_DIR/archive.log)
LOG_MB           a log file of so many MB is moved to archive.log.1 (default 100; 0: never, for logrotate)
SLOW_QUERY_MS    a statement of a request that takes so many milliseconds has a line in the log (default 1000)
DISK_FREE_MB     /healthz answers 503 if the disk of VAR_DIR has less free (default 500)
INDEX_LAG_SECONDS  /healthz answers 503 if the index lacks a change for longer (default 1800: an index of 1,000,000
                 articles is built in half of that, while the old one serves)

The footer of each page shows these, each only if it is set:

ICP_LICENCE      京ICP备12345678号, linked to the register of the ministry
POLICE_LICENCE   京公网安备11010102000001号, linked to the register of the police
COPYRIGHT        © 健康报社; feeds show it, too
CONTACT          for readers who find an error: an e-mail address, or any text that contains an address.
                 /.well-known/security.txt tells it to whoever finds a hole
"""

import datetime
import os
import re
import tempfile
import tomllib
from contextlib import suppress
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured
from django.core.management.utils import get_random_secret_key

from healthnews import logs
from healthnews.environment import (
    check_names,
    read_bool,
    read_database,
    read_folder,
    read_list,
    read_number,
    read_text,
)

check_names(os.environ)

BASE_DIR = Path(__file__).resolve().parent.parent
FIXTURES_DIR = BASE_DIR / "fixtures"
VAR_DIR = read_folder("VAR_DIR", BASE_DIR / "var")

VERSION = tomllib.loads((BASE_DIR / "pyproject.toml").read_text("utf-8"))["project"]["version"]

SEARCH_DIR = VAR_DIR / "search"
SCANS_DIR = VAR_DIR / "scans"
CUTTINGS_DIR = VAR_DIR / "cache" / "cuttings"
WORDS_FILE = FIXTURES_DIR / "words.txt"

PROD = read_bool("PROD", default=False)
DEBUG = read_bool("DEBUG", default=False)
WEB = read_bool("WEB", default=False)
READ_ONLY = read_bool("READ_ONLY", default=False)
if PROD and DEBUG:
    raise ImproperlyConfigured("PROD=1 和 DEBUG=1 不能同时设：请去掉 DEBUG。")


def _kept_secret_key(path: Path) -> str:
    """Return the key stored at `path`. The first call makes the key, readable by its owner alone."""
    if not path.exists():
        with tempfile.NamedTemporaryFile("w", dir=path.parent, encoding="ascii") as file:  # made with mode 0600
            file.write(get_random_secret_key())
            file.flush()
            # If two processes start at once, one of them makes the link, with the key complete. Both read that key.
            with suppress(FileExistsError):
                os.link(file.name, path)
    return path.read_text("ascii")


#: A shorter key can be guessed. The prefix marks Django's own keys for projects that are not served.
SECRET_KEY_LENGTH, INSECURE_KEY = 32, "django-insecure-"


def _production_secret_key() -> str:
    """Return the key of an archive in production. Raises ImproperlyConfigured if it is missing or no secret."""
    key = read_text("SECRET_KEY")
    is_djangos = key.startswith(INSECURE_KEY)
    if len(key) < SECRET_KEY_LENGTH or is_djangos:
        wrong = f"以 {INSECURE_KEY} 开头" if is_djangos else f"只有 {len(key)} 个字符" if key else "没有设"
        raise ImproperlyConfigured(
            f"PROD=1 时须设 SECRET_KEY，至少 {SECRET_KEY_LENGTH} 个字符，现在{wrong}："
            "请用 python3 -c 'import secrets; print(secrets.token_urlsafe(50))' 生成一个，妥善保存。"
        )
    return key


def _production_hosts() -> list[str]:
    """Return the host names of an archive in production.

    Raises ImproperlyConfigured if they are missing or if one names no host. A wildcard would let any client choose the
    host in links and redirects. `.example.cn` is one domain with everything below it; `.cn` is everybody's.
    """
    hosts = read_list("ALLOWED_HOSTS")
    for host in hosts:
        is_everybodys = "*" in host or (host.startswith(".") and "." not in host.strip("."))
        if is_everybodys or not re.fullmatch(r"[\w.-]+|\[[^]\s/]+\]", host, re.ASCII):
            wrong = "放行了不是您的网站" if is_everybodys else "不是主机名"
            raise ImproperlyConfigured(
                f"PROD=1 时 ALLOWED_HOSTS 里的“{host}”{wrong}：请逐个写出域名，如 archive.example.cn，用逗号隔开。"
            )
    if not hosts:
        raise ImproperlyConfigured("PROD=1 时须设 ALLOWED_HOSTS：请写出本站的域名，如 archive.example.cn，用逗号隔开。")
    return hosts


if PROD:
    SECRET_KEY = _production_secret_key()
    ALLOWED_HOSTS = _production_hosts()
else:
    SECRET_KEY = read_text("SECRET_KEY") or _kept_secret_key(VAR_DIR / "secret_key")
    ALLOWED_HOSTS = read_list("ALLOWED_HOSTS", ["localhost", "127.0.0.1", "[::1]"])

# The path of the archive is a setting. No server and no header decides it.
URL_PREFIX = read_text("URL_PREFIX").rstrip("/")
if not re.fullmatch(r"(/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)*", URL_PREFIX):
    raise ImproperlyConfigured(f"URL_PREFIX={URL_PREFIX!r} 不是路径：请用字母、数字和 -._~ 写，如 /archive。")
FORCE_SCRIPT_NAME = URL_PREFIX

INSTALLED_APPS = [
    "articles",
    "axes",
    "healthnews.apps.DeskConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
]

PAGE_CACHE_MB = read_number("PAGE_CACHE_MB", 64, most=1_000_000)
REQUIRE_LOGIN = read_bool("REQUIRE_LOGIN", default=False)
LOGIN_URL, LOGIN_REDIRECT_URL = "login", "home"
SEARCHES_PER_MINUTE = read_number("SEARCHES_PER_MINUTE", 300, most=1_000_000)
EXPORTS_PER_MINUTE = read_number("EXPORTS_PER_MINUTE", 30, most=1_000_000)
COUNT_SEARCHES_WITHOUT_HIT = read_bool("COUNT_SEARCHES_WITHOUT_HIT", default=True) and not READ_ONLY

MIDDLEWARE = [
    "articles.web.request_log.RequestLogMiddleware",  # outermost: it times, counts and logs whatever the others answer
    "articles.web.exporting.ReadersFirstMiddleware",  # early: it counts every client that waits for an answer
    "articles.web.middleware.CacheControlMiddleware",  # around the rest: no answer leaves without its header
    # The next three only add headers. They surround everything that may fail. The page cache may fail, because it asks
    # the database.
    "django.middleware.security.SecurityMiddleware",
    "articles.web.middleware.ContentSecurityPolicyMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "articles.web.limits.LimitsMiddleware",  # before anything that asks the database or the index
    "articles.web.budget.TimeBudgetMiddleware",  # around all that asks the database for a page
    "articles.web.read_only.ReadOnlyMiddleware",  # around all that asks the database, which it may ask once more
    "articles.web.page_cache.PageCacheMiddleware",  # early: it stores whole pages, and answers before the others
    "articles.web.middleware.RejectMalformedMiddleware",
    "articles.web.middleware.AllowedMethodsMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "articles.web.access.RequireLoginMiddleware",  # outside the one that looks up old addresses
    "django.contrib.messages.middleware.MessageMiddleware",
    "articles.web.middleware.RedirectMiddleware",
    "articles.web.middleware.UnavailableMiddleware",
    "axes.middleware.AxesMiddleware",  # last, as its manual asks: it puts our page in place of a refused login's
]

ROOT_URLCONF = "healthnews.urls"
WSGI_APPLICATION = "healthnews.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "articles.web.context_processors.display",
                "articles.web.context_processors.site",
            ],
            "builtins": ["articles.templatetags.paths"],  # its `url` takes the place of Django's
        },
    },
]

#: Seconds that a statement of a request may take, and all statements of a readers' page together.
STATEMENT_SECONDS, PAGE_SECONDS = 15, 30

# The default is not a URL, because the name of a folder may hold a % or a #.
_database = read_database("DATABASE_URL") or {
    "ENGINE": "django.db.backends.sqlite3",
    "NAME": str(VAR_DIR / "archive.sqlite3"),
}
DATABASES = {"default": _database}
if READ_ONLY and not _database["ENGINE"].endswith("postgresql"):
    raise ImproperlyConfigured("READ_ONLY=1 须用 PostgreSQL 的备库：请设 DATABASE_URL=postgres://…，或去掉 READ_ONLY。")
if _database["ENGINE"].endswith("sqlite3"):
    # IMMEDIATE: a transaction takes the write lock when it begins, so that it never fails halfway for lack of it.
    _database["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-64000",
    }
else:
    _database["CONN_HEALTH_CHECKS"] = True
    _options = _database.setdefault("OPTIONS", {})
    if READ_ONLY:
        _options["options"] = f"{_options.get('options', '')} -c default_transaction_read_only=on".strip()
    if WEB:
        _options["options"] = f"{_options.get('options', '')} -c statement_timeout={STATEMENT_SECONDS * 1000}".strip()
        _options.setdefault("connect_timeout", 10)  # otherwise a silent host holds each request for two minutes
_database["CONN_MAX_AGE"] = 60

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]

# Wrong passwords: articles.web.logins counts and answers them. After five under one name from one network, or twenty
# from one network under any names, the network must wait. Expired counts are deleted at the next login, so that the
# table can't grow for ever. articles.web.logins takes the two parameters in this order.
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
AXES_HANDLER = "articles.web.logins.LoginHandler"
AXES_LOCKOUT_CALLABLE = "articles.web.logins.locked_out"
AXES_CLIENT_IP_CALLABLE = "articles.web.logins.client_network"
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"], "ip_address"]
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = datetime.timedelta(minutes=15)
# Otherwise a client that keeps trying would keep out the others of its network.
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_RESET_ON_SUCCESS = True
AXES_DISABLE_ACCESS_LOG = True  # it has a row for each login, for ever
AXES_ENABLE_ADMIN = False  # its lists are English; `manage.py axes_reset` lets somebody in at once
AXES_SENSITIVE_PARAMETERS = ["username", "csrfmiddlewaretoken"]  # a password typed into the wrong box isn't logged
AXES_VERBOSE = False

LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
USE_TZ = True

STATIC_URL = f"{URL_PREFIX}/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = DEBUG

# The form is that of Django 6's SECURE_CSP. articles.web.middleware sends it with every response, the desk's too.
SECURE_CSP = {
    "default-src": ["'self'"],
    "img-src": ["'self'"],
    "object-src": ["'none'"],
    "base-uri": ["'none'"],
    "form-action": ["'self'"],
    "frame-ancestors": ["'none'"],
}
PERMISSIONS_POLICY = "camera=(), microphone=(), geolocation=(), payment=(), usb=()"
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
CSRF_TRUSTED_ORIGINS = read_list("CSRF_TRUSTED_ORIGINS")
for origin in CSRF_TRUSTED_ORIGINS:
    # Django compares a wrong one with each origin and never finds it equal, so that nobody could log in.
    # Browsers write names in small letters, and leave out the port that the protocol has anyway.
    form = r"(http(?!.*:80$)|https(?!.*:443$))://((\*\.)?[a-z\d_-]+(\.[a-z\d_-]+)*|\[[\da-f:.]+\])(:\d+)?"
    if not re.fullmatch(form, origin, re.ASCII):
        raise ImproperlyConfigured(
            f"CSRF_TRUSTED_ORIGINS 里的“{origin}”不是网站的来源："
            "请写成 https://archive.example.cn，小写，带协议，不带路径，也不带 80、443 端口，用逗号隔开。"
        )
BEHIND_PROXY = read_number("BEHIND_PROXY", 0, most=10)
if BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
# Cookies have this path, and names that no other program on this host uses: of two with one name, only one is read.
SESSION_COOKIE_PATH = CSRF_COOKIE_PATH = URL_PREFIX or "/"
SESSION_COOKIE_NAME = f"sessionid{URL_PREFIX.replace('/', '-')}"
CSRF_COOKIE_NAME = f"csrftoken{URL_PREFIX.replace('/', '-')}"
SESSION_ENGINE = "articles.web.read_only_sessions" if READ_ONLY else "articles.web.sessions"
# Readers with messages have a session. A cookie for messages would lie at the root of the host.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
#: The seconds for which browsers must insist on HTTPS before they put a host into their list (hstspreload.org).
YEAR = 31_536_000
if PROD:
    SECURE_SSL_REDIRECT = True
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
    SECURE_HSTS_SECONDS = read_number("HSTS_SECONDS", 3600)
    SECURE_HSTS_INCLUDE_SUBDOMAINS = read_bool("HSTS_SUBDOMAINS", default=False)
    SECURE_HSTS_PRELOAD = read_bool("HSTS_PRELOAD", default=False)
    if SECURE_HSTS_PRELOAD and not (SECURE_HSTS_INCLUDE_SUBDOMAINS and SECURE_HSTS_SECONDS >= YEAR):
        raise ImproperlyConfigured(
            f"HSTS_PRELOAD=1 而 HSTS_SUBDOMAINS 没有开或 HSTS_SECONDS={SECURE_HSTS_SECONDS} 不满一年，"
            f"浏览器的名单不收：请设 HSTS_SUBDOMAINS=1、HSTS_SECONDS={YEAR}，或去掉 HSTS_PRELOAD。"
        )
    # Subdomains and the browsers' list are the choice of the domain's owner, who has other hosts.
    SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]

#: The headers of the answers that Django's middleware never sees: /healthz, and what gunicorn refuses.
BARE_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": PERMISSIONS_POLICY,
    "Referrer-Policy": SECURE_REFERRER_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": X_FRAME_OPTIONS,
}
if PROD and SECURE_HSTS_SECONDS:
    BARE_HEADERS["Strict-Transport-Security"] = (
        f"max-age={SECURE_HSTS_SECONDS}"
        + ("; includeSubDomains" if SECURE_HSTS_INCLUDE_SUBDOMAINS else "")
        + ("; preload" if SECURE_HSTS_PRELOAD else "")
    )

ICP_LICENCE = read_text("ICP_LICENCE")
POLICE_LICENCE = read_text("POLICE_LICENCE")
COPYRIGHT = read_text("COPYRIGHT")
CONTACT = read_text("CONTACT")

# The client is told of an error in one sentence, the operator in full.
LOG_TO = read_text("LOG_TO", "file")
if LOG_TO not in ("file", "stderr"):
    raise ImproperlyConfigured(f"LOG_TO={LOG_TO!r} 不是日志的去处：请写 file 或 stderr。")
LOG_MB = read_number("LOG_MB", 100, most=1_000_000)
LOGGING = logs.configuration(VAR_DIR / "archive.log" if LOG_TO == "file" else None, LOG_MB << 20)
SLOW_QUERY_MS = read_number("SLOW_QUERY_MS", 1000)
DISK_FREE_MB = read_number("DISK_FREE_MB", 500)
INDEX_LAG_SECONDS = read_number("INDEX_LAG_SECONDS", 1800)

# The most fields of a form, for long pages and long lists of names: a body is one field, a byline has five fields.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000
