"""Compare readings of small cases with the right ones, but for white space and page fields that these leave null."""

import re


def squeezed(value):
    return None if value is None else re.sub(r"\s", "", str(value))


def all_squeezed(values):
    return [squeezed(value) for value in values]


def faults_of(want, got):
    """Return the faults of a reading, one line a fault."""
    faults = [
        f"{name}: want {want[name]}, got {got[name]}"
        for name in ("date", "page_number", "section", "issue_number")
        if want[name] is not None and want[name] != got[name]
    ]
    if want["editors"] and people(want["editors"]) != people(got["editors"]):
        faults.append(f"editors: got {people(got['editors'])}")
    if len(got["items"]) != len(want["items"]):
        faults.append(f"items: want {len(want['items'])}, got {len(got['items'])}")
    for item in want["items"]:
        title = item["headline"] or (item["paragraphs"] or ["?"])[0][:14]
        same = [other for other in got["items"] if is_same(item, other)]
        if not same:
            faults.append(f"no item «{title}»")
            continue
        faults += [f"«{title[:10]}» {fault}" for fault in faults_of_item(item, same[0])]
    return faults


def people(editors):
    return [(editor["role"], editor["name"]) for editor in editors]


def is_same(item, other):
    if squeezed(item["headline"]) != squeezed(other["headline"]):
        return False
    if item["headline"] or not item["paragraphs"]:
        return True
    return all_squeezed(other["paragraphs"][:1]) == all_squeezed(item["paragraphs"][:1])


def faults_of_item(item, got):
    for name in ("kind", "kicker", "deck", "continued_to", "dateline_agency"):
        if squeezed(got[name]) != squeezed(item[name]):
            yield f"{name}: want {item[name]}, got {got[name]}"
    names = [byline["name"] for byline in item["bylines"]]
    if [byline["name"] for byline in got["bylines"]] != names:
        yield f"bylines: want {names}, got {[byline['name'] for byline in got['bylines']]}"
    for name in ("paragraphs", "subheads"):
        if all_squeezed(got[name]) != all_squeezed(item[name]):
            yield f"{name}: got {[text[:30] for text in got[name]]}"
