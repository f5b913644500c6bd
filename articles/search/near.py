"""Stories that nearly hold a string: for a reader who remembers a sentence with a slip."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from itertools import accumulate
from typing import NamedTuple

from articles.models.bodies import values_of
from articles.models.stories import Story, load_stories
from articles.search.index import StoryIndex
from articles.search.nearness import Piece, Place, aligned, allowed_edits, most_votes, nearest
from articles.search.query_tree import Node, Phrase, Suggestion, all_of, required
from articles.search.run import SearchRun
from articles.text.fold import fold, fold_with_offsets

#: The stories whose bigrams are compared, and those of them in which the distance is computed. Of 160 misremembered
#: quotations in an archive of 100,000 stories, 152 were found with these numbers, and no more with 60 and 15.
COMPARED, MEASURED = 40, 8

#: The stories that are shown at most, and the strings of a query that are looked for nearly.
MOST, MOST_STRINGS = 8, 3

#: The shortest part of a string that is looked up by itself, and the parts that are shown at most.
SHORTEST_PART, MOST_PARTS = 2, 4

#: The parts of a string that are looked up at most: twice the characters of a sentence.
MOST_TRIED = 80

#: The characters of a sentence that are shown at most on either side of the place.
REACH = 40

_SENTENCE_END = re.compile(r"[。！？；!?;\n]")


@dataclass(frozen=True)
class NearHit:
    """A story that nearly holds a string: the sentence around the place, and the place piece by piece.

    `quoted` is the place as printed, and `distance` the number of edits between it and the string.
    """

    story: Story
    before: str
    pieces: tuple[Piece, ...]
    after: str
    quoted: str
    distance: int


@dataclass(frozen=True)
class Nearly:
    """The answer to a string that stands nowhere: the hits, the nearest first, and the `parts` of it that do stand
    somewhere, the longest first, each with the number of its stories. `by_words` is the search for its words.
    """

    text: str
    hits: tuple[NearHit, ...]
    parts: tuple[tuple[str, int], ...]
    by_words: tuple[Suggestion, int] | None


def find_nearly(run: SearchRun) -> Nearly | None:
    """Return the stories that nearly hold the first string of the query that stands nowhere, and match all else.

    None if each string stands somewhere, or is too short, or if no story comes near. Only the first MOST_STRINGS
    strings that are long enough are looked at.
    """
    index = run.opened.index
    strings = [part for part in required(run.tree) if isinstance(part, Phrase)]
    for part in [part for part in strings if allowed_edits(len(fold(part.text)))][:MOST_STRINGS]:
        if index.count(index.contains(part.text)):
            continue
        hits = _hits(run, part)
        if hits:
            return Nearly(part.text, tuple(hits), _counted_parts(run, part.text), run.by_words())
    return None


def _hits(run: SearchRun, phrase: Phrase) -> list[NearHit]:
    needle = fold(phrase.text)
    most = allowed_edits(len(needle))
    rest: Node | None = all_of(part for part in required(run.tree) if part != phrase)
    # Teasers and notices, too: whoever remembers a sentence wants the sentence.
    found = run.opened.index.resembling(needle, COMPARED, run.matching(rest))
    read = [_Read.of(story, most) for story in load_stories(found, with_subjects=False)]
    ranked = sorted(enumerate(read), key=lambda row: (-most_votes(needle, row[1].folded, most), row[0]))
    hits = []
    for rank, (_, story) in enumerate(ranked[:MEASURED]):
        place = nearest(needle, story.folded, most)
        if place:
            hits.append((place.distance, rank, story, place))
    hits.sort(key=lambda row: row[:2])
    return [story.hit(needle, place) for *_, story, place in hits[:MOST]]


class _Read(NamedTuple):
    """A story with its values, each folded, and all of them as one text. No place reaches across two values."""

    story: Story
    values: list[str]
    starts: list[int]
    folded: str

    @classmethod
    def of(cls, story: Story, most: int) -> _Read:
        titles = [text for part in story.parts for text in (part.kicker, part.headline, part.deck) if text]
        values = [*titles, *values_of(story.blocks)]
        gap = "\0" * (most + 1)  # more characters than may be added, and such as no folded text holds
        folded = list(map(fold, values))
        starts = list(accumulate((len(text) + len(gap) for text in folded), initial=0))
        return cls(story, values, starts, gap.join(folded))

    def hit(self, needle: str, place: Place) -> NearHit:
        # At an end of a value, a character of the gap may stand for one that print has not. It costs the same.
        printed = self.folded[place.start : place.end].strip("\0")
        number = bisect_right(self.starts, self.folded.index(printed, place.start)) - 1
        start = self.folded.index(printed, place.start) - self.starts[number]
        return _near_hit(self.story, self.values[number], needle, start, start + len(printed), place.distance)


def _near_hit(story: Story, text: str, needle: str, start: int, end: int, distance: int) -> NearHit:
    """Return the hit at the folded characters [start, end) of `text`, in the characters of print."""
    folded = fold_with_offsets(text)
    first, last = folded.source_range(start, end)
    pieces, at = [], start
    for piece in aligned(needle, folded.text[start:end]):
        upto = at + len(piece.printed)
        stop = last if upto == end else folded.offsets[upto]
        printed = text[folded.offsets[at] : stop] if piece.printed else ""
        pieces.append(Piece(printed if piece.is_same else piece.typed, printed))
        at = upto
    low, high = max(0, first - REACH), min(len(text), last + REACH)
    ends = [match.end() for match in _SENTENCE_END.finditer(text, low, first)]
    begin = ends[-1] if ends else low
    stop_after = _SENTENCE_END.search(text, last, high)
    close = stop_after.end() if stop_after else high
    before, after = text[begin:first].lstrip(), text[last:close].rstrip()
    gap = "……"
    return NearHit(
        story,
        (gap if not ends and low else "") + before,
        tuple(pieces),
        after + (gap if not stop_after and high < len(text) else ""),
        text[first:last],
        distance,
    )


def _counted_parts(run: SearchRun, text: str) -> tuple[tuple[str, int], ...]:
    """Return the longest parts of a string, each with the number of stories in the list of the search for it."""
    counts = {part: run.count_of(Phrase(part, quoted=True)) for part in longest_parts(run.opened.index, text)}
    return tuple((part, count) for part, count in counts.items() if count)


def longest_parts(index: StoryIndex, text: str) -> list[str]:
    """Return the longest parts of a string that stand somewhere, the longest first.

    A part lies within no longer one. Each part of a part stands, too, so that two ends moving on find them all. Marks
    at the ends of a part are left out. At most MOST_TRIED different parts are looked up: those of a long string's end
    may be missing.
    """
    folded = fold_with_offsets(text)
    needle = folded.text
    stands: dict[str, bool] = {}

    def is_found(part: str) -> bool:
        if part not in stands:
            stands[part] = len(stands) < MOST_TRIED and index.count(index.contains(part)) > 0
        return stands[part]

    found: list[tuple[int, int]] = []
    start, end = 0, 1  # needle[start:end] is tried next; needle[start:end - 1] stands, or is empty
    has_grown = False  # otherwise needle[start:end - 1] is part of the one found before
    while start < len(needle):
        if end <= len(needle) and is_found(needle[start:end]):
            has_grown, end = True, end + 1
            continue
        if has_grown:
            found.append((start, end - 1))
        start, has_grown = start + 1, False
        end = max(end, start + 1)
    longest = sorted(found, key=lambda part: part[0] - part[1])
    parts = dict.fromkeys(_without_marks(text[slice(*folded.source_range(*part))]) for part in longest)
    return [part for part in parts if len(fold(part)) >= SHORTEST_PART][:MOST_PARTS]


def _without_marks(text: str) -> str:
    """Return `text` without marks at its ends.

    >>> _without_marks("，把服务的价格理顺")
    '把服务的价格理顺'
    """
    words = [place for place, character in enumerate(text) if character.isalnum()]
    return text[words[0] : words[-1] + 1] if words else ""
