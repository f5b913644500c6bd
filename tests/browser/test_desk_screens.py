"""The screens of the desk in a browser: their barriers, and the queue worked through by keyboard alone."""

import pytest

from tests.browser.archive import OF_ROLE
from tests.browser.test_article_screen import check

#: The doubts that a run works through, and the most loads and keys that it may take beside typed text.
ITEMS, LOADS, KEYS = 10, 11, 120


@pytest.fixture
def open_desk(open_page):
    """Return a function that logs in somebody of the role 编辑 and opens a path of the desk."""

    def open_path(path, **window):
        page = open_page(**window)
        page.set_viewport_size({"width": 1280, "height": 900})
        page.goto("/admin/")
        for name, value in OF_ROLE.items():
            page.fill(f"[name={name}]", value)
        with page.expect_navigation():
            page.keyboard.press("Enter")
        page.goto(path)
        return page

    return open_path


def test_axe_finds_no_violation_on_the_way_from_the_front_to_an_undo(open_desk):
    page = open_desk("/admin/")
    check(page)
    page.click(".queue-of-no-byline")
    check(page)
    with page.expect_navigation():
        page.click("text=逐条处理")
    check(page)
    page.fill("[name=byline-0-name]", "张三丰")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    check(page)
    page.locator(".messagelist a", has_text="撤销").first.click()
    check(page)
    with page.expect_navigation():
        page.click("[name=_undo]")
    check(page)
    page.goto("/admin/desk/batches/")
    check(page)


def test_ten_articles_are_put_right_from_the_queue_by_keyboard(open_desk):
    page = open_desk("/admin/desk/queue/no-byline/", javascript=False)
    loads, keys = [], 0
    page.on("load", lambda _: loads.append(page.url))
    page.focus(".skip-to-content-link")
    for key in ("Enter", "Tab"):
        page.keyboard.press(key)
        keys += 1
    assert page.evaluate("document.activeElement.textContent") == "逐条处理"
    with page.expect_navigation():
        page.keyboard.press("Enter")
    keys += 1
    seen = set()
    for number in range(ITEMS):
        assert "/admin/desk/doubts/" in page.url and page.url not in seen
        seen.add(page.url)
        assert page.evaluate("document.activeElement.name") == "byline-0-name"
        page.keyboard.type(f"张三{number}")
        with page.expect_navigation():
            page.keyboard.press("Enter")
        keys += 1
        assert page.locator(".messagelist", has_text="撤销").count() == 1
    assert len(loads) <= LOADS
    assert keys <= KEYS


def test_articles_are_merged_and_split_by_keyboard_in_few_loads(open_desk, site):
    page = open_desk(f"/admin/desk/pages/{site.facts['structure']}/", javascript=False)
    loads = []
    page.on("load", lambda _: loads.append(page.url))
    boxes = page.locator("[name=take]")
    for at in (0, 1):
        boxes.nth(at).focus()
        page.keyboard.press("Space")
    page.locator("[name=op][value=merge]").focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert len(loads) == 1 and page.locator("tr.absorbed").count() == 1
    assert page.locator(".messagelist", has_text="撤销").count() == 1
    loads.clear()
    page.locator("[name=op][value^=split-]").first.focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.name") == "split_at"
    number = page.locator("[name=take]").count()
    page.keyboard.press("Tab")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert len(loads) == 2 and page.locator("[name=take]").count() == number + 1


def test_an_article_is_moved_and_text_is_given_by_keyboard(open_desk, site):
    page = open_desk(f"/admin/desk/pages/{site.facts['unnumbered']}/", javascript=False)
    number = page.locator("[name=take]").count()
    page.locator("[name=leftover-0]").focus()
    page.keyboard.press("ArrowDown")
    page.locator("[name=take]").nth(1).focus()
    page.keyboard.press("Space")
    page.locator("[name=to_page]").focus()
    page.keyboard.type("1")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    said = page.locator(".messagelist").inner_text()
    assert "已移到" in said and "第1版" in said and "撤销" in said
    assert page.locator("[name=take]").count() == number - 1 and page.locator("[name=leftover-0]").count() == 0


@pytest.mark.parametrize("width", [390, 768])
def test_the_screen_of_a_page_runs_off_no_edge(open_desk, site, width):
    page = open_desk(f"/admin/desk/pages/{site.facts['structure']}/")
    page.set_viewport_size({"width": width, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    controls = (
        "[name^=page-], [name^=to_], [name=survivor], [name=head_id], [name^=leftover-], .deeds button, [name=_save]"
    )
    boxes = [each.bounding_box() for each in page.locator(controls).all() if each.is_visible()]
    assert all(box["x"] >= 0 and box["x"] + box["width"] <= width for box in boxes) and len(boxes) > 10


def test_axe_finds_no_violation_on_the_screen_of_a_page(open_desk, site):
    page = open_desk(f"/admin/desk/pages/{site.facts['unnumbered']}/")
    check(page)
    page.fill("[name=item-0-position]", "x")
    with page.expect_navigation():
        page.click("[name=_save]")
    check(page)
    page.fill("[name=item-0-position]", "1")
    with page.expect_navigation():
        page.locator("[name=op][value^=split-]").first.click()
    check(page)


def test_the_map_of_a_page_is_drawn_on_its_scan(open_desk, site):
    page = open_desk(f"/admin/desk/pages/{site.facts['structure']}/")
    check(page)
    drawn = page.locator(".page-map svg").bounding_box()
    areas = [each.bounding_box() for each in page.locator(".page-map .of-article").all()]
    assert len(areas) >= 2  # another test may have split one
    assert all(drawn["x"] <= box["x"] and box["x"] + box["width"] <= drawn["x"] + drawn["width"] for box in areas)
    address = page.locator(".page-map image").get_attribute("href")
    decoded = (
        "address => { const one = new Image(); one.src = address; return one.decode().then(() => one.naturalWidth); }"
    )
    assert page.evaluate(decoded, address) > 300


def test_axe_finds_no_violation_on_the_screen_of_an_issue(open_desk, site):
    page = open_desk(f"/admin/desk/pages/{site.facts['structure']}/")
    with page.expect_navigation():
        page.click("text=这一期")
    check(page)
    page.fill("[name=number]", "x")
    with page.expect_navigation():
        page.click("[name=_save]")
    check(page)
    page.fill("[name=number]", "")
    with page.expect_navigation():
        page.click("[name=op][value=withdraw]")
    assert page.locator(".errorlist", has_text="撤下须填原因").count() == 1
    check(page)
    page.fill("[name=reason]", "重复导入")
    with page.expect_navigation():
        page.click("[name=op][value=withdraw]")
    assert page.locator(".why", has_text="原因：重复导入").count() == 1
    check(page)
    with page.expect_navigation():
        page.click("[name=op][value=restore]")
    assert page.locator("[name=op][value=withdraw]").count() == 1


def test_a_conflict_is_decided_by_keyboard_and_axe_finds_no_violation(open_desk, site):
    path = f"/admin/desk/sources/{site.facts['conflict']}/decide/"
    page = open_desk(path)
    check(page)
    with page.expect_navigation():
        page.click("[name=_save]")
    assert page.locator("[role=alert]", has_text="请选怎么办").count() == 1
    check(page)
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390

    page = open_desk("/admin/desk/queue/conflict/", javascript=False)
    page.locator("a", has_text="03-14-3b.txt").first.focus()
    loads = []
    page.on("load", lambda _: loads.append(page.url))
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.url.endswith(path)
    page.locator("[name=decision]").first.focus()
    page.keyboard.press("Space")
    page.locator("[name=reason]").focus()
    page.keyboard.type("照报样")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert len(loads) == 2 and page.locator(".messagelist", has_text="撤销").count() == 1
    page.locator(".messagelist a", has_text="撤销").first.click()
    with page.expect_navigation():
        page.click("[name=_undo]")
    page.goto(path)
    assert page.locator("[name=decision]").count() == 3
