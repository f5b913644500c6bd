"""`read_page`: one page of text -> one PageReading."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date
from itertools import groupby
from operator import ne

from articles.text.cleaning import clean
from articles.text.fold import fold_ideographs

from .body import build_blocks
from .broken import cut_lines
from .columns import is_column
from .dates import settle_date
from .drafts import Draft, kind_of
from .folio import Folio, read_folio
from .heads import Element, join_title, split_sections
from .items import Desk
from .lines import split_lines
from .markup import read_markup
from .matter import Matter
from .model import Clues, Doubt, ItemReading, PageReading, Segment
from .names import as_printed
from .pieces import Piece
from .places import ambiguous_place, find_regions
from .reference import Reference
from .repeats import shape_once
from .running import part_authors
from .source import in_source
from .subjects import find_topics

#: Most lines over which the names of a story's people run.
NAME_LINES = 6

#: Share of characters that have a simplified form in a page of before 1956: some 30 % are usual.
OLD_SHARE = 0.06

#: Kinds of pieces that are the page's own.
FURNITURE = ("folio", "staff", "section")


def _go_on() -> None:
    """Let a reading go on."""


def read_page(
    text: str,
    *,
    reference: Reference,
    clues: Clues = Clues(),  # noqa: B008
    today: date | None = None,
    check: Callable[[], None] = _go_on,
) -> PageReading:
    """Read one page of OCR'd text.

    `reference` holds the tables and the word splitter, `clues` what is known besides the text; a date after `today`
    is a doubt.  `check` is called between the steps of a reading and with each value and item: what it raises ends it.
    Any text can be read: nothing else is raised, and `segments` partition it.  What no paper prints, and what tools
    write around a text, is taken out before reading and has segments of its own.
    """
    cleaned = clean(text)
    plain = read_markup(cleaned.text)
    text = plain.text
    words = reference.words

    def checked_words(value: str) -> list[str]:
        check()
        return words(value)

    reference = replace(reference, words=checked_words)
    lines = part_authors(split_lines(text, plain.said))
    folio = read_folio(lines, words)
    check()
    pieces: list[Piece] = []
    folded = fold_ideographs(text)
    if folded != text:  # the rules know one writing of each character; what is read is given as it is printed
        lines = [replace(line, text=folded[line.start : line.end]) for line in lines]
    for label, group in groupby(enumerate(lines), key=lambda pair: folio.labels.get(pair[0])):
        run = [line for _, line in group]
        if label:
            pieces.extend(Piece(line.start, line.end, label, line.text, line.gap) for line in run)
        else:
            pieces.extend(cut_lines(run, words))
    check()
    running, repeats = shape_once(_without_folio(pieces), words)
    check()
    if folded != text:
        _print_names(running, folded, text)
    sections = split_sections(running, words, stacked=_is_old(folded, text))
    drafts = Desk(words).read(sections)
    titles = {element.text: _printed([element], text) for section in sections for element in section.elements}
    kickers = [_printed(draft.head.kicker, text) or titles.get(draft.column, "") for draft in drafts]
    times = Counter(kickers)
    items = tuple(
        _read_item(draft, kicker, times[kicker], text, reference) for draft, kicker in zip(drafts, kickers, strict=True)
    )
    furniture = [piece for piece in pieces if piece.kind in FURNITURE]
    segments = _segments(furniture + running + repeats, drafts)
    told = "\n".join(line.text for index, line in enumerate(lines) if index not in folio.labels)
    reading = _settle_page(text, told, folio, items, segments, clues, today)
    return in_source(in_source(reading, plain.cleaned), cleaned)


def _without_folio(pieces: list[Piece]) -> list[Piece]:
    """The pieces of the items; what followed a folio line keeps the wider of the two gaps."""
    out: list[Piece] = []
    gap = 0
    for piece in pieces:
        if piece.kind in FURNITURE:
            gap = max(gap, piece.gap)
        elif gap and piece.gap >= 0:
            out.append(piece.changed(gap=max(gap, piece.gap)))
            gap = 0
        else:
            out.append(piece)
    return out


def _is_old(folded: str, text: str) -> bool:
    """Tell a page in traditional characters from one that names an old book."""
    return sum(map(ne, folded, text)) > OLD_SHARE * len(text)


def _printed(elements: Iterable[Element], text: str) -> str:
    """Return titles as they are printed, joined."""
    lines = [join_title([text[piece.start : piece.end] for piece in element.pieces]) for element in elements]
    return join_title(lines)


def _print_names(pieces: list[Piece], folded: str, text: str) -> None:
    """Give the people of each piece their names as they are printed; those of several lines stand with the first."""
    for index, piece in enumerate(pieces):
        if piece.people:
            end = next((after.end for after in pieces[index : index + NAME_LINES][::-1] if after.kind == piece.kind), 0)
            piece.people = as_printed(piece.people, folded[piece.start : end], text[piece.start : end])


def _read_item(draft: Draft, kicker: str, times: int, text: str, reference: Reference) -> ItemReading:
    """Make an item of a draft; `times` is on how many items of the page its kicker stands."""
    headline = _printed([draft.head.headline], text) if draft.head.headline else ""
    blocks = build_blocks(draft.body, text)
    deck = _printed(draft.head.deck, text)
    paragraphs = [paragraph for block in blocks for paragraph in block.paragraphs]
    kind = kind_of(draft)
    doubts = list(draft.doubts)
    if draft.open and kind != "notice":
        doubts.append(Doubt("open-paragraph", "no full stop", paragraphs[-1][-20:] if paragraphs else ""))
    if not headline and kind == "article":
        doubts.append(Doubt("no-headline", "no title line above the text"))
    if kind == "article" and not draft.bylines and draft.continued_from is None:
        doubts.append(Doubt("no-byline", "no names above or below the text"))
    if not paragraphs and kind != "teaser":
        doubts.append(Doubt("no-body", "no text below the head"))
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
    doubts += [ambiguous_place(name, codes, reference.gazetteer) for name, codes in places.ambiguous]
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
        doubts=tuple(doubts),
        span=(min(p.start for p, _ in draft.pieces), max(p.end for p, _ in draft.pieces)),
    )


def _segments(pieces: list[Piece], drafts: list[Draft]) -> tuple[Segment, ...]:
    """Label every piece: by its item where it has one, as furniture or leftover otherwise."""
    owner: dict[int, tuple[str, int]] = {}
    for index, draft in enumerate(drafts):
        for piece, label in draft.pieces:
            owner[piece.start] = (label, index)
    segments: list[Segment] = []
    for piece in sorted(pieces, key=lambda piece: piece.start):
        if piece.start in owner:
            label, item = owner[piece.start]
            segments.append(Segment(piece.start, piece.end, label, item))
        elif piece.kind in FURNITURE or piece.kind in ("duplicate", "mark"):
            segments.append(Segment(piece.start, piece.end, piece.kind))
        else:
            segments.append(Segment(piece.start, piece.end, "leftover"))
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
    """Choose a number: given, printed, of the file's name; every other one is a doubt."""
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
