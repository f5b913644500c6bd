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
    SourceText,
    Synonym,
    Topic,
)
from articles.models.bodies import values_of
from articles.models.fields import searched_lines
from articles.models.row_values import values
from articles.models.stories import load_stories
from articles.search.find import SearchOptions, find_all
from articles.text.fold import fold

#: The values of an article that rise with each change.
STAMPS = {"revision", "changed_at"}

MODELS = (Article, Page, Issue, Column, Contributor, Topic)

#: Models with thousands of rows and without sets, so that their columns are all their values.
PLAIN = (Region, Synonym, PublicationSchedule)


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
        **{model.__name__: list(model.objects.order_by("pk").values_list()) for model in PLAIN},
        "redirects": dict(Redirect.objects.values_list("old_path", "new_path")),
        "doubts": sorted(map(repr, doubts.values_list("page", "article", "kind", "digest", "state"))),
    }


def hits(queries):
    """Return {query: ids of its hits of any kind, the oldest first}.

    The order of hits that are equally relevant depends on the order in which the index took them in.
    """
    by_date = SearchOptions(sort="oldest", everything=True)
    return {query: find_all(query, by_date, 50).ids for query in queries}


def search_disagreements(strings, filters):
    """Return (query, hits, ids by the rows) of the queries whose hits are other stories than the rows say.

    `strings` are queries of one string in “”; the stories that contain it are its hits. `filters` are {query: function
    that tells of a Story and the names of its people whether it is a hit}.
    """
    stories = load_stories(Article.objects.visible().stories().values_list("pk", flat=True))
    filed = dict(Contributor.objects.values_list("pk", "name"))
    expected = {query: set() for query in (*strings, *filters)}
    for story in stories:
        names = {name for each in story.signatures for name in (each.name_as_printed, filed[each.contributor_id])}
        lines = [getattr(part, line) for part in story.parts for line in searched_lines("headline")]
        column = [story.column.name] if story.column else []
        held = "\n".join(map(fold, (*lines, *values_of(story.blocks), *names, *column)))
        hit = [query for query in strings if fold(query.strip("“”")) in held]
        hit += [query for query, is_hit in filters.items() if is_hit(story, names)]
        for query in hit:
            expected[query].add(story.head.pk)
    found = hits(expected)
    return [(query, found[query], pks) for query, pks in expected.items() if set(found[query]) != pks]


def assert_partition():
    """Let each character of a current text stand in one segment of an article or of the page (promise 1)."""
    for source in SourceText.objects.filter(standing="current"):
        spans = [(start, end) for start, end, _ in source.page.segments]
        for article in Article.objects.filter(source=source):
            spans += [(start, end) for start, end, _ in article.segments]
        counts = [0] * len(source.text)
        for start, end in spans:
            for at in range(start, end):
                counts[at] += 1
        wrong = [at for at, count in enumerate(counts) if count != 1 and not source.text[at].isspace()]
        assert wrong == [], source.text[wrong[0] - 10 : wrong[0] + 10]
