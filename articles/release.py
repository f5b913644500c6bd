"""Which program made a page."""

from __future__ import annotations

import hashlib
from functools import cache

from django.conf import settings

#: All that decides what a page looks like, the data apart.
DECIDING = ("articles/**/*.py", "healthnews/*.py", "templates/**/*.html", "static/*")

#: Settings that pages show.
SHOWN_SETTINGS = ("CONTACT", "COPYRIGHT", "ICP_LICENCE", "POLICE_LICENCE", "VERSION")


@cache
def release() -> str:
    """Return a digest of the program and of what its pages say by settings: another release's pages are others."""
    digest = hashlib.sha256()
    for pattern in DECIDING:
        for path in sorted(settings.BASE_DIR.glob(pattern)):
            digest.update(str(path.relative_to(settings.BASE_DIR)).encode())
            digest.update(path.read_bytes())
    digest.update(repr([getattr(settings, name) for name in SHOWN_SETTINGS]).encode())
    return digest.hexdigest()[:8]
