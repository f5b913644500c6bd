"""Text -> lines with their offsets, and what the layout says about each."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Line:
    """A printed line that is not blank: [start, end) without the space around it, and the blank lines above it."""

    start: int
    end: int
    text: str
    gap: int
    indent: int


def split_lines(text: str) -> list[Line]:
    """Split a page into its lines that are not blank; every line end that Python knows counts, \\r\\n as one."""
    lines: list[Line] = []
    offset = gap = 0
    for raw in text.splitlines(keepends=True):
        stripped = raw.strip()
        if stripped:
            indent = len(raw) - len(raw.lstrip())
            start = offset + indent
            lines.append(Line(start, start + len(stripped), stripped, gap, indent))
            gap = 0
        else:
            gap += 1
        offset += len(raw)
    return lines


def squeeze(text: str) -> str:
    """Text without white space."""
    return "".join(text.split())


#: Marks after which a sentence is complete.
TERMINAL = "。！？…!?"
_CLOSERS = "”’」』）)】》〕\"'"


def is_complete(text: str) -> bool:
    """Tell whether a paragraph could end here: "……好了。”" could, "我县有“" and "他说" could not."""
    end = len(text)
    if end > 1 and text[-1].isascii() and text[-1].isalpha() and text[-2] in TERMINAL:
        end -= 1  # a stray letter, as OCR gives it: "……好了。W"
    while end and (text[end - 1] in _CLOSERS or text[end - 1].isspace()):
        end -= 1
    if end > 1 and text[end - 1] == "." and not text[end - 2].isascii():
        return True  # a half-width full stop, as OCR gives it
    return end > 0 and text[end - 1] in TERMINAL


def is_balanced(text: str) -> bool:
    """Tell whether quotes, brackets and title marks that are opened here are closed here as well."""
    return all(text.count(a) == text.count(b) for a, b in ("“”", "《》", "（）", "「」", "【】", "‘’"))
