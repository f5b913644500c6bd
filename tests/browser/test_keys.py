"""Keys turn pages and issues, and lead to the search box and to the help. A reader can turn the keys off."""

import pytest

DISPLAY = "/display/"


@pytest.fixture
def at(open_page, site):
    """Return a function that opens a window on the page of a path."""

    def open_at(path, **window):
        page = open_page(**window)
        page.goto(path.format_map(site.facts))
        return page

    return open_at


def press(page, *keys):
    with page.expect_navigation():
        for key in keys:
            page.keyboard.press(key)
    return page.url.partition("/issues/")[2] or page.url


def test_arrows_turn_pages_and_lead_from_the_last_one_into_the_next_issue(at, site):
    page = at("/issues/2024-11-22/pages/1/")
    assert press(page, "ArrowRight") == "2024-11-22/pages/3/"
    assert press(page, "ArrowRight") == "2024-11-22/pages/8/"
    assert press(page, "ArrowLeft") == "2024-11-22/pages/3/"
    assert press(page, "Shift+ArrowLeft").startswith("2024-06-18")
    page = at("/issues/2024-11-22/pages/8/")
    assert press(page, "ArrowRight").endswith("/pages/{unnumbered}/".format_map(site.facts))  # the last page
    assert press(page, "ArrowRight") == "2025-01-03/"


def test_in_an_article_arrows_turn_stories_and_with_shift_issues(at):
    page = at("/articles/{jump}/")
    first = page.url
    assert "/articles/" in press(page, "ArrowRight") and page.url != first
    assert press(page, "ArrowLeft") == first
    assert press(page, "Shift+ArrowRight") == "2025-01-03/"
    page = at("/articles/{jump}/")
    assert press(page, "Shift+ArrowLeft") == "2024-06-18/"


def test_in_a_hit_arrows_lead_through_the_hits_and_never_out_of_them(at):
    page = at("/search/?q=医院")
    hits = page.locator("main li .headline a").evaluate_all("links => links.map(link => link.href)")
    assert len(hits) > 2
    page.goto(hits[0])
    assert press(page, "ArrowRight") == hits[1]
    assert press(page, "ArrowRight") == hits[2]
    assert press(page, "ArrowLeft") == hits[1]
    assert press(page, "ArrowLeft") == hits[0]
    page.keyboard.press("ArrowLeft")  # does nothing at the first hit
    assert press(page, "?").endswith("/help/")
    page.go_back()
    assert page.url == hits[0]


def test_a_slash_leads_to_the_search_box_and_types_nothing(at):
    page = at("/topics/")
    page.keyboard.press("/")
    assert page.evaluate("[document.activeElement.name, document.activeElement.value]") == ["q", ""]
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.value") == "/"


def test_a_question_mark_leads_to_the_help(at):
    assert press(at("/topics/"), "?").endswith("/help/")


def test_keys_that_are_turned_off_do_nothing(at):
    page = at(DISPLAY)
    page.get_by_role("group", name="快捷键").get_by_label("关").check()
    with page.expect_navigation():
        page.get_by_role("button", name="保存").click()
    page.goto("/topics/")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.tagName") == "BODY"


@pytest.mark.parametrize("javascript", [True, False])
def test_night_and_text_size_are_chosen_without_a_script_and_stay(at, javascript):
    page = at(f"{DISPLAY}?next=/topics/", javascript=javascript)
    look = "[getComputedStyle(document.body).backgroundColor, getComputedStyle(document.documentElement).fontSize]"
    before = page.evaluate(look)
    page.get_by_label("夜间").check()
    page.get_by_label("特大").check()
    with page.expect_navigation():
        page.get_by_role("button", name="保存").click()
    assert page.url.endswith("/topics/")
    page.goto("/issues/")
    after = page.evaluate(look)
    assert before == ["rgb(253, 252, 249)", "16px"] and after == ["rgb(27, 26, 24)", "22px"]


def test_shift_with_an_arrow_extends_what_is_selected(at):
    page = at("/issues/2024-11-22/pages/3/")
    page.evaluate("getSelection().selectAllChildren(document.querySelector('h1'))")
    page.keyboard.press("Shift+ArrowLeft")
    page.wait_for_timeout(200)
    assert page.url.endswith("/issues/2024-11-22/pages/3/")


def test_night_is_not_printed(at):
    page = at(DISPLAY)
    page.get_by_label("夜间").check()
    with page.expect_navigation():
        page.get_by_role("button", name="保存").click()
    page.emulate_media(media="print")
    colours = page.evaluate("[getComputedStyle(document.body).color, getComputedStyle(document.body).backgroundColor]")
    assert colours == ["rgb(0, 0, 0)", "rgb(255, 255, 255)"]
