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


#: Fields into which a phone zooms when they get the focus, for their letters are below 16 pixels.
ZOOMING = """() => [...document.querySelectorAll('input, select, textarea')]
    .filter(each => !['hidden', 'radio', 'checkbox', 'submit', 'button'].includes(each.type))
    .filter(each => parseFloat(getComputedStyle(each).fontSize) < 16)
    .map(each => each.outerHTML.slice(0, 120))
"""

#: Marks that style sheets draw as text, which is read out.
SPOKEN = """() => [...document.querySelectorAll('body, body *')].flatMap(each => ['::before', '::after']
    .map(part => getComputedStyle(each, part).content)
    .filter(content => !['none', 'normal', '""'].includes(content) && !content.endsWith(' / ""'))
    .map(content => `${content} at ${each.outerHTML.slice(0, 100)}`))
"""

#: Arrows and the like in the text that a screen reader reads.
SIGNS = """() => {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), found = []
    while (walker.nextNode()) {
        const { data, parentElement } = walker.currentNode
        if (/[←→↑↓‹›«»×●○]/.test(data) && !parentElement.closest('[aria-hidden=true], kbd, article, .excerpt, script'))
            found.push(data.trim().slice(0, 80))
    }
    return found
}"""

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


# Several questions to one page: to open it costs more than to answer them.
@pytest.mark.parametrize("kind", KINDS)
def test_a_page_fits_its_window_is_easy_to_press_and_prints_as_text(open_kind, kind):
    page = open_kind(kind)
    assert wrong(page, TOO_WIDE, [320, 390, 1280]) == []
    assert wrong(page, TOO_SMALL, [390, 1280]) == []
    assert wrong(page, ZOOMING, [390]) == []
    assert page.evaluate(SPOKEN) == []
    assert page.evaluate(SIGNS) == []
    assert bool(page.evaluate(SHOWN_NAVIGATION)) == (kind not in BARE)
    page.emulate_media(media="print")
    assert page.evaluate(SHOWN_NAVIGATION) == []
    assert page.locator("h1").is_visible()


@pytest.mark.parametrize("kind", KINDS)
def test_text_twice_as_large_fits(open_kind, kind):
    page = open_kind(kind)
    # As those have it who enlarge the text alone: widths in media queries stay as they are.
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert wrong(page, TOO_WIDE, [390, 768, 1280]) == []
    page.evaluate("document.documentElement.style.fontSize = ''")
    # The text size of the browser's own settings: 16 pixels become 32.
    page.context.new_cdp_session(page).send("Page.setFontSizes", {"fontSizes": {"standard": 32, "fixed": 26}})
    assert page.evaluate("getComputedStyle(document.documentElement).fontSize") == "32px"
    assert wrong(page, TOO_WIDE, [390, 1280]) == []
