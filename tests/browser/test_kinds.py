"""The tests of this folder cover every kind of page."""

from django.urls import get_resolver, resolve

from tests.browser.kinds import KINDS, NOT_PAGES, REFUSED


def test_the_kinds_leave_no_url_out(site):
    names = {name for name in get_resolver("articles.urls").reverse_dict if isinstance(name, str)}
    shown = {resolve(site.path(kind).partition("?")[0]).url_name for kind in KINDS if kind not in REFUSED}
    assert shown | NOT_PAGES == names
    assert shown & NOT_PAGES == set()
