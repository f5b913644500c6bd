"""The folio: the lines that belong to the page and to no item.

They hold the masthead, the date, the issue and page numbers, the section and the staff. The reader takes adjacent lines
of a folio together. "2025年12月", "9" and "星期二" below each other are one date, and 9 is no page number.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from articles.text.fold import fold_ideographs

from .dates import make_date
from .imprint import FoundForm, find_forms, weekday_of
from .jumps import PAGES, read_number
from .lines import Line, is_heading, squeeze
from .marks import HAN, NUMERAL
from .model import PrintedName
from .names import is_person
from .running import find_running
from .staff import find_staff, names_staff, people_of, staff_of

Words = Callable[[str], list[str]]

#: The numbers of printed lines at the top and at the foot of a page that can belong to its folio, and the greatest
#: length of a line, in characters.
TOP, FOOT, LINE_LENGTH = 18, 12, 400
#: The greatest length and number of loose lines between sure lines of a folio, such as a section's name or a slogan.
LOOSE_LENGTH, LOOSE_LINES = 8, 2

_SIGNS = "|｜/／·•—-－–―_~～()（）【】[],，、:：;；*＊#＃<>《》。.\"'“”!！"
#: A page number alone on its line: "3", "A02", "— 6 —", or "第三版" by itself.
_BARE_NUMBER = re.compile(rf"[—\-－–·•\s]{{0,6}}(?P<number>[A-DTa-dt]?{NUMERAL}{{1,3}})[—\-－–·•\s]{{0,6}}")
#: A page number with the section's name beside it: "6  学术·临床", "评论·来信 2".
_NUMBER_AND_NAME = re.compile(
    rf"[A-D]?{NUMERAL}{{1,3}}[ \t\u3000]+{HAN}(?:{HAN}|[·• ]){{1,9}}"
    rf"|{HAN}(?:{HAN}|[·• ]){{1,9}}[ \t\u3000]+[A-D]?[0-9０-９]{{1,3}}"
)
_SECTION_NAME = rf"{HAN}(?:{HAN}|[·•]){{0,9}}"
_SECTION = re.compile(
    r".{0,6}(?:新闻|要闻|周刊|周末|专版|专刊|视点|影像|深度|观察|论坛|评论|国际|人文|文化|副刊|科技|学术|临床"
    r"|健康|中医|医改|基层|管理|综合|特刊|专题|公益|广告|时评|声音|服务|生活|法治|人物|医院|读者|前沿|疾控|心理|妇幼|时政)"
)
#: Forms that never occur in a folio: stops, words about another page ("原载2024年5月3日第2版"), words of notices.
_NO_FOLIO = re.compile(r"[，！？；]|原载|转载|摘自|[刊载登]于|刊登|[详参]见|时间|地点|号令|国务院")
#: Kinds of forms that also occur in texts and notices. Alone they don't make a line a folio.
_COMMON = frozenset({"url", "contact", "address", "price", "part"})


@dataclass
class Folio:
    """The page's statements about itself. `labels` maps the index of a line to the label of its segment.

    For the first `confirmed` of `dates` the calendar confirms the weekday beside them. `impossible` holds printed dates
    that don't exist, `mistaken` describes dates beside a wrong weekday.
    """

    dates: list[date] = field(default_factory=list)
    confirmed: int = 0
    impossible: list[str] = field(default_factory=list)
    mistaken: list[str] = field(default_factory=list)
    issue_numbers: list[int] = field(default_factory=list)
    page_numbers: list[int] = field(default_factory=list)
    section: str = ""
    editors: list[PrintedName] = field(default_factory=list)
    labels: dict[int, str] = field(default_factory=dict)


@dataclass(frozen=True)
class _Look:
    """The forms of a folio in a line: their kinds, whether the line names staff, and the rest of its text.

    `number` says that the line is a page number, perhaps with a section's name beside it.
    """

    kinds: frozenset[str] = frozenset()
    rest: str = ""
    staff: bool = False
    number: bool = False

    @property
    def is_covered(self) -> bool:
        """Whether the line holds only parts of a folio, as far as the line alone shows."""
        if self.number or (self.staff and not self.rest):
            return True
        if not self.kinds:
            return False
        if not self.rest:
            return True
        several = len(self.kinds) > 1 or self.staff
        if "date" in self.kinds and ((several and len(self.rest) <= 12) or len(self.rest) <= 2):
            return True
        names = bool(_SECTION.fullmatch(self.rest)) and len(self.rest) <= 8
        return bool(self.kinds & {"page", "issue"}) and names or (self.staff and len(self.rest) <= 8)

    @property
    def is_sure(self) -> bool:
        """Whether the line is a folio wherever it stands."""
        if not self.is_covered or self.number:
            return False
        several = "date" in self.kinds and (len(self.kinds - _COMMON) > 1 or self.staff)
        return several or bool(self.kinds & {"issue", "code", "index"})

    @property
    def is_common(self) -> bool:
        """Whether all forms of the line also occur in notices, such as a telephone number or a price."""
        return not self.staff and not self.number and bool(self.kinds) and self.kinds <= _COMMON


#: The look of a line that a digital edition has added. Such lines may stand between lines of a folio.
_RUNNING = _Look(frozenset({"running"}))


def read_folio(lines: list[Line], words: Words) -> Folio:
    """Return the folio of a page, with its staff and its section's name, wherever they stand on the page."""
    folio = Folio()
    for index in find_running(lines):
        folio.labels[index] = "folio"
    looks = [_RUNNING if index in folio.labels else _look(line, words) for index, line in enumerate(lines)]
    top = _top_zone(lines, looks)
    zone = set(range(top)) | _foot_zone(lines, looks, top)
    is_dated = any("date" in looks[index].kinds for index in zone)
    zone |= _clusters(looks, top, is_dated=is_dated)
    zone |= {index for index, line in enumerate(lines) if line.marks.region in ("header", "footer")}
    for index in sorted(zone):
        if looks[index] == _Look():
            _read_staff(folio, lines, index, lines[index].text, words)  # a role with its name on the next line
    for run in _runs({index for index in zone if index not in folio.labels}):
        _read_run(folio, lines, looks, run, words)
    for index, line in enumerate(lines):
        if index not in folio.labels:
            _read_staff(folio, lines, index, line.text, words)
    _name_section(folio, lines, sorted(index for index in zone if looks[index] == _Look()), top)
    if not folio.dates:
        folio.dates = _dates_at_the_edges(lines)
    # A page with two mastheads gives every statement twice.
    folio.editors = list(dict.fromkeys(folio.editors))
    folio.impossible = list(dict.fromkeys(folio.impossible))
    return folio


def _look(line: Line, words: Words) -> _Look:
    text = line.text
    if line.marks.table or len(text) > LINE_LENGTH or "。" in text.rstrip("。 "):
        return _Look()
    if match := _BARE_NUMBER.fullmatch(text):
        return _Look(number=read_number(match["number"].lstrip("ABCDTabcdt")) is not None)
    text = fold_ideographs(text)
    forms = list(find_forms(text))
    if not forms and _NUMBER_AND_NAME.fullmatch(text):
        return _Look(number=True)
    left = _without(text, ((form.start, form.end) for form in forms))
    staff = [match.span() for match in find_staff(left, words)]
    if not forms and not staff:
        return _Look()
    rest = squeeze(_without(left, staff)).strip(_SIGNS)
    if _NO_FOLIO.search(rest):
        return _Look()
    return _Look(frozenset(form.kind for form in forms), rest, bool(staff))


def _without(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """Return a text of the same length with a stroke and blanks in place of each span.

    The stroke keeps the text before a span apart from the text behind it.
    """
    for start, end in spans:
        text = f"{text[:start]}{'|' * (end - start)}{text[end:]}"
    return re.sub(r"\|+", lambda strokes: "|" + " " * (len(strokes[0]) - 1), text)


def _top_zone(lines: list[Line], looks: list[_Look]) -> int:
    """Return the number of lines at the top that belong to the folio.

    The zone ends with its last covered line. Up to LOOSE_LINES loose lines in a row may stand between covered lines.
    """
    zone = loose = 0
    for index, (line, look) in enumerate(zip(lines[:TOP], looks[:TOP], strict=True)):
        if look.is_covered:
            zone, loose = index + 1, 0
        elif loose < LOOSE_LINES and _is_loose(line):
            loose += 1
        else:
            break
    return zone


def _is_loose(line: Line) -> bool:
    text = squeeze(line.text)
    return len(text) <= LOOSE_LENGTH and not is_heading(line) and not re.search(r"[，。；！？、]", text)


def _foot_zone(lines: list[Line], looks: list[_Look], top: int) -> set[int]:
    """Return the indexes of the lines at the foot that belong to the folio.

    The zone reaches from the first covered line down to the last line. Up to LOOSE_LINES loose lines in a row may stand
    between covered lines, and any number of common ones.
    """
    start, loose = len(lines), 0
    for index in range(len(lines) - 1, max(top, len(lines) - FOOT) - 1, -1):
        look = looks[index]
        if look.is_covered and not look.is_common:
            start, loose = index, 0
        elif not look.is_common and (loose == LOOSE_LINES or not _is_loose(lines[index])):
            break
        else:
            loose += not look.is_common
    said = frozenset().union(*(look.kinds for look in looks[start:])) - _COMMON
    # A date alone is the end of a notice, below the office that signs it.
    is_folio = bool(said - {"date"}) or (start == len(lines) - 1 and looks[start].number)
    if is_folio or any(look.staff for look in looks[start:]):
        return set(range(start, len(lines)))
    return set()


def _clusters(looks: list[_Look], top: int, *, is_dated: bool) -> set[int]:
    """Return the indexes of lines below the `top` lines that are certainly a folio, alone or together.

    On a page that `is_dated` at an edge, a date with only its weekday is no folio, since diaries and rosters have such
    dates.
    """
    found: set[int] = set()
    run: list[int] = []
    for index in range(top, len(looks) + 1):
        if index < len(looks) and looks[index].is_covered:
            run.append(index)
            continue
        kinds = frozenset().union(*(looks[at].kinds for at in run)) - _COMMON
        bare = kinds <= {"date", "weekday"} and not any(looks[at].number or looks[at].staff for at in run)
        if "date" in kinds and len(kinds) > 1 and not (bare and is_dated):
            found.update(run)
        else:
            sure = (at for at in run if looks[at].is_sure)
            found.update(at for at in sure if not (is_dated and looks[at].kinds <= {"date", "weekday"}))
        run = []
    return found


def _runs(zone: set[int]) -> list[list[int]]:
    """Return the runs of adjacent line indexes in a zone."""
    runs: list[list[int]] = []
    for index in sorted(zone):
        if runs and runs[-1][-1] == index - 1:
            runs[-1].append(index)
        else:
            runs.append([index])
    return runs


def _read_run(folio: Folio, lines: list[Line], looks: list[_Look], run: Sequence[int], words: Words) -> None:
    """Read a run of adjacent folio lines and add their statements to the folio."""
    text = "\n".join(fold_ideographs(lines[index].text) for index in run)
    forms = list(find_forms(text))
    _take_dates(folio, forms)
    for form in forms:
        _take_number(folio, form)
    left = _without(text, ((form.start, form.end) for form in forms))
    staff = list(find_staff(left, words))
    folio.editors.extend(name for match in staff for name in people_of(match["role"], match["names"]))
    left = _without(left, (match.span() for match in staff))
    starts = [0]
    for index in run:
        starts.append(starts[-1] + len(lines[index].text) + 1)
    for index, start, end in zip(run, starts, starts[1:], strict=False):
        if looks[index] == _Look() and any(form.start < end - 1 and form.end > start for form in forms):
            folio.labels[index] = "folio"  # a part of a date that is set over several lines
        if index in folio.labels or looks[index] == _Look():
            continue
        is_staff = any(start <= match.start() < end for match in staff) and not looks[index].kinds
        folio.labels[index] = "staff" if is_staff else "folio"
        _take_rest(folio, left[start : end - 1], lines[index].text, looks[index])


def _take_dates(folio: Folio, forms: list[FoundForm]) -> None:
    """Add dates to the folio. A date comes first if the calendar confirms the weekday beside it."""
    weekdays = [form for form in forms if form.kind == "weekday"]
    for number, form in enumerate(forms):
        if form.kind != "date":
            continue
        day = make_date(form.match["year"], form.match["month"], form.match["day"])
        if day is None:
            folio.impossible.append(squeeze(form.match[0]))
            continue
        beside = [each for each in forms[max(0, number - 1) : number + 3] if each.kind == "weekday"] or weekdays[:1]
        if any(weekday_of(each.match[0]) == day.weekday() for each in beside):
            folio.dates.insert(folio.confirmed, day)
            folio.confirmed += 1
        else:
            folio.dates.append(day)
            folio.mistaken += [f"{day.isoformat()} ≠ {squeeze(each.match[0])}" for each in beside[:1]]


def _take_number(folio: Folio, form: FoundForm) -> None:
    groups = form.match.groupdict()
    for name in ("issue_number", "issue_total", "issue_no"):
        if form.kind == "issue" and groups[name] and (value := read_number(groups[name])):
            folio.issue_numbers.append(value)
    for name in ("page_number", "page_times", "page_leaf", "page_english"):
        if form.kind == "page" and groups[name]:
            _add_page(folio, groups[name])


def _add_page(folio: Folio, number: str) -> None:
    value = read_number(number.lstrip("ABCDTabcdt"))
    if value and value <= PAGES:
        folio.page_numbers.append(value)


def _take_rest(folio: Folio, left: str, printed: str, look: _Look) -> None:
    """Read the rest of a line into the folio: a bare number is the page number, a name is the section."""
    name = ""
    for part in re.finditer(r"[^\s|｜/／]+", left):
        text = part[0].strip(_SIGNS)
        if _BARE_NUMBER.fullmatch(text) and not re.fullmatch(f"{HAN}", text):
            _add_page(folio, text)
        elif re.fullmatch(_SECTION_NAME, text) and (not name or len(name) == len(text) == 1):
            at = part.start() + part[0].index(text)
            name += printed[at : at + len(text)]
        elif len(text) == 1 and len(name) > 0 and re.fullmatch(HAN, text):
            name += text
    # A single character beside a number is a stray mark: "2 丿".
    if len(name) > 1 and not folio.section and (look.kinds or look.staff or look.number):
        folio.section = name


def _read_staff(folio: Folio, lines: list[Line], index: int, text: str, words: Words) -> None:
    """Add the editors on a line to the folio. A role without a name takes the name on the next line."""
    text = fold_ideographs(text[:LINE_LENGTH])
    if not names_staff(text):
        return
    found = staff_of(_without(text, ((form.start, form.end) for form in find_forms(text))), words)
    if not found:
        return
    if len(found) == 1 and not found[0][1]:
        after = lines[index + 1].text if index + 1 < len(lines) else ""
        if is_person(after, words):
            folio.editors.append(PrintedName(found[0][0], squeeze(after)))
            folio.labels[index] = folio.labels[index + 1] = "staff"
        return
    people = [person for role, names in found if names for person in people_of(role, names)]
    folio.editors.extend(people)
    if people:
        folio.labels[index] = "staff"


def _name_section(folio: Folio, lines: list[Line], between: Sequence[int], top: int) -> None:
    """Find the section's name on a line of its own.

    The name stands on one of the lines `between` other lines of the folio. Otherwise it is the line right below the
    `top` lines, if this line has a typical ending of a section's name (新闻, 周刊).
    """
    for index in between:
        name = squeeze(lines[index].text)
        if folio.section or index in folio.labels or is_heading(lines[index]):
            continue
        if len(name) < 2 or not re.fullmatch(_SECTION_NAME, name):
            continue
        folio.section = name
        folio.labels[index] = "section"
    if folio.section or not 0 < top < len(lines) - 1 or top in folio.labels:
        return
    name = squeeze(lines[top].text)
    if len(name) <= 6 and re.fullmatch(r".{0,4}(?:新闻|要闻|周刊|周末|专版|专刊|副刊|影像)", name):
        folio.section = name
        folio.labels[top] = "section"


def _dates_at_the_edges(lines: list[Line]) -> list[date]:
    """Return the dates in the TOP first and FOOT last lines whose weekday the calendar confirms.

    The lines may hold any other text, except a comma or full stop.
    """
    found: list[date] = []
    for line in [*lines[:TOP], *lines[-FOOT:]]:
        text = fold_ideographs(line.text[:LINE_LENGTH])
        if "。" in text or "，" in text:
            continue
        part = Folio()
        forms = [form for form in find_forms(text) if form.kind in ("date", "weekday")]
        if any(form.kind == "weekday" for form in forms):
            _take_dates(part, forms)
            found += part.dates[: part.confirmed]
    return list(dict.fromkeys(found))
