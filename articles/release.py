"""Which program made a page."""

from __future__ import annotations

import hashlib
from functools import cache

from django.conf import settings

#: All that decides what a page looks like, the data apart.
DECIDING = ("articles/**/*.py", "healthnews/*.py", "templates/**/*.html", "static/*")


@cache
def release() -> str:
    """Return a digest of the program: pages of another release are not the same pages, whatever the data."""
    digest = hashlib.sha256()
    for pattern in DECIDING:
        for path in sorted(settings.BASE_DIR.glob(pattern)):
            digest.update(str(path.relative_to(settings.BASE_DIR)).encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()[:8]
