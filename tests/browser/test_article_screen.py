"""The form of an article in a browser: by keyboard, without JavaScript, at the widths of a desk and of a tablet."""

import pytest
from axe_playwright_python.base import AXE_SCRIPT

from tests.browser.archive import EDITOR
from tests.browser.test_access import COLOURS, violations

#: The widths of windows at the desk.
WIDTHS = (1280, 768)

#: The facts of the archive that name articles: a sample, one with doubts and proposals, a table, the longest one, one
#: with a cutting of its scan.
ARTICLES = ("article", "doubted", "table", "longest", "scanned")


@pytest.fixture
def open_article(open_page, site):
    """Return a function that logs an editor in and opens the form of an article. `more` is added to its address."""

    def open_one(fact, more="", **window):
        page = open_page(**window)
        page.set_viewport_size({"width": WIDTHS[0], "height": 900})
        page.goto("/admin/")
        for name, value in EDITOR.items():
            page.fill(f"[name={name}]", value)
        with page.expect_navigation():
            page.keyboard.press("Enter")
        page.goto(f"/admin/articles/article/{site.facts[fact]}/change/{more}")
        return page

    return open_one


def check(page):
    """Check that axe finds no barrier and that nothing scrolls sideways, at both widths, light and dark."""
    page.evaluate(AXE_SCRIPT)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        assert (width, violations(page)) == (width, [])
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.emulate_media(color_scheme="dark")
    assert violations(page, COLOURS) == []
    page.emulate_media(color_scheme="light")


@pytest.mark.parametrize("fact", ARTICLES)
def test_axe_finds_no_violation(open_article, fact):
    check(open_article(fact))


def test_the_places_of_an_article_fit_a_phone(open_article):
    page = open_article("article")
    page.set_viewport_size({"width": 390, "height": 844})
    table = page.locator("table.regions")
    assert table.evaluate("table => table.parentElement.scrollWidth <= table.parentElement.clientWidth")
    name, deletion = table.locator("input[type=text]").first, table.locator("input[type=checkbox]").first
    assert name.bounding_box()["width"] >= 150
    place = deletion.bounding_box()
    assert place["x"] >= 0 and place["x"] + place["width"] <= 390


def test_the_cutting_stands_beside_the_form_and_opens_large(open_article):
    page = open_article("scanned")
    cutting = page.get_by_role("img", name="扫描件上的这一篇")
    assert cutting.evaluate("image => image.complete && image.naturalWidth") > 400
    with page.expect_navigation():
        cutting.click()
    assert page.url.endswith("/scan/?large=1") and page.locator("img").count() == 1


def test_axe_finds_no_violation_in_errors_and_questions(open_article):
    page = open_article("doubted", "?queue=no-byline")
    page.fill("[name=column]", "没有的栏目")
    page.fill("[name=head-1-text]", "没有身份的一行")
    with page.expect_navigation():
        page.click("[name=_save]")
    assert page.locator(".summary li").count() == 2
    check(page)
    page = open_article("doubted")
    page.check("[name=review][value=reviewed]", force=True)
    with page.expect_navigation():
        page.click("[name=_save]")
    assert page.locator("h1").inner_text().startswith("标为已校之前")
    check(page)


def test_a_conflict_is_chosen_by_keyboard(open_page, open_article, site):
    path = f"/admin/articles/article/{site.facts['longest']}/change/"
    mine, theirs = open_article("longest", refused=None, changing=(path,)), open_article("longest")
    for page, agency in ((theirs, "新华社"), (mine, "中新社")):
        page.fill("[name=agency]", agency)
        with page.expect_navigation():
            page.keyboard.press("Enter")
    assert "您打开之后" in mine.locator("h1").inner_text()
    check(mine)
    mine.focus("[name=choice-agency][value=mine]")
    mine.keyboard.press("Space")
    with mine.expect_navigation():
        mine.keyboard.press("Enter")
    assert mine.locator("#id_agency").input_value() == "中新社"


@pytest.mark.parametrize("javascript", [True, False])
def test_titles_change_places_by_eight_keys_and_one_load(open_article, javascript):
    page = open_article("article", javascript=javascript)
    lines = [page.locator(f"[name=head-{at}-text]").input_value() for at in (0, 1)]
    assert page.locator("[name=head-0-role]:checked").get_attribute("value") == "kicker"
    keys = ["Tab", "ArrowRight", "Tab", "Tab", "Tab", "ArrowLeft", "Enter"]
    assert len(keys) <= 8
    with page.expect_navigation():
        for key in keys:
            page.keyboard.press(key)
    assert "改了引题、标题。" in page.locator(".messagelist").inner_text()
    assert page.locator("h1").inner_text().startswith(lines[0])
    page.locator(".messagelist a").click()
    with page.expect_navigation():
        page.click("[name=_undo]")


def test_the_save_button_is_near_the_skip_link(open_article):
    page = open_article("article")
    page.focus(".skip-to-content-link")
    page.keyboard.press("Enter")
    for _ in range(3):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.name") == "_save":
            return
    raise AssertionError("three Tabs do not reach the button")


def test_a_block_goes_up_and_a_line_number_leads_to_the_source(open_article):
    page = open_article("article", javascript=False)
    second = page.locator("[name=block-1-text]").input_value()
    page.locator(".block .ops summary").nth(1).click()
    with page.expect_navigation():
        page.click("[name=op][value=up-1]")
    assert page.locator("[name=block-0-text]").input_value() == second
    page.locator(".head-row a").first.click()
    assert page.locator(".lines li:target").count() == 1
