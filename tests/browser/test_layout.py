"""Pages fit: no width makes one scroll sideways, large text neither; what is pressed is large enough; print is text."""

import pytest

from tests.browser.kinds import BARE, KINDS

#: What reaches beyond the window where the page scrolls sideways: the innermost elements.
TOO_WIDE = """() => document.documentElement.scrollWidth <= innerWidth ? [] :
    ['the page', ...[...document.querySelectorAll('body *')]
        .filter(each => each.getBoundingClientRect().right > innerWidth)
        .filter((each, index, all) => !all.some(other => other !== each && each.contains(other)))
        .map(each => each.outerHTML.slice(0, 120))]
"""

#: Controls below 24 × 24 pixels; a labelled box is as large as its label.
TOO_SMALL = """() => [...document.querySelectorAll('button, input:not([type=hidden]), select, textarea, summary')]
    .filter(each => each.checkVisibility())
    .filter(each => ![each, ...(each.labels ?? [])].some(target => {
        const { width, height } = target.getBoundingClientRect()
        return width >= 24 && height >= 24
    }))
    .map(each => each.outerHTML.slice(0, 120))
"""


#: What leads elsewhere; the trail says where a page stands, which paper has to say as well.
SHOWN_NAVIGATION = """() => [...document.querySelectorAll('nav:not(.trail), form')]
    .filter(each => each.checkVisibility())
    .map(each => each.outerHTML.slice(0, 120))
"""


def wrong(page, script, widths):
    """Return (width, element) of each element that `script` finds in windows of these widths."""
    found = []
    for width in widths:
        page.set_viewport_size({"width": width, "height": 800})
        found += [(width, element) for element in page.evaluate(script)]
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_no_page_scrolls_sideways_and_no_control_is_too_small(open_kind, kind):
    page = open_kind(kind)
    assert wrong(page, TOO_WIDE, [320, 390, 1280]) == []
    assert wrong(page, TOO_SMALL, [390, 1280]) == []


@pytest.mark.parametrize("kind", KINDS)
def test_text_twice_as_large_fits(open_kind, kind):
    page = open_kind(kind)
    # The text size of the browser's own settings: 16 pixels become 32.
    page.context.new_cdp_session(page).send("Page.setFontSizes", {"fontSizes": {"standard": 32, "fixed": 26}})
    assert page.evaluate("getComputedStyle(document.documentElement).fontSize") == "32px"
    assert wrong(page, TOO_WIDE, [390, 1280]) == []


@pytest.mark.parametrize("kind", KINDS)
def test_on_paper_there_is_no_navigation(open_kind, kind):
    page = open_kind(kind)
    assert bool(page.evaluate(SHOWN_NAVIGATION)) == (kind not in BARE)
    page.emulate_media(media="print")
    assert page.evaluate(SHOWN_NAVIGATION) == []
    assert page.locator("h1").is_visible()
