"""The state of the archive for comparisons: everything that people and readers see, without stamps and ids of parts."""

from articles.models import (
    Article,
    Column,
    Contributor,
    Doubt,
    Issue,
    Page,
    PublicationSchedule,
    Redirect,
    Region,
    Synonym,
    Topic,
)
from articles.models.row_values import values
from articles.search.find import find_ids

#: The values of an article that rise with each change.
STAMPS = {"revision", "changed_at"}

MODELS = (Article, Page, Issue, Column, Contributor, Topic, Region, Synonym, PublicationSchedule)


def state():
    """Return {model: {id: values}} of all rows that people may correct, and {old path: new path}."""
    found = {
        model.__name__: {
            row.pk: {name: value for name, value in values(row).items() if name not in STAMPS}
            for row in model.objects.all()
        }
        for model in MODELS
    }
    # The value that a person has replaced is a closed doubt, which an undo leaves: nobody is asked about it.
    doubts = Doubt.objects.exclude(kind="proposal", state="settled")
    return {
        **found,
        "redirects": dict(Redirect.objects.values_list("old_path", "new_path")),
        "doubts": sorted(map(repr, doubts.values_list("page", "article", "kind", "digest", "state"))),
    }


def hits(*queries):
    """Return {query: ids of its hits in order}."""
    return {query: find_ids(query, 50).ids for query in queries}
