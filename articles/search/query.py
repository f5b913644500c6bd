"""The query language. The parser turns a text into a tree. Any text is a valid query.

* Strings are separated by white space and must all match. “…” "…" 「…」 『…』 keep spaces and operators as text.
* From loose to tight: 甲 OR 乙 (|, 或), 甲 AND 乙 (&, 且, or nothing), NOT 甲 (-甲, 非 甲), brackets.
* 标题: 正文: 作者: name the field of a string. 地区: 主题: 栏目: 版名: 类别: 版: 期号: 日期: are filters. 记者: 摄影:
  and the other roles are filters if the name after them is known. Full-width forms work, too.
* A bracket or quote inside a string is part of it if its pair closes before white space: 中国（上海）自由贸易试验区.
* Text that can't be understood is searched as plain text, as though it were in quotes, with a notice.
"""

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import replace

from articles.text.fold import fold

from .query_terms import Kind, Token, read_dates, read_yearly, tokenise
from .query_tree import (
    FIELD_MARKS,
    FILTER_MARKS,
    And,
    ColumnFilter,
    DateFilter,
    KindFilter,
    Leaf,
    NamedFilter,
    Node,
    Not,
    NumberFilter,
    Or,
    PageFilter,
    Phrase,
    Query,
    RegionFilter,
    RoleFilter,
    SectionFilter,
    Suggestion,
    TopicFilter,
    YearlyFilter,
    all_of,
    any_of,
    describe,
    leaves,
    none_of,
    positive_texts,
    quotable,
    serialise,
    without,
)
from .roles import ASKED_ROLES

__all__ = [
    "And",
    "ColumnFilter",
    "DateFilter",
    "KindFilter",
    "Leaf",
    "Node",
    "Not",
    "Suggestion",
    "NumberFilter",
    "Or",
    "PageFilter",
    "Query",
    "RegionFilter",
    "Phrase",
    "RoleFilter",
    "SectionFilter",
    "TopicFilter",
    "YearlyFilter",
    "describe",
    "leaves",
    "parse",
    "positive_texts",
    "serialise",
    "without",
]

#: The limits of a query, because large trees kill tantivy. MAX_LENGTH counts the strings with one space between them,
#: without marks and operators: `serialise` may write more of those than were typed, and its output must be read whole.
MAX_LENGTH, MAX_LEAVES, MAX_DEPTH = 100, 12, 8

#: The number of typed characters that are read. Twelve strings of 100 characters in all, each with mark, quotes,
#: operator and brackets, take fewer than 400.
MAX_TYPED = 500

#: A run of white space, or one that is neither a space nor a full-width space.
_SPACES = re.compile(r"\s{2,}|[^\S \u3000]")
_FIELDS = {mark: field for field, mark in FIELD_MARKS.items()}
_FILTERS: dict[str, type[NamedFilter]] = {mark: kind for kind, mark in FILTER_MARKS.items()}

#: The marks whose value is a number or a date, and the name of such a value.
_VALUES = {"日期": "日期", "版": "版次", "期号": "期号"}
_PAGE_NUMBER = re.compile(r"第?0*([1-9][0-9]{0,2})版?")
_ISSUE_NUMBER = re.compile(r"(?:总?第)?0*([1-9][0-9]{0,8})期?")

#: The Unicode categories of control characters, format characters (of no width) and surrogates.
_CONTROLS = {"Cc", "Cf", "Cs"}

#: The years in which a date typed without its mark may be a date of the paper.
_YEARS = range(1900, 2101)


def parse(text: str, known_names: Callable[[str], bool] = lambda name: False) -> Query:
    """Return the query that `text` is read as.

    `known_names` tells whether a text is a known name. Newspapers pad 王毅 to 王　毅, and readers do so, too. And
    记者:何文 asks for a reporter, whereas 记者：请问您 stands in an interview.
    """
    typed = _normalise(text)
    return _Reader(typed[:MAX_TYPED], known_names, is_cut=len(typed) > MAX_TYPED).read()


def possible_names(text: str) -> frozenset[str]:
    """Return the names that `text` may hold, for `known_names`.

    They are those that two or three successive single characters spell, and the texts that a role may belong to.

    >>> sorted(possible_names("作者:王 毅 急救")), sorted(possible_names("王　毅")), sorted(possible_names("记者:何文"))
    (['王毅'], ['王毅'], ['何文'])
    """
    typed = _normalise(text)[:MAX_TYPED]
    pieces = typed.split()  # a full-width space parts them, too
    ends = [token.text for piece in pieces for token in tokenise(piece)[-1:]]
    runs = [ends[start : start + count] for start in range(len(ends)) for count in (2, 3)]
    names = {"".join(run) for run in runs if len(run) > 1 and all(len(end) == 1 for end in run)}
    tokens = tokenise(typed)
    if any(token.kind is Kind.MARK and fold(token.text[:-1]) in ASKED_ROLES for token in tokens):
        names |= {quotable(token.text) for token in tokens if token.kind in {Kind.WORD, Kind.QUOTED}}
    return frozenset(names)


def _normalise(text: str) -> str:
    """Return `text` with one space for each run of white space, without control and format characters.

    A lone full-width space stays. `fold` drops the same characters.
    """
    invisible = {char for char in set(text) if unicodedata.category(char) in _CONTROLS and not char.isspace()}
    return _SPACES.sub(" ", text.translate({ord(char): None for char in invisible})).strip()


class _Reader:
    """A recursive-descent parser for one query. It reads brackets deeper than MAX_DEPTH as one quoted string."""

    def __init__(self, typed: str, known_names: Callable[[str], bool], *, is_cut: bool) -> None:
        self.typed = typed
        self.known_names = known_names
        self.tokens = tokenise(typed)
        self.at = 0
        self.leaf_count = 0
        self.length = -1  # the first string has no space before it
        self.is_cut = is_cut
        self.notices: list[str] = []
        self.plain: list[tuple[Phrase, Token]] = []  # the strings without mark or quotes, for suggestions

    def read(self) -> Query:
        parts = []
        while self.at < len(self.tokens):
            parts.append(self.any_of("", 0))
            self.at += self.at < len(self.tokens)  # skip a closing bracket that the second cut left without partner
        tree = all_of(parts)
        if self.is_cut:
            self.notice(f"检索式太长，只读了前{MAX_TYPED}字。")
        return Query(tree, tuple(dict.fromkeys(self.notices)), () if self.is_cut else self.suggestions(tree))

    def notice(self, text: str) -> None:
        self.notices.append(text)

    @property
    def kind(self) -> Kind | None:
        """The kind of the next token, or None at the end."""
        return self.tokens[self.at].kind if self.at < len(self.tokens) else None

    def next(self) -> Token:
        self.at += 1
        return self.tokens[self.at - 1]

    def any_of(self, mark: str, depth: int) -> Node | None:
        parts = [self.all_of(mark, depth)]
        while self.kind is Kind.OR:
            self.next()
            parts.append(self.all_of(mark, depth))
        return any_of(parts)

    def all_of(self, mark: str, depth: int) -> Node | None:
        parts = []
        while self.kind not in {None, Kind.CLOSE, Kind.OR}:
            if self.kind is Kind.AND:
                self.next()
            else:
                parts.append(self.negated(mark, depth))
        return self.with_names_joined(all_of(parts))

    def negated(self, mark: str, depth: int) -> Node | None:
        odd = False
        while self.kind is Kind.NOT:
            self.next()
            odd = not odd
        part = self.operand(mark, depth)
        return none_of(part) if odd else part

    def operand(self, mark: str, depth: int) -> Node | None:
        token = self.next()
        match token.kind:
            case Kind.MARK if self.kind in {Kind.OPEN, Kind.WORD, Kind.QUOTED, Kind.UNCLOSED, Kind.UNPAIRED}:
                return self.operand(token.text, depth)
            case Kind.MARK:
                self.notice(f"{_shown(token.text)}后面没有内容，按普通文字检索。")
                return self.leaf(mark, replace(token, kind=Kind.QUOTED))
            case Kind.OPEN:
                return self.group(token, mark, depth)
            case Kind.IDLE:
                self.notice(f"{_shown(token.text)}旁边缺少检索词，按普通文字检索。")
            case Kind.UNCLOSED if not self.is_cut:
                self.notice("引号没有配对，其后的内容都算在引号里。")
            case Kind.UNPAIRED if not self.is_cut:
                self.notice(f"{_shown(token.text)}里的括号或引号没有配对，按普通文字检索。")
        return self.leaf(mark, token)

    def group(self, opening: Token, mark: str, depth: int) -> Node | None:
        if depth == MAX_DEPTH:
            return self.flattened(opening, mark)
        if self.kind is Kind.CLOSE:
            self.notice("括号里没有内容，未用于检索。")
        part = self.any_of(mark, depth + 1)
        if self.kind is Kind.CLOSE:
            self.next()
        return part

    def flattened(self, opening: Token, mark: str) -> Node | None:
        """Read a bracket that is nested too deeply as one quoted string."""
        self.notice(f"括号超过{MAX_DEPTH}层，里面的内容按普通文字检索。")
        open_brackets = 1
        token = opening
        while open_brackets and self.kind is not None:
            token = self.next()
            open_brackets += (token.kind is Kind.OPEN) - (token.kind is Kind.CLOSE)
        inside = self.typed[opening.end : token.start if open_brackets == 0 else token.end]
        return self.leaf(mark, Token(Kind.QUOTED, quotable(inside.strip()), opening.start, token.end))

    def leaf(self, mark: str, token: Token) -> Leaf | None:
        """Return the leaf of a string and its mark, or None if nothing is left to search for.

        A string that does not fit 日期:, 版:, 期号: or a role becomes plain text together with its mark.
        """
        text, quoted = token.text, token.kind is not Kind.WORD
        if not fold(text):
            if mark:
                self.notice(f"{_shown(mark)}后面没有内容，未用于检索。")
            return None
        if self.leaf_count == MAX_LEAVES:
            self.notice(f"检索词超过{MAX_LEAVES}个，其余的未用于检索。")
            return None
        self.leaf_count += 1
        name = fold(mark[:-1])
        if name in _VALUES:
            if value := self.value(name, text):
                return value
            self.notice(f"{_shown(mark + text)}不是{_VALUES[name]}，按普通文字检索。")
            text, name = mark + text, ""
        if name in ASKED_ROLES and not self.known_names(quotable(text)):
            self.notice(f"档案里没有叫{_shown(text)}的作者，{_shown(mark + text)}按普通文字检索。")
            text, name = mark + text, ""
        room = MAX_LENGTH - self.length - 1
        self.length += len(text) + 1
        if len(text) > room:
            self.notice(f"检索词超过{MAX_LENGTH}字，只取前{MAX_LENGTH}字。")
            text = text[: max(room, 0)].strip()
            quoted = quoted or not _is_word(text)
            if not fold(text):
                return None
        if token.kind is not Kind.QUOTED and (quoted or name in _FILTERS or name in ASKED_ROLES):
            text = quotable(text)
        if name in _FILTERS:
            return _FILTERS[name](text)
        if name in ASKED_ROLES and self.known_names(text):  # a text that was cut may be known no longer
            return RoleFilter(name, text)
        found = Phrase(text, _FIELDS.get(name, ""), quoted)
        if found == Phrase(token.text):
            self.plain.append((found, token))
        return found

    def value(self, name: str, text: str) -> Leaf | None:
        """Return the filter of a mark whose value is a number or a date, or None if `text` is neither."""
        if name != "日期":
            match = (_PAGE_NUMBER if name == "版" else _ISSUE_NUMBER).fullmatch(unicodedata.normalize("NFKC", text))
            return (PageFilter if name == "版" else NumberFilter)(int(match[1])) if match else None
        if yearly := read_yearly(text):
            return YearlyFilter(*yearly)
        return self.dates(text)

    def dates(self, text: str) -> DateFilter | None:
        period = read_dates(text)
        if period is None:
            return None
        if period.reversed:
            self.notice(f"日期{_shown(text)}前后颠倒，已对调。")
        return DateFilter(period.first, period.last)

    def with_names_joined(self, tree: Node | None) -> Node | None:
        """Join two or three strings of one character that together are a known name."""
        if not isinstance(tree, And):
            return tree
        parts = list(tree.parts)
        for start in range(len(parts)):
            for count in (3, 2):
                run = parts[start : start + count]
                letters = _spelt_out(run) if len(run) == count else []
                name = "".join(letter.text for letter in letters)
                if name and self.known_names(name):
                    parts[start : start + count] = [replace(letters[0], text=name)]
                    break
        return all_of(parts)

    def suggestions(self, tree: Node | None) -> tuple[Suggestion, ...]:
        """Suggest the other reading of a date without its mark, and of "and", "or" and "not" in small letters."""
        required = tree.parts if isinstance(tree, And) else (tree,)
        suggestions = []
        for text, token in self.plain:
            if not any(part is text for part in required):
                continue
            before, after = self.typed[: token.start], self.typed[token.end :]
            period = read_dates(text.text)
            if period and period.first.year in _YEARS and period.last.year in _YEARS:
                suggestions.append(Suggestion(f"按日期{text.text}筛选", f"{before}日期:{text.text}{after}"))
            elif text.text.lower() in {"and", "or", "not"} and after and (before or text.text.lower() == "not"):
                suggestions.append(Suggestion(f"把“{text.text}”当作运算符", f"{before}{text.text.upper()}{after}"))
        return tuple(suggestions)


def _is_word(text: str) -> bool:
    """Tell whether `text` is read as one word wherever it stands."""
    return [(token.kind, token.text) for token in tokenise(text)] == [(Kind.WORD, text)]


def _spelt_out(run: Sequence[Node]) -> list[Phrase]:
    """Return `run` if it is unquoted strings of one character, each with the first one's field or without; else []."""
    letters = [part for part in run if isinstance(part, Phrase) and len(part.text) == 1 and not part.quoted]
    is_whole = len(letters) == len(run) and all(letter.field in {"", letters[0].field} for letter in letters)
    return letters if is_whole else []


def _shown(text: str) -> str:
    return f"“{text}”" if len(text) <= 20 else f"“{text[:20]}…”"
