"""What else might have been meant by a string that stands nowhere, or almost nowhere: its words, each found exactly."""

from __future__ import annotations

from collections.abc import Callable

from articles.search.index import StoryIndex
from articles.search.query_tree import And, Node, Or, Phrase, all_of, any_of

#: Where fewer stories hold a string, the number of those that hold its words stands beside the list.
FEW = 10


class WordFallback:
    """Splits the strings of a tree into their words; how many stories hold each is asked once.

    It is judged in all the archive, without the filters of the query; whether a string is nowhere, without its field,
    too. Quoted and negated strings are meant as they stand.
    """

    def __init__(self, index: StoryIndex) -> None:
        self.index = index
        self._counts: dict[Phrase, int] = {}
        self.notices: list[str] = []

    def where_nowhere(self, tree: Node) -> Node:
        """Return the tree with the strings split that occur nowhere; `notices` tells which."""

        def split(leaf: Phrase, words: list[str]) -> bool:
            if self._count(Phrase(leaf.text)):
                return False
            self.notices.append(
                f"没有文章包含“{leaf.text}”，这里按词查找：{'、'.join(f'“{word}”' for word in words)}。"
            )
            return True

        return self._replaced(tree, split)

    def where_few(self, tree: Node) -> Node:
        """Return the tree with the strings split that fewer stories than FEW hold."""
        return self._replaced(tree, lambda leaf, words: self._count(leaf) < FEW)

    def _count(self, leaf: Phrase) -> int:
        if leaf not in self._counts:
            self._counts[leaf] = self.index.count(self.index.contains(leaf.text, leaf.field))
        return self._counts[leaf]

    def _replaced(self, tree: Node, is_split: Callable[[Phrase, list[str]], bool]) -> Node:
        match tree:
            case Phrase(text, field, quoted=False):
                words = self.index.words_of(text)
                if len(words) > 1 and is_split(tree, words):
                    # Quoted, for a word may be 且, and characters one after another may be a name.
                    return all_of(Phrase(word, field, quoted=True) for word in words)
            case And(parts):
                return all_of(self._replaced(part, is_split) for part in parts)
            case Or(parts):
                return any_of(self._replaced(part, is_split) for part in parts)
        return tree
