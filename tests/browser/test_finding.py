"""A reader finds an article by date, page, province, topic, column, contributor and search. The reader has no mouse.
JavaScript is on or off.

Each way is a list of the addresses of links. The wording of a page may change without a change of the test.
"""

import re
from urllib.parse import quote_plus

import pytest

from tests.browser.serving import WIDTHS

WAYS = {
    "date": ["/issues/", "/issues/{year}/", "/issues/{year}/{month}/", "/issues/{day}/", "/articles/{article}/"],
    "page": ["/issues/", "/issues/{year}/", "/issues/{year}/{month}/", "/issues/{day}/", "/issues/{day}/pages/{page}/",
             "/articles/{article}/"],
    "province": ["/regions/", "/regions/{province}/", "/articles/{article}/"],
    "topic": ["/topics/", "/topics/{topic}/", "/articles/{article}/"],
    "column": ["/columns/", "/columns/{column}/", "/articles/{article}/"],
    "contributor": ["/contributors/", "/contributors/{contributor}/", "/articles/{article}/"],
}  # fmt: skip

#: The element with the focus, and whether a reader sees the focus: it has an outline, and nothing covers it.
FOCUSED = """selector => {
    const focused = document.activeElement
    if (focused === null || focused === document.body) return null
    const style = getComputedStyle(focused), box = focused.getClientRects()[0] ?? new DOMRect()
    const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2)
    return {
        element: focused.outerHTML.slice(0, 120),
        isSought: focused.matches(selector),
        isOutlined: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 1,
        isSeen: focused.contains(top),
    }
}"""


def tab_to(page, selector):
    """Press Tab until the focus is on an element of `selector`. The focus must be visible on the whole way."""
    for _ in range(400):
        page.keyboard.press("Tab")
        focused = page.evaluate(FOCUSED, selector)
        assert focused is not None, f"the last element was passed without meeting {selector}"
        assert focused["isOutlined"] and focused["isSeen"], focused
        if focused["isSought"]:
            return
    pytest.fail(f"{selector} is more than 400 steps away")


def follow(page, selector):
    """Follow a link by the keyboard."""
    tab_to(page, selector)
    with page.expect_navigation():
        page.keyboard.press("Enter")


@pytest.fixture(params=["javascript", "no javascript"])
def javascript(request):
    return request.param == "javascript"


@pytest.fixture(params=WIDTHS)
def home(request, open_page, javascript):
    """Return a reader's window with the home page."""
    page = open_page(request.param, javascript=javascript)
    page.goto("/")
    return page


@pytest.mark.parametrize("way", WAYS)
def test_an_article_is_found_by_following_links(home, site, way):
    for path in WAYS[way]:
        follow(home, f'a[href="{path.format_map(site.facts)}"]')
    assert home.locator("h1").inner_text() == site.facts["headline"]


def test_an_article_is_found_by_searching(home, site):
    if home.locator("input[name=q]").count() == 0:
        follow(home, 'a[href="/search/"]')
    tab_to(home, "input[name=q]")
    home.keyboard.insert_text(site.facts["headline"])
    with home.expect_navigation():
        home.keyboard.press("Enter")
    follow(home, f'a[href^="{site.path("article")}?"]')
    assert home.locator("h1").inner_text() == site.facts["headline"]
    assert home.locator("h1 mark").first.inner_text() in site.facts["headline"]


def total(page):
    """Return the number of stories that a page of results states."""
    return int(re.search(r"共\s*(\d+)", page.locator(".asked h1").text_content())[1])


def opened(page, selector):
    """Open a <details> by the keyboard, unless its content is in sight: a wide window shows the facets in any case."""
    if not page.locator(f"{selector} > :not(summary)").first.is_visible():
        tab_to(page, f"{selector} > summary")
        page.keyboard.press("Enter")


def test_a_search_is_narrowed_in_four_choices(home, site):
    home.goto("/search/?q=医院")
    before = total(home)
    for choice in ("日期:2024", "地区:浙江省", "主题:基层卫生", "标题:医院"):
        opened(home, ".facets")
        if choice.startswith("日期"):
            opened(home, "[aria-labelledby=f-year] details")
        follow(home, f'.facets ul a[href*="{quote_plus(choice)}"]')
    assert home.locator("#q").input_value() == "标题:医院 日期:2024 地区:浙江省 主题:基层卫生"
    assert home.locator(".chips li:not(.all)").count() == 4
    after = total(home)
    assert 0 < after < before and home.locator(".rows > li .headline mark").count() == after


def test_the_facets_can_be_skipped_to(home):
    home.goto("/search/?q=医院")
    tab_to(home, 'a.skip[href="#narrow"]')
    home.keyboard.press("Enter")
    home.wait_for_url("**#narrow")
    home.keyboard.press("Tab")
    assert home.evaluate("document.activeElement.closest('.facets') !== null")


def test_a_reader_recovers_from_a_slip(home, site):
    home.goto(site.path("search-nearly"))
    assert home.locator(".near ruby").first.is_visible()
    follow(home, ".nearest .headline a")
    assert "县医院派驻的两名技师" in home.locator("mark#hit-1").inner_text().replace("\n", "")


def test_a_reader_leaves_an_empty_page(home, site):
    home.goto(site.path("search-none-that-day"))
    assert "2019年5月1日" in home.locator(".says").inner_text()
    follow(home, ".ways a")
    assert home.locator(".rows > li").count() > 0


def test_two_searches_are_compared(home):
    home.goto("/search/?q=医共体")
    follow(home, 'a[href^="/trends/?q="]')
    tab_to(home, 'form.terms input[value=""]')
    home.keyboard.insert_text("医院|卫生院")
    with home.expect_navigation():
        home.keyboard.press("Enter")
    assert home.locator(".panel h2").all_inner_texts() == ["医共体", "医院|卫生院"]
    shown = home.locator(".counts tbody tr").last.locator("td a").last
    count = int(shown.inner_text())
    follow(home, f'.counts a[href="{shown.get_attribute("href")}"]')
    assert total(home) == count > 0


def test_the_first_stop_leads_past_the_head_of_the_page(home):
    home.keyboard.press("Tab")
    home.keyboard.press("Enter")
    home.wait_for_url("**/#main")
    home.keyboard.press("Tab")
    assert home.evaluate("document.activeElement.closest('main') !== null")


def test_scripts_run_in_a_window_with_javascript_alone(open_page, site, javascript):
    page = open_page(javascript=javascript)
    page.route("**/", lambda route: route.fulfill(body='<title>none</title><script src="/a.js"></script>'))
    page.route("**/a.js", lambda route: route.fulfill(body="document.title = 'ran'", content_type="text/javascript"))
    page.goto("/")
    assert page.title() == ("ran" if javascript else "none")
