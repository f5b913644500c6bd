"""The template context of every page: the facts of the site and the reader's display."""

from __future__ import annotations

import re

from django.conf import settings
from django.http import HttpRequest

from articles.web.display import Display


def site(request: HttpRequest) -> dict[str, dict[str, str | bool]]:
    """Return the facts from the settings for the frame of pages. A text that is not set is "".

    The register of 公安备案 takes only the digits of the number, which are `police_code`.
    """
    return {
        "site": {
            "icp": settings.ICP_LICENCE,
            "police": settings.POLICE_LICENCE,
            "police_code": re.sub("[^0-9]", "", settings.POLICE_LICENCE),
            "copyright": settings.COPYRIGHT,
            "contact": settings.CONTACT,
            "requires_login": settings.REQUIRE_LOGIN,
        }
    }


def display(request: HttpRequest) -> dict[str, Display]:
    """Return the display that the reader has chosen."""
    return {"display": Display.of(request.COOKIES)}
