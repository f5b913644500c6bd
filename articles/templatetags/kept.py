"""The template tag for the parts of a page that are the same on each page of the archive."""

from __future__ import annotations

from django.template import Context, Library, Node, NodeList
from django.template.base import Parser, Token
from django.urls import get_script_prefix
from django.utils.safestring import SafeString

register = Library()


class KeptNode(Node):
    """A node that renders its content once in a process, for each prefix of the archive's paths."""

    child_nodelists = ()  # it has no blocks; Django would look for them each time

    def __init__(self, nodelist: NodeList) -> None:
        self.nodelist = nodelist
        self._rendered: dict[str, SafeString] = {}

    def render(self, context: Context) -> SafeString:
        prefix = get_script_prefix()
        if prefix not in self._rendered:
            self._rendered[prefix] = self.nodelist.render(context.new())
        return self._rendered[prefix]


@register.tag
def kept(parser: Parser, token: Token) -> KeptNode:
    """Return the node of {% kept %}…{% endkept %}. Its content sees no variable, so that no page can depend on another.

    {% kept %}<a href="{% url 'home' %}">首页</a>{% endkept %}
    """
    nodelist = parser.parse(("endkept",))
    parser.delete_first_token()
    return KeptNode(nodelist)
