"""The search index: stories in, ids out. The only module that builds tantivy objects.

Character bigrams decide what is found, as phrases: a string is found if and only if its folded form is a substring of
one folded value. jieba words decide the order. Traps of tantivy-py 0.27 that shape this module (measured; see the
comments): ids are signed integers, a phrase of one term panics, an offset or a tree without bounds kills the process.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import tantivy
from tantivy import FieldType, Occur, Query

from articles.search.fold import fold
from articles.search.query_tree import And, Node, Not, Or, Text

#: A query of the engine, which only this module makes; others pass it on.
EngineQuery = Query

#: What a string may be looked for in, and the values that each holds.
TEXT_FIELDS = ("headline", "body", "names")

#: Integer fields that narrow a search; a story may have several values of the first four.
FACETS = ("region", "topic", "column", "contributor", "page", "issue", "kind", "year", "month")

#: The white space that fold leaves inside a value, as a character that the tokenizer does not split at.
SPACE = "\u2420"

#: Stands between two values of a field, so that no phrase runs from one into the next. Twice: the last bigram of a
#: value and the first of the next must be more than two positions apart, for a phrase asks for every second one.
BOUNDARY = " \u241f \u241f "

#: The farthest that relevance is paged, in hits; tantivy aborts the process at offsets beyond memory.
MAX_OFFSET = 1000

#: How the order by relevance is made up, all of it. A word of the headline weighs as five of the rest do; then what
#: holds the whole string in its headline comes first.
HEADLINE_WORDS = 5.0
REST_WORDS = 1.0
WHOLE_IN_HEADLINE = 20.0

#: Memory of the writer for one thread, in bytes; more makes fewer, larger segments.
HEAP = 64_000_000


@dataclass(frozen=True)
class StoryDocument:
    """A story as the index takes it: `texts` are its values by field, each found apart from the others."""

    id: int
    oldest: int
    newest: int
    day: int
    texts: dict[str, Sequence[str]]
    facets: dict[str, Sequence[int]] = field(default_factory=dict)


@dataclass(frozen=True)
class Hits:
    """Ids of one page of hits, in order, and how many there are in all."""

    ids: list[int]
    total: int


def schema() -> tantivy.Schema:
    """Return the fields of a story. Integers are signed: tantivy-py deletes nothing by a term of an unsigned field."""
    builder = tantivy.SchemaBuilder()
    builder.add_integer_field("id", indexed=True, fast=True)
    for name in ("oldest", "newest", "day", *FACETS):
        builder.add_integer_field(name, indexed=True, fast=True)
    for name in TEXT_FIELDS:
        builder.add_text_field(f"{name}_grams", tokenizer_name="spaced", index_option="position")
        builder.add_text_field(f"{name}_chars", tokenizer_name="spaced", index_option="basic")
    for name in ("headline", "rest"):
        builder.add_text_field(f"{name}_words", tokenizer_name="spaced", index_option="freq")
    return builder.build()


def grams(folded: str) -> Iterator[str]:
    """Yield the bigrams of a folded value, each character's with the next."""
    text = folded.replace(" ", SPACE)
    return (text[start : start + 2] for start in range(len(text) - 1))


class StoryIndex:
    """An index in a folder. Open it after a fork: a writer's lock and a reader's view do not survive one."""

    def __init__(self, folder: Path, words: Callable[[str], list[str]], *, create: bool = False) -> None:
        """Open the index in `folder`, or make a new one there.

        Raises ValueError where there is none to open: a folder that a rebuild has just taken away must not come back
        as an empty index.
        """
        self._words = words
        if create:
            folder.mkdir(parents=True)
            self._index = tantivy.Index(schema(), path=str(folder))
        else:
            self._index = tantivy.Index.open(str(folder))
        analyzer = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build()
        self._index.register_tokenizer("spaced", analyzer)
        self._schema = self._index.schema

    def reload(self) -> None:
        """See what was committed since."""
        self._index.reload()

    def write(self, documents: Iterable[StoryDocument], gone: Iterable[int] = (), threads: int = 1) -> None:
        """Put `documents` in place of what the index holds of their ids, take the ids `gone` out, and commit.

        Doing it again changes nothing. Raises ValueError while another process writes.
        """
        writer = self._index.writer(heap_size=HEAP * threads, num_threads=threads)
        for story_id in gone:
            writer.delete_documents_by_term("id", story_id)
        for document in documents:
            writer.delete_documents_by_term("id", document.id)
            writer.add_document(self._document(document))
        writer.commit()
        writer.wait_merging_threads()  # else each save leaves a segment behind

    def _document(self, story: StoryDocument) -> tantivy.Document:
        document = tantivy.Document()
        for name in ("id", "oldest", "newest", "day"):
            document.add_integer(name, getattr(story, name))
        for name, values in story.facets.items():
            for value in values:
                document.add_integer(name, value)
        words: dict[str, list[str]] = {"headline": [], "rest": []}
        for name in TEXT_FIELDS:
            folded = [fold(value) for value in story.texts.get(name, ())]
            document.add_text(f"{name}_grams", BOUNDARY.join(" ".join(grams(value)) for value in folded))
            document.add_text(f"{name}_chars", " ".join(sorted(set("".join(folded)) - {" "})))
            kind = "headline" if name == "headline" else "rest"
            words[kind] += [word for value in folded for word in self._words(value)]
        for name, found in words.items():
            document.add_text(f"{name}_words", " ".join(found))
        return document

    def contains(self, text: str, field_name: str = "") -> Query:
        """Return the query for the stories that hold `text` in one value, of one field or of any."""
        folded = fold(text)
        if not folded:
            return Query.all_query()
        names = [field_name] if field_name else TEXT_FIELDS
        queries = [self._exact(name, folded) for name in names]
        return queries[0] if len(queries) == 1 else Query.boolean_query([(Occur.Should, query) for query in queries])

    def _exact(self, name: str, folded: str) -> Query:
        if len(folded) == 1:
            return Query.term_query(self._schema, f"{name}_chars", folded, "basic")
        pieces = list(grams(folded))
        if len(pieces) == 1:  # a phrase of one term panics
            return Query.term_query(self._schema, f"{name}_grams", pieces[0])
        # Every second bigram holds every character; the last one is needed where the length is odd.
        offsets = sorted({*range(0, len(pieces), 2), len(pieces) - 1})
        return Query.phrase_query(self._schema, f"{name}_grams", [(offset, pieces[offset]) for offset in offsets])

    def among(self, facet: str, values: Sequence[int]) -> Query:
        """Return the query for the stories with one of `values`."""
        queries = [(Occur.Should, Query.term_query(self._schema, facet, value)) for value in values]
        return Query.boolean_query(queries) if queries else Query.empty_query()

    def between(self, name: str, first: int, last: int) -> Query:
        """Return the query for the stories whose `name` lies from `first` to `last`, both included."""
        return Query.range_query(self._schema, name, FieldType.Integer, first, last)

    def compile(self, tree: Node | None, narrow: Callable[[Node], Query]) -> Query:
        """Return the query of a tree of the query language; `narrow` makes the query of a filter.

        None is everything. The parser bounds a tree's depth: tantivy walks it on the stack.
        """
        match tree:
            case None:
                return Query.all_query()
            case Text(text, field_name):
                return self.contains(text, field_name)
            case And(parts):
                return Query.boolean_query([(Occur.Must, self.compile(part, narrow)) for part in parts])
            case Or(parts):
                return Query.boolean_query([(Occur.Should, self.compile(part, narrow)) for part in parts])
            case Not(part):  # alone, a MustNot finds nothing: all, minus it
                unwanted = self.compile(part, narrow)
                return Query.boolean_query([(Occur.Must, Query.all_query()), (Occur.MustNot, unwanted)])
        return narrow(tree)

    def both(self, *queries: Query) -> Query:
        """Return the query for what all of `queries` find."""
        return Query.boolean_query([(Occur.Must, query) for query in queries])

    def ranked(self, query: Query, texts: Sequence[str]) -> Query:
        """Return `query` with an order: by the words of `texts`, whole strings in the headline before all."""
        parts = [(Occur.Must, Query.const_score_query(query, 0.0))]
        for text in texts:
            folded = fold(text)
            for name, boost in (("headline", HEADLINE_WORDS), ("rest", REST_WORDS)):
                for word in dict.fromkeys(self._words(folded)):
                    term = Query.term_query(self._schema, f"{name}_words", word, "freq")
                    parts.append((Occur.Should, Query.boost_query(term, boost)))
            if folded:
                whole = Query.const_score_query(self._exact("headline", folded), WHOLE_IN_HEADLINE)
                parts.append((Occur.Should, whole))
        return Query.boolean_query(parts)

    def search(self, query: Query, limit: int = 20, offset: int = 0, order: str = "") -> Hits:
        """Return the ids of hits [offset, offset + limit), by relevance, or by `order` ("oldest", "newest")."""
        searcher = self._index.searcher()
        limit, offset = max(1, min(limit, 100)), max(0, min(offset, MAX_OFFSET))  # limit 0 panics, 10**12 aborts
        if order:
            found = searcher.search(query, limit, order_by_field=order, offset=offset, order=tantivy.Order.Asc)
        else:
            found = searcher.search(query, limit, offset=offset)
        ids = searcher.fast_field_values("id", [address for _, address in found.hits])
        return Hits([int(story_id) for story_id in ids], found.count)

    def words_of(self, text: str) -> list[str]:
        """Return the words of a string, each once."""
        return list(dict.fromkeys(self._words(fold(text))))

    def count(self, query: Query) -> int:
        """Return how many stories `query` finds."""
        return self._index.searcher().search(query, 1).count

    def ids(self) -> set[int]:
        """Return the ids of all stories it holds."""
        searcher = self._index.searcher()
        found = searcher.search(Query.all_query(), max(1, searcher.num_docs), count=False, order_by_field="oldest")
        return {int(pk) for pk in searcher.fast_field_values("id", [address for _, address in found.hits])}

    @property
    def size(self) -> int:
        """How many stories it holds."""
        return self._index.searcher().num_docs
