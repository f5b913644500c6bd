"""`read_page`, which turns one page of text into one PageReading."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date

from .body import build_blocks
from .columns import is_column
from .dates import settle_date
from .drafts import Draft, Title, join_title, kind_of
from .folio import Folio
from .items import Desk
from .labelling import Labelled, label_page
from .lines import Line, squeeze
from .matter import Matter
from .model import Clues, Doubt, ItemReading, PageReading, Segment
from .page_lines import PageLines
from .places import ambiguous_place, find_regions
from .reference import Reference
from .source import in_source
from .staff import read_known_staff
from .strings import String, strings_of
from .subjects import find_topics
from .view import view_of

#: Labels of strings that belong to the page and to no item.
FURNITURE = ("staff", "section")


def _go_on() -> None:
    """Do nothing: the reading goes on."""


def read_page(
    text: str,
    *,
    reference: Reference,
    clues: Clues = Clues(),  # noqa: B008
    today: date | None = None,
    check: Callable[[], None] = _go_on,
) -> PageReading:
    """Return the reading of one page of OCR'd text.

    `reference` holds the tables, the weights of the labelling and the word splitter. `clues` are facts about the page
    from outside its text. A date after `today` is a doubt. The reading calls `check` between its steps and whenever it
    cuts a value into words; an exception of `check` ends the reading. The function reads any text and raises no other
    exception. The segments partition the text. Characters that no paper prints, and the markup that tools write around
    a text, are taken out before the reading and have segments of their own.
    """
    words = reference.words

    def checked_words(value: str) -> list[str]:
        check()
        return words(value)

    reference = replace(reference, words=checked_words)
    view = view_of(text, checked_words)
    check()
    page, labels, repeats = label_page(view.page, reference.labelling)
    check()
    strings = _take_furniture(strings_of(*_of_items(page, labels), view.text), view.folio, page)
    drafts = Desk(checked_words).read(strings)
    kickers = [join_title(title.printed for title in _kickers(draft)) for draft in drafts]
    times = Counter(kickers)
    items = tuple(
        _read_item(draft, kicker, times[kicker], view.text, reference)
        for draft, kicker in zip(drafts, kickers, strict=True)
    )
    segments = _segments(page, repeats, drafts)
    told = "\n".join(line.text for index, line in enumerate(page.lines) if index not in page.folio)
    reading = _settle_page(view.text, told, view.folio, items, segments, clues, today)
    return in_source(in_source(reading, view.plain.cleaned), view.cleaned)


def _of_items(page: PageLines, labels: list[Labelled]) -> tuple[list[Line], list[Labelled]]:
    """Return the lines of the items with their labels. A line below a line of the folio gets the wider of the gaps."""
    lines: list[Line] = []
    own: list[Labelled] = []
    gap = 0
    for index, (line, label) in enumerate(zip(page.lines, labels, strict=True)):
        if index in page.folio:
            gap = max(gap, line.gap)
            continue
        lines.append(replace(line, gap=max(gap, line.gap)) if gap and line.gap >= 0 else line)
        own.append(label)
        gap = 0
    return lines, own


def _take_furniture(strings: list[String], folio: Folio, page: PageLines) -> list[String]:
    """Return the strings of the items. Strings that name the section or the page's editors go to the folio."""
    items: list[String] = []
    index = {line.start: at for at, line in enumerate(page.lines)}
    for string in strings:
        if string.label not in FURNITURE:
            items.append(string)
            continue
        page.folio.update((index[line.start], string.label) for line in string.lines)
        if string.label == "staff":
            folio.editors += [name for name in read_known_staff(string.printed) if name not in folio.editors]
        elif not folio.section:
            folio.section = squeeze(string.printed)
    return items


def _kickers(draft: Draft) -> list[Title]:
    return draft.kickers or ([draft.under] if draft.under else [])


def _read_item(draft: Draft, kicker: str, times: int, text: str, reference: Reference) -> ItemReading:
    """Return the item of a draft. `times` is the number of items on the page that have its kicker."""
    headline = draft.headline.printed if draft.headline else ""
    blocks = build_blocks(draft.body, text)
    deck = join_title(title.printed for title in draft.decks)
    paragraphs = [paragraph for block in blocks for paragraph in block.paragraphs]
    kind = kind_of(draft)
    matter = Matter.of(
        reference.words,
        kind=kind,
        kicker=kicker,
        headline=headline,
        deck=deck,
        subheads=[block.text for block in blocks if block.type == "subhead"],
        paragraphs=paragraphs,
    )
    places = find_regions(matter, reference.gazetteer)
    ambiguous = [ambiguous_place(name, codes, reference.gazetteer) for name, codes in places.ambiguous]
    stretches = draft.all_stretches()
    return ItemReading(
        kind=kind,
        kicker=kicker,
        column=kicker if is_column(kicker, times) else "",
        headline=headline,
        deck=deck,
        bylines=tuple(draft.bylines),
        credits=tuple(dict.fromkeys(draft.credits)),
        agency=draft.agency,
        blocks=blocks,
        continued_to=draft.continued_to,
        continued_from=draft.continued_from,
        regions=places.hits,
        topics=find_topics(matter, reference.topics),
        doubts=(*draft.doubts, *_missing(draft, kind, paragraphs), *ambiguous),
        span=(min(start for start, _, _ in stretches), max(end for _, end, _ in stretches)),
    )


def _missing(draft: Draft, kind: str, paragraphs: Sequence[str]) -> Iterator[Doubt]:
    """Yield a doubt for each part that an item of its kind should have: an end, a headline, names, a body."""
    if draft.is_open and kind != "notice":
        yield Doubt("open-paragraph", "no full stop", paragraphs[-1][-20:] if paragraphs else "")
    if kind == "article" and not (draft.headline and draft.headline.printed):
        yield Doubt("no-headline", "no title line above the text")
    if kind == "article" and not draft.bylines and draft.continued_from is None:
        yield Doubt("no-byline", "no names above or below the text")
    if not paragraphs and kind != "teaser":
        yield Doubt("no-body", "no text below the head")


def _segments(page: PageLines, repeats: list[Line], drafts: list[Draft]) -> tuple[Segment, ...]:
    """Return a segment for every stretch of the page: with its item, or else as furniture, a repeat or leftover."""
    segments = [
        Segment(start, end, label, index)
        for index, draft in enumerate(drafts)
        for start, end, label in draft.all_stretches()
    ]
    segments += [Segment(page.lines[at].start, page.lines[at].end, label) for at, label in page.folio.items()]
    segments += [Segment(line.start, line.end, "duplicate") for line in repeats]
    segments.sort(key=lambda segment: segment.start)
    at = 0
    for line in page.lines:
        start = line.start
        while at < len(segments) and segments[at].end <= start:
            at += 1  # a repeat, which is not among the page's lines
        while at < len(segments) and segments[at].start < line.end:
            if line.text[start - line.start : segments[at].start - line.start].strip():
                segments.insert(at, Segment(start, segments[at].start, "leftover"))
                at += 1
            start = segments[at].end
            at += 1
        if line.text[start - line.start :].strip():
            segments.insert(at, Segment(start, line.end, "leftover"))
            at += 1
    return tuple(segments)


def _settle_page(
    text: str,
    told: str,
    folio: Folio,
    items: tuple[ItemReading, ...],
    segments: tuple[Segment, ...],
    clues: Clues,
    today: date | None,
) -> PageReading:
    dated = settle_date(folio.dates, folio.impossible, told, clues, today)
    doubts = [*dated.doubts, *(Doubt("weekday-disagrees", "calendar", detail) for detail in folio.mistaken)]
    number, more = _settle_number("number", clues.given_page, folio.page_numbers, clues.named_page)
    doubts.extend(more)
    if number is None:
        doubts.append(Doubt("number-unknown", "no page number given, printed or named"))
    issue_number, more = _settle_number("issue-number", clues.given_issue_number, folio.issue_numbers, None)
    doubts.extend(more)
    if any(segment.label == "duplicate" for segment in segments):
        doubts.append(Doubt("duplicate-line", "printed twice"))
    if any(segment.label == "leftover" for segment in segments):
        doubts.append(Doubt("leftover-text", "no item claims it"))
    return PageReading(
        text=text,
        date=dated.date,
        date_basis=dated.basis,
        issue_number=issue_number,
        page_number=number,
        section=clues.given_section or folio.section,
        editors=tuple(folio.editors),
        items=items,
        segments=segments,
        doubts=tuple(doubts),
    )


def _settle_number(
    name: str, given: int | None, printed: list[int], named: int | None
) -> tuple[int | None, list[Doubt]]:
    """Return the number and the doubts: first the given number, then the printed ones, then that of the file's name.

    Every other value is a doubt.
    """
    known = [
        (basis, value)
        for basis, value in (("given", given), *(("printed", n) for n in printed), ("filename", named))
        if value is not None
    ]
    if not known:
        return None, []
    basis, chosen = known[0]
    doubts = [
        Doubt(f"{name}-disagrees", f"{basis} > {other}", f"{chosen} ≠ {value}")
        for other, value in dict.fromkeys(known[1:])
        if value != chosen
    ]
    return chosen, doubts
