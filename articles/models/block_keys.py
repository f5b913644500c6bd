"""The keys of blocks. Corrections, reports and links name a block of an article by its key.

The key of a block is implicit as long as its text is what it was when the block came: it is made from the text alone.
It stands in the block, as "key", only if it differs from the implicit one. So a body whose texts nobody has changed
holds no keys, and a block keeps its key wherever it moves. `carry_keys` brings the keys past a change of texts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from hashlib import sha256

from articles.models.bodies import Block
from articles.text.likeness import LIKE, Likeness

#: Hexadecimal digits of a key. Texts of one body that share them are numbered, as equal texts are.
KEY_LENGTH = 8

#: The farthest that a block may have moved, in blocks, to be known by a part of its text. It bounds the work.
REACH = 32


def keys_of(blocks: Iterable[Block]) -> list[str]:
    """Return the key of each block of a body. No two are equal.

    An implicit key is the digest of the text. The second block with the text has "-2" after it, the third "-3". If
    several blocks name one key, the first has it. A block whose key is taken has the next free number.
    """
    blocks = list(blocks)
    keys = _implicit_keys(blocks)
    named = [place for place, block in enumerate(blocks) if block.get("key")]
    if not named:
        return keys
    holders: dict[str, int] = {}
    for place in named:
        holders.setdefault(blocks[place]["key"], place)
    has_named = {place: key for key, place in holders.items()}
    taken = set(holders)
    for place, implicit in enumerate(keys):
        keys[place] = has_named[place] if place in has_named else _free(implicit, taken)
        taken.add(keys[place])
    return keys


def carry_keys(old: Sequence[Block], new: Sequence[Block]) -> list[Block]:
    """Return the body `new` with the keys of the body `old`, where its blocks continue blocks of `old`.

    A block continues the block with its type and text, else the block whose key it has, else the block that was split
    before it or joined into it, else the block that is most like it, else the one changed block between the same two
    neighbours. The first half of a split block has its key; two joined blocks have the key of the first. Any other
    block keeps the key that it names, or has its implicit key, or the next free number if that key is taken.

    Keys stand in the returned blocks only where they differ from the implicit ones. So a new reading of the same texts
    gives the stored body. `carry_keys(old, carry_keys(old, new))` is `carry_keys(old, new)`, unless `new` names a key
    that its text gives anyway.
    """
    if list(new) == list(old):
        return list(new)
    old_keys = keys_of(old)
    carried = {place: old_keys[before] for place, before in _Continuing(old, new).pairs().items()}
    held = set(carried.values())
    named = [carried.get(place) or _unless(block.get("key"), held) for place, block in enumerate(new)]
    wanted = keys_of(_with_key(block, key) for block, key in zip(new, named, strict=True))
    implicit = _implicit_keys(new)
    return [
        _with_key(block, None if key == own else key) for block, key, own in zip(new, wanted, implicit, strict=True)
    ]


def without_keys(blocks: Iterable[Block]) -> list[Block]:
    """Return the blocks of a body as they are printed."""
    return [_with_key(block, None) if "key" in block else block for block in blocks]


def anchors(parts: Sequence[tuple[int, Sequence[Block]]], whole: Sequence[Sequence[Block]]) -> list[list[list[str]]]:
    """Return the ids of the blocks of a story's page, for each block of `whole`.

    `parts` has the id and the body of each article of the story, `whole` the result of `whole_paragraphs` for the
    bodies. A paragraph that a jump cut in two has the ids of both halves: a link to the second leads to the whole.
    """
    found: list[list[list[str]]] = []
    open_part: list[list[str]] = []  # the last part that has blocks left
    for (article, blocks), rest in zip(parts, whole, strict=True):
        ids = [[f"b-{article}-{key}"] for key in keys_of(blocks)]
        if len(rest) < len(blocks):
            open_part[-1] += ids.pop(0)
        found.append(ids)
        open_part = ids or open_part
    return found


def _implicit_keys(blocks: Iterable[Block]) -> list[str]:
    counts: dict[str, int] = {}
    keys = []
    for block in blocks:
        # Half of a surrogate pair may stand in a text: see PlainJSONEncoder.
        digest = sha256(_print(block).encode("utf-8", "surrogatepass")).hexdigest()[:KEY_LENGTH]
        counts[digest] = number = counts.get(digest, 0) + 1
        keys.append(digest if number == 1 else f"{digest}-{number}")
    return keys


def _print(block: Block) -> str:
    """Return the text of a block, for a table its caption and rows."""
    return f"{block['caption']}\n{block['text']}" if block.get("caption") else block["text"]


def _free(key: str, taken: set[str]) -> str:
    """Return `key` if it is free, else the key of the same text with the next free number."""
    digest, _, number = key.partition("-")
    count = int(number or 1)
    while key in taken:
        count += 1
        key = f"{digest}-{count}"
    return key


def _unless(key: str | None, held: set[str]) -> str | None:
    return None if key in held else key


def _with_key(block: Block, key: str | None) -> Block:
    rest = {name: value for name, value in block.items() if name != "key"}
    return {**rest, "key": key} if key else rest


class _Continuing:
    """The search for the blocks of `old` that the blocks of `new` continue. The surest pairs are found first."""

    def __init__(self, old: Sequence[Block], new: Sequence[Block]) -> None:
        self.old_prints, self.new_prints = list(map(_print, old)), list(map(_print, new))
        self.old_contents = [(block["type"], text) for block, text in zip(old, self.old_prints, strict=True)]
        self.new_contents = [(block["type"], text) for block, text in zip(new, self.new_prints, strict=True)]
        self.old_keys, self.new_keys = keys_of(old), keys_of(new)
        self.names_keys = any(block.get("key") for block in new)
        self.before: dict[int, int] = {}  # place in `new` -> place in `old`
        self.left = dict.fromkeys(range(len(old)))  # in order: the places of `old` without a pair
        self.likeness = Likeness()

    def pairs(self) -> dict[int, int]:
        """Return {place in `new`: place in `old`}."""
        self._by_content()
        unchanged = dict(self.before)
        self._by_key()
        self._by_seam()
        self._by_likeness()
        self._by_place(unchanged)
        return self.before

    def _pair(self, i: int, j: int) -> None:
        """Pair old[i] with new[j] if both are without a pair."""
        if i in self.left and j not in self.before:
            self.before[j] = i
            del self.left[i]

    def _by_content(self) -> None:
        """Pair equal blocks. Of several equal ones, those beside a pair come first, then the others in order.

        Once a block of `new` names its key, the equal blocks with equal keys come first: a body that has been here
        keeps its pairs.
        """
        if self.names_keys:
            places = {pair: i for i, pair in enumerate(zip(self.old_contents, self.old_keys, strict=True))}
            for j, pair in enumerate(zip(self.new_contents, self.new_keys, strict=True)):
                self._pair(places.get(pair, -1), j)
        old_places, new_places = _places(self.old_contents), _places(self.new_contents)
        for content, at in new_places.items():
            if len(at) == len(old_places.get(content, ())) == 1:
                self._pair(old_places[content][0], at[0])
        self._beside(range(len(self.new_contents)), 1)
        self._beside(range(len(self.new_contents) - 1, -1, -1), -1)
        for content, at in new_places.items():
            was = [i for i in old_places.get(content, ()) if i in self.left]
            for i, j in zip(was, [j for j in at if j not in self.before], strict=False):
                self._pair(i, j)

    def _beside(self, places: range, step: int) -> None:
        """Pair equal blocks whose neighbours are a pair. The ends of the two bodies are pairs as well."""
        ends = {-1: -1, len(self.new_contents): len(self.old_contents)}
        for j in places:
            neighbour = self.before.get(j - step, ends.get(j - step))
            if neighbour is not None and neighbour + step in self.left:
                i = neighbour + step
                if self.old_contents[i] == self.new_contents[j]:
                    self._pair(i, j)

    def _by_key(self) -> None:
        """Pair blocks with one key: `new` names it, or its text is again the one that the key was made from."""
        places = {self.old_keys[i]: i for i in self.left}
        for j, key in enumerate(self.new_keys):
            self._pair(places.get(key, -1), j)

    def _by_seam(self) -> None:
        """Pair a block with the first half of what it was split into, and the first of two blocks with their join."""
        old, new = (["".join(text.split()) for text in prints] for prints in (self.old_prints, self.new_prints))
        for i in list(self.left):
            for j in self._near(i):
                has_second = j + 1 < len(new) and j + 1 not in self.before
                is_split = has_second and self._is_joined(old[i], new[j], new[j + 1])
                if is_split or (i + 1 in self.left and self._is_joined(new[j], old[i], old[i + 1])):
                    self._pair(i, j)

    def _is_joined(self, whole: str, first: str, second: str) -> bool:
        """Return whether `whole` is two texts, of which one may have been changed, or cut short by another seam."""
        if first and whole.startswith(first):
            rest = whole[len(first) :]
            return bool(rest and second) and (rest.startswith(second) or self.likeness.of(rest, second) >= LIKE)
        if second and whole.endswith(second):
            return self.likeness.of(whole[: -len(second)], first) >= LIKE
        return False

    def _by_likeness(self) -> None:
        """Pair the blocks that are most alike, and of equally alike ones those nearest in place."""
        scores = [
            (self.likeness.of(self.old_prints[i], self.new_prints[j]), -abs(i - j), -i, -j)
            for i in self.left
            for j in self._near(i)
        ]
        for score, _, i, j in sorted(scores, reverse=True):
            if score >= LIKE:
                self._pair(-i, -j)

    def _by_place(self, unchanged: dict[int, int]) -> None:
        """Pair a block between two unchanged blocks, or an end, with the one that stood between the same two."""
        around = {-1: -1, len(self.new_contents): len(self.old_contents), **unchanged}
        for j in range(len(self.new_contents)):
            i = around.get(j - 1, len(self.old_contents)) + 1
            if around.get(j + 1) == i + 1:
                self._pair(i, j)

    def _near(self, i: int) -> list[int]:
        """Return the places of `new` within REACH of old[i] that are without a pair."""
        places = range(max(0, i - REACH), min(len(self.new_contents), i + REACH + 1))
        return [j for j in places if j not in self.before]


def _places(contents: Iterable[tuple[str, str]]) -> dict[tuple[str, str], list[int]]:
    places: dict[tuple[str, str], list[int]] = defaultdict(list)
    for place, content in enumerate(contents):
        places[content].append(place)
    return places
