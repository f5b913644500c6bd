"""Suggestions for a reader who types into the search box, as OpenSearch gives them: for the script of the archive's own
pages, and for the box of a browser.

The index counts the stories of each suggestion, as it does for the list that the suggestion leads to. Without the index
the answer is 503: an empty one would say that the archive has nothing of that name.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any, NamedTuple

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.http import urlencode

from articles.forms import SuggestionForm
from articles.models import Article, Contributor, Page, Region, archive
from articles.models.issues import SAMPLE_MARK
from articles.models.statements import Statement
from articles.models.stories import Story, load_stories
from articles.search.current import OpenIndex, ask_index
from articles.search.find import is_behind
from articles.search.pinyin import letters_in
from articles.search.query import parse
from articles.search.query_tree import Query, in_headline, positive_texts
from articles.search.run import SearchRun
from articles.text.fold import fold
from articles.views.candidates import KINDS, Candidates, Kind, candidates
from articles.views.narrowing import Narrowing
from articles.web.parameters import takes

#: The suggestions of an answer, those of one kind among them, and the candidates that are counted for these, at most.
MOST, MOST_OF_KIND, MOST_COUNTED = 10, 4, 12

#: The letters by which headlines are found. A single one begins thousands of different initials.
FEWEST_INITIALS = 2

#: The characters of a headline that are shown.
TITLE_LENGTH = 60


class Suggestion(NamedTuple):
    """A text to complete the typed one, a few words on it, and the path that it leads to."""

    text: str
    said: str
    path: str


@takes(SuggestionForm)
def suggestions(request: HttpRequest) -> HttpResponse:
    """Answer with the suggestions for a typed text: [text, [completion …], [description …], [path …]]."""
    form = SuggestionForm(request.GET)
    form.is_valid()
    found, is_final = _suggest(form.typed) if any(map(str.isalnum, form.typed)) else ([], True)
    columns = [[row[at] for row in found] for at in range(len(Suggestion._fields))]
    response = JsonResponse(
        [form.typed, *columns],
        safe=False,
        json_dumps_params={"ensure_ascii": False},
        content_type="application/x-suggestions+json",
        headers={"X-Robots-Tag": "noindex"},
    )
    if not is_final:
        add_never_cache_headers(response)
    return response


def _suggest(typed: str) -> tuple[list[Suggestion], bool]:
    """Return the suggestions, and whether they stay the same until the archive changes."""
    now = archive.served_state()

    def suggest(opened: OpenIndex) -> tuple[list[Suggestion], bool]:
        held = candidates(opened, now)
        groups = [_terms(opened, held, typed), *(_named(opened, held, kind, typed) for kind in KINDS)]
        found = _in_turns([*groups, _headlines(opened, typed)])
        return found, held.are_of(now) and not is_behind(opened)

    return ask_index(suggest)


def _in_turns(groups: list[list[Suggestion]]) -> list[Suggestion]:
    """Return up to MOST suggestions: the first of each group, then the second of each, and so on; in their groups."""
    places = sorted((place, number) for number, group in enumerate(groups) for place in range(len(group)))
    return [groups[number][place] for number, place in sorted((number, place) for place, number in places[:MOST])]


def _first(suggested: Iterable[Suggestion | None]) -> list[Suggestion]:
    return list(islice(filter(None, suggested), MOST_OF_KIND))


def _terms(opened: OpenIndex, held: Candidates, typed: str) -> list[Suggestion]:
    def suggested(query: str) -> Suggestion | None:
        run = SearchRun.of(opened, parse(query), all_kinds=False)
        text = positive_texts(run.tree)[0].text
        return _counted("字词", text, run.count(), f"{reverse('search')}?{urlencode({'q': query})}")

    return _first(map(suggested, islice(held.terms.found(typed), MOST_COUNTED)))


def _named(opened: OpenIndex, held: Candidates, kind: Kind, typed: str) -> list[Suggestion]:
    keys = list(islice(held.names[kind].found(typed), MOST_COUNTED))
    if not keys:
        return []
    rows = {int(row.pk): row for row in kind.shown(keys)}
    invented = _in_samples_alone(rows)

    def suggested(row: Any) -> Suggestion | None:  # noqa: ANN401 - a row of any kind
        number = opened.index.count(Narrowing("", row, {}).stories().query(opened.index))
        inside = f"（{row.parent}）" if isinstance(row, Region) and row.parent else ""
        mark = f" {SAMPLE_MARK}" if row.pk in invented else ""
        return _counted(kind.label + inside, str(row), number, row.get_absolute_url(), mark)

    return _first(suggested(rows[key]) for key in keys if key in rows)


def _counted(label: str, text: str, number: int, path: str, mark: str = "") -> Suggestion | None:
    return Suggestion(text, f"{label} {number:,} 篇{mark}", path) if number else None


def _in_samples_alone(rows: dict[int, Any]) -> set[int]:
    """Return the ids of those contributors among `rows` who stand in the invented samples alone."""
    people = {pk for pk, row in rows.items() if isinstance(row, Contributor)}
    return people.difference(pk for (pk,) in _REAL.rows(tuple(people))) if people else people


def _real(pks: Sequence[int]) -> QuerySet[Contributor, tuple[int]]:
    real = Contributor.objects.outside_samples(Article.objects.visible(), Page.objects.visible())
    return real.filter(pk__among=pks).values_list("pk")


_REAL = Statement(_real, tuple)


def _headlines(opened: OpenIndex, typed: str) -> list[Suggestion]:
    """Return the newest stories whose headlines hold the typed strings, then those spelt by the typed initials."""
    run = SearchRun.of(opened, Query(in_headline(parse(typed).tree)), all_kinds=False)
    ids = run.dated("newest", MOST_OF_KIND).ids if positive_texts(run.tree) else []
    letters = letters_in(fold(typed))
    if len(letters) >= FEWEST_INITIALS and len(ids) < MOST_OF_KIND:
        spelt = run.editorial(opened.index.headlines_spelt(letters))
        ids = list(dict.fromkeys([*ids, *opened.index.search(spelt, MOST_OF_KIND, order="newest").ids]))[:MOST_OF_KIND]
    stories = load_stories(ids, with_text=False, with_subjects=False)
    return [
        Suggestion(story.head.title[:TITLE_LENGTH], _said(story), story.head.get_absolute_url()) for story in stories
    ]


def _said(story: Story) -> str:
    day = f"约 {story.issue.date}" if story.issue.is_date_inferred else f"{story.issue.date}"
    return f"标题 {day}{f' {SAMPLE_MARK}' if story.head.is_sample else ''}"
