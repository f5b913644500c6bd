"""The articles that an open index has as they were, or not at all, because it is some changes behind the database.

Between a change and its commit to the index there are a few of them, and during an import always. A list then takes
all other stories from the index, and these from the database.
"""

from __future__ import annotations

from functools import lru_cache

from articles.models import Article, VanishedArticle, archive
from articles.search.current import OpenIndex
from articles.search.state import is_usable

#: The changed articles from which on the database is asked for all. The index takes 12 ms to leave out so many.
MOST = 2000


def changed_since(opened: OpenIndex) -> frozenset[int] | None:
    """Return the ids of the articles that changed or vanished since the commit of an open index, up to the present.

    Return None if these are more than MOST, or if the index is of another epoch or fingerprint or ahead of the
    database.
    """
    now = archive.served_state()
    if opened.holds(now):
        return frozenset()
    if opened.state.revision >= now.revision:
        # The index has taken in a later change than the page was begun at. In a snapshot the database has not.
        now = archive.state()
    if not is_usable(opened.state, now):
        return None
    return _changed_since(now.epoch, opened.state.revision, now.revision)


@lru_cache(maxsize=16)  # the lists of a page ask, and all pages that are served at one state
def _changed_since(epoch: str, since: int, now: int) -> frozenset[int] | None:
    """Return the ids that changed after the revision `since`. `epoch` and `now` tell the answers apart.

    Changes that are later than `now` may be among them.
    """
    changed = Article.objects.order_by().filter(revision__gt=since).values_list("pk", flat=True)
    vanished = VanishedArticle.objects.order_by().filter(revision__gt=since).values_list("article_id", flat=True)
    ids = frozenset(changed[: MOST + 1]).union(vanished[: MOST + 1])
    return ids if len(ids) <= MOST else None
