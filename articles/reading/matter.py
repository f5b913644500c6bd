"""The texts of an item, cut into words once for both searches: the one for regions and the one for topics."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate

from articles.text.fold import fold_ideographs

#: The places of a text in an item. PART is the headline or deck of a further part of the story.
KICKER, HEADLINE, DECK, PART, SUBHEAD, BODY = "kicker", "headline", "deck", "part", "subhead", "body"


@dataclass(frozen=True)
class MatterText:
    """One value of an item: its place, its number among the values of that place, its text and its words.

    The words join to the text. The ideographs of `text` are folded (臺灣醫院 is 台湾医院), so that tables find their
    names in it. An offset of `text` is also an offset of the printed value.
    """

    where: str
    number: int
    text: str
    words: Sequence[str]

    @cached_property
    def starts(self) -> tuple[int, ...]:
        """The offset at which a word begins, for each offset within the word; the last entry is the end of the text."""
        starts: list[int] = []
        at = 0
        for word in self.words:
            starts += [at] * len(word)
            at += len(word)
        return (*starts, at)

    @cached_property
    def ends(self) -> frozenset[int]:
        """The offsets at which words end, and 0."""
        return frozenset(accumulate(map(len, self.words), initial=0))


@dataclass(frozen=True)
class Matter:
    """The texts of an item or a story: kicker, headline, deck, titles of further parts, subheads, body paragraphs."""

    kind: str
    texts: tuple[MatterText, ...]

    @classmethod
    def of(
        cls,
        words: Callable[[str], list[str]],
        *,
        kind: str = "article",
        kicker: str = "",
        headline: str = "",
        deck: str = "",
        part_titles: Iterable[str] = (),
        subheads: Iterable[str] = (),
        paragraphs: Iterable[str] = (),
    ) -> Matter:
        """Return the matter of an item's fields, without the empty ones.

        The splitter `words` cuts a text into words that join to the text.
        """
        values = (
            *((KICKER, [kicker]), (HEADLINE, [headline]), (DECK, [deck])),
            *((PART, part_titles), (SUBHEAD, subheads), (BODY, paragraphs)),
        )
        return cls(
            kind,
            tuple(
                MatterText(where, number, folded, words(folded) if len(folded) > 1 else [folded])
                for where, texts in values
                for number, text in enumerate(texts)
                if (folded := fold_ideographs(text))
            ),
        )
