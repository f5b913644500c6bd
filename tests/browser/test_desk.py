"""The desk on a phone."""

import pytest

from tests.browser.archive import EDITOR
from tests.browser.test_layout import ZOOMING


@pytest.fixture
def desk(open_page):
    """Return a window on the desk, as wide as a phone's. An editor has logged in."""
    page = open_page(width="phone")
    page.goto("/admin/")
    for name, value in EDITOR.items():
        page.fill(f"[name={name}]", value)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    return page


def test_no_field_of_the_desk_zooms_a_phone(desk, site):
    paths = ("/admin/articles/article/", "/admin/articles/article/{jump}/change/", "/admin/articles/issue/")
    zooming = {}
    for path in paths:
        desk.goto(path.format_map(site.facts))
        zooming[path] = desk.evaluate(ZOOMING)
    assert zooming == dict.fromkeys(paths, [])
