"""The settings fail loudly if an archive would run unsafely. Some tests load them in processes of their own."""

import os
import re
import runpy
import stat
import subprocess
import sys

import pytest
from django.core.exceptions import ImproperlyConfigured

from healthnews import launcher
from healthnews import settings as settings_file
from healthnews.environment import NAMES

SETTINGS = "SECRET_KEY ALLOWED_HOSTS PROD DEBUG DATABASE_URL HSTS_SECONDS BEHIND_PROXY"
KEY = "k3y-with-many-different-characters-0123456789-abcdefghij!"


def settings_from(folder, monkeypatch, **environment):
    """Run the settings module with these settings and none of the user's. Return its names."""
    for name in SETTINGS.split():
        monkeypatch.delenv(name, raising=False)
    for name, value in {"VAR_DIR": str(folder), **environment}.items():
        monkeypatch.setenv(name, value)
    return runpy.run_path(settings_file.__file__)


def check(folder, *arguments, **environment):
    """Run `manage.py check` with these settings and none of the user's."""
    clean = {name: value for name, value in os.environ.items() if name not in SETTINGS.split()}
    clean |= {"VAR_DIR": str(folder), "DJANGO_SETTINGS_MODULE": "healthnews.settings", **environment}
    command = [sys.executable, "manage.py", "check", *arguments]
    return subprocess.run(command, env=clean, capture_output=True, text=True, encoding="utf-8")


@pytest.mark.parametrize(
    ("environment", "wrong"),
    [
        ({"ALLOWED_HOSTS": "example.cn"}, "须设 SECRET_KEY，至少 32 个字符，现在没有设"),
        ({"SECRET_KEY": "k" * 31, "ALLOWED_HOSTS": "example.cn"}, "现在只有 31 个字符"),
        ({"SECRET_KEY": "django-insecure-" + "k" * 50, "ALLOWED_HOSTS": "example.cn"}, "现在以 django-insecure- 开头"),
        ({"SECRET_KEY": KEY}, "须设 ALLOWED_HOSTS"),
        ({"SECRET_KEY": KEY, "ALLOWED_HOSTS": " , "}, "须设 ALLOWED_HOSTS"),
        ({"SECRET_KEY": KEY, "ALLOWED_HOSTS": "example.cn, *"}, "“*”放行了不是您的网站"),
        ({"SECRET_KEY": KEY, "ALLOWED_HOSTS": "*.example.cn"}, "“*.example.cn”放行了"),
        ({"SECRET_KEY": KEY, "ALLOWED_HOSTS": "."}, "“.”放行了"),
        ({"SECRET_KEY": KEY, "ALLOWED_HOSTS": "example.cn,.cn"}, "“.cn”放行了"),
        ({"SECRET_KEY": KEY, "ALLOWED_HOSTS": "https://example.cn"}, "“https://example.cn”不是主机名"),
        ({"DEBUG": "1", "SECRET_KEY": KEY, "ALLOWED_HOSTS": "example.cn"}, "不能同时设"),
    ],
)
def test_it_does_not_start_half_configured(environment, wrong, monkeypatch, tmp_path):
    with pytest.raises(ImproperlyConfigured, match=re.escape(wrong)) as refused:
        settings_from(tmp_path, monkeypatch, PROD="1", **environment)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("environment", "wrong"),
    [
        ({"PROD": "maybe"}, "PROD='maybe' 不是开关：请写 1（开）或 0（关）。"),
        ({"REQUIRE_LOGIN": "2"}, "REQUIRE_LOGIN='2' 不是开关"),
        ({"PAGE_CACHE_MB": "many"}, "PAGE_CACHE_MB='many' 不合用：请写 0 到 1000000 之间的整数，如 64。"),
        ({"PAGE_CACHE_MB": "-1"}, "PAGE_CACHE_MB='-1' 不合用"),
        ({"BEHIND_PROXY": "true"}, "BEHIND_PROXY='true' 不合用：请写 0 到 10 之间的整数"),
        ({"BEHIND_PROXY": "9" * 5000}, "不合用"),
        ({"DATABASE_URL": "mysql://u:secret@h/d"}, "DATABASE_URL 以 'mysql' 开头，这样的数据库用不了"),
        ({"DATABASE_URL": "postgres://u:secret@h:port/d"}, "DATABASE_URL 里的主机或端口不合写法"),
        ({"DATABASE_URL": "postgres://u:secret@h/"}, "DATABASE_URL 没有写库名"),
        ({"VAR_DIR": "/proc/nowhere"}, "VAR_DIR='/proc/nowhere' 写不进去"),
        ({"URL_PREFIX": "archive"}, "URL_PREFIX='archive' 不是路径"),
        ({"READ_ONLY": "1"}, "READ_ONLY=1 须用 PostgreSQL 的备库"),
        ({"LOG_TO": "syslog"}, "LOG_TO='syslog' 不是日志的去处：请写 file 或 stderr。"),
        ({"LOG_MB": "-1"}, "LOG_MB='-1' 不合用"),
        ({"SLOW_QUERY_MS": "1s"}, "SLOW_QUERY_MS='1s' 不合用"),
        ({"DISK_FREE_MB": "１"}, "DISK_FREE_MB='１' 不合用"),
        ({"INDEX_LAG_SECONDS": "1e3"}, "INDEX_LAG_SECONDS='1e3' 不合用"),
        ({"CSRF_TRUSTED_ORIGINS": "https://a.cn,b.cn"}, "CSRF_TRUSTED_ORIGINS 里的“b.cn”不是网站的来源"),
        ({"CSRF_TRUSTED_ORIGINS": "https://a.cn/"}, "里的“https://a.cn/”不是"),
        ({"CSRF_TRUSTED_ORIGINS": "https://*"}, "里的“https://*”不是"),
        ({"CSRF_TRUSTED_ORIGINS": "https://A.cn"}, "里的“https://A.cn”不是"),
        ({"CSRF_TRUSTED_ORIGINS": "https://a.cn:443"}, "里的“https://a.cn:443”不是"),
        ({"CSRF_TRUSTED_ORIGINS": "http://a.cn:80"}, "里的“http://a.cn:80”不是"),
        ({"BEHIND_PROXI": "1"}, "环境变量 BEHIND_PROXI 不是本程序的设置：若指 BEHIND_PROXY，请改正"),
        ({"require_login": "1"}, "若指 REQUIRE_LOGIN"),
        ({"PROD": "1", "SECRET_KEY": KEY, "ALLOWED_HOSTS": "example.cn", "HSTS_PRELOAD": "1"}, "浏览器的名单不收"),
    ],
)
def test_no_wrong_value_is_taken_for_another(environment, wrong, monkeypatch, tmp_path):
    with pytest.raises(ImproperlyConfigured, match=re.escape(wrong)) as refused:
        settings_from(**{"folder": tmp_path, "monkeypatch": monkeypatch, **environment})
    assert "\n" not in str(refused.value) and "secret" not in str(refused.value)


def test_a_name_near_a_setting_that_is_set_is_another_programs(monkeypatch, tmp_path):
    url = "postgres://user@/archive?host=/run/postgresql"
    made = settings_from(tmp_path, monkeypatch, DATABASE_URL=url, DATABASE_URI="x", PROX="1", BEHIND_PROXY="2")
    assert (made["DATABASES"]["default"]["NAME"], made["BEHIND_PROXY"]) == ("archive", 2)


def test_an_origin_is_taken_with_its_port_as_it_is(monkeypatch, tmp_path):
    origins = [
        "https://archive.example.cn",
        "http://127.0.0.1:8000",
        "https://*.example.cn",
        "http://[::1]:8000",
        "https://a.cn:80",
    ]
    made = settings_from(tmp_path, monkeypatch, CSRF_TRUSTED_ORIGINS=", ".join(origins))
    assert made["CSRF_TRUSTED_ORIGINS"] == origins


def test_each_setting_that_is_read_is_documented():
    documented = set(re.findall(r"^([A-Z_]{3,})  ", settings_file.__doc__, re.MULTILINE))
    assert documented == set(NAMES)


def test_gunicorn_tells_a_wrong_setting_in_one_sentence(tmp_path):
    clean = {name: value for name, value in os.environ.items() if name not in SETTINGS.split()}
    command = [sys.executable, "-m", "gunicorn", *launcher.GUNICORN, "--bind", "127.0.0.1:0"]
    clean |= {"VAR_DIR": str(tmp_path), "PROD": "maybe"}
    done = subprocess.run(
        command, cwd=launcher.ROOT, env=clean, capture_output=True, text=True, encoding="utf-8", timeout=60
    )
    assert done.returncode == 1
    assert done.stderr == "设置有误：PROD='maybe' 不是开关：请写 1（开）或 0（关）。\n"


def test_the_log_goes_to_a_file_or_to_standard_error(monkeypatch, tmp_path):
    assert settings_from(tmp_path, monkeypatch)["LOGGING"]["handlers"]["log"]["path"] == str(tmp_path / "archive.log")
    assert settings_from(tmp_path, monkeypatch, LOG_TO="stderr")["LOGGING"]["handlers"]["log"]["path"] == ""


def test_a_wrong_setting_is_told_in_one_sentence(tmp_path):
    done = check(tmp_path, PROD="1", SECRET_KEY="k" * 50, ALLOWED_HOSTS="*")
    assert done.returncode == 1
    assert done.stderr.startswith("设置有误：PROD=1 时 ALLOWED_HOSTS 里的“*”") and done.stderr.count("\n") == 1


def test_a_key_may_begin_with_any_character_and_hosts_may_have_spaces(monkeypatch, tmp_path):
    hosts = "archive.example.cn, .example.cn ,localhost,[::1],host_1"
    made = settings_from(tmp_path, monkeypatch, PROD="1", SECRET_KEY="$" + KEY, ALLOWED_HOSTS=hosts)
    assert made["SECRET_KEY"] == "$" + KEY
    assert made["ALLOWED_HOSTS"] == ["archive.example.cn", ".example.cn", "localhost", "[::1]", "host_1"]


def test_production_passes_the_deployment_check(tmp_path):
    done = check(tmp_path, "--deploy", PROD="1", SECRET_KEY=KEY, ALLOWED_HOSTS="example.cn")
    assert done.returncode == 0
    assert "(security." not in done.stderr
    assert "no issues" in done.stdout, done.stdout


def test_the_key_is_made_once_and_is_its_owners_alone(tmp_path):
    assert check(tmp_path).returncode == 0
    path = tmp_path / "secret_key"
    key = path.read_text()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert check(tmp_path).returncode == 0
    assert path.read_text() == key


def test_a_folder_with_an_odd_name_holds_its_own_database(tmp_path):
    folder = tmp_path / "100%25 #x 归档"
    clean = {name: value for name, value in os.environ.items() if name not in SETTINGS.split()}
    clean |= {"VAR_DIR": str(folder), "DJANGO_SETTINGS_MODULE": "healthnews.settings"}
    done = subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], env=clean, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert (folder / "archive.sqlite3").exists()
