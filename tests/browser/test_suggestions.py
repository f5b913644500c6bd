"""Suggestions open below the search box while a reader types. The box works as ever without them."""

import pytest
from axe_playwright_python.base import AXE_SCRIPT

from tests.browser.serving import WIDTHS
from tests.browser.test_access import COLOURS, OPTIONS, violations

FORM = ".search:not(.within)"
BOX = f'{FORM} input[name="q"]'
LIST = "#suggestions"
OPTION = f"{LIST} [role=option]"

#: The address of the first suggestion for zyy: the term 中医药. The second one is the topic of that name.
SEARCH = "/search/?q=%E4%B8%AD%E5%8C%BB%E8%8D%AF"

#: Pages with the box in the head, with the wide one, and with a box for a search within the page besides.
PAGES = ("/help/", "/", "/search/?q=医院", "/topics/{topic}/")


@pytest.fixture
def at(open_page, site):
    """Return a function that opens a window on the page of a path."""

    def open_at(path="/help/", **window):
        page = open_page(**window)
        page.goto(path.format_map(site.facts))
        return page

    return open_at


def type_in(page, text):
    """Type into the empty box and wait for the suggestions."""
    page.fill(BOX, "")
    page.locator(BOX).press_sequentially(text)
    page.locator(OPTION).first.wait_for()


def texts(page):
    return [text.partition("\n")[0] for text in page.locator(f"{OPTION} > :first-child").all_inner_texts()]


def chosen(page):
    """Return the text of the chosen option, by the attribute that screen readers follow, or None."""
    pk = page.locator(BOX).get_attribute("aria-activedescendant")
    selected = page.locator(f"{OPTION}[aria-selected=true]")
    assert selected.count() == (pk is not None)
    return selected.locator("> :first-child").inner_text() if pk and selected.get_attribute("id") == pk else None


@pytest.mark.parametrize("path", PAGES)
def test_typing_opens_a_list_and_leaves_the_page_in_its_place(at, path):
    page = at(path)
    before = page.evaluate(
        "[...document.querySelectorAll('main, main *')].map(each => each.getBoundingClientRect().y)[0]"
    )
    height = page.evaluate("document.documentElement.scrollHeight")
    type_in(page, "中医")
    assert "中医药" in texts(page) and page.locator(BOX).get_attribute("aria-expanded") == "true"
    after = page.evaluate(
        "[...document.querySelectorAll('main, main *')].map(each => each.getBoundingClientRect().y)[0]"
    )
    assert after == before and page.evaluate("document.documentElement.scrollHeight") == height
    assert page.get_by_role("status").filter(has_text="条检索提示").inner_text().startswith(f"{len(texts(page))} 条")
    assert page.locator(LIST).count() == 1
    page.fill(BOX, "")
    page.locator(LIST).wait_for(state="hidden")
    assert page.locator(BOX).get_attribute("aria-expanded") == "false"


def test_arrows_go_round_and_enter_opens_what_is_chosen(at, site):
    page = at()
    type_in(page, "zyy")
    all_of_them = texts(page)
    assert all_of_them[0] == "中医药" and chosen(page) is None
    for key, expected in (
        *(("ArrowDown", text) for text in [*all_of_them, None, all_of_them[0]]),
        ("ArrowUp", None), ("ArrowUp", all_of_them[-1]), ("ArrowDown", None), ("ArrowDown", all_of_them[0]),
    ):  # fmt: skip
        page.keyboard.press(key)
        assert chosen(page) == expected
    for key in ("Home", "End"):  # they belong to the box
        page.keyboard.press(key)
        assert chosen(page) == all_of_them[0]
        assert page.evaluate("document.activeElement.selectionStart") == {"Home": 0, "End": 3}[key]
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.url == f"{site.address}{SEARCH}"


def test_each_kind_leads_to_its_page(at, site):
    page = at()
    for typed, text, path in (
        ("ygt", "医共体", "/search/?q=%E5%8C%BB%E5%85%B1%E4%BD%93"),
        ("zyy", "中医药", "/topics/tcm/"),
        (site.facts["headline"][:4], site.facts["headline"], site.path("article")),
    ):
        page.goto("/help/")
        type_in(page, typed)
        with page.expect_navigation():
            page.locator(OPTION).filter(has=page.get_by_text(text, exact=True)).last.click()
        assert page.url == f"{site.address}{path}"


def test_enter_without_a_choice_searches_for_what_is_typed(at, site):
    page = at()
    type_in(page, "zyy")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.url == f"{site.address}/search/?q=zyy"


def test_enter_at_once_does_not_wait_for_suggestions(at, site):
    page = at()
    page.locator(BOX).press_sequentially("医共体", delay=0)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.locator(LIST).is_hidden() and page.locator(".asked h1").inner_text()


def test_escape_closes_and_keeps_the_text_and_an_arrow_opens_again(at):
    page = at()
    type_in(page, "中医")
    page.keyboard.press("Escape")
    assert page.locator(LIST).is_hidden() and page.input_value(BOX) == "中医"
    page.keyboard.press("ArrowDown")
    page.locator(OPTION).first.wait_for()
    assert chosen(page) is None
    page.keyboard.press("Tab")
    assert page.locator(LIST).is_hidden() and page.evaluate("document.activeElement.type") == "submit"


def test_nothing_is_asked_while_an_input_method_composes(at):
    page, asked = at(), []
    page.on("request", lambda request: asked.append(request.url) if "/suggest/" in request.url else None)
    page.focus(BOX)
    keys = page.context.new_cdp_session(page)
    for text in ("z", "zh", "zhong", "zhong'yi"):
        keys.send("Input.imeSetComposition", {"text": text, "selectionStart": len(text), "selectionEnd": len(text)})
        page.wait_for_timeout(200)
    assert asked == [] and page.locator(LIST).is_hidden() and page.input_value(BOX) == "zhong'yi"
    keys.send("Input.insertText", {"text": "中医"})
    page.locator(OPTION).first.wait_for()
    assert page.input_value(BOX) == "中医" and "中医药" in texts(page) and len(asked) == 1


def test_a_key_of_an_input_method_chooses_nothing(at):
    page = at()
    type_in(page, "zyy")
    page.keyboard.press("ArrowDown")
    before = page.url
    for key in ("Enter", "ArrowDown", "Escape"):
        page.dispatch_event(BOX, "keydown", {"key": key, "isComposing": True})
        page.dispatch_event(BOX, "keydown", {"key": key, "keyCode": 229})
    page.wait_for_timeout(200)
    assert page.url == before and chosen(page) == "中医药"


def test_fast_typing_asks_once_and_an_old_answer_is_never_shown(at):
    page, asked = at(), []
    page.on("request", lambda request: asked.append(request.url) if "/suggest/" in request.url else None)
    page.locator(BOX).press_sequentially("zyy", delay=20)
    page.locator(OPTION).first.wait_for()
    assert len(asked) == 1
    page.evaluate("""() => {
        const usual = fetch
        // An answer to 中医 that comes late, and whose request can't be called off.
        fetch = (url) => url.includes("%E4%B8%AD") ? new Promise((done) => setTimeout(() => done(usual(url)), 600))
                                                   : new Promise(() => {})
    }""")
    page.fill(BOX, "中医")
    page.wait_for_timeout(300)
    page.fill(BOX, "没有")
    page.wait_for_timeout(900)
    assert page.locator(LIST).is_hidden() and len(asked) == 2


def test_an_unavailable_index_hinders_nobody(open_page, site):
    page = open_page(changing=["/suggest/?q=%E4%B8%AD%E5%8C%BB"])
    page.goto("/help/")
    type_in(page, "zyy")
    page.route("**/suggest/**", lambda route: route.fulfill(status=503, body="<h1>检索暂不可用</h1>"))
    page.fill(BOX, "中医")
    page.locator(LIST).wait_for(state="hidden")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.url.startswith(f"{site.address}/search/?q=")


def test_a_tap_opens_a_suggestion(browser, site):
    context = browser.new_context(base_url=site.address, viewport=WIDTHS["phone"], has_touch=True, is_mobile=True)
    page = context.new_page()
    page.goto("/help/")
    page.tap(BOX)
    type_in(page, "zyy")
    with page.expect_navigation():
        page.tap(f"{OPTION} >> nth=0")
    assert page.url == f"{site.address}{SEARCH}"
    context.close()


def test_no_markup_of_a_name_is_read(at):
    page = at()
    answer = '["x", ["<img src=x onerror=alert(1)>"], ["<b>作者</b>"], ["/help/"]]'
    page.route("**/suggest/**", lambda route: route.fulfill(body=answer, content_type="application/json"))
    type_in(page, "x")
    assert texts(page) == ["<img src=x onerror=alert(1)>"] and page.locator(f"{LIST} img, {LIST} b").count() == 0


@pytest.mark.parametrize("path", PAGES)
def test_without_javascript_the_box_is_as_it_was(at, site, path):
    page = at(path, javascript=False)
    assert page.locator(f"{BOX}[autocomplete], {BOX}[role], {LIST}").count() == 0
    page.fill(BOX, "医共体")
    with page.expect_navigation():
        page.press(BOX, "Enter")
    assert page.url.startswith(f"{site.address}/search/?q=%E5%8C%BB%E5%85%B1%E4%BD%93")


def test_a_search_within_a_list_has_its_own_box_alone(at):
    page = at("/topics/{topic}/")
    page.locator(".within input[name=q]").press_sequentially("中医")
    page.wait_for_timeout(400)
    assert page.locator(LIST).is_hidden() and page.locator(".within [role=combobox]").count() == 0


def test_a_reader_turns_suggestions_off_and_keeps_the_keys(at):
    page = at("/display/")
    page.get_by_role("group", name="检索提示").get_by_label("关").check()
    with page.expect_navigation():
        page.get_by_role("button", name="保存").click()
    page.goto("/topics/")
    page.keyboard.press("/")
    page.keyboard.type("中医")
    page.wait_for_timeout(400)
    assert page.input_value(BOX) == "中医" and page.locator(LIST).count() == 0


def test_a_slash_leads_to_the_box_and_suggestions_open(at):
    page = at()
    page.keyboard.press("/")
    page.keyboard.type("zyy")
    page.locator(OPTION).first.wait_for()
    assert texts(page)[0] == "中医药"


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("width", WIDTHS)
def test_axe_finds_no_violation_in_an_open_list(at, path, width):
    page = at(path, width=width)
    page.evaluate(AXE_SCRIPT)
    type_in(page, "医")
    page.keyboard.press("ArrowDown")
    for scheme, options in (("light", OPTIONS), ("dark", COLOURS)):
        page.emulate_media(color_scheme=scheme)
        assert violations(page, options, [FORM, LIST]) == []  # test_access.py judges the rest of each page


@pytest.mark.parametrize("path", PAGES)
def test_on_a_phone_the_list_is_as_wide_as_the_box_and_on_top(at, path):
    page = at(path, width="phone")
    type_in(page, "医")
    for option in page.locator(OPTION).all():
        option.scroll_into_view_if_needed()
        place = option.bounding_box()
        assert place["x"] >= 0 and place["x"] + place["width"] <= 390 and place["height"] >= 32
        top = "([x, y]) => document.elementFromPoint(x, y).closest('[role=option]')?.id"
        centre = [place["x"] + place["width"] / 2, place["y"] + place["height"] / 2]
        assert page.evaluate(top, centre) == option.get_attribute("id")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
