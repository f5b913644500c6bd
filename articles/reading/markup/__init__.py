"""Markup: what tools write around the text of a page, taken out, and what it says about the lines that are left.

`read_markup` is the first step of a reading. Only known tags and marks are markup; any other bracket or star is text.
"""

from .reader import Plain, read_markup
from .tags import is_document
from .working import MARKUP, Said

__all__ = ["MARKUP", "Plain", "Said", "is_document", "read_markup"]
