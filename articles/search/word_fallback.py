"""The fallback for a string that no story or few stories hold: a search for its words, each matched exactly."""

from __future__ import annotations

from collections.abc import Callable

from articles.search.index import StoryIndex
from articles.search.query_tree import And, Node, Or, Phrase, all_of, any_of

#: If fewer stories hold a string, the page suggests a search for its words and gives the number of its hits.
FEW = 10


class WordFallback:
    """A splitter of a tree's strings into their words. It asks once for the number of stories that hold each string.

    The number is that of the whole archive, without the query's filters. Whether a string occurs at all is judged
    without its field, too. Quoted and negated strings are never split.
    """

    def __init__(self, index: StoryIndex) -> None:
        self.index = index
        self._counts: dict[Phrase, int] = {}
        self.notices: list[str] = []

    def where_nowhere(self, tree: Node) -> Node:
        """Return the tree with those strings split into words that occur nowhere. `notices` names them."""

        def split(leaf: Phrase, words: list[str]) -> bool:
            if self._count(Phrase(leaf.text)):
                return False
            dropped = self._drop_rarest(words, leaf.field)
            self.notices.append(
                f"没有文章包含“{leaf.text}”，这里按词查找：{'、'.join(f'“{word}”' for word in words)}。{dropped}"
            )
            return True

        return self._replaced(tree, split)

    def _drop_rarest(self, words: list[str], field_name: str) -> str:
        """Remove the rarest of three or more `words` if few stories hold all.

        Return the sentence that says so, or "".
        """
        if len(words) < 3:
            return ""
        every = self.index.both(*(self.index.contains(word, field_name) for word in words))
        if self.index.count(every) >= FEW:
            return ""
        rarest = min(words, key=lambda word: self._count(Phrase(word, field_name)))
        words.remove(rarest)
        return f"“{rarest}”只有 {self._count(Phrase(rarest, field_name)):,} 篇，没有计入。"

    def where_few(self, tree: Node) -> Node:
        """Return the tree with those strings split into words that fewer than FEW stories hold."""
        return self._replaced(tree, lambda leaf, words: self._count(leaf) < FEW)

    def _count(self, leaf: Phrase) -> int:
        if leaf not in self._counts:
            self._counts[leaf] = self.index.count(self.index.contains(leaf.text, leaf.field))
        return self._counts[leaf]

    def _replaced(self, tree: Node, is_split: Callable[[Phrase, list[str]], bool]) -> Node:
        match tree:
            case Phrase(text, field, quoted=False):
                every = self.index.words_of(text)
                words = [word for word in every if len(word) > 1] or every  # a character alone says too little
                if len(every) > 1 and is_split(tree, words):
                    # The words are quoted, because a word may be 且 and successive single characters may be a name.
                    return all_of(Phrase(word, field, quoted=True) for word in words) or tree
            case And(parts):
                return all_of(self._replaced(part, is_split) for part in parts) or tree
            case Or(parts):
                return any_of(self._replaced(part, is_split) for part in parts) or tree
        return tree
