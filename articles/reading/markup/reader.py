"""The reader of markup: it turns a page as a tool delivers it into plain text and facts about the text."""

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

#: Signs of markup. A text without any of them has no markup.
_SUSPECT = re.compile(
    r"[<>&$*`~|\\#＃＊\[{]|^[ \t]*+(?:[-+][ \t]|(?:[-_=][ \t]*){3})|(?<!\w)_|_(?!\w)|__", re.MULTILINE
)

_OTHER_END = re.compile(r"\r\n?")


@dataclass(frozen=True)
class Plain:
    """A text without its markup, with the offsets of its source, and the facts that the markup states about it."""

    cleaned: Cleaned
    said: tuple[Said, ...] = ()

    @property
    def text(self) -> str:
        """The plain text."""
        return self.cleaned.text


def read_markup(text: str) -> Plain:
    """Return the plain text of a page's text, and the facts that its markup states.

    Tables and tags are read before formulas, so a cell may hold a formula. Entities are read last, so `&lt;div&gt;` is
    text. Escapes are read after emphasis, so a backslash before a star keeps the star.

    >>> read_markup("## **山里来了**<br>新大夫\\n有 $ 31.4\\\\% $ 的人&ldquo;满意&rdquo;").text
    '山里来了\\n新大夫\\n有31.4%的人“满意”'
    """
    if not _SUSPECT.search(text):
        return Plain(Cleaned(text, text))
    working = Working(text)
    if "\r" in text:  # the rules know "\n" only
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
