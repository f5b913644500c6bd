"""Text of a page as a tool delivers it -> plain text, and what the markup said of each line."""

from __future__ import annotations

import re
from dataclasses import dataclass

from articles.text.cleaning import Cleaned

from .blocks import take_line_marks, take_pipe_tables
from .formulas import take_formulas
from .inline import take_emphasis, take_entities, take_escapes, take_links
from .tags import take_tags
from .working import Edit, Said, Working
from .wrappers import take_wrappers

#: What stands in any text that has markup.
_SUSPECT = re.compile(
    r"[<>&$*`~|\\#＃＊\[{]|^[ \t]*+(?:[-+][ \t]|(?:[-_=][ \t]*){3})|(?<!\w)_|_(?!\w)|__", re.MULTILINE
)

_OTHER_END = re.compile(r"\r\n?")


@dataclass(frozen=True)
class Plain:
    """A text without its markup, with the offsets of the one that it was made of, and what the markup said of it."""

    cleaned: Cleaned
    said: tuple[Said, ...] = ()

    @property
    def text(self) -> str:
        """The plain text."""
        return self.cleaned.text


def read_markup(text: str) -> Plain:
    """Return the plain text of a page's text, and what its markup said.

    Tables and tags come before formulas, formulas before entities, and marks of Markdown last: so `&lt;div&gt;` is
    text, a cell may hold a formula, and a backslash before a star keeps the star.

    >>> read_markup("## **山里来了**<br>新大夫\\n有 $ 31.4\\\\% $ 的人&ldquo;满意&rdquo;").text
    '山里来了\\n新大夫\\n有31.4%的人“满意”'
    """
    if not _SUSPECT.search(text):
        return Plain(Cleaned(text, text))
    working = Working(text)
    if "\r" in text:  # the rules know one line end
        working.apply(Edit(*match.span(), "\n") for match in _OTHER_END.finditer(text))
    take_wrappers(working)
    tables = take_pipe_tables(working)
    take_tags(working, tables)
    take_formulas(working)
    take_line_marks(working)
    take_links(working)
    take_emphasis(working)
    take_escapes(working)
    take_entities(working)
    working.close_up()
    return Plain(working.cleaned(), tuple(working.said_of_text()))
