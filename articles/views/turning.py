"""From issue to issue: what the pages of an issue, of its pages and of its articles lead to."""

from __future__ import annotations

from articles.models import Issue
from articles.views.counts import CountStore

#: Apart from the counts, which are few and dear: these are many and cheap, and would push them out.
_store = CountStore()


def issues_beside(issue: Issue) -> dict[str, Issue | None]:
    """Return the context of the links to the issues before and after `issue`, remembered until the archive changes.

    To ask costs the page of an article a sixth of its time, and all articles of an issue have the same answer.
    """
    before, after = _store.at_served_state(issue.key, lambda: Issue.objects.visible().beside(issue))
    return {"previous_issue": before, "next_issue": after}
