"""Whether a head opens an item of its own or stands within the current one: rules in order, the surest first."""

from __future__ import annotations

from . import marks
from .drafts import Draft
from .heads import Section
from .lines import squeeze
from .model import Doubt

#: Blank lines that set items apart.
WIDE_GAP = 3


def opens_item(section: Section, draft: Draft | None) -> str:
    """The rule by which a head opens an item; "" when it is a subhead of the current one."""
    elements = section.elements
    text = squeeze(elements[-1].text)
    if len(elements) == 1 and marks.EDITOR_NOTE.fullmatch(text) and not section.signed:
        return "" if draft is not None and not draft.closed else "editor's note first"
    if draft is None:
        return "first head"
    if draft.head.headline is None and not draft.body and not draft.lead:
        return "head after a jump line"
    if len(elements) == 1 and marks.SECTION_NUMBER.match(text) and not draft.closed and not section.signed:
        return ""  # "二、…" is no headline, whatever is open above it
    if section.bullet:
        return "bullet" if draft.briefs or (not draft.count and not draft.signed) else ""
    if section.lead or section.jump_from or section.signed:
        return "lead, jump line or names below"
    if len(elements) > 1 or any(element.dash for element in elements):
        return "kicker or deck"
    if draft.closed:
        return "the item above is closed"
    if (level := _level_below(section, draft)) > 0:
        return ""
    if level < 0:
        return "heading above that of the item"
    if draft.open:
        return "the paragraph above is open"
    if marks.NOTICE_TITLE.fullmatch(text) or draft.kind == "notice":
        return "notice"
    if any(piece.kind == "teaser" for piece in section.body[:2]):
        return "teaser"
    if section.captioned and (draft.bylines or not section.signed_below) and not (draft.credits and not draft.count):
        return "caption"
    if draft.head.headline is not None and not draft.count and not draft.signed:
        return "no text above"
    return _weigh(section, draft)


def _level_below(section: Section, draft: Draft) -> int:
    """By how many levels a heading stands below the headline of the item; 0 where markup gives no levels to both."""
    headline, own = draft.head.headline, section.elements[0].level
    return own - headline.level if headline is not None and headline.level and own else 0


def _weigh(section: Section, draft: Draft) -> str:
    """Decide where nothing is sure: layout, the likeness of heads, and how signed items end."""
    gap = section.gap
    if gap >= WIDE_GAP and not section.elements[0].marked:
        return "wide gap"
    if draft.lead and draft.count:
        if draft.divided or draft.length > 900:
            return ""
        return "the item above is a brief"
    ending = section.ending
    if ending is not None and ending.kind == "byline" and (draft.signed or draft.bylines):
        return "names below, and the item above has its own"
    if draft.signed or draft.continued_from is not None:
        return ""
    if draft.divided or marks.SECTION_NUMBER.match(section.elements[0].text):
        return ""
    if draft.count >= 3 and section.paragraphs:
        draft.doubts.append(Doubt("merged?", "no names, no lead, no gap", section.elements[0].text))
        return ""
    draft.doubts.append(Doubt("split?", "short unsigned item above", section.elements[0].text))
    return "unsigned items in a row"


def is_notice(headline: str) -> bool:
    """Tell whether a headline is that of a notice: "公 告", "遗失声明"."""
    title = squeeze(headline)
    return len(title) <= 24 and bool(marks.NOTICE_TITLE.fullmatch(title))
