"""The date of a page: as it is printed in the folio, and as the events in the text suggest it."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta

from .jumps import read_number
from .marks import NUMERAL
from .model import Clues, Doubt

_YEAR = rf"(?P<year>(?:19|20|１９|２０|二[〇○零O０]|一九){NUMERAL}{{2}})"
#: The space within a date. A folio of several lines may break a date at a line end.
_SPACE = r"[ \t\u3000]{0,3}\n?[ \t\u3000]{0,3}"
#: A printed date. A number before 版 is a page number, not a day: 2025年12月 3版.
PRINTED = re.compile(
    rf"{_YEAR}{_SPACE}[年./．\-－]{_SPACE}(?P<month>{NUMERAL}{{1,3}}){_SPACE}[月./．\-－]{_SPACE}"
    rf"(?P<day>{NUMERAL}{{1,3}})(?!{NUMERAL}|{_SPACE}版)(?:{_SPACE}日)?"
)
_YEAR_SAID = re.compile(rf"(?<![\d—－-]){_YEAR}[ \t]?年")
_EVENT = re.compile(
    rf"(?:{_YEAR}[ \t]?年[ \t]?|(?P<this>今年"
    rf"|本年)?)(?P<month>{NUMERAL}{{1,3}})[ \t]?月[ \t]?(?P<day>{NUMERAL}{{1,3}})[ \t]?日"
    r"(?P<after>[^。；！？\n]{0,10})"
)
#: Words before a date in the future. Words after a date that lies in the future or from which something takes effect.
_AHEAD_BEFORE = re.compile(
    r"(?:[到至自从于期前止第—～~－-]|截至|截止|定于|拟于|将于|将在|计划|预计|力争|不晚于|下一?年|明年"
    r"|《)[^，。；]{0,2}$"
)
_AHEAD_AFTER = re.compile(r"^[^，。]{0,3}(?:起|前|之前|以前|截止|为止|止)|将(?:于|在|会|举)|第\d+版|刊|即将")
_PLANNED_YEAR = re.compile(r"(?:[到至—～~－-]|力争|预计|计划|展望|截至|面向|下一?年)[ \t]?$")
#: 于 without a word of planning before it. It also stands before past events ("于5月3日召开").
_PLAIN_AT = re.compile(r"(?<![将定拟订期])于$")


@dataclass(frozen=True)
class DatedPage:
    """The date of a page, its basis, and the doubts about it."""

    date: date | None
    basis: str | None
    doubts: tuple[Doubt, ...] = ()


def make_date(year: str | int, month: str, day: str) -> date | None:
    """Return the date of printed numbers. Return None for an impossible date (2月30日) or an unreadable number."""
    numbers = (year if isinstance(year, int) else read_number(year), read_number(month), read_number(day))
    if None in numbers:
        return None
    try:
        return date(*numbers)  # type: ignore[arg-type]
    except ValueError:
        return None


def settle_date(printed: list[date], impossible: list[str], text: str, clues: Clues, today: date | None) -> DatedPage:
    """Return the date of a page with its basis and its doubts.

    The first known date counts: the given date, the first of `printed`, the date in the file's name, then the date
    inferred from `text`. `impossible` holds the printed dates that don't exist. Impossible dates, dates that differ, an
    unknown or inferred date, and a date after `today` are doubts.
    """
    doubts = [Doubt("date-impossible", "calendar", raw) for raw in impossible]
    candidates = [
        ("given", clues.given_date),
        ("printed", printed[0] if printed else None),
        ("filename", clues.named_date),
    ]
    known = [(basis, day) for basis, day in candidates if day is not None]
    if known:
        basis, chosen = known[0]
    else:
        inferred = infer_date(text)
        if inferred is None:
            return DatedPage(None, None, (*doubts, Doubt("date-unknown", "no date given, printed, named or told")))
        basis, chosen = "inferred", inferred
        doubts.append(Doubt("date-inferred", "day after the latest dated event", chosen.isoformat()))
    others = [(b, d) for b, d in known[1:] if d != chosen] + [("printed", d) for d in printed[1:] if d != chosen]
    for other_basis, other in dict.fromkeys(others):
        doubts.append(
            Doubt("date-disagrees", f"{basis} > {other_basis}", f"{chosen.isoformat()} ≠ {other.isoformat()}")
        )
    if today is not None and chosen > today:
        doubts.append(Doubt("date-future", "after today", chosen.isoformat()))
    return DatedPage(chosen, basis, tuple(doubts))


def infer_date(text: str) -> date | None:
    """Return the day after the latest dated event of a text, or None if the text names no year or no past event.

    The present year is the latest year in the text that is not part of a plan. Events without a year belong to it.
    """
    year = _present_year(text)
    if year is None:
        return None
    days: list[date] = []
    for match in _EVENT.finditer(text):
        if _is_ahead(text, match):
            continue
        day = make_date(match["year"] or year, match["month"], match["day"])
        if day is not None and day.year <= year:
            days.append(day)
    if not days:
        return None
    latest = max(days)
    if latest.month == 12 and any((latest - day).days > 330 and day.month == 1 for day in days):
        # The page has news of December and of January. Its December belongs to the year before.
        latest = max(day for day in days if day.month < 6)
    return latest + timedelta(days=1)


def _is_ahead(text: str, match: re.Match[str]) -> bool:
    before = text[max(0, match.start() - 6) : match.start()]
    if _PLAIN_AT.search(before):
        before = before[:-1]
    if _AHEAD_BEFORE.search(before) and not re.search(r"[，。；、“（(\s][^，。；、“（(\s]?$", before[-1:]):
        return True
    return bool(_AHEAD_AFTER.search(match["after"]))


def _present_year(text: str) -> int | None:
    said: Counter[int] = Counter()
    for match in _YEAR_SAID.finditer(text):
        if not _PLANNED_YEAR.search(text[max(0, match.start() - 3) : match.start()]):
            number = read_number(match["year"])
            if number:
                said[number] += 1
    return max(said, default=None)
