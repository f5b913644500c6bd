"""The content of the index: what it holds of each story. Pure, so that any process can prepare it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from operator import add
from typing import Any, NamedTuple

from articles.search.pinyin import clause_initials
from articles.text.fold import fold
from articles.text.tokens import Splitter

#: The kinds of values in a story: the keys of `StoryDocument.texts`.
TEXTS = ("headline", "body", "names", "column")

#: The fields that hold characters, and the kinds of values in each. A string without a mark is searched in `all` as one
#: phrase. A search in two fields would be a union, and the engine can't skip through a union.
FIELDS = {"all": TEXTS, "aside": ("headline", "names", "column"), "headline": ("headline",), "names": ("names",)}

#: The fields that also hold the known strings of each value (articles/text/tokens.py) as terms. A known string is found
#: by its term as by its phrase, in a fifteenth of the time.
KNOWN = ("all", "headline")

#: The field that makes a field for the body unnecessary. A string that is in `all` but not in `aside` is in the body.
#: For a string that is in `aside` too, `echo` decides: it holds the bigrams and characters of the body that also occur
#: in `aside`.
ECHO = "echo"

#: The field that holds the pinyin initials of each clause of the headlines, for suggestions while a reader types.
HEADLINE_INITIALS = "headline_initials"

#: The integer fields of filters and facets. A story may have several values of the first six. `region` holds the codes
#: with those around them, `province` those of provinces alone, `signature` a role with a contributor, `month_day` the
#: month times 100 and the day.
FACETS = (
    *("region", "province", "topic", "contributor", "signature", "page"),
    *("column", "issue", "kind", "year", "month", "month_day", "number"),
)

#: The character that stands for a space inside a folded value. The tokenizer does not split at it.
SPACE = "\u2420"

#: The tokens between two values of a field, so that no phrase crosses from one value into the next. Two are needed: the
#: last bigram of a value and the first of the next one must be more than two positions apart, because a phrase may ask
#: for every second bigram only.
BOUNDARY = " \u241f \u241f "


@dataclass(frozen=True)
class StoryDocument:
    """A story as the index takes it. `texts` are its values by kind. No match crosses from one value to the next."""

    id: int
    oldest: int
    newest: int
    day: int
    texts: dict[str, Sequence[str]]
    facets: dict[str, Sequence[int]] = field(default_factory=dict)
    section: str = ""

    def values(self, name: str) -> Sequence[int | str]:
        """Return the values of a field that stories are counted by: a facet, "day" or "section"."""
        match name:
            case "day":
                return [self.day]
            case "section":
                return [self.section] if self.section else []
        return self.facets[name]


class IndexRow(NamedTuple):
    """A story as `make_index_row` prepares it for the engine: id, digest of all its content, fields as JSON."""

    id: int
    digest: int
    fields: str


def bigrams(folded: str) -> list[str]:
    """Return the bigrams of a folded value: each character with the next one, and SPACE for each space."""
    text = folded.replace(" ", SPACE)
    return list(map(add, text, text[1:]))


def _echo(body: Iterable[Sequence[str]], aside: Iterable[Sequence[str]]) -> str:
    """Return the bigrams of the body's values that also occur in `aside`, as tokens. BOUNDARY stands for each gap.

    Both arguments are lists of bigrams, one list for each value.
    """
    known = {gram for value in aside for gram in value}
    runs: list[list[str]] = []
    for value in body:
        last = -2
        for place in [place for place, gram in enumerate(value) if gram in known]:
            if place != last + 1:
                runs.append([])
            runs[-1].append(value[place])
            last = place
    return BOUNDARY.join(map(" ".join, runs))


def make_index_row(story: StoryDocument, splitter: Splitter) -> IndexRow:
    """Return a story prepared for the engine. This is most of the work of indexing, and any process can do it."""
    folded = {name: [fold(value) for value in story.texts.get(name, ())] for name in TEXTS}
    fields: dict[str, Any] = {name: getattr(story, name) for name in ("id", "oldest", "newest", "day")}
    fields |= {name: list(values) for name, values in story.facets.items()}
    fields["section"] = story.values("section")
    source = json.dumps([fields, folded], ensure_ascii=False)
    fields["digest"] = int.from_bytes(blake2b(source.encode(), digest_size=8).digest(), "big") >> 1  # a signed integer
    cut = {name: [bigrams(value) for value in values] for name, values in folded.items()}
    characters = {name: "".join(values) for name, values in folded.items()}
    for name, sources in FIELDS.items():
        fields[f"{name}_grams"] = BOUNDARY.join(" ".join(value) for held in sources for value in cut[held])
        fields[f"{name}_chars"] = "".join(characters[held] for held in sources)
    aside = FIELDS["aside"]
    fields[f"{ECHO}_grams"] = _echo(cut["body"], [value for held in aside for value in cut[held]])
    fields[f"{ECHO}_chars"] = "".join(filter(characters["body"].__contains__, fields["aside_chars"]))
    for name in KNOWN:
        held = {known for source in FIELDS[name] for value in folded[source] for known in splitter.known(value)}
        fields[f"{name}_known"] = " ".join(sorted(held))
    rest = [value for name in TEXTS[1:] for value in folded[name]]
    fields["headline_words"] = " ".join(splitter.words("\n".join(folded["headline"])))
    fields["rest_words"] = " ".join([word for word in splitter.words("\n".join(rest)) if len(word) > 1])
    initials = set().union(*map(clause_initials, story.texts.get("headline", ())))
    fields[HEADLINE_INITIALS] = " ".join(sorted(initials))
    return IndexRow(story.id, fields["digest"], json.dumps(fields, ensure_ascii=False))
