"""The watch of conftest.py notes each kind of problem. If it noted too little, the tests that rely on it could pass by
mistake.
"""

import pytest

from tests.browser.conftest import Watch


def problems(browser, site, body, script="", refused=None):
    """Return the problems that the watch notes on a home page with `body` and `script`, under the site's own policy."""
    context = browser.new_context(base_url=site.address)
    watch = Watch(context, site.address, refused or {})
    context.route(f"{site.address}/", lambda route: route.fulfill(response=route.fetch(), body=body))
    context.route(f"{site.address}/a.js", lambda route: route.fulfill(body=script, content_type="text/javascript"))
    context.new_page().goto("/")
    context.close()
    return watch.problems


def test_nothing_is_noted_of_a_sound_page(browser, site):
    assert problems(browser, site, "<!doctype html><title>页</title><p>正文") == []


@pytest.mark.parametrize(
    ("body", "script", "noted"),
    [
        ('<img alt="" src="http://pictures.example/a.png">', "", "another host http://pictures.example/a.png"),
        ("<script>document.title = 1</script>", "", "console error Executing inline script violates the following"),
        ('<p style="color: red">', "", "console error Applying inline style violates the following"),
        ('<script src="/a.js"></script>', "throw new Error('broken')", "page error broken"),
        ('<script src="/a.js"></script>', "console.warn('odd')", "console warning odd"),
        ('<img alt="" src="/none.png">', "", "404 http"),
    ],
)
def test_it_is_noted(browser, site, body, script, noted):
    found = problems(browser, site, f"<!doctype html>{body}", script)
    assert [problem for problem in found if problem.startswith(noted)], found


def test_an_answer_that_the_test_asked_for_is_not_noted(browser, site):
    body = '<!doctype html><img alt="" src="/none.png">'
    assert problems(browser, site, body, refused={"/none.png": 404}) == []
    assert problems(browser, site, body, refused={"/none.png": 410}) == [f"404 {site.address}/none.png"]
