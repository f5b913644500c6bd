"""The queries of the engine: which stories match, and in which order they come.

Phrases of character bigrams decide which stories match: a string matches if and only if its folded form is a substring
of one folded value. jieba words decide the order. Some traps of tantivy-py 0.27 shape this module (measured; see the
comments): a phrase of one term panics, an unbounded tree kills the process.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise

import tantivy
from tantivy import FieldType, Occur, Query

from articles.search.cover import cheapest_cover
from articles.search.engine import calling_engine
from articles.search.index_rows import ECHO, HEADLINE_INITIALS, KNOWN, bigrams
from articles.search.pinyin import CLAUSE_LENGTH
from articles.search.query_tree import And, Node, Not, Or, Phrase
from articles.text.fold import fold
from articles.text.tokens import Splitter

#: A query of the engine. Only this module and the index build one. Other modules pass it on.
EngineQuery = Query

#: All weights of the order by relevance. The place of the strings decides first: each string in a headline, the strings
#: one after another as typed, and strings near each other. Within these steps BM25 on words decides, with at most some
#: 150 for each word. A word in the headline weighs as much as five in the rest. In the rest, words of one character
#: (的, 在) do not count: they are a third of all words and say nothing about the subject.
IN_HEADLINE = 50_000.0
TOGETHER = 20_000.0
NEAR = 5_000.0
HEADLINE_WORDS = 5.0
REST_WORDS = 1.0

#: Two strings are near each other if they begin within NEAR_WITHIN characters. The engine is asked for this only if one
#: of them is in at most NEAR_AMONG stories, because comparing the positions of two frequent strings takes longer than
#: all the rest of a search.
NEAR_WITHIN, NEAR_AMONG = 40, 20_000


class EngineQueries:
    """The queries on one index. Its frequencies decide between queries that match the same stories."""

    _schema: tantivy.Schema
    _searcher: tantivy.Searcher
    _splitter: Splitter

    @calling_engine()
    def contains(self, text: str, field_name: str = "") -> Query:
        """Return the query for the stories that hold `text` in one value, of the named field or else of any field."""
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
        if name in KNOWN and folded in self._splitter.known(folded):
            return Query.term_query(self._schema, f"{name}_known", folded, "basic")
        terms = bigrams(folded)
        if len(terms) == 1:  # a phrase of one term panics
            return Query.term_query(self._schema, f"{name}_grams", terms[0])
        # A part of the bigrams covers every character. The rarest such part is used, because the engine walks through
        # the texts that hold all of them. For 国家卫生健康委, 家卫 and 生健 occur in fewer texts than 国家, 卫生, 健康.
        offsets = cheapest_cover([self._frequency(f"{name}_grams", term) for term in terms])
        return Query.phrase_query(self._schema, f"{name}_grams", [(offset, terms[offset]) for offset in offsets])

    @calling_engine()
    def _frequency(self, field_name: str, term: str) -> int:
        """Return the number of stories with `term` in a field. It includes stories deleted since the last merge."""
        return self._searcher.doc_freq(field_name, term)

    def _near(self, first: str, second: str) -> list[Query]:
        """Return queries for the stories in which two folded strings begin near each other, one for each order.

        Only the first two characters of each string are compared, because the caller knows that the strings occur. The
        list is empty if a string has one character and so no bigram, or if both strings are too frequent (NEAR_AMONG).
        """
        terms = [next(iter(bigrams(text)), "") for text in (first, second)]
        if not all(terms) or min(self._frequency("all_grams", term) for term in terms) > NEAR_AMONG:
            return []
        return [
            Query.phrase_query(self._schema, "all_grams", [(0, one), (1, other)], slop=NEAR_WITHIN)
            for one, other in (terms, reversed(terms))
        ]

    def headlines_spelt(self, letters: str) -> Query:
        """Return the query for the stories with a clause of a headline whose pinyin initials begin with `letters`.

        `letters` are of a to z and 0 to 9, and those beyond CLAUSE_LENGTH are left out. Raises ValueError for others,
        because the engine would read them as a pattern.
        """
        if not (letters.isascii() and letters.isalnum()):
            raise ValueError(letters)
        with calling_engine():
            return Query.regex_query(self._schema, HEADLINE_INITIALS, f"{letters[:CLAUSE_LENGTH]}.*")

    def among(self, facet: str, values: Sequence[int | str]) -> Query:
        """Return the query for the stories that have one of `values` in the field `facet`."""
        queries = [(Occur.Should, Query.term_query(self._schema, facet, value)) for value in values]
        return Query.boolean_query(queries) if queries else Query.empty_query()

    def between(self, name: str, first: int, last: int) -> Query:
        """Return the query for the stories whose `name` lies from `first` to `last`, both included."""
        return Query.range_query(self._schema, name, FieldType.Integer, first, last)

    @calling_engine()
    def compile(self, tree: Node | None, narrow: Callable[[Node], Query]) -> Query:
        """Return the engine's query for a tree of the query language. `narrow` makes the query of a filter.

        None matches everything. The parser bounds the depth of a tree, because tantivy walks it on the stack.
        """
        match tree:
            case None:
                return Query.all_query()
            case Phrase(text, field_name):
                return self.contains(text, field_name)
            case And(parts):
                wanted = [(Occur.Must, self.compile(part, narrow)) for part in parts if not isinstance(part, Not)]
                unwanted = [(Occur.MustNot, self.compile(part.part, narrow)) for part in parts if isinstance(part, Not)]
                # a MustNot alone matches nothing
                return Query.boolean_query([*(wanted or [(Occur.Must, Query.all_query())]), *unwanted])
            case Or(parts):
                return Query.boolean_query([(Occur.Should, self.compile(part, narrow)) for part in parts])
            case Not(part):
                return self.but_not(Query.all_query(), self.compile(part, narrow))
        return narrow(tree)

    def both(self, *queries: Query) -> Query:
        """Return the query for the stories that match all of `queries`. Without queries it matches everything."""
        return Query.boolean_query([(Occur.Must, query) for query in queries or (Query.all_query(),)])

    def but_not(self, query: Query, unwanted: Query) -> Query:
        """Return the query for the stories that match `query` but not `unwanted`."""
        return Query.boolean_query([(Occur.Must, query), (Occur.MustNot, unwanted)])

    @calling_engine()
    def ranked(self, query: Query, texts: Sequence[str], *, all_of: bool = True) -> Query:
        """Return `query` with an order: by the places of the strings `texts`, then by their words.

        `all_of` says that each hit holds all strings. Their distance from each other then counts, too.
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
        parts += self._by_words(dict.fromkeys(word for text in folded for word in self._splitter.words(text)))
        return Query.boolean_query(parts)

    def _by_words(self, words: Iterable[str]) -> list[tuple[Occur, Query]]:
        """Return the parts of a query that order stories by words: see the weights above."""
        return [
            (Occur.Should, Query.boost_query(Query.term_query(self._schema, f"{name}_words", word, "freq"), boost))
            for name, boost in (("headline", HEADLINE_WORDS), ("rest", REST_WORDS))
            for word in words
            if len(word) > 1 or name == "headline"
        ]
