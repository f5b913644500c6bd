"""A labelled page set in other layouts, as different tools would render the same print. The labels are kept.

Each layout is a sequence of steps that change rows. The result of a step depends on the page alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from random import Random

from .labelled import TITLES, LabelledPage, Part

Row = list[Part]
Step = Callable[[list[Row]], list[Row]]

#: The punctuation marks that may hang over the edge of a column.
HANGING = "，。、；：！？”）》"
TEXT = frozenset(("paragraph", "caption", "lead"))
_MARK = re.compile(r"^(\s*)(?:#{1,6}[ \t]*)+|^(\s*)\*\*|\*\*(\s*)$")


def _is_title(row: Row) -> bool:
    return bool(row) and row[0].label in TITLES


def _bare(text: str) -> str:
    return re.sub(r"^\s*#+[ \t]*", "", text).replace("**", "").strip()


def strip_marks(rows: list[Row]) -> list[Row]:
    """Return the rows without the marks of headings and bold type."""
    return [
        [replace(part, text=re.sub(r"^(\s*)#+[ \t]*", r"\1", part.text).replace("**", "")) for part in row]
        for row in rows
    ]


def set_titles(form: Callable[[str], str], *, apart: bool = True) -> Step:
    """Return a step that writes each title line by the template that `form` gives for its label.

    An empty template leaves the line as it is. With `apart`, blank lines surround each written title.
    """

    def step(rows: list[Row]) -> list[Row]:
        out: list[Row] = []
        for row in rows:
            template = form(row[0].label) if len(row) == 1 and _is_title(row) else ""
            if not template:
                out.append(row)
                continue
            set_row = [replace(row[0], text=template.format(_bare(row[0].text)))]
            out += [[], set_row, []] if apart else [set_row]
        return _single_blanks(out) if apart else out

    return step


def _single_blanks(rows: list[Row]) -> list[Row]:
    out: list[Row] = []
    for row in rows:
        if row or not out or out[-1]:
            out.append(row)
    return out


def close_up(rows: list[Row]) -> list[Row]:
    """Return the rows without blank lines."""
    return [row for row in rows if row]


def double(rows: list[Row]) -> list[Row]:
    """Return the rows with each blank line doubled."""
    return [each for row in rows for each in ([row] if row else [row, []])]


def space_out(rows: list[Row]) -> list[Row]:
    """Return the rows with exactly one blank line below each printed line."""
    return [each for row in rows if row for each in (row, [])]


def part_strings(rows: list[Row]) -> list[Row]:
    """Return the rows with a blank line between strings and none within a string."""
    out: list[Row] = []
    for row in rows:
        if row:
            out += [row] if not row[0].begins and out else [[], row]
    return out[1:] if out and not out[0] else out


def join_titles(rows: list[Row]) -> list[Row]:
    """Return the rows with each title on one line."""
    out: list[Row] = []
    for row in rows:
        last = out[-1] if out else []
        if len(row) == 1 and len(last) == 1 and _is_title(row) and not row[0].begins and last[0].label == row[0].label:
            out[-1] = [replace(last[0], text=last[0].text.rstrip() + _bare(row[0].text))]
        else:
            out.append(row)
    return out


def break_titles(longest: int) -> Step:
    """Return a step that breaks each title line of more than `longest` characters into two lines."""

    def step(rows: list[Row]) -> list[Row]:
        out: list[Row] = []
        for row in rows:
            text = row[0].text.strip() if len(row) == 1 and _is_title(row) else ""
            if len(text) <= longest or "<" in text or "**" in text:
                out.append(row)
                continue
            middle = len(text) // 2
            stops = [match.end() for match in re.finditer("[，、：　 ]", text) if abs(match.end() - middle) <= 5]
            cut = min(stops, key=lambda at: abs(at - middle)) if stops else middle
            out.append([replace(row[0], text=text[:cut])])
            out.append([replace(row[0], text=text[cut:].lstrip(), begins=False)])
        return out

    return step


def unwrap(rows: list[Row]) -> list[Row]:
    """Return the rows with each hard-wrapped text (TEXT) joined into one line."""
    out: list[Row] = []
    for row in rows:
        last = out[-1] if out else []
        goes_on = row and last and not row[0].begins and row[0].label == last[-1].label and row[0].item == last[-1].item
        if goes_on and row[0].label in TEXT:
            joined = replace(last[-1], text=last[-1].text.rstrip() + row[0].text.strip())
            out[-1] = [*last[:-1], joined, *row[1:]]
        else:
            out.append(row)
    return out


def wrap(width: int, indent: str = "　　", hang: bool = True) -> Step:
    """Return a step that breaks text into lines of a column of `width` characters.

    `indent` begins each paragraph. With `hang`, the marks of HANGING may stand beyond the edge.
    """

    def step(rows: list[Row]) -> list[Row]:
        out: list[Row] = []
        for row in unwrap(rows):
            if not row or row[0].label not in TEXT or sum(len(part.text) for part in row) <= width * 1.3:
                out.append(row)
            else:
                out.extend(_lines(row, width, indent, hang))
        return out

    return step


def _lines(row: Row, width: int, indent: str, hang: bool) -> Iterator[Row]:
    """Yield the lines that a row fills. Its parts are cut at the ends of the lines."""
    first = replace(row[0], text=(indent if row[0].begins else "") + row[0].text.strip())
    text = "".join(part.text for part in (first, *row[1:]))
    cuts, at = [], 0
    while at < len(text):
        end = min(len(text), at + width)
        if hang and end < len(text) and text[end] in HANGING:
            end += 1
        cuts.append(end)
        at = end
    at, line = 0, []
    for part in (first, *row[1:]):
        text, begins = part.text, part.begins
        while cuts and at + len(text) >= cuts[0]:
            length = cuts.pop(0) - at
            line.append(replace(part, text=text[:length], begins=begins))
            yield [each for each in line if each.text]
            text, begins, line, at = text[length:], False, [], at + length
        if text:
            line.append(replace(part, text=text, begins=begins))
            at += len(text)
    if line:
        yield line


def indent_text(by: str) -> Step:
    """Return a step that sets the blanks `by` before each paragraph."""

    def step(rows: list[Row]) -> list[Row]:
        return [
            [replace(row[0], text=by + row[0].text.strip() if len(row) == 1 else by + row[0].text.lstrip()), *row[1:]]
            if row and row[0].label in TEXT and row[0].begins
            else row
            for row in rows
        ]

    return step


_MARKED = {"headline": "## {}", "subhead": "## {}"}
_LEVELS = {"column": "## {}", "kicker": "## {}", "headline": "# {}", "deck": "## {}", "subhead": "### {}"}
_LOWER = {"column": "# {}", "headline": "## {}", "subhead": "#### {}", "deck": "### {}"}
_CENTRED = '<div style="text-align: center;">{}</div>'

#: The name of each layout -> its steps.
LAYOUTS: dict[str, tuple[Step, ...]] = {
    "marks stripped": (strip_marks,),
    "no blank lines": (close_up,),
    "stripped, no blank lines": (strip_marks, close_up),
    "blank lines doubled": (double,),
    "spaced out": (strip_marks, space_out),
    "strings parted": (strip_marks, unwrap, part_strings),
    "headlines marked": (strip_marks, set_titles(lambda label: _MARKED.get(label, ""))),
    "all titles marked": (strip_marks, set_titles(lambda label: "## {}")),
    "levels": (strip_marks, set_titles(_LEVELS.__getitem__)),
    "lower levels": (strip_marks, join_titles, set_titles(lambda label: _LOWER.get(label, ""))),
    "one level": (strip_marks, set_titles(lambda label: "#### **{}**")),
    "bold": (strip_marks, set_titles(lambda label: "**{}**" if label in ("headline", "subhead") else "", apart=False)),
    "centred": (strip_marks, set_titles(lambda label: _CENTRED)),
    "wrapped at 13": (wrap(13),),
    "wrapped at 18": (strip_marks, wrap(18), close_up),
    "wrapped at 23": (wrap(23),),
    "wrapped at 28": (strip_marks, wrap(28, hang=False)),
    "wrapped, stripped, close": (strip_marks, wrap(20), close_up),
    "wrapped, no indents": (strip_marks, wrap(16, ""), close_up),
    "wrapped, levels": (strip_marks, wrap(22, ""), set_titles(_LEVELS.__getitem__)),
    "unwrapped, indents": (strip_marks, unwrap, close_up, indent_text("　　")),
    "unwrapped": (unwrap,),
    "titles broken": (strip_marks, break_titles(14)),
    "titles broken, close": (strip_marks, break_titles(12), unwrap, close_up),
}


def typeset(page: LabelledPage, layout: str) -> LabelledPage:
    """Return a page set in the named layout of LAYOUTS."""
    rows = page.rows
    for step in LAYOUTS[layout]:
        rows = step(rows)
    return replace(page, name=f"{layout}: {page.name}", rows=rows)


def excerpt(page: LabelledPage, chance: Random) -> LabelledPage:
    """Return one to three successive items of a page without its folio, as people copy them or cut them out."""
    order = list(dict.fromkeys(part.item for row in page.rows for part in row if part.item is not None))
    count = min(len(order), chance.choice((1, 1, 2, 3)))
    first = chance.randrange(len(order) - count + 1)
    chosen = set(order[first : first + count])
    rows = [[part for part in row if part.item in chosen] for row in page.rows]
    at = [number for number, row in enumerate(rows) if row]
    kept = [row for number, row in enumerate(rows) if at[0] <= number <= at[-1] and (row or not page.rows[number])]
    items = {number: item for number, item in page.items.items() if number in chosen}
    return replace(page, name=f"excerpt: {page.name}", rows=kept, items=items, date=None, editors=[])


def some_layouts(page: LabelledPage, chance: Random, count: int) -> list[LabelledPage]:
    """Return a page in `count` different layouts that `chance` draws."""
    return [typeset(page, layout) for layout in chance.sample(sorted(LAYOUTS), count)]
