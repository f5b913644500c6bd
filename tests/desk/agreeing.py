"""The check after each test of the desk: the ledger and the doubts agree with the rows."""

from articles.desk.check import differences
from articles.ingest.derived_doubts import derive
from articles.models import Page, archive


def disagreements():
    """Return what `desk check` finds. Pages that a test has made without an import get their derived doubts first."""
    made = list(Page.objects.filter(sources=None).values_list("pk", flat=True))
    with archive.change() as change:
        derive(change, pages=made)
    return list(differences())
