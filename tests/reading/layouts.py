"""Layouts that set a gold page as tools set the same print. The page's gold stays right in all of them."""

import re

#: Widths of hard-wrapped columns, in characters.
WIDTHS = (13, 18, 23, 28)
#: Stops that hang over the edge of a column.
HANGING = "，。、；：！？”）》"


def lines_of(text, gold):
    """Yield each line with its kind: "headline", "kicker", "deck", "subhead", or "" for any other line."""
    kinds = {}
    for item in gold["items"]:
        for kind in ("kicker", "deck", "headline"):
            kinds[squeezed(item.get(kind))] = kind
        kinds |= {squeezed(subhead): "subhead" for subhead in item.get("subheads") or []}
    for line in text.splitlines():
        bare = squeezed(re.sub(r"^(?:##|——|[●■◆▲])+", "", line.strip()))
        kind = kinds.get(bare, "")
        if not kind and len(bare) >= 4:  # one line of a title over several
            kind = next((kinds[title] for title in kinds if bare in title and len(bare) * 3 > len(title)), "")
        yield line, kind


def squeezed(text):
    return "".join((text or "").split())


def bare(line):
    return re.sub(r"^##[ ]*", "", line)


def strip_marks(text, gold):
    """Take the marks off headings."""
    return "\n".join(bare(line) for line in text.splitlines())


def close_up(text, gold):
    """Leave no blank line."""
    return re.sub(r"\n\s*\n+", "\n", text)


def double(text, gold):
    """Double the blank lines."""
    return re.sub(r"\n[ \t]*\n", "\n\n\n", text)


def level(text, gold):
    """Set all titles as headings: headlines on # and the others below."""
    marks = {"headline": "# ", "kicker": "## ", "deck": "## ", "subhead": "### "}
    return "\n".join(f"\n{marks[kind]}{bare(line)}\n" if kind else line for line, kind in lines_of(text, gold))


def flatten(text, gold):
    """Set all titles as headings on one level, bold, as marker does."""
    return "\n".join(f"\n#### **{bare(line)}**\n" if kind else line for line, kind in lines_of(text, gold))


def centre(text, gold):
    """Set all titles in the middle, as PaddleOCR does."""
    div = '\n<div style="text-align: center;">{}</div>\n'
    return "\n".join(div.format(bare(line)) if kind else line for line, kind in lines_of(text, gold))


def wrap(text, width, indent="　　"):
    """Break each paragraph into the lines of a column."""
    lines = []
    for line in text.splitlines():
        if len(line) <= width * 1.3 or line.startswith("##"):
            lines.append(line)
            continue
        line = indent + line.strip()
        while line:
            end = width + (line[width : width + 1] in HANGING and len(line) > width)
            lines.append(line[:end])
            line = line[end:]
    return "\n".join(lines)


#: The layouts by name. Each takes a page's text and its gold and returns the new text.
LAYOUTS = {
    "marks stripped": strip_marks,
    "no blank lines": close_up,
    "stripped, no blank lines": lambda text, gold: close_up(strip_marks(text, gold), gold),
    "blank lines doubled": double,
    "levels": level,
    "one level": flatten,
    "centred": centre,
    **{f"wrapped at {width}": lambda text, gold, width=width: wrap(text, width) for width in WIDTHS},
    "wrapped, stripped, close": lambda text, gold: close_up(wrap(strip_marks(text, gold), 20), gold),
    "wrapped, no indents": lambda text, gold: close_up(wrap(strip_marks(text, gold), 16, ""), gold),
}
