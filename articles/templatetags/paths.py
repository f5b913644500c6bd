"""The tag `url` in place of Django's. It keeps the paths that it makes."""

from __future__ import annotations

from typing import Any

from django.template import Context, Library
from django.template.base import Parser, Token
from django.template.defaulttags import URLNode
from django.template.defaulttags import url as djangos_url
from django.utils.html import conditional_escape

from articles.paths import path_to

register = Library()


class KeptURLNode(URLNode):
    """A node that is Django's, but for plain names with arguments by position: their paths are kept."""

    def render(self, context: Context) -> str:
        name: Any = self.view_name.resolve(context)
        if self.kwargs or self.asvar or ":" in name:
            return super().render(context)
        path = path_to(name, *[argument.resolve(context) for argument in self.args])
        return conditional_escape(path) if context.autoescape else path


@register.tag
def url(parser: Parser, token: Token) -> KeptURLNode:
    """Return the node of {% url name argument … %}, as Django's tag does."""
    node = djangos_url(parser, token)
    return KeptURLNode(node.view_name, node.args, node.kwargs, node.asvar)
