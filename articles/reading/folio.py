"""The lines that belong to the page and not to an item: masthead, date, issue and page number, section, staff."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from .dates import PRINTED, make_date
from .jumps import read_number
from .lines import Line, squeeze
from .marks import HAN, HEADING, NUMERAL, PAGE_ONLY
from .model import Name
from .names import is_person

Words = Callable[[str], list[str]]

#: How many printed lines at the top of a page can belong to its folio, and how many characters such a line has at most.
TOP, LINE_LENGTH = 18, 160
#: What tools put around a line, as far as it matters here.
MARKUP = "#＃*＊ \t\ufeff"
#: The 24 terms of the solar year, which mastheads announce.
SOLAR_TERMS = (
    "立春|雨水|惊蛰|春分|清明|谷雨|立夏|小满|芒种|夏至|小暑|大暑|立秋|处暑|白露|秋分|寒露|霜降|立冬|小雪|大雪|冬至|小寒|大寒"
)
_STAFF_ROLE = (
    rf"(?:本版|本期|今日|执行|值班|首席|责任|图片|文字|美术|见习|实习|视觉|新媒体|版面|策划)*(?:编辑|责编|美编"
    rf"|校对|版式设计|版式|版面设计|主编|副主编|总编辑?|"
    rf"制图|组版|排版|审读|检校|视觉|监制|美术|设计)(?:[/／](?:{HAN}{{2,4}}))?"
)
_STAFF_HINT = re.compile("[编校版审]|总监|监制|制图|视觉|美术|设计")
_STAFF_NAME = (
    rf"(?!{_STAFF_ROLE}(?:[ \t\u3000:：/／|]|$))(?:{HAN}{{2,4}}(?!{HAN})|{HAN}[ \t\u3000]{{1,3}}{HAN}(?!{HAN}))"
)
_STAFF = re.compile(
    rf"(?P<role>{_STAFF_ROLE})[ \t\u3000:：/／"
    rf"|]{{0,6}}(?P<names>{_STAFF_NAME}(?:[ \t\u3000、]{{1,4}}{_STAFF_NAME}(?![ \t\u3000]{{0,3}}[:：/／])){{0,4}})?"
)
_TOKEN = re.compile(
    "|".join(
        (
            rf"(?P<date>{PRINTED.pattern})",
            r"(?P<weekday>(?:星期|周)[一二三四五六日天])",
            rf"(?P<lunar>(?:农历|夏历)?[甲乙丙丁戊己庚辛壬癸][子丑寅卯辰巳午未申酉戌亥]年?{HAN}{{0,8}}"
            rf"|农历{HAN}{{2,12}}|(?:今|明)[日天](?:{SOLAR_TERMS})(?!{HAN}))",
            rf"(?P<issue>(?:总|出版)?第[ \t]?(?P<issue_number>{NUMERAL}{{3,6}})[ \t]?期|总(?:期号"
            rf"|第)[:：]?[ \t]?(?P<issue_total>\d{{3,6}})期?)",
            rf"(?P<today>(?:今日|本期|今天)[共出]?{NUMERAL}{{1,3}}[ \t]?版|第{NUMERAL}{{1,3}}—{NUMERAL}{{1,3}}版)",
            rf"(?P<page>第?[ \t]?(?:[A-D][ \t]?)?(?P<page_number>{NUMERAL}{{1,3}})[ \t]?版"
            rf"|版次[:：]?[ \t]?(?P<page_times>{NUMERAL}{{1,3}}))",
            r"(?P<code>(?:国内统一连续出版物号|国内统一刊号|统一刊号|刊号|邮发代号"
            r"|代号)[:：]?[ \t]*[A-Z]{0,2}[ \t]?[\d—\-－/]{1,10}|CN[ \t]?\d\d[—\-－]\d{4}|ISSN[ \t]?[\d\-]+)",
            r"(?P<masthead>健康报社?|HEALTH[ \t]?NEWS|JIANKANG[ \t]?BAO|国家卫生(?:健康"
            r"|和计划生育)委(?:员会)?(?:主管|主办)|主管[:：]?|主办[:：]?|出版[:：]?|健康报社?出版|社址|网址[:：]?)",
            r"(?P<url>(?:https?://)?(?:www\.)?[A-Za-z0-9\-]+(?:\.[A-Za-z]+){1,3}(?:/\S*)?|[\w.]+@[\w.]+)",
        )
    ),
    re.IGNORECASE,
)
_KINDS = ("date", "weekday", "lunar", "issue", "today", "page", "code", "masthead", "url")
#: A page number alone on its line, above all items: "3", "A3"; no item begins with one.
_BARE_NUMBER = re.compile(rf"[A-D]?{NUMERAL}{{1,3}}")
#: The same with the section's name beside it: "6  学术·临床", "评论·来信 2".
_SECTION_NAME = rf"{HAN}(?:{HAN}|[·• ]){{1,9}}"
_NUMBER_AND_SECTION = (
    re.compile(rf"(?P<number>[A-D]?{NUMERAL}{{1,3}})[ \t\u3000]+(?P<section>{_SECTION_NAME})"),
    re.compile(rf"(?P<section>{_SECTION_NAME})[ \t\u3000]+(?P<number>[A-D]?[0-9０-９]{{1,3}})"),
)
_CONTACT = re.compile(
    r"(?:(?:本版|编辑部|新闻|投稿|读者|联系|热线|发行|广告)*(?:电话|热线|邮箱|信箱|传真|E-?mail|Email|QQ"
    r"|微信)[ \t]?[:：/／]?[ \t]*(?:[（(]?\d[\d（）()\-—－ ]{4,20}|[\w.\-]+@[\w.\-]+)[ \t\u3000]*)+",
    re.IGNORECASE,
)
_SECTION = re.compile(
    r".{0,6}(?:新闻|要闻|周刊|周末|专版|专刊|视点|影像|深度|观察|论坛|评论|国际|人文|文化|副刊|科技|学术|临床"
    r"|健康|中医|医改|基层|管理|综合|特刊|专题|公益|广告|时评|声音|服务|生活|法治|人物|医院|读者)"
)


@dataclass
class Folio:
    """What the page says of itself; `labels` maps the index of a line to the label of its segment."""

    dates: list[date] = field(default_factory=list)
    impossible: list[str] = field(default_factory=list)
    issue_numbers: list[int] = field(default_factory=list)
    page_numbers: list[int] = field(default_factory=list)
    section: str = ""
    editors: list[Name] = field(default_factory=list)
    labels: dict[int, str] = field(default_factory=dict)


def read_folio(lines: list[Line], words: Words) -> Folio:
    """Read the folio and staff lines of a page, wherever they stand, and the section's name among them."""
    folio = Folio()
    zone = _top_zone(lines, words)
    for index, line in enumerate(lines):
        if index in folio.labels or len(line.text) > LINE_LENGTH:
            continue
        text = line.text.lstrip(MARKUP).rstrip("*＊ ")
        at_edge = index < zone or (index == len(lines) - 1 and bool(PAGE_ONLY.fullmatch(text)))
        if _read_staff(folio, lines, index, text, words):
            continue
        if _CONTACT.fullmatch(text) and (at_edge or (index and folio.labels.get(index - 1) == "staff")):
            folio.labels[index] = "staff"
        elif _read_tokens(folio, text, at_edge=at_edge):
            folio.labels[index] = "folio"
        elif index < zone and _BARE_NUMBER.fullmatch(squeeze(text)):
            _add_page(folio, squeeze(text).lstrip("ABCD"))
            folio.labels[index] = "folio"
        elif index < zone and (match := _numbered_section(text)):
            _add_page(folio, match["number"].lstrip("ABCD"))
            folio.section = folio.section or squeeze(match["section"])
            folio.labels[index] = "folio"
        elif index < zone and not folio.section and not HEADING.match(line.text):
            folio.section = squeeze(text)
            folio.labels[index] = "section"
        elif index < zone:
            folio.labels[index] = "folio"
    _section_below(folio, lines, zone)
    # A page with two mastheads says everything twice.
    folio.editors = list(dict.fromkeys(folio.editors))
    folio.impossible = list(dict.fromkeys(folio.impossible))
    return folio


def _top_zone(lines: list[Line], words: Words) -> int:
    """How many lines at the top belong to the folio: up to the last sure one, with at most short lines between."""
    zone = loose = 0
    for index, line in enumerate(lines[:TOP]):
        text = line.text.strip(MARKUP)
        if len(text) <= LINE_LENGTH and (
            _is_folio(text, strict=False)
            or _staff_of(text, words)
            or _CONTACT.fullmatch(text)
            or _BARE_NUMBER.fullmatch(squeeze(text))
        ):
            zone, loose = index + 1, 0
        elif (
            len(squeeze(text)) <= 8
            and loose < 2
            and not re.search(r"[，。；！？、]", text)
            and not HEADING.match(line.text)
        ):
            loose += 1
        else:
            break
    return zone


def _numbered_section(text: str) -> re.Match[str] | None:
    return next(filter(None, (form.fullmatch(text) for form in _NUMBER_AND_SECTION)), None)


def _staff_of(text: str, words: Words) -> list[tuple[str, str | None]] | None:
    """Roles and names of a line of editors; None when it holds anything else. "责编 方可 美编 丁一凡", "校对：方可"."""
    if not _STAFF_HINT.search(text, 0, 12):
        return None
    rest = _CONTACT.sub("", text).strip(" \t\u3000。（）()")
    pos, found = 0, []
    while pos < len(rest):
        match = _STAFF.match(rest, pos)
        if not match:
            return None
        role, names = match["role"], match["names"]
        if names and match.end("role") == match.start("names") and not is_person(squeeze(names), words):
            return None
        found.append((role, names))
        pos = match.end()
        while pos < len(rest) and rest[pos] in " \t\u3000|/／;；,，、":
            pos += 1
    return found or None


def _is_folio(text: str, *, strict: bool) -> bool:
    if "。" in text or "，" in text or len(text) > 120:
        return False
    kinds = _kinds(text)
    if not kinds:
        return False
    rest = squeeze(_TOKEN.sub("", text)).strip("|｜/／·•—-－()（）,，:：")
    if len(rest) > 10 or re.search(r"[，。；！？]", rest):
        return False
    if (
        rest
        and not ("date" in kinds and (len(kinds) > 1 or len(rest) <= 2))
        and not (kinds & {"page", "issue"} and len(rest) <= 8 and _SECTION.fullmatch(rest))
    ):
        return False
    if strict:
        return len(kinds) >= 2 and "date" in kinds or bool(kinds & {"issue", "code"})
    return bool(kinds - {"url"})


def _kinds(text: str) -> set[str]:
    return {name for match in _TOKEN.finditer(text) for name in _KINDS if match[name]}


def _read_tokens(folio: Folio, text: str, *, at_edge: bool) -> bool:
    """Take a line of dates, numbers and imprint in; False when it is something else."""
    if not _is_folio(text, strict=not at_edge):
        return False
    rest = text
    for match in _TOKEN.finditer(text):
        rest = rest.replace(match[0], " ", 1)
        if match["date"]:
            day = make_date(match["year"], match["month"], match["day"])
            if day is None:
                folio.impossible.append(match["date"])
            else:
                folio.dates.append(day)
        if number := (match["issue_number"] or match["issue_total"]):
            value = read_number(number)
            if value:
                folio.issue_numbers.append(value)
        if number := (match["page_number"] or match["page_times"]):
            _add_page(folio, number)
    for part in rest.split():
        part = part.strip("|｜/／·•—-－()（）,，:：")
        if re.fullmatch(rf"{NUMERAL}{{1,3}}", part):
            _add_page(folio, part)
        elif part not in folio.section and re.fullmatch(rf"{HAN}{{1,10}}", part):
            folio.section += part
    return True


def _add_page(folio: Folio, number: str) -> None:
    value = read_number(number)
    if value and value <= 200:
        folio.page_numbers.append(value)


def _read_staff(folio: Folio, lines: list[Line], index: int, text: str, words: Words) -> bool:
    """Take a line of editors in; a role alone takes its name from the next line."""
    found = _staff_of(text, words) if len(text) <= 100 else None
    if not found:
        return False
    if len(found) == 1 and not found[0][1]:
        after = lines[index + 1].text if index + 1 < len(lines) else ""
        if not is_person(after, words):
            return False
        folio.editors.append(Name(found[0][0], squeeze(after)))
        folio.labels[index] = folio.labels[index + 1] = "staff"
        return True
    people = [Name(role, name) for role, names in found if names for name in _split_names(names)]
    folio.editors.extend(people)
    if people:
        folio.labels[index] = "staff"
    return bool(people)


def _split_names(text: str) -> list[str]:
    tokens = re.split(r"[ \t\u3000、]+", text.strip())
    names: list[str] = []
    for token in tokens:
        if len(token) == 1 and names and len(names[-1]) == 1:
            names[-1] += token
        else:
            names.append(token)
    return names


def _section_below(folio: Folio, lines: list[Line], zone: int) -> None:
    """A section's name that stands below all folio lines is known by its words only."""
    if folio.section or not 0 < zone < len(lines) - 1:
        return
    line = lines[zone]
    name = squeeze(line.text)
    known = re.fullmatch(r".{0,4}(?:新闻|要闻|周刊|周末|专版|专刊|副刊|影像)", name)
    if zone not in folio.labels and known and len(name) <= 6:
        folio.section = name
        folio.labels[zone] = "section"
