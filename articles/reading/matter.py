"""The texts of an item, cut into words once for all questions: where it happens, and what it is about."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate

from articles.text.fold import fold_ideographs

#: Where a text of an item stands. PART: the headline or deck of a further part of its story.
KICKER, HEADLINE, DECK, PART, SUBHEAD, BODY = "kicker", "headline", "deck", "part", "subhead", "body"


@dataclass(frozen=True)
class MatterText:
    """One text of an item: where it stands, its number among texts of that kind, and its words, which joined are the
    text.

    `text` has folded ideographs (臺灣醫院 is 台湾医院), so that tables find their names. Its offsets are those of the
    printed text.
    """

    where: str
    number: int
    text: str
    words: Sequence[str]

    @cached_property
    def starts(self) -> tuple[int, ...]:
        """The beginning of the word at each offset of the text, its end included."""
        starts: list[int] = []
        at = 0
        for word in self.words:
            starts += [at] * len(word)
            at += len(word)
        return (*starts, at)

    @cached_property
    def ends(self) -> frozenset[int]:
        """Offsets at which words end."""
        return frozenset(accumulate(map(len, self.words), initial=0))


@dataclass(frozen=True)
class Matter:
    """The texts of an item or a story: kicker, headline, deck, subheads, then the paragraphs of the body in order."""

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
        """Return the fields of an item, cut by the splitter `words`, whose words joined are its argument."""
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
