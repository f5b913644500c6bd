"""Settings fail loudly where an archive would run unsafely, in processes of their own."""

import os
import stat
import subprocess
import sys

import pytest

SETTINGS = "SECRET_KEY ALLOWED_HOSTS PROD DEBUG DATABASE_URL"


def check(folder, *arguments, **environment):
    """Run `manage.py check` with these settings alone."""
    clean = {name: value for name, value in os.environ.items() if name not in SETTINGS.split()}
    clean |= {"VAR_DIR": str(folder), "DJANGO_SETTINGS_MODULE": "healthnews.settings", **environment}
    command = [sys.executable, "manage.py", "check", *arguments]
    return subprocess.run(command, env=clean, capture_output=True, text=True, encoding="utf-8")


@pytest.mark.parametrize(
    ("environment", "wrong"),
    [
        ({"PROD": "1", "ALLOWED_HOSTS": "example.cn"}, "SECRET_KEY"),
        ({"PROD": "1", "SECRET_KEY": "k" * 50}, "ALLOWED_HOSTS"),
        ({"PROD": "1", "DEBUG": "1", "SECRET_KEY": "k" * 50, "ALLOWED_HOSTS": "example.cn"}, "exclude each other"),
    ],
)
def test_it_does_not_start_half_configured(tmp_path, environment, wrong):
    done = check(tmp_path, **environment)
    assert done.returncode != 0
    assert wrong in done.stderr


def test_production_passes_the_deployment_check(tmp_path):
    secret = "k3y-with-many-different-characters-0123456789-abcdefghij!"
    done = check(tmp_path, "--deploy", PROD="1", SECRET_KEY=secret, ALLOWED_HOSTS="example.cn")
    assert done.returncode == 0
    told = {line.split("(")[1].split(")")[0] for line in done.stderr.splitlines() if "(security." in line}
    assert told <= {"security.W005", "security.W021"}  # subdomains and preload lists are the domain owner's choice


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
