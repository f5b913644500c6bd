"""Where a URL's content is now."""

from __future__ import annotations

from django.http import HttpResponsePermanentRedirect


def moved_to(path: str) -> HttpResponsePermanentRedirect:
    """Return a permanent redirect that browsers ask about again each time.

    What was moved may be moved back: a 301 kept for ever would then send its reader round in a circle.
    """
    return HttpResponsePermanentRedirect(path, headers={"Cache-Control": "no-cache"})
