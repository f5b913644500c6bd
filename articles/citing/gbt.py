"""GB/T 7714, the national standard of references (信息与文献 参考文献著录规则), in its editions of 2025 and of 2015."""

from __future__ import annotations

from dataclasses import dataclass

from articles.citing.cited import Cited

#: The most names that a reference gives. 等 stands for the rest (2025: 7.1.2, 2015: 8.1.2).
MOST_NAMED = 3


@dataclass(frozen=True, slots=True)
class _Marks:
    comma: str
    opening: str
    closing: str
    has_accessed: bool


_OF_2025 = _Marks("，", "（", "）", has_accessed=False)
_OF_2015 = _Marks(", ", "(", ")", has_accessed=True)


def gbt_2025(cited: Cited, *, online: bool = False) -> str:
    """Return the reference by GB/T 7714—2025, in force since 2026-07-01: Chinese commas and brackets, half-width stops.

    丁文详. 数字革命与竞争国际化[N]. 中国青年报，2000-11-20（15）.

    `online` cites the archive's page ([N/OL], with its URL) instead of the printed paper. This edition no longer gives
    the day of access for an online newspaper. An estimated date stands in brackets, [1985-03-02] (7.5.4.3). Unknown
    authors are left out (7.1.3). A second paper of the same day is marked by 其他题名信息 after the paper's own title
    (8.5), in brackets because these words are not printed (clause 6: 自拟的信息).
    """
    return _reference(cited, _OF_2025, online=online)


def gbt_2015(cited: Cited, *, online: bool = False) -> str:
    """Return the reference by GB/T 7714—2015. `online` is as in `gbt_2025`, but adds the day of access.

    Clause 8.4.3.3 puts estimated dates in brackets.

    丁文祥. 数字革命与竞争国际化[N]. 中国青年报, 2000-11-20(15).
    """
    return _reference(cited, _OF_2015, online=online)


def _reference(cited: Cited, marks: _Marks, *, online: bool) -> str:
    parts = [_named(cited.authors, marks)] if cited.authors else []
    parts.append(cited.full_title + ("[N/OL]" if online else "[N]"))
    if cited.translators:
        parts.append(f"{_named(cited.translators, marks)}{marks.comma}译")
    parts.append(_source(cited, marks) + (f"[{cited.accessed}]" if online and marks.has_accessed else ""))
    if online:
        parts.append(cited.url)
    return ". ".join(parts) + "."


def _named(names: tuple[str, ...], marks: _Marks) -> str:
    return marks.comma.join([*names[:MOST_NAMED], *(["等"] if len(names) > MOST_NAMED else [])])


def _source(cited: Cited, marks: _Marks) -> str:
    paper = cited.paper + (f"：[当日第{cited.edition}种]" if cited.edition > 1 else "")
    pages = f"{marks.opening}{cited.pages_text}{marks.closing}" if cited.pages else ""
    return f"{paper}{marks.comma}{cited.date_text}{pages}"
