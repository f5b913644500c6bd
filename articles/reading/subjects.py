"""What an item is about: topics by their weighted words, the headline's weighing most."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Container, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from .model import TopicHit

#: What the best topic needs, what a further one needs as a share of the best, and how many there are at most.
THRESHOLD, SHARE, MOST = 6.0, 0.6, 3
#: A topic's word can be split into so many by the word splitter: "县域/医/共/体".
PARTS = 5


@dataclass(frozen=True, eq=False)  # hashed as itself: its words are a dictionary
class TopicWords:
    """A topic and the words that speak for it, each with its weight."""

    slug: str
    name: str
    headline_boost: float
    words: Mapping[str, float]


@lru_cache(maxsize=8)
def _by_word(topics: tuple[TopicWords, ...]) -> tuple[dict[str, list[tuple[TopicWords, float]]], int]:
    """Return each word's topics with its weight there, and the length of the longest word."""
    found: dict[str, list[tuple[TopicWords, float]]] = defaultdict(list)
    for topic in topics:
        for word, weight in topic.words.items():
            found[word].append((topic, weight))
    return dict(found), max(map(len, found), default=0)


def find_topics(
    head: str, paragraphs: Iterable[str], topics: tuple[TopicWords, ...], words: Callable[[str], list[str]]
) -> tuple[TopicHit, ...]:
    """Topics of an item, best first; none where no topic has words enough in it.

    Words are looked up at word boundaries, even where the splitter cuts them: "医/共/体" finds 医共体.
    """
    if not topics:
        return ()
    known, longest = _by_word(topics)
    above = _count(words(head), known, longest)
    below: Counter[str] = Counter()
    for paragraph in paragraphs:
        below.update(_count(words(paragraph), known, longest))
    said: dict[TopicWords, list[tuple[float, str]]] = defaultdict(list)
    for word in above.keys() | below.keys():
        for topic, weight in known[word]:
            said[topic].append((weight * (topic.headline_boost * (word in above) + _dampen(below[word])), word))
    hits: list[TopicHit] = []
    for topic, values in said.items():
        values.sort(key=lambda row: (-row[0], row[1]))
        score = sum(value for value, _ in values)
        if score:
            hits.append(TopicHit(topic.slug, round(score, 2), tuple(word for value, word in values[:6] if value)))
    hits.sort(key=lambda hit: (-hit.score, hit.slug))
    if not hits or hits[0].score < THRESHOLD:
        return ()
    return tuple(hit for hit in hits[:MOST] if hit.score >= hits[0].score * SHARE)


def _dampen(times: int) -> float:
    """What a word that occurs so often counts: 0, 1, 1.7, 2.1 …"""
    return 1 + math.log(times) if times else 0.0


def _count(tokens: list[str], known: Container[str], longest: int) -> Counter[str]:
    found: Counter[str] = Counter()
    for at, token in enumerate(tokens):
        joined = token
        for following in range(at + 1, at + PARTS + 1):
            if joined in known:
                found[joined] += 1
            if following >= len(tokens) or len(joined) >= longest:
                break
            joined += tokens[following]
    return found
