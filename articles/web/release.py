"""The release: a digest of the program that makes the pages."""

from __future__ import annotations

from functools import cache

from django.conf import settings

from articles.digest import digest_of

#: The files that decide the look of a page besides the data: code, templates, static files, fixtures and libraries.
DECIDING = ("articles/**/*.py", "healthnews/*.py", "templates/**/*", "static/**/*", "fixtures/*.*", "requirements.txt")

#: Settings that pages show.
SHOWN_SETTINGS = ("CONTACT", "COPYRIGHT", "COUNT_SEARCHES_WITHOUT_HIT", "ICP_LICENCE", "POLICE_LICENCE", "VERSION")


@cache
def release() -> str:
    """Return a digest of the program and of the settings that pages show. Pages of different releases differ."""
    files = {path for pattern in DECIDING for path in settings.BASE_DIR.glob(pattern) if path.is_file()}
    shown = [getattr(settings, name) for name in SHOWN_SETTINGS]
    return digest_of(files, values=shown)[:8]
