"""axe-core finds no barrier that keeps a person from using a page, on any kind of page."""

import pytest
from axe_playwright_python.base import AXE_SCRIPT

from tests.browser.kinds import KINDS
from tests.browser.serving import WIDTHS

#: Options that add the rule of WCAG 2.2, which axe leaves out by default. A target has 24 × 24 pixels, or as much room,
#: or is in a sentence.
OPTIONS = {"resultTypes": ["violations"], "rules": {"target-size": {"enabled": True}}}


#: Options for the only rule that depends on the colour scheme. The dark scheme is asked at one width: what lies upon
#: what is a matter of the width, and both widths are asked in light.
COLOURS = {"resultTypes": ["violations"], "runOnly": ["color-contrast"]}


def violations(page, options=OPTIONS, within=("html",)):
    """Return (rule, HTML of the element, explanation) of each violation in the elements `within` of a page."""
    found = page.evaluate("([within, options]) => axe.run(within, options)", [list(within), options])["violations"]
    return [(each["id"], node["html"], node["failureSummary"]) for each in found for node in each["nodes"]]


@pytest.mark.parametrize("kind", KINDS)
def test_axe_finds_no_violation(open_kind, kind):
    page = open_kind(kind)
    page.evaluate(AXE_SCRIPT)
    for width, viewport in WIDTHS.items():
        page.set_viewport_size(viewport)
        assert (width, violations(page)) == (width, [])
    page.emulate_media(color_scheme="dark")
    assert violations(page, COLOURS) == []


def test_axe_finds_what_is_too_pale(open_page):
    page = open_page()
    page.set_content(
        "<html><head><style>@media (prefers-color-scheme: dark) {p {color: #333; background: #222}}</style></head>"
        "<body><p>看不清的字</p></body></html>"
    )
    page.evaluate(AXE_SCRIPT)
    assert violations(page, COLOURS) == []
    page.emulate_media(color_scheme="dark")
    assert {rule for rule, *_ in violations(page, COLOURS)} == {"color-contrast"}


def test_axe_finds_what_is_wrong(open_page):
    page = open_page()
    page.set_content(
        '<html><body><img src="data:,"><a href="/" style="position: fixed; top: 0">x</a>'
        '<a href="/" style="position: fixed; top: 8px">y</a></body></html>'
    )
    page.evaluate(AXE_SCRIPT)
    assert {"html-has-lang", "document-title", "image-alt", "target-size"} <= {rule for rule, *_ in violations(page)}
