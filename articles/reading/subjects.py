"""The topics of an item, found by weighted words. Words in the headline weigh most."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from articles.text.fold import fold_ideographs

from .matter import BODY, PART, SUBHEAD, Matter
from .model import TopicHit

#: The lowest score of the best topic, the lowest score of a further topic as a share of the best, and most topics.
THRESHOLD, SHARE, MOST = 4.0, 0.6, 3
#: The factor for each next best word of a topic, applied once per rank. So many weak words of a long text do
#: not outweigh a few strong ones.
FADING = 0.85
#: The factor for a word that stands in the first paragraph.
OPENING = 1.5
#: The most parts into which the word splitter may cut a topic's word: "县域/医/共/体".
PARTS = 5


@dataclass(frozen=True, eq=False)  # hashed by identity, because `words` is a dictionary
class TopicWords:
    """A topic and the words that speak for it, each with its weight. A negative weight speaks against the topic."""

    slug: str
    name: str
    headline_boost: float
    words: Mapping[str, float]


@lru_cache(maxsize=8)
def _by_word(topics: tuple[TopicWords, ...]) -> tuple[dict[str, list[tuple[TopicWords, float]]], frozenset[str]]:
    """Return the topics of each word with the word's weight in each, and the beginnings of all words."""
    found: dict[str, list[tuple[TopicWords, float]]] = defaultdict(list)
    for topic in topics:
        for word, weight in topic.words.items():
            found[fold_ideographs(word)].append((topic, weight))
    return dict(found), frozenset(word[:end] for word in found for end in range(1, len(word) + 1))


def find_topics(matter: Matter, topics: tuple[TopicWords, ...]) -> tuple[TopicHit, ...]:
    """Return the topics of an item, best first, or an empty tuple if no topic reaches THRESHOLD.

    A topic's word must begin and end where words do. The longest one counts, even if the splitter cuts it: "医/共/体"
    finds 医共体.
    """
    if not topics or not matter.texts:
        return ()
    known, beginnings = _by_word(topics)
    above: Counter[str] = Counter()
    below: Counter[str] = Counter()
    opening: Counter[str] = Counter()
    for text in matter.texts:
        found = _count(text.words, known, beginnings)
        if text.where not in (BODY, PART, SUBHEAD):
            above.update(found)
        else:
            below.update(found)
            if text.where == BODY and text.number == 0:
                opening.update(found)
    if not above and not below:
        return ()
    said: dict[TopicWords, list[tuple[float, str]]] = defaultdict(list)
    # A notice (a lost certificate, a call for contributions) has the topics of its title, or none.
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
    """Return the weight of a word that occurs `times` times: 0, 1, 1.7, 2.1 …"""
    return 1 + math.log(times) if times else 0.0


def _count(tokens: Sequence[str], known: Container[str], beginnings: Container[str]) -> Counter[str]:
    """Return how often each of `known` occurs. `beginnings` are those of all of them: most tokens are none of them."""
    found: Counter[str] = Counter()
    at = 0
    while at < len(tokens):
        joined, match, after = "", "", at + 1
        for following in range(at, min(at + PARTS, len(tokens))):
            joined += tokens[following]
            if joined not in beginnings:
                break
            if joined in known:
                match, after = joined, following + 1
        if match:
            found[match] += 1
        at = after
    return found
