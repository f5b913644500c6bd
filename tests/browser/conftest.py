"""A reader's browser. A request to another host, an error or warning of the browser, or a refused request fails the
test.
"""

from urllib.parse import urlsplit

import pytest

from tests.browser.kinds import REFUSED
from tests.browser.serving import WIDTHS, launched, served
from tests.conftest import missing
from tests.run import find_chromium


@pytest.fixture(scope="package")
def browser():
    """Yield Chromium, for this folder's tests only. While it runs, Django takes this thread for an asynchronous one."""
    program = find_chromium()
    if program is None:
        missing("chromium", "no chromium here: install Debian's package of that name to test in a real browser")
    with launched(program) as started:
        yield started


@pytest.fixture(scope="package")
def site(browser, tmp_path_factory):
    """Yield the served archive of tests/browser/archive.py."""
    with served(tmp_path_factory.mktemp("archive")) as started:
        yield started


@pytest.fixture
def open_page(browser, site):
    """Yield a function that opens a window. At the end of the test, a problem in any of the windows fails the test."""
    watches = []

    def open_one(width="desktop", javascript=True, refused=None, changing=()):
        """Open a window on the site and return its page.

        `refused` gives the status of each path that must be answered by an error. The paths `changing` may be answered
        by an error.
        """
        context = browser.new_context(
            base_url=site.address,
            viewport=WIDTHS[width],
            java_script_enabled=javascript,
            locale="zh-CN",
        )
        context.set_default_timeout(20_000)
        watches.append(Watch(context, site.address, refused or {}, changing))
        return context.new_page()

    yield open_one
    for watch in watches:
        watch.context.close()  # pending requests report their problems before this returns
    assert [problem for watch in watches for problem in watch.problems] == []


@pytest.fixture
def open_kind(open_page, site):
    """Return a function that opens a window, goes to the page of a kind, and returns the window's page."""

    def open_one(kind, **window):
        path = site.path(kind)
        page = open_page(**window, refused={path: REFUSED[kind]} if kind in REFUSED else {})
        page.goto(path)
        return page

    return open_one


class Watch:
    """A list of problems in a window: events that no page of the archive may cause."""

    def __init__(self, context, address, refused, changing=()):
        self.context, self.address, self.problems = context, address, []
        self.changing = {f"{address}{path}" for path in changing}
        self.refused = {f"{address}{path}": status for path, status in refused.items()}
        context.on("request", self.on_request)
        context.on("requestfailed", self.on_failure)
        context.on("response", self.on_response)
        context.on("console", self.on_console)
        context.on("weberror", lambda error: self.note("page error", error.error))

    def note(self, *what):
        self.problems.append(" ".join(map(str, what)))

    def on_request(self, request):
        if urlsplit(request.url)[:2] != urlsplit(self.address)[:2]:
            self.note("another host", request.url)

    def on_failure(self, request):
        if request.failure != "net::ERR_ABORTED":  # the reader left the page before the answer came
            self.note("failed", request.url, request.failure)

    def on_response(self, response):
        expected = self.refused.get(response.url)
        if response.url in self.changing:
            return
        if response.status != expected and (expected or response.status >= 400):
            self.note(response.status, response.url)

    def on_console(self, message):
        """Note errors and warnings, including reports of the Content-Security-Policy."""
        url = message.location["url"]
        may_fail = url in self.refused or url in self.changing
        is_expected = may_fail and message.text.startswith("Failed to load resource: ")
        if message.type in ("error", "warning") and not is_expected:
            self.note("console", message.type, message.text, url)
