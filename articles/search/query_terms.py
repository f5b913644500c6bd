"""The parts of a query string: its tokens, and the dates that may stand after 日期:.

Only the nearby characters decide where a word ends, never the rest of the query. So a tree can be serialised again.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from enum import Enum, auto

from articles.text.fold import fold

from .query_tree import QUOTES, last_day
from .roles import ASKED_ROLES

OPENING, CLOSING, BARS, HYPHENS = "(（", ")）", "|｜", "-－"

#: Each mark that may open a quotation, and its closing mark. At the beginning of a string a closing mark opens, too:
#: keyboards produce ”甲” and ”甲“.
_CLOSERS = QUOTES | {"”": "”", "」": "」", "』": "』"}
#: The marks that end a quotation if its own closing mark is missing.
_ANY_CLOSER = re.compile('["＂”“」』]')

_WORD_ENDS = r"(?=[\s(（)）|｜“\"「『＂]|$)"
_LATIN_OPERATOR = re.compile(rf"(OR|AND|NOT|ＯＲ|ＡＮＤ|ＮＯＴ){_WORD_ENDS}")
_HAN_OPERATOR = re.compile(rf"[或且非]{_WORD_ENDS}")

#: The marks of fields and filters, in folded form. Roles are marks, too: 记者:何文.
MARKS = frozenset("标题 正文 作者 地区 主题 栏目 版名 类别 版 期号 日期".split()) | ASKED_ROLES
_MARK = re.compile(r"(\w{1,4})[:：]")


class Kind(Enum):
    """The kind of a token."""

    OPEN = auto()
    CLOSE = auto()
    OR = auto()
    AND = auto()
    NOT = auto()
    MARK = auto()
    WORD = auto()
    QUOTED = auto()
    UNCLOSED = auto()  # a quotation that runs to the end
    UNPAIRED = auto()  # a word with a bracket or quote in it that has no partner
    IDLE = auto()  # an operator with nothing to work on


_OPERATORS = {"OR": Kind.OR, "AND": Kind.AND, "NOT": Kind.NOT, "&": Kind.AND}
_OPERATORS |= {"或": Kind.OR, "且": Kind.AND, "非": Kind.NOT}
_BINARY = {Kind.OR, Kind.AND}
_ENDS_OPERAND = {Kind.CLOSE, Kind.MARK, Kind.WORD, Kind.QUOTED, Kind.UNCLOSED, Kind.UNPAIRED}
_BEGINS_OPERAND = _ENDS_OPERAND - {Kind.CLOSE} | {Kind.OPEN, Kind.NOT, Kind.IDLE}


@dataclass(frozen=True)
class Token:
    """A piece of a query string. `text` excludes the quotes around it."""

    kind: Kind
    text: str
    start: int
    end: int


def tokenise(text: str) -> list[Token]:
    """Return the tokens of a query string. A bracket without a partner is part of a word. Idle operators are IDLE."""
    tokens = _cut(text)
    if strays := _unmatched(tokens):
        tokens = _cut(text, strays)
    return _settle_operators(tokens)


def _unmatched(tokens: Iterable[Token]) -> frozenset[int]:
    """Return the offsets of the brackets without a partner."""
    opened, strays = [], []
    for token in tokens:
        if token.kind is Kind.OPEN:
            opened.append(token.start)
        elif token.kind is Kind.CLOSE and opened:
            opened.pop()
        elif token.kind is Kind.CLOSE:
            strays.append(token.start)
    return frozenset(opened + strays)


def _settle_operators(tokens: list[Token]) -> list[Token]:
    """Return `tokens` with the kind IDLE for each operator that lacks an operand."""
    settled = list(tokens)
    for i in reversed(range(len(tokens))):
        kind = tokens[i].kind
        follows = i + 1 < len(tokens) and settled[i + 1].kind in _BEGINS_OPERAND
        precedes = i > 0 and tokens[i - 1].kind in _ENDS_OPERAND
        if (kind is Kind.NOT and not follows) or (kind in _BINARY and not (follows and precedes)):
            settled[i] = replace(tokens[i], kind=Kind.IDLE)
    return settled


def _cut(text: str, strays: frozenset[int] = frozenset()) -> list[Token]:
    tokens: list[Token] = []
    at = 0
    while at < len(text):
        if text[at].isspace():
            at += 1
            continue
        before = tokens[-1].kind if tokens and tokens[-1].end == at else None
        tokens.append(_token(text, at, before, strays))
        at = tokens[-1].end
    return tokens


def _token(text: str, at: int, before: Kind | None, strays: frozenset[int]) -> Token:
    """Return the token at `at`. `before` is the kind of the token that ends at `at`, or None."""
    char = text[at]
    if char in _CLOSERS and (char in QUOTES or (before is None and _ANY_CLOSER.search(text, at + 1))):
        return _quotation(text, at)
    if char in CLOSING and at not in strays:
        return Token(Kind.CLOSE, char, at, at + 1)
    if char in OPENING and at not in strays and not _begins_word(text, at):
        return Token(Kind.OPEN, char, at, at + 1)
    if char in BARS:
        end = next((i for i in range(at, len(text)) if text[i] not in BARS), len(text))
        return Token(Kind.OR, text[at:end], at, end)
    if before is not Kind.MARK:  # text that touches a mark is the mark's value, even if it looks like an operator
        after = text[at + 1 : at + 2]
        if char in HYPHENS and after and not after.isspace() and (after not in HYPHENS + CLOSING + BARS):
            return Token(Kind.NOT, char, at, at + 1)
        operator = _LATIN_OPERATOR.match(text, at)
        if before in {Kind.CLOSE, Kind.QUOTED}:
            operator = operator or _HAN_OPERATOR.match(text, at)
        if operator:
            return _operator(operator[0], at)
        mark = _MARK.match(text, at)
        if mark and fold(mark[1]) in MARKS:
            return Token(Kind.MARK, mark[0], at, mark.end())
    return _word(text, at, before, strays)


def _operator(text: str, at: int) -> Token:
    return Token(_OPERATORS[unicodedata.normalize("NFKC", text)], text, at, at + len(text))


def _quotation(text: str, at: int) -> Token:
    """Return the quotation at `at`. It ends at its closing mark, or else at any closing mark, or else at the end."""
    end = text.find(_CLOSERS[text[at]], at + 1)
    if end < 0:
        other = _ANY_CLOSER.search(text, at + 1)
        if not other:
            return Token(Kind.UNCLOSED, text[at + 1 :].strip(), at, len(text))
        end = other.start()
    return Token(Kind.QUOTED, text[at + 1 : end].strip(), at, end + 1)


def _begins_word(text: str, at: int) -> bool:
    """Tell whether the bracket at `at` begins a word, as in （上海）自由贸易试验区: text follows the pair directly."""
    end = _end_of_pair(text, at)
    after = text[end : end + 1]
    if not end or not after or after.isspace() or after in OPENING + CLOSING + BARS or after in QUOTES:
        return False
    return not (_LATIN_OPERATOR.match(text, end) or _HAN_OPERATOR.match(text, end))


def _end_of_pair(text: str, at: int) -> int:
    """Return the end of the bracket or quote that opens at `at`; 0 if white space, | or the text's end comes first."""
    depth = 0
    while at < len(text):
        char = text[at]
        if char.isspace() or char in BARS:
            return 0
        if char in QUOTES:
            closing = text.find(QUOTES[char], at + 1)
            if closing < 0 or any(c.isspace() for c in text[at:closing]):
                return 0
            at = closing
        depth += (char in OPENING) - (char in CLOSING)
        at += 1
        if depth == 0:
            return at
    return 0


def _word(text: str, at: int, before: Kind | None, strays: frozenset[int]) -> Token:
    """Return the word at `at`. It ends at white space or |, and includes brackets and quotes that close inside it."""
    end, kind = at, Kind.WORD
    while end < len(text) and not text[end].isspace() and text[end] not in BARS:
        char = text[end]
        if end in strays:
            kind = Kind.UNPAIRED
        elif char in CLOSING:
            break
        elif char in OPENING or char in QUOTES:
            inside = _end_of_pair(text, end)
            if inside:
                end = inside
                continue
            if char in OPENING or text.find(QUOTES[char], end + 1) >= 0:
                break  # here a group begins, or a quotation that contains white space
            kind = Kind.UNPAIRED
        elif char in _CLOSERS:
            kind = Kind.UNPAIRED
        end += 1
    word = text[at:end]
    if before is not Kind.MARK and unicodedata.normalize("NFKC", word) in _OPERATORS:
        return _operator(word, at)
    return Token(kind, word, at, end)


@dataclass(frozen=True)
class Period:
    """The days from `first` to `last`. `reversed` means that they were typed the other way round."""

    first: date
    last: date
    reversed: bool = False


_DATE = re.compile(
    r"(?P<year>[0-9]{4})"
    r"(?:年|(?:[-./]|年)(?P<month>[0-9]{1,2})(?:月|(?:[-./]|月)(?P<day>[0-9]{1,2})[日号]?)?)?"
)
#: NFKC has turned ．． and … into dots and ～ into ~.
_RANGE_MARK = re.compile(r"\.{2,}|[~〜]|[—–―]+|至|到")


#: A day without a year: *-01-05, 01-05, 1月5日.
_YEARLY = re.compile(r"(?:\*[-./年])?(?P<month>[0-9]{1,2})(?:[-./]|月)(?P<day>[0-9]{1,2})[日号]?")


def read_yearly(text: str) -> tuple[int, int] | None:
    """Return (month, day) of a day of every year: *-01-05, 01-05, 1月5日; None for other text.

    >>> read_yearly("*-01-05"), read_yearly("2月29日"), read_yearly("2-30")
    ((1, 5), (2, 29), None)
    """
    match = _YEARLY.fullmatch(unicodedata.normalize("NFKC", text))
    if not match:
        return None
    month, day = int(match["month"]), int(match["day"])
    try:
        date(2000, month, day)  # a leap year
    except ValueError:
        return None
    return month, day


def read_dates(text: str) -> Period | None:
    """Return the period of a date or range: 2024, 2024-5, 2024.5.3, 2024年5月3日, A..B, A.., ..B; None for other text.

    A hyphen is a range mark if both its sides are dates. Only one hyphen of a text can be: 2024-5-2025-6.
    """
    text = unicodedata.normalize("NFKC", text)
    if whole := _read_date(text):
        return whole
    cuts = list(_RANGE_MARK.finditer(text))
    if len(cuts) == 1:
        ends = (text[: cuts[0].start()], text[cuts[0].end() :])
        return _between(*ends) if any(ends) else None
    for hyphen in re.finditer("-", text):
        first, last = text[: hyphen.start()], text[hyphen.end() :]
        if first and last and (period := _between(first, last)):
            return period
    return None


def _between(first: str, last: str) -> Period | None:
    start = _read_date(first) if first else Period(date.min, date.min)
    end = _read_date(last) if last else Period(date.max, date.max)
    if not start or not end:
        return None
    if start.first > end.last:
        return Period(end.first, start.last, reversed=True)
    return Period(start.first, end.last)


def _read_date(text: str) -> Period | None:
    """Return the period of one year, month or day, or None if the text is not a date of the calendar."""
    match = _DATE.fullmatch(text)
    if not match:
        return None
    month, day = (int(number) if number else None for number in match.group("month", "day"))
    try:
        first = date(int(match["year"]), 1 if month is None else month, 1 if day is None else day)
    except ValueError:
        return None
    if day is not None:
        return Period(first, first)
    return Period(first, last_day(first) if month else first.replace(month=12, day=31))
