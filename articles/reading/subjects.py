"""What an item is about: topics by their weighted words, the headline's weighing most."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from articles.text.fold import fold_ideographs

from .matter import BODY, PART, SUBHEAD, Matter
from .model import TopicHit

#: What the best topic needs, what a further one needs as a share of the best, and how many there are at most.
THRESHOLD, SHARE, MOST = 4.0, 0.6, 3
#: What the next best word of a topic counts, as a share of the one before: many words of a long text outweigh nothing.
FADING = 0.85
#: What a word in the first paragraph counts more.
OPENING = 1.5
#: A topic's word can be split into so many by the word splitter: "县域/医/共/体".
PARTS = 5


@dataclass(frozen=True, eq=False)  # hashed as itself: its words are a dictionary
class TopicWords:
    """A topic and the words that speak for it, each with its weight; a negative weight speaks against it."""

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
            found[fold_ideographs(word)].append((topic, weight))
    return dict(found), max(map(len, found), default=0)


def find_topics(matter: Matter, topics: tuple[TopicWords, ...]) -> tuple[TopicHit, ...]:
    """Topics of an item, best first; none where no topic has words enough in it.

    Words are looked up where words begin and end, the longest first, even if the splitter cuts them: "医/共/体" finds
    医共体.
    """
    if not topics or not matter.texts:
        return ()
    known, longest = _by_word(topics)
    above: Counter[str] = Counter()
    below: Counter[str] = Counter()
    opening: Counter[str] = Counter()
    for text in matter.texts:
        found = _count(text.words, known, longest)
        if text.where not in (BODY, PART, SUBHEAD):
            above.update(found)
        else:
            below.update(found)
            if text.where == BODY and text.number == 0:
                opening.update(found)
    if not above and not below:
        return ()
    said: dict[TopicWords, list[tuple[float, str]]] = defaultdict(list)
    # A notice (a lost certificate, a call for contributions) is about what its title says, or about nothing.
    topics_of_title = {topic for word in above for topic, _ in known[word]}
    for word in above.keys() | below.keys():
        times = _dampen(below[word]) * (OPENING if opening[word] else 1.0)
        for topic, weight in known[word]:
            if matter.kind == "notice" and topic not in topics_of_title:
                continue
            said[topic].append((weight * (topic.headline_boost * (word in above) + times), word))
    hits = [hit for topic, values in said.items() if (hit := _hit(topic, values)) is not None]
    hits.sort(key=lambda hit: (-hit.score, hit.slug))
    if not hits or hits[0].score < THRESHOLD:
        return ()
    return tuple(hit for hit in hits[:MOST] if hit.score >= hits[0].score * SHARE)


def _hit(topic: TopicWords, values: list[tuple[float, str]]) -> TopicHit | None:
    values.sort(key=lambda row: (-row[0], row[1]))
    score = sum(value * FADING**at if value > 0 else value for at, (value, _) in enumerate(values))
    if score <= 0:
        return None
    return TopicHit(topic.slug, round(score, 2), tuple(word for value, word in values[:6] if value > 0))


def _dampen(times: int) -> float:
    """What a word that occurs so often counts: 0, 1, 1.7, 2.1 …"""
    return 1 + math.log(times) if times else 0.0


def _count(tokens: Sequence[str], known: Container[str], longest: int) -> Counter[str]:
    found: Counter[str] = Counter()
    at = 0
    while at < len(tokens):
        joined, match, after = "", "", at + 1
        for following in range(at, min(at + PARTS, len(tokens))):
            joined += tokens[following]
            if len(joined) > longest:
                break
            if joined in known:
                match, after = joined, following + 1
        if match:
            found[match] += 1
        at = after
    return found
