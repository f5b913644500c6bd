"""Which program made a page."""

from __future__ import annotations

from functools import cache

from django.conf import settings

from articles.digest import digest_of

#: All that decides what a page looks like, the data apart: code, templates, what they read, and what they stand on.
DECIDING = ("articles/**/*.py", "healthnews/*.py", "templates/**/*", "static/**/*", "fixtures/*.*", "requirements.txt")

#: Settings that pages show.
SHOWN_SETTINGS = ("CONTACT", "COPYRIGHT", "ICP_LICENCE", "POLICE_LICENCE", "VERSION")


@cache
def release() -> str:
    """Return a digest of the program and of what its pages say by settings: another release's pages are others."""
    files = {path for pattern in DECIDING for path in settings.BASE_DIR.glob(pattern) if path.is_file()}
    shown = [getattr(settings, name) for name in SHOWN_SETTINGS]
    return digest_of(files, values=shown)[:8]
