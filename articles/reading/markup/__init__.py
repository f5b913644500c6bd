"""The markup that tools write around the text of a page. It is taken out, and its facts about the lines are kept.

`read_markup` is the first step of a reading. Only known tags and marks are markup. Any other bracket or star is text.
"""

from .reader import Plain, read_markup
from .tags import is_document
from .working import MARKUP, Said

__all__ = ["MARKUP", "Plain", "Said", "is_document", "read_markup"]
