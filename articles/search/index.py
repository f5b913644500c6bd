"""The search index. It takes stories and returns ids. Only this module, the schema and `engine_queries` build tantivy
objects.

Some traps of tantivy-py 0.27 shape this module (measured; see the comments): ids must be signed integers, an unbounded
offset kills the process.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from copy import copy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tantivy
from tantivy import Occur, Query

from articles.search.engine import calling_engine
from articles.search.engine_queries import EngineQueries
from articles.search.files import EngineFailure, IndexDamaged
from articles.search.index_rows import IndexRow, bigrams
from articles.search.schema import register_tokenizers, schema
from articles.text.fold import fold
from articles.text.tokens import Splitter

#: The largest number of values of a field that the engine counts. A request for more fails.
MOST_VALUES = 65_000

#: The greatest offset in hits. tantivy aborts the process if an offset exceeds the memory.
MAX_OFFSET = 1000

#: The largest number of hits that a download fetches at once. The engine keeps them all in memory to sort them.
MOST_AT_ONCE = 10_000

#: The words of which an index remembers the number of stories.
MOST_KNOWN = 20_000

#: The writer's memory for one thread in bytes: for a few stories, and for a whole archive. For an archive, more memory
#: leaves fewer segments to merge.
HEAP, BUILDING_HEAP = 32_000_000, 256_000_000


@dataclass(frozen=True)
class Hits:
    """The ids of one page of hits in order, and the number of all hits."""

    ids: list[int]
    total: int


class StoryIndex(EngineQueries):
    """An index in a folder, as of one commit. Open it after a fork: neither its lock nor its view survives a fork."""

    def __init__(self, folder: Path, splitter: Splitter, *, create: bool = False) -> None:
        """Open the index in `folder`, or with `create` make a new one there.

        Raises IndexDamaged if there is no index, if it can't be opened or if its fields differ from `schema`. A missing
        index is an error because a folder that a rebuild has just removed must not come back as an empty index. Raises
        OSError or EngineFailure if a new index can't be made.
        """
        self._splitter = splitter
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

    @calling_engine()
    def _set_up(self, folder: Path, *, create: bool) -> None:
        self._index = tantivy.Index(schema(), path=str(folder)) if create else tantivy.Index.open(str(folder))
        register_tokenizers(self._index)
        # With the default policy, an engine thread reopens the files at each commit or apparent commit. A truncated
        # file then ends the process.
        self._index.config_reader(reload_policy="manual")
        self._schema = self._index.schema
        self._searcher = self._index.searcher()
        self._frequencies: dict[str, int] = {}

    @calling_engine()
    def renewed(self) -> StoryIndex:
        """Return the index as of its newest commit. This object keeps its view, for searches that are under way."""
        self._index.reload()
        newer = copy(self)
        newer._searcher = self._index.searcher()
        newer._frequencies = {}
        return newer

    def write(self, rows: Iterable[IndexRow], gone: Iterable[int] = ()) -> Callable[[], None]:
        """Replace the stories of `rows` in the index, delete the ids `gone`, and commit.

        Return a function for the caller to call: it waits for the merging of segments, and nobody else can write until
        then. Each eighth commit or so merges some: for half a second, or for half a minute after ten thousands of
        stories. A second call of `write` with the same arguments changes nothing. Raises EngineFailure if the index
        can't be written, for example because another process writes or the disk is full.
        """
        with calling_engine():
            writer = self._index.writer(heap_size=HEAP, num_threads=1)
            for story_id in gone:
                writer.delete_documents_by_term("id", story_id)
        for row in rows:
            with calling_engine():
                writer.delete_documents_by_term("id", row.id)
                writer.add_json(row.fields)
        return self._commit(writer)

    def fill(self, rows: Iterable[IndexRow]) -> None:
        """Write the rows of a whole archive into an empty index, each id once, and commit.

        Raises EngineFailure if the index can't be written.
        """
        with calling_engine():
            writer = self._index.writer(heap_size=BUILDING_HEAP * 2, num_threads=2)
        for row in rows:
            with calling_engine():
                writer.add_json(row.fields)
        self._commit(writer)()

    @calling_engine()
    def _commit(self, writer: tantivy.IndexWriter) -> Callable[[], None]:
        writer.commit()
        return calling_engine()(writer.wait_merging_threads)  # without this, each save leaves a segment behind

    @calling_engine()
    def resembling(self, text: str, most: int, query: Query | None = None) -> list[int]:
        """Return the ids of the `most` stories whose bigrams are most like those of `text`, by BM25.

        With `query`, only stories that match it. Phrases of three characters beside the bigrams found no more of 160
        quotations with a slip, and took twice the time.
        """
        folded = fold(text)
        grams = bigrams(folded)
        if len(grams) < 2:
            return []
        parts = [
            (Occur.Should, Query.term_query(self._schema, "all_grams", gram, "freq")) for gram in dict.fromkeys(grams)
        ]
        if query is not None:
            parts.append((Occur.Must, Query.const_score_query(query, 0.0)))
        return self._values("id", self._searcher.search(Query.boolean_query(parts), most))

    @calling_engine()
    def alike(
        self, words: Sequence[str], most: int, query: Query | None = None, unwanted: Query | None = None
    ) -> list[int]:
        """Return the ids of the `most` stories nearest to `words`, by BM25, but for those that match `unwanted`.

        With `query`, all that match it come, however near.
        """
        terms = self._by_words(words)
        if query is not None:
            terms.append((Occur.Must, Query.const_score_query(query, 0.0)))
        if not terms:
            return []
        if unwanted is not None:
            terms.append((Occur.MustNot, unwanted))
        return self._values("id", self._searcher.search(Query.boolean_query(terms), most))

    @calling_engine()
    def words_held(self, ids: Sequence[int], words: Sequence[str]) -> dict[int, list[str]]:
        """Return {id: those of up to 20 `words` that the story holds}, for up to 100 stories.

        One search answers: each word adds a power of two to the score, which is exact up to 2 to the 24th.
        """
        parts = [(Occur.Must, Query.const_score_query(self.among("id", ids), 0.0))]
        for place, word in enumerate(words):
            terms = [Query.term_query(self._schema, f"{name}_words", word, "basic") for name in ("headline", "rest")]
            anywhere = Query.boolean_query([(Occur.Should, term) for term in terms])
            parts.append((Occur.Should, Query.const_score_query(anywhere, float(1 << place))))
        found = self._searcher.search(Query.boolean_query(parts), min(max(1, len(ids)), 100))
        scores = {pk: int(score) for pk, (score, _) in zip(self._values("id", found), found.hits, strict=True)}
        return {pk: [word for place, word in enumerate(words) if scores.get(pk, 0) >> place & 1] for pk in ids}

    @calling_engine()
    def stories_with_words(self, words: Iterable[str]) -> dict[str, int]:
        """Return the number of stories with each of `words` outside the headline, deleted ones among them.

        The numbers are kept as long as the index is as it is: the same words come again in each story.
        """
        known, frequency = self._frequencies, self._searcher.doc_freq
        if len(known) > MOST_KNOWN:
            known.clear()
        found = {}
        for word in words:
            number = known.get(word)  # another thread may clear them
            found[word] = known[word] = frequency("rest_words", word) if number is None else number
        return found

    @calling_engine()
    def search(
        self, query: Query, limit: int = 20, offset: int = 0, order: str = "", *, backwards: bool = False
    ) -> Hits:
        """Return the hits [offset, offset + limit), by relevance or by the key of an `order`.

        `order` is "oldest", "newest" or "id", the order of arrival; "" means relevance. The lowest key comes first, or
        with `backwards` the highest. `limit` is held to 1 to 100, `offset` to 0 to MAX_OFFSET.
        """
        limit, offset = max(1, min(limit, 100)), max(0, min(offset, MAX_OFFSET))  # limit 0 panics, 10**12 aborts
        if order:
            direction = tantivy.Order.Desc if backwards else tantivy.Order.Asc
            found = self._searcher.search(query, limit, order_by_field=order, offset=offset, order=direction)
        else:
            found = self._searcher.search(query, limit, offset=offset)
        return Hits(self._values("id", found), _total(found))

    @calling_engine()
    def first(self, query: Query, most: int, order: str = "") -> Hits:
        """Return the first `most` hits (1 to MOST_AT_ONCE) at once, in the same order as `search`."""
        if order:
            keyed, total = self.keyed(query, most, order)
            return Hits([pk for _, pk in keyed], total)
        found = self._searcher.search(query, max(1, min(most, MOST_AT_ONCE)))
        return Hits(self._values("id", found), _total(found))

    @calling_engine()
    def keyed(
        self, query: Query, most: int, order: str, *, backwards: bool = False
    ) -> tuple[list[tuple[int, int]], int]:
        """Return [(key, id)] of the first `most` hits (1 to MOST_AT_ONCE) in an `order`, and the number of all hits.

        For `order` and `backwards` see `search`.
        """
        direction = tantivy.Order.Desc if backwards else tantivy.Order.Asc
        most = max(1, min(most, MOST_AT_ONCE))
        found = self._searcher.search(query, most, order_by_field=order, order=direction)
        return list(zip(self._values(order, found), self._values("id", found), strict=True)), _total(found)

    @calling_engine()
    def keys(self, ids: Sequence[int], order: str) -> dict[int, int]:
        """Return the keys of up to 100 stories by id. `order` is "oldest" or "newest"."""
        found = self._searcher.search(self.among("id", ids), min(max(1, len(ids)), 100))
        return dict(zip(self._values("id", found), self._values(order, found), strict=True))

    def all_words_of(self, folded: str) -> list[str]:
        """Return the words of a folded text in order, as the index has them."""
        return self._splitter.words(folded)

    def words_of(self, text: str) -> list[str]:
        """Return the words of a string in order, each once. Words that are part of another word are left out."""
        words = dict.fromkeys(self._splitter.words(fold(text)))
        return [word for word in words if not any(word != other and word in other for other in words)]

    @calling_engine()
    def count(self, query: Query) -> int:
        """Return the number of stories that match `query`."""
        return _total(self._searcher.search(query, 1))

    def values(self, query: Query, *fields: str) -> dict[str, dict[Any, int]]:
        """Return, for each of `fields` (facets, day, section), the number of matching stories for each value.

        Raises ValueError if a field has more values than MOST_VALUES.
        """
        asked = {name: {"terms": {"field": name, "size": MOST_VALUES}} for name in fields}
        with calling_engine():
            found = self._searcher.aggregate(query, asked)
        if any(counts["sum_other_doc_count"] for counts in found.values()):
            raise ValueError(f"more than {MOST_VALUES} values in one of {', '.join(fields)}")
        return {name: {row["key"]: row["doc_count"] for row in found[name]["buckets"]} for name in fields}

    @calling_engine()
    def most_frequent(self, query: Query, name: str, most: int) -> list[tuple[int, int]]:
        """Return the `most` values of an integer field that most matching stories have, each with their number.

        Each segment of the index hands over all its values, up to MOST_VALUES. With fewer, the sums would be too low.
        """
        asked = {"": {"terms": {"field": name, "size": most, "segment_size": MOST_VALUES}}}
        found = self._searcher.aggregate(query, asked)
        return [(row["key"], row["doc_count"]) for row in found[""]["buckets"]]

    @calling_engine()
    def digests(self, first: int, last: int) -> dict[int, int]:
        """Return the digests of the stories in the index with ids from `first` to `last`, by id."""
        within = self.between("id", first, last)
        found = self._searcher.search(within, max(1, self.count(within)), order_by_field="oldest")
        return dict(zip(self._values("id", found), self._values("digest", found), strict=True))

    @property
    def size(self) -> int:
        """The number of stories in the index."""
        return self._searcher.num_docs

    @property
    def segments(self) -> int:
        """The number of parts in which the engine holds the stories."""
        return self._searcher.num_segments

    def _values(self, name: str, found: tantivy.SearchResult) -> list[int]:
        """Return the values of an integer field of the hits, in their order."""
        addresses = [address for _, address in found.hits]
        return [int(value or 0) for value in self._searcher.fast_field_values(name, addresses)]


def _total(found: tantivy.SearchResult) -> int:
    total: int = found.count  # type: ignore[attr-defined] # the stubs of tantivy 0.27 lack it
    return total
