"""The parts of a page that are the same on each page are rendered once."""

from django.template import engines
from django.test.utils import override_script_prefix

TEMPLATE = "{% load kept %}{{ who }} {% kept %}<a href=\"{% url 'home' %}\">{{ who }}</a>{% endkept %}"


def test_no_page_shows_the_variables_of_another():
    template = engines["django"].from_string(TEMPLATE)
    assert template.render({"who": "甲"}) == '甲 <a href="/"></a>'
    assert template.render({"who": "乙"}) == '乙 <a href="/"></a>'


def test_each_prefix_has_its_own():
    template = engines["django"].from_string(TEMPLATE)
    template.render({})
    with override_script_prefix("/archive/"):
        assert template.render({}) == ' <a href="/archive/"></a>'
    assert template.render({}) == ' <a href="/"></a>'


def test_the_content_is_rendered_once(monkeypatch):
    template = engines["django"].from_string(TEMPLATE)
    template.render({})
    monkeypatch.setattr("articles.templatetags.paths.path_to", None)
    assert template.render({"who": "丙"}) == '丙 <a href="/"></a>'
