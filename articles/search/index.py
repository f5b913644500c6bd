"""The search index: stories in, ids out. The only module that builds tantivy objects.

Character bigrams decide what is found, as phrases: a string is found if and only if its folded form is a substring of
one folded value. jieba words decide the order. Traps of tantivy-py 0.27 that shape this module (measured; see the
comments): ids are signed integers, a phrase of one term panics, an offset or a tree without bounds kills the process.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from contextlib import ContextDecorator
from copy import copy
from dataclasses import dataclass, field
from hashlib import blake2b
from itertools import pairwise
from operator import add
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple

import tantivy
from tantivy import FieldType, Occur, Query

from articles.search.cover import cheapest_cover
from articles.search.files import EngineFailure, IndexDamaged
from articles.search.query_tree import And, Node, Not, Or, Phrase
from articles.text.fold import fold

#: A query of the engine, which only this module makes; others pass it on.
EngineQuery = Query

#: The values of a story, by where they stand: what `StoryDocument.texts` is keyed by.
TEXTS = ("headline", "body", "names", "column")

#: Fields that hold characters, and the values in each. A string without a mark is looked for in `all`, as one phrase:
#: in two fields it would be a union, which the engine can't leap through.
FIELDS = {"all": TEXTS, "aside": ("headline", "names", "column"), "headline": ("headline",), "names": ("names",)}

#: What is in the body is in `all`, and where it isn't in `aside` too, nothing more need be known. Where it is, `echo`
#: tells: it has of the body the bigrams and characters that `aside` has, too. So the body needs no field of its own.
ECHO = "echo"

#: Integer fields that narrow a search; a story may have several values of the first five.
FACETS = ("region", "topic", "column", "contributor", "page", "issue", "kind", "year", "month")

#: The most values of a field that the engine counts; asked for more it fails.
MOST_VALUES = 65_000

#: The white space that fold leaves inside a value, as a character that the tokenizer does not split at.
SPACE = "\u2420"

#: Stands between two values of a field, so that no phrase runs from one into the next. Twice: the last bigram of a
#: value and the first of the next must be more than two positions apart, for a phrase asks for every second one.
BOUNDARY = " \u241f \u241f "

#: The farthest that relevance is paged, in hits; tantivy aborts the process at offsets beyond memory.
MAX_OFFSET = 1000

#: The most hits that are taken at once, for a download: the engine keeps them all in memory to order them.
MOST_AT_ONCE = 10_000

#: How the order by relevance is made up, all of it. What stands first is decided by what holds the strings where: each
#: string in a headline, the strings one after another as they were typed, or near each other. Within these steps BM25
#: on words orders, at most some 150 for each word; a word of the headline weighs as five of the rest.
#: Of the rest, words of one character (的, 在) do not count: a third of all, and they say nothing of its subject.
IN_HEADLINE = 50_000.0
TOGETHER = 20_000.0
NEAR = 5_000.0
HEADLINE_WORDS = 5.0
REST_WORDS = 1.0

#: Strings are near each other that begin within so many characters. It is asked where one of them is in no more than
#: so many stories; to look at the places of two frequent ones takes longer than all else.
NEAR_WITHIN, NEAR_AMONG = 40, 20_000

#: Memory of the writer for one thread, in bytes: for a few stories, and for a whole archive, where more memory makes
#: fewer segments to merge.
HEAP, BUILDING_HEAP = 32_000_000, 256_000_000


@dataclass(frozen=True)
class StoryDocument:
    """A story as the index takes it: `texts` are its values by field, each found apart from the others."""

    id: int
    oldest: int
    newest: int
    day: int
    texts: dict[str, Sequence[str]]
    facets: dict[str, Sequence[int]] = field(default_factory=dict)
    section: str = ""


@dataclass(frozen=True)
class Hits:
    """Ids of one page of hits, in order, and how many there are in all."""

    ids: list[int]
    total: int


class IndexRow(NamedTuple):
    """A story made ready for the engine, by `make_index_row`: id, digest of all its content, fields as JSON."""

    id: int
    digest: int
    fields: str


class _Engine(ContextDecorator):
    """Stands around all that asks the engine: what it raises, or panics with, is raised as an EngineFailure.

    Over damaged files it may raise anything. A panic is no Exception, and its class can't be imported.
    """

    def __enter__(self) -> None:
        pass

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if error is None or isinstance(error, EngineFailure):
            return
        if isinstance(error, Exception) or kind.__name__ == "PanicException":
            raise EngineFailure(f"检索引擎出错：{kind.__name__}：{str(error)[:500]}") from error


def schema() -> tantivy.Schema:
    """Return the fields of a story. Integers are signed: tantivy-py deletes nothing by a term of an unsigned field."""
    builder = tantivy.SchemaBuilder()
    builder.add_integer_field("id", indexed=True, fast=True)
    builder.add_integer_field("digest", fast=True)
    for name in ("oldest", "newest", "day", *FACETS):
        builder.add_integer_field(name, indexed=True, fast=True)
    builder.add_text_field("section", tokenizer_name="raw", index_option="basic", fast=True)
    for name in (*FIELDS, ECHO):
        builder.add_text_field(f"{name}_grams", tokenizer_name="spaced", index_option="position")
        builder.add_text_field(f"{name}_chars", tokenizer_name="characters", index_option="basic")
    for name in ("headline", "rest"):
        builder.add_text_field(f"{name}_words", tokenizer_name="spaced", index_option="freq")
    return builder.build()


def bigrams(folded: str) -> list[str]:
    """Return the bigrams of a folded value, each character's with the next."""
    text = folded.replace(" ", SPACE)
    return list(map(add, text, text[1:]))


def _echo(body: Iterable[Sequence[str]], aside: Iterable[Sequence[str]]) -> str:
    """Return the bigrams of the body's values that are among those of `aside`, as tokens; a gap is a boundary."""
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


def make_index_row(story: StoryDocument, words: Callable[[str], list[str]]) -> IndexRow:
    """Return a story made ready for the engine: the greater part of the work, which any process may do."""
    folded = {name: [fold(value) for value in story.texts.get(name, ())] for name in TEXTS}
    fields: dict[str, Any] = {name: getattr(story, name) for name in ("id", "oldest", "newest", "day")}
    fields |= {name: list(values) for name, values in story.facets.items()}
    fields["section"] = [story.section] if story.section else []
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
    rest = [value for name in TEXTS[1:] for value in folded[name]]
    fields["headline_words"] = " ".join(words("\n".join(folded["headline"])))
    fields["rest_words"] = " ".join([word for word in words("\n".join(rest)) if len(word) > 1])
    return IndexRow(story.id, fields["digest"], json.dumps(fields, ensure_ascii=False))


class StoryIndex:
    """An index in a folder, as of one commit. Open it after a fork: neither lock nor view survives one."""

    def __init__(self, folder: Path, words: Callable[[str], list[str]], *, create: bool = False) -> None:
        """Open the index in `folder`, or make a new one there.

        Raises IndexDamaged where there is none to open, for a folder that a rebuild has just taken away must not come
        back as an empty index, where it can't be opened, and where it has other fields than these. OSError or
        EngineFailure where none can be made.
        """
        self._words = words
        if create:
            folder.mkdir(parents=True)
            self._set_up(folder, create=True)
            return
        try:
            self._set_up(folder, create=False)
        except EngineFailure as error:
            raise IndexDamaged(str(error)) from error
        if self._schema != schema():
            raise IndexDamaged("索引的字段是另一个程序版本的")

    @_Engine()
    def _set_up(self, folder: Path, *, create: bool) -> None:
        self._index = tantivy.Index(schema(), path=str(folder)) if create else tantivy.Index.open(str(folder))
        for name, tokenizer in (
            ("spaced", tantivy.Tokenizer.whitespace()),
            ("characters", tantivy.Tokenizer.ngram(1, 1)),
        ):
            self._index.register_tokenizer(name, tantivy.TextAnalyzerBuilder(tokenizer).build())
        # Else a thread of the engine opens the files anew whenever a commit is made, or seems to be: where one was cut
        # that ends the process.
        self._index.config_reader(reload_policy="manual")
        self._schema = self._index.schema
        self._searcher = self._index.searcher()

    @_Engine()
    def renewed(self) -> StoryIndex:
        """Return the index as of its newest commit; this one shows what it did, to whoever is in the middle of it."""
        self._index.reload()
        newer = copy(self)
        newer._searcher = self._index.searcher()
        return newer

    def write(self, rows: Iterable[IndexRow], gone: Iterable[int] = ()) -> None:
        """Put `rows` in place of what the index holds of their ids, take the ids `gone` out, and commit.

        Doing it again changes nothing. Raises EngineFailure where it can't be written: while another process writes,
        on a full disk.
        """
        with _Engine():
            writer = self._index.writer(heap_size=HEAP, num_threads=1)
            for story_id in gone:
                writer.delete_documents_by_term("id", story_id)
        for row in rows:
            with _Engine():
                writer.delete_documents_by_term("id", row.id)
                writer.add_json(row.fields)
        self._commit(writer)

    def fill(self, rows: Iterable[IndexRow]) -> None:
        """Write the rows of a whole archive into an index that has none yet, each id once, and commit.

        Raises EngineFailure where it can't be written.
        """
        with _Engine():
            writer = self._index.writer(heap_size=BUILDING_HEAP * 2, num_threads=2)
        for row in rows:
            with _Engine():
                writer.add_json(row.fields)
        self._commit(writer)

    @_Engine()
    def _commit(self, writer: tantivy.IndexWriter) -> None:
        writer.commit()
        writer.wait_merging_threads()  # else each save leaves a segment behind

    @_Engine()
    def contains(self, text: str, field_name: str = "") -> Query:
        """Return the query for the stories that hold `text` in one value, of one field or of any."""
        folded = fold(text)
        if not folded:
            return Query.all_query()
        if field_name != "body":
            return self._exact(field_name or "all", folded)
        alone = self.but_not(self._exact("all", folded), self._exact("aside", folded))
        return Query.boolean_query([(Occur.Should, alone), (Occur.Should, self._exact(ECHO, folded))])

    def _exact(self, name: str, folded: str) -> Query:
        if len(folded) == 1:
            return Query.term_query(self._schema, f"{name}_chars", folded, "basic")
        terms = bigrams(folded)
        if len(terms) == 1:  # a phrase of one term panics
            return Query.term_query(self._schema, f"{name}_grams", terms[0])
        # Some bigrams hold every character. The rarest of them: the engine goes through the texts that hold them all,
        # and 家卫, 生健 say less often than 国家, 卫生, 健康 where 国家卫生健康委 may be.
        offsets = cheapest_cover([self._frequency(f"{name}_grams", term) for term in terms])
        return Query.phrase_query(self._schema, f"{name}_grams", [(offset, terms[offset]) for offset in offsets])

    @_Engine()
    def _frequency(self, field_name: str, term: str) -> int:
        """Return in how many stories a field has `term`, those counted that have gone since the last merge."""
        return self._searcher.doc_freq(field_name, term)

    def _near(self, first: str, second: str) -> list[Query]:
        """Return queries for the stories in which the second of two folded strings begins soon after the first.

        Of each string its first two characters count: that it is there is known. One character has no bigram.
        """
        terms = [next(iter(bigrams(text)), "") for text in (first, second)]
        if not all(terms) or min(self._frequency("all_grams", term) for term in terms) > NEAR_AMONG:
            return []
        return [
            Query.phrase_query(self._schema, "all_grams", [(0, one), (1, other)], slop=NEAR_WITHIN)
            for one, other in (terms, reversed(terms))
        ]

    def among(self, facet: str, values: Sequence[int | str]) -> Query:
        """Return the query for the stories with one of `values`."""
        queries = [(Occur.Should, Query.term_query(self._schema, facet, value)) for value in values]
        return Query.boolean_query(queries) if queries else Query.empty_query()

    def between(self, name: str, first: int, last: int) -> Query:
        """Return the query for the stories whose `name` lies from `first` to `last`, both included."""
        return Query.range_query(self._schema, name, FieldType.Integer, first, last)

    @_Engine()
    def compile(self, tree: Node | None, narrow: Callable[[Node], Query]) -> Query:
        """Return the query of a tree of the query language; `narrow` makes the query of a filter.

        None is everything. The parser bounds a tree's depth: tantivy walks it on the stack.
        """
        match tree:
            case None:
                return Query.all_query()
            case Phrase(text, field_name):
                return self.contains(text, field_name)
            case And(parts):
                wanted = [(Occur.Must, self.compile(part, narrow)) for part in parts if not isinstance(part, Not)]
                unwanted = [(Occur.MustNot, self.compile(part.part, narrow)) for part in parts if isinstance(part, Not)]
                # alone, a MustNot finds nothing
                return Query.boolean_query([*(wanted or [(Occur.Must, Query.all_query())]), *unwanted])
            case Or(parts):
                return Query.boolean_query([(Occur.Should, self.compile(part, narrow)) for part in parts])
            case Not(part):
                return self.but_not(Query.all_query(), self.compile(part, narrow))
        return narrow(tree)

    def both(self, *queries: Query) -> Query:
        """Return the query for what all of `queries` find: everything, where there are none."""
        return Query.boolean_query([(Occur.Must, query) for query in queries or (Query.all_query(),)])

    def but_not(self, query: Query, unwanted: Query) -> Query:
        """Return the query for what `query` finds and `unwanted` does not."""
        return Query.boolean_query([(Occur.Must, query), (Occur.MustNot, unwanted)])

    @_Engine()
    def ranked(self, query: Query, texts: Sequence[str], *, all_of: bool = True) -> Query:
        """Return `query` with an order: by where the strings `texts` stand, then by their words.

        `all_of`: each hit holds all of them, so that it matters how near to each other they stand.
        """
        folded = [text for text in map(fold, texts) if text]
        parts = [(Occur.Must, Query.const_score_query(query, 0.0))]
        parts += [
            (Occur.Should, Query.const_score_query(self._exact("headline", text), IN_HEADLINE / len(folded)))
            for text in folded
        ]
        if all_of and len(folded) > 1:
            parts.append((Occur.Should, Query.const_score_query(self.contains(" ".join(texts)), TOGETHER)))
            parts += [
                (Occur.Should, Query.const_score_query(near, NEAR / len(folded)))
                for first, second in pairwise(folded)
                for near in self._near(first, second)
            ]
        for name, boost in (("headline", HEADLINE_WORDS), ("rest", REST_WORDS)):
            for word in dict.fromkeys(word for text in folded for word in self._words(text)):
                if len(word) == 1 and name == "rest":
                    continue
                term = Query.term_query(self._schema, f"{name}_words", word, "freq")
                parts.append((Occur.Should, Query.boost_query(term, boost)))
        return Query.boolean_query(parts)

    @_Engine()
    def search(
        self, query: Query, limit: int = 20, offset: int = 0, order: str = "", *, backwards: bool = False
    ) -> Hits:
        """Return hits [offset, offset + limit), by relevance, or by the key of an order, "oldest" or "newest".

        The lowest key comes first, or `backwards` the highest; "id" is a key as well, the order of arrival.
        """
        limit, offset = max(1, min(limit, 100)), max(0, min(offset, MAX_OFFSET))  # limit 0 panics, 10**12 aborts
        if order:
            direction = tantivy.Order.Desc if backwards else tantivy.Order.Asc
            found = self._searcher.search(query, limit, order_by_field=order, offset=offset, order=direction)
        else:
            found = self._searcher.search(query, limit, offset=offset)
        return Hits(self._values("id", found), found.count)

    @_Engine()
    def first(self, query: Query, most: int, order: str = "") -> Hits:
        """Return the first `most` hits (1 to MOST_AT_ONCE) in one go, in the same order as `search` has them."""
        most = max(1, min(most, MOST_AT_ONCE))
        direction = {"order_by_field": order, "order": tantivy.Order.Asc} if order else {}
        found = self._searcher.search(query, most, **direction)
        return Hits(self._values("id", found), found.count)

    @_Engine()
    def keys(self, ids: Sequence[int], order: str) -> dict[int, int]:
        """Return the keys of up to 100 stories in an order, "oldest" or "newest", by id."""
        found = self._searcher.search(self.among("id", ids), min(max(1, len(ids)), 100))
        return dict(zip(self._values("id", found), self._values(order, found), strict=True))

    def words_of(self, text: str) -> list[str]:
        """Return the words of a string in order, each once; of words within words the longest alone."""
        words = dict.fromkeys(self._words(fold(text)))
        return [word for word in words if not any(word != other and word in other for other in words)]

    @_Engine()
    def count(self, query: Query) -> int:
        """Return how many stories `query` finds."""
        return self._searcher.search(query, 1).count

    def values(self, query: Query, *fields: str) -> dict[str, dict[Any, int]]:
        """Return how many of the stories that `query` finds have each value of each of `fields`: facets, day, section.

        Raises ValueError where there are more than the engine counts.
        """
        asked = {name: {"terms": {"field": name, "size": MOST_VALUES}} for name in fields}
        with _Engine():
            found = self._searcher.aggregate(query, asked)
        if any(counts["sum_other_doc_count"] for counts in found.values()):
            raise ValueError(f"more than {MOST_VALUES} values in one of {', '.join(fields)}")
        return {name: {row["key"]: row["doc_count"] for row in found[name]["buckets"]} for name in fields}

    @_Engine()
    def digests(self, first: int, last: int) -> dict[int, int]:
        """Return the digest of each story that it holds, of ids from `first` to `last`, by id."""
        within = self.between("id", first, last)
        found = self._searcher.search(within, max(1, self.count(within)), order_by_field="oldest")
        return dict(zip(self._values("id", found), self._values("digest", found), strict=True))

    @property
    def size(self) -> int:
        """How many stories it holds."""
        return self._searcher.num_docs

    def _values(self, name: str, found: tantivy.SearchResult) -> list[int]:
        """Return the values of an integer field of what was found, in its order."""
        addresses = [address for _, address in found.hits]
        return [int(value) for value in self._searcher.fast_field_values(name, addresses)]
