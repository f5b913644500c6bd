"""The doubts of a page that is being loaded: those of its reading, and those that its rows tell."""

from __future__ import annotations

from collections.abc import Collection

from articles.ingest.derived_doubts import derive, derived, derived_of_new_page
from articles.ingest.doubts import Raised, Target, bring, persons_fields, with_answers
from articles.ingest.items import StoredItems
from articles.models import Doubt, Page
from articles.models.archive import Change
from articles.models.doubt_kinds import ANCHOR_LOST, DERIVED, NOT_IN_READING
from articles.models.statements import Statement
from articles.reading import AMBIGUOUS_PLACE


def store_doubts(
    page: Page,
    of_page: Collection[Raised],
    stored: StoredItems,
    apart: set[int],
    pages_beside: set[int],
    change: Change,
    *,
    is_new: bool,
) -> None:
    """Bring the doubts about a loaded page, its articles, and whatever the load has changed beside them, to what is
    raised now.

    `of_page` are the doubts of the reading and the importer about the page itself. The articles `apart` (ids), on any
    page, are judged: their doubts about place names are stored already. `pages_beside` (ids) are other pages whose
    issue or conflicts may have changed. A new page takes one INSERT, and further queries only if a story has a part on
    another page.
    """
    raised: dict[Target, list[Raised]] = {Target(page.pk): with_answers(of_page, persons_fields(page))}
    for target, doubts in stored.raised.items():
        is_apart = target.article in apart
        raised[target] = [each for each in doubts if each.kind != AMBIGUOUS_PLACE] if is_apart else doubts
    if is_new:
        found = derived_of_new_page(page, [row for row in stored.added if row.pk not in apart], stored.topical)
    else:
        moved = [target.article for target in raised if target.article and target.page != page.pk]
        found = derived([page.pk], moved)
    here = {target for target in found if target.page == page.pk or target.article in stored.own}
    for target, each in found.items():
        if target in here:
            raised[target] = [*raised.get(target, ()), *each]
    rows: list[Doubt] = []
    if not is_new:
        ids = tuple(target.article for target in raised if target.article)
        rows = [*_OF_PAGE.rows(page.pk), *_OF_ARTICLES.rows(ids)]
    bring(raised, [row for row in rows if _is_asked(row, stored, apart)], change)
    elsewhere = {target.article for target in found if target.article and target not in here}
    if apart or elsewhere or pages_beside - {page.pk}:
        derive(change, pages=pages_beside - {page.pk}, articles=apart | elsewhere)


_OF_PAGE = Statement(lambda page: Doubt.objects.filter(page=page, article=None), int)
_OF_ARTICLES = Statement(lambda articles: Doubt.objects.filter(article__among=articles), tuple)


def _is_asked(row: Doubt, stored: StoredItems, apart: set[int]) -> bool:
    """Tell whether the load of a page decides about a stored doubt.

    Of an article that the reading does not have, the doubts of the earlier reading stay. Of an article that was moved
    here from another page, the doubts of the readings of that page stay.
    """
    if row.article_id is None or row.kind in DERIVED:
        return True
    if row.kind == ANCHOR_LOST:
        return row.article_id in stored.own
    if row.article_id in stored.left:
        return row.kind == NOT_IN_READING
    return row.article_id in stored.read and not (row.kind == AMBIGUOUS_PLACE and row.article_id in apart)
