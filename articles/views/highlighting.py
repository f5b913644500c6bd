"""The marks of a search in the texts of a story."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from django.utils.safestring import SafeString, mark_safe

from articles.search.excerpt import MOST_MARKS, Fragment, excerpt, highlight
from articles.search.index_rows import TEXTS
from articles.web.markup import escape


class Highlighter:
    """A writer of HTML that marks the strings of a search. It counts the marks.

    `needles` are the strings, by the kind of value in which each was looked for. With `numbered`, on the page of a
    story, each mark has an id, `hit-1` and so on, as a target of links. In a list of stories marks have no id.
    """

    def __init__(self, needles: dict[str, tuple[str, ...]], *, numbered: bool = False) -> None:
        self.needles = {name: needles.get(name, ()) for name in TEXTS}
        self.numbered = numbered
        self.count = 0
        self._seen: Counter[str] = Counter()

    def mark(self, text: str, kind: str) -> SafeString:
        """Return a value of a story as HTML with marks. `kind` is one of TEXTS."""
        needles = self.needles[kind]
        return self._html(highlight(text, needles, self._seen)) if needles else mark_safe(escape(text))

    def excerpt(self, texts: Sequence[str], length: int, lead: int) -> SafeString:
        """Return an excerpt of up to `length` characters of a story's body, for a list, as HTML with marks.

        At most `lead` characters stand before the first mark.
        """
        return self._html(excerpt(texts, self.needles["body"], length, lead))

    @property
    def is_cut(self) -> bool:
        """Whether a string has occurred more than MOST_MARKS times so far, and is not marked everywhere."""
        return any(count > MOST_MARKS for count in self._seen.values())

    @property
    def has_needles(self) -> bool:
        return any(self.needles.values())

    @property
    def numbers(self) -> range:
        """The numbers of the marks made so far."""
        return range(1, self.count + 1)

    def _html(self, pieces: Iterable[Fragment]) -> SafeString:
        return mark_safe("".join(map(self._piece, pieces)))

    def _piece(self, piece: Fragment) -> str:
        if not piece.is_hit:
            return escape(piece.text)
        self.count += 1
        number = f' id="hit-{self.count}"' if self.numbered else ""
        return f"<mark{number}>{escape(piece.text)}</mark>"
