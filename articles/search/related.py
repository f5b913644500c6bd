"""Stories related to a story: beside it in its column, about its region and topic within a year, nearest in words."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice

from articles.search.current import OpenIndex, ask_index
from articles.search.documents import day_number
from articles.search.find import is_behind
from articles.search.index import StoryIndex
from articles.search.run import MAX_KEY, SIDE_KINDS
from articles.text.fold import fold

#: The words that stand for a text, and the characters of the text that they are taken from.
MOST_WORDS, MOST_READ = 10, 20_000

#: The different words of a long text.
MANY = 100

#: The stories of a place, the stories nearest in words, and those looked at in case that some share too few words.
MOST_NEARBY, MOST_ALIKE, SPARE = 3, 5, 3

#: The share of a text's words that another must hold to be near it, and the least number.
SHARED, FEWEST_SHARED = 0.3, 3

#: How long before and after a story others are about the same.
YEAR = timedelta(days=365)


@dataclass(frozen=True)
class Place:
    """A region by its code and a topic by its id, in the year before and after a day."""

    region: int
    topic: int
    day: date


@dataclass(frozen=True)
class Related:
    """The ids of stories related to one.

    `before` and `after` are its neighbours in its column, which has `in_column` stories. `nearby` are about `place`,
    whose region and topic have `in_place` stories in all years. `alike` are near it in words: {id: the words that
    tell the story apart and stand in both}.
    """

    before: int | None
    after: int | None
    in_column: int
    nearby: list[int]
    place: Place | None
    in_place: int
    alike: dict[int, list[str]]
    is_behind: bool

    @property
    def ids(self) -> list[int]:
        """All of them, each once."""
        found = [self.before, self.after, *self.nearby, *self.alike]
        return [pk for pk in dict.fromkeys(found) if pk is not None]


def find_related(pk: int, texts: Iterable[str], column: int | None, places: Sequence[Place]) -> Related:
    """Return the stories related to the story `pk` with its `texts`, its column, and the places that it is about.

    The first of `places` with another story counts. Raises IndexUnavailable if the index can't answer.
    """
    text = "\n".join(map(fold, texts))[:MOST_READ]  # a word ends with its text, as in the index
    return ask_index(lambda opened: _related(opened, pk, text, column, places))


def _related(opened: OpenIndex, pk: int, text: str, column: int | None, places: Sequence[Place]) -> Related:
    index = opened.index
    before, after, in_column = _beside(index, pk, column) if column else (None, None, 0)
    words = characteristic_words(index, text)
    nearby, place, in_place = _nearby(index, words, places, {pk, before, after})
    alike = _alike(index, words, {pk, before, after, *nearby})
    return Related(before, after, in_column, nearby, place, in_place, alike, is_behind(opened))


def _alike(index: StoryIndex, words: Sequence[str], listed: Collection[int | None]) -> dict[int, list[str]]:
    """Return {id: shared words} of the stories nearest to `words` that share enough of them and are not `listed`."""
    found = index.alike(words, MOST_ALIKE + SPARE + len(listed), unwanted=index.among("kind", SIDE_KINDS))
    held = index.words_held([pk for pk in found if pk not in listed], words)
    least = max(FEWEST_SHARED, SHARED * len(words))
    return dict(islice(((pk, shared) for pk, shared in held.items() if len(shared) >= least), MOST_ALIKE))


def _beside(index: StoryIndex, pk: int, column: int) -> tuple[int | None, int | None, int]:
    """Return the stories before and after a story in its column, and the number of stories in the column."""
    inside = index.among("column", [column])
    key = index.keys([pk], "oldest").get(pk)
    if key is None:  # the index is behind the archive
        return None, None, index.count(inside)
    earlier = index.search(index.both(inside, index.between("oldest", 0, key - 1)), 1, order="oldest", backwards=True)
    later = index.search(index.both(inside, index.between("oldest", key + 1, MAX_KEY)), 1, order="oldest")
    return next(iter(earlier.ids), None), next(iter(later.ids), None), index.count(inside)


def _nearby(
    index: StoryIndex, words: Sequence[str], places: Sequence[Place], listed: Collection[int | None]
) -> tuple[list[int], Place | None, int]:
    """Return the stories of the first place with any but those `listed`, the place, and its stories of all years."""
    for place in places:
        about = index.both(index.among("region", [place.region]), index.among("topic", [place.topic]))
        everywhen = index.but_not(about, index.among("kind", SIDE_KINDS))
        within = index.between("day", day_number(place.day - YEAR), day_number(place.day + YEAR))
        nearest = index.alike(words, MOST_NEARBY + len(listed), index.both(everywhen, within))
        found = [pk for pk in nearest if pk not in listed][:MOST_NEARBY]
        if found:
            return found, place, index.count(everywhen)
    return [], None, 0


def characteristic_words(index: StoryIndex, folded: str) -> list[str]:
    """Return up to MOST_WORDS words that tell a folded text apart: the greatest of tf · log(N / df).

    Words of one character and numbers say nothing about a subject, and a word of this text alone leads nowhere. Of
    救护, 护车 and 救护车 the longest is taken, unless a shorter one mostly stands by itself.
    """
    counts = Counter(word for word in index.all_words_of(folded) if len(word) > 1 and not word.isdigit())
    if len(counts) > MANY:  # of a long text, the words of two characters that stand once are not among the best
        counts = Counter({word: tf for word, tf in counts.items() if tf > 1 or len(word) > 2})
    stories = index.stories_with_words(counts)
    held = max(index.size, 1)
    weights = {word: counts[word] * math.log(held / number) for word, number in stories.items() if number > 1}
    best = sorted(weights, key=lambda word: (-weights[word], -len(word), word))[: 4 * MOST_WORDS]
    chosen: list[str] = []
    for word in best:
        is_part = any(word != other and word in other and counts[word] < 2 * counts[other] for other in best)
        if not is_part and not any(other in word for other in chosen):
            chosen.append(word)
    return chosen[:MOST_WORDS]
