"""The other names of a thing that a reader searches for by one of them, each with its number of stories.

They are offered and never applied by themselves: who searches for 卫生部 may want no other years.
"""

from __future__ import annotations

from collections import defaultdict
from typing import NamedTuple

from articles.models import ContributorAlias, RegionAlias, Synonym
from articles.search.find import SearchPage, count_each
from articles.search.query import MAX_LEAVES
from articles.search.query_tree import Node, Phrase, all_of, any_of, leaves, required
from articles.text.fold import fold
from articles.views.counts import counted, reference
from articles.views.search_links import SearchLinks

#: The names that are offered at most, the most frequent.
MOST = 5


class OtherName(NamedTuple):
    """A name with its years in brackets, its number of stories, and the URL of the search for it."""

    name: str
    years: str
    stories: int
    url: str


class OtherNames(NamedTuple):
    """The other names of a string of a search, and the search for all names together."""

    names: list[OtherName]
    together: int
    url: str


def other_names(found: SearchPage, links: SearchLinks, everything: bool) -> OtherNames | None:
    """Return the other names of the first string of a search that has any with stories, or None."""
    for part in required(found.query.tree):
        if isinstance(part, Phrase):
            named = _others(part)
            if named and (offered := _offered(found, links, everything, part, named)):
                return offered
    return None


def _offered(
    found: SearchPage, links: SearchLinks, everything: bool, part: Phrase, named: dict[str, str]
) -> OtherNames | None:
    parts = required(found.query.tree)

    def with_(other: Node | None) -> Node | None:
        return all_of(other if each == part else each for each in parts)

    phrases = {name: Phrase(name, part.field, quoted=not name.isalnum()) for name in named}
    counts = count_each(found.query, everything, [with_(phrase) for phrase in phrases.values()])
    held = {name: number for name, number in zip(phrases, counts, strict=True) if number}
    best = sorted(held, key=lambda name: -held[name])[:MOST]
    every = with_(any_of([part, *(phrases[name] for name in best)]))
    if not best or len(leaves(every)) > MAX_LEAVES:
        return None
    (together,) = count_each(found.query, everything, [every])
    names = [OtherName(name, named[name], held[name], links.to(with_(phrases[name]))) for name in best]
    return OtherNames(names, together, links.to(every))


def _others(part: Phrase) -> dict[str, str]:
    """Return {name: its years in brackets} of the other names of a string, those with the string in them left out."""
    text = fold(part.text)
    others: dict[str, str] = {}
    if part.field != "names":
        others |= {row.name: row.years for row in reference("synonyms", Synonym.objects.by_name).get(text, ())}
        others |= reference("names-of-regions", _names_of_regions).get(text, {})
    if part.field in {"", "names"}:
        others |= counted("names-of-people", _names_of_people).get(text, {})
    return {name: years for name, years in others.items() if text not in fold(name)}


def _names_of_regions() -> dict[str, dict[str, str]]:
    """Return {old name, folded: {today's name and the other old names: years}}."""
    rows = RegionAlias.objects.other_names().values_list("region", "region__name", "old_name", "last_year")
    olds: dict[tuple[str, str], dict[str, str]] = defaultdict(dict)
    for code, today, name, last in rows:
        olds[code, today][name] = f"（—{last}）" if last else ""
    found: dict[str, dict[str, str]] = {}
    for (_, today), names in olds.items():
        for name in names:
            found.setdefault(fold(name), {}).update({today: "", **names})
    return found


def _names_of_people() -> dict[str, dict[str, str]]:
    """Return {name or alias of a contributor with aliases, folded: the contributor's names}."""
    people: dict[str, list[str]] = defaultdict(list)
    for own, alias in ContributorAlias.objects.order_by("pk").values_list("contributor__name", "name"):
        people[own].append(alias)
    found: dict[str, dict[str, str]] = {}
    for own, aliases in people.items():
        for name in (own, *aliases):
            found.setdefault(fold(name), {}).update(dict.fromkeys((own, *aliases), ""))
    return found
