"""What else might have been meant by a string that stands nowhere, or almost nowhere: its words, each found exactly."""

from __future__ import annotations

from collections.abc import Callable

from articles.search.index import StoryIndex
from articles.search.query_tree import And, Node, Or, Text, all_of, any_of

#: Where fewer stories hold a string, the number of those that hold its words stands beside the list.
FEW = 10


def relaxed(index: StoryIndex, tree: Node) -> tuple[Node, tuple[str, ...]]:
    """Split the strings that occur nowhere into their words, and tell which were.

    Whether a string occurs is judged in all the archive, without the filters of the query. Quoted and negated strings
    are meant as they stand.
    """
    said: list[str] = []

    def split(leaf: Text) -> Node:
        words = index.words_of(leaf.text)
        if len(words) < 2 or index.count(index.contains(leaf.text, leaf.field)):
            return leaf
        said.append(f"没有文章包含“{leaf.text}”，这里按词查找：{'、'.join(f'“{word}”' for word in words)}。")
        return all_of(Text(word, leaf.field) for word in words)

    return _replaced(tree, split), tuple(said)


def by_words(index: StoryIndex, tree: Node) -> Node:
    """Return the tree with each string that fewer stories than FEW hold split into its words."""

    def split(leaf: Text) -> Node:
        words = index.words_of(leaf.text)
        if len(words) < 2 or index.count(index.contains(leaf.text, leaf.field)) >= FEW:
            return leaf
        return all_of(Text(word, leaf.field) for word in words)

    return _replaced(tree, split)


def _replaced(tree: Node, split: Callable[[Text], Node]) -> Node:
    """Return `tree` with each string replaced that is neither quoted nor negated."""
    match tree:
        case Text(quoted=False):
            return split(tree)
        case And(parts):
            return all_of(_replaced(part, split) for part in parts)
        case Or(parts):
            return any_of(_replaced(part, split) for part in parts)
    return tree
