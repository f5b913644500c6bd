"""Which program made a page."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from django.conf import settings

#: All that decides what a page looks like, the data apart: code, templates, what they read, and what they stand on.
DECIDING = ("articles/**/*.py", "healthnews/*.py", "templates/**/*", "static/**/*", "fixtures/*.*", "requirements.txt")

#: Settings that pages show.
SHOWN_SETTINGS = ("CONTACT", "COPYRIGHT", "ICP_LICENCE", "POLICE_LICENCE", "VERSION")


@cache
def release() -> str:
    """Return a digest of the program and of what its pages say by settings: another release's pages are others."""
    digest = hashlib.sha256()
    for pattern in DECIDING:
        for path in sorted(filter(Path.is_file, settings.BASE_DIR.glob(pattern))):
            digest.update(str(path.relative_to(settings.BASE_DIR)).encode())
            digest.update(path.read_bytes())
    digest.update(repr([getattr(settings, name) for name in SHOWN_SETTINGS]).encode())
    return digest.hexdigest()[:8]
