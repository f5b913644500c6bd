"""Pages fit their windows. Neither a narrow window nor large text makes a page scroll sideways. Controls are large
enough to press. A printed page has text and no navigation.
"""

import pytest

from tests.browser.kinds import BARE, KINDS

#: The innermost elements that reach beyond the window, if the page scrolls sideways.
TOO_WIDE = """() => document.documentElement.scrollWidth <= innerWidth ? [] :
    ['the page', ...[...document.querySelectorAll('body *')]
        .filter(each => each.getBoundingClientRect().right > innerWidth)
        .filter((each, index, all) => !all.some(other => other !== each && each.contains(other)))
        .map(each => each.outerHTML.slice(0, 120))]
"""

#: Controls smaller than 24 × 24 pixels. A label of sufficient size counts for its control.
TOO_SMALL = """() => [...document.querySelectorAll('button, input:not([type=hidden]), select, textarea, summary')]
    .filter(each => each.checkVisibility())
    .filter(each => ![each, ...(each.labels ?? [])].some(target => {
        const { width, height } = target.getBoundingClientRect()
        return width >= 24 && height >= 24
    }))
    .map(each => each.outerHTML.slice(0, 120))
"""


#: Fields into which a phone zooms when they get the focus, because their letters are smaller than 16 pixels.
ZOOMING = """() => [...document.querySelectorAll('input, select, textarea')]
    .filter(each => !['hidden', 'radio', 'checkbox', 'submit', 'button'].includes(each.type))
    .filter(each => parseFloat(getComputedStyle(each).fontSize) < 16)
    .map(each => each.outerHTML.slice(0, 120))
"""

#: Marks that style sheets draw as text. Screen readers read them out.
SPOKEN = """() => [...document.querySelectorAll('body, body *')].flatMap(each => ['::before', '::after']
    .map(part => getComputedStyle(each, part).content)
    .filter(content => !['none', 'normal', '""'].includes(content) && !content.endsWith(' / ""'))
    .map(content => `${content} at ${each.outerHTML.slice(0, 100)}`))
"""

#: Arrows and similar signs in the text that a screen reader reads.
SIGNS = """() => {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), found = []
    while (walker.nextNode()) {
        const { data, parentElement } = walker.currentNode
        if (/[←→↑↓‹›«»×●○]/.test(data) && !parentElement.closest('[aria-hidden=true], kbd, article, .excerpt, script'))
            found.push(data.trim().slice(0, 80))
    }
    return found
}"""

#: Visible navigation and forms, except the trail. The trail says where a page belongs, and a printed page needs it.
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


# One test asks several questions, because opening a page costs more than answering them.
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
    # This is how readers see the page who enlarge only the text: widths in media queries stay the same.
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert wrong(page, TOO_WIDE, [390, 768, 1280]) == []
    page.evaluate("document.documentElement.style.fontSize = ''")
    # This is the text size in the browser's own settings: 16 pixels become 32.
    page.context.new_cdp_session(page).send("Page.setFontSizes", {"fontSizes": {"standard": 32, "fixed": 26}})
    assert page.evaluate("getComputedStyle(document.documentElement).fontSize") == "32px"
    assert wrong(page, TOO_WIDE, [390, 1280]) == []
