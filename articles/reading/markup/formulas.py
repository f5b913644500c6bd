"""Simple LaTeX, turned into the characters that were printed. Tools write numbers, units and signs of prose in LaTeX.

`$3 7 . 5 ^ { \\circ } \\mathrm { C }$` is 37.5℃. A formula without a plain form (a fraction of fractions) only loses
its marks.
"""

from __future__ import annotations

import re

from .scripts import subscript, superscript
from .working import Edit, Working

#: Commands, each with the character that it prints.
SIGNS = {
    "times": "×", "div": "÷", "pm": "±", "mp": "∓", "cdot": "·", "sim": "～", "approx": "≈", "thickapprox": "≈",
    "leq": "≤", "le": "≤", "leqslant": "≤", "geq": "≥", "ge": "≥", "geqslant": "≥", "neq": "≠", "ne": "≠",
    "lt": "<", "gt": ">", "ll": "≪", "gg": "≫", "equiv": "≡", "propto": "∝", "infty": "∞",
    "circ": "°", "degree": "°", "celsius": "℃", "prime": "′", "ast": "*", "star": "★", "bullet": "•",
    "rightarrow": "→", "to": "→", "longrightarrow": "→", "leftarrow": "←", "uparrow": "↑", "downarrow": "↓",
    "Rightarrow": "⇒", "leftrightarrow": "↔", "rightleftharpoons": "⇌",
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ε", "varepsilon": "ε", "zeta": "ζ",
    "eta": "η", "theta": "θ", "kappa": "κ", "lambda": "λ", "mu": "μ", "nu": "ν", "xi": "ξ", "pi": "π", "rho": "ρ",
    "sigma": "σ", "tau": "τ", "phi": "φ", "varphi": "φ", "chi": "χ", "psi": "ψ", "omega": "ω",
    "Delta": "Δ", "Sigma": "Σ", "Omega": "Ω", "Phi": "Φ", "Psi": "Ψ", "Gamma": "Γ", "Theta": "Θ", "Lambda": "Λ",
    "square": "□", "Box": "□", "blacksquare": "■", "triangle": "△", "blacktriangle": "▲", "blacktriangleright": "►",
    "diamond": "◇", "checkmark": "✓", "dagger": "†", "ldots": "…", "cdots": "…", "dots": "…", "sum": "∑", "sqrt": "√",
    "cap": "∩", "cup": "∪", "in": "∈", "parallel": "∥", "perp": "⊥", "angle": "∠", "because": "∵", "therefore": "∴",
    "female": "♀", "male": "♂", "yen": "¥", "pounds": "£", "euro": "€", "copyright": "©", "textregistered": "®",
    "textdegree": "°", "textmu": "μ", "textasciitilde": "～", "backslash": "\\", "vert": "|", "mid": "|",
}  # fmt: skip
#: Commands that print a space.
_SPACES = frozenset({"quad", "qquad", "enspace", "space"})
_CIRCLED = dict(enumerate("①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳", 1))
#: Signs that lose their special meaning behind a backslash.
_ESCAPED = "%&#_$"

_HAN = "\u3400-\u9fff"
#: A possible formula: between dollars, or in \( \) or \[ \]. Two sums of money look like one, but the second dollar has
#: a figure behind it ("$5至$6"), and the first may have letters before it ("US$5").
_FORMULA = re.compile(
    r"(?<![\\$])\$\$(?P<display>[^$]{1,1000})\$\$(?!\$)|(?<![\\$A-Za-z])\$(?P<dollars>[^$\n]{1,400})\$(?!\$)"
    r"|\\\((?P<round>.{1,400}?)\\\)|\\\[(?P<square>.{1,1000}?)\\\]|(?P<circled>\\textcircled\s*\{\s*[0-9]{1,2}\s*\})",
    re.DOTALL,
)
_TOKEN = re.compile(
    r"\\textcircled\s*\{?\s*(?:\\[a-z]+\s*\{\s*)?(?P<circled>[0-9]{1,2})\s*\}?\s*\}?"
    r"|(?P<script>[\^_])\s*(?:\{(?P<group>(?:[^{}]|\{[^{}]*\}){0,200})\}|(?P<one>\\[A-Za-z]+|[^\s{}\\]))"
    r"|\\frac\s*\{(?P<over>[^{}]{0,100})\}\s*\{(?P<under>[^{}]{0,100})\}"
    r"|\\(?P<words>text|textrm|textbf|textit|mbox|textsf)\s*\{(?P<said>[^{}]{0,300})\}"
    r"|\\(?:begin|end)\s*\{[^{}]{0,30}\}(?:\{[^{}]{0,30}\})?"
    r"|\\(?P<command>[A-Za-z]+)|\\(?P<escaped>[^A-Za-z])|(?P<space>\s+)|(?P<brace>[{}])|(?P<tie>~)|(?P<other>.)",
    re.DOTALL,
)
#: A formula of plain figures: 94, 1\,072, 135/85, 31.4\%, p<0.05.
_FIGURES = re.compile(r"(?:[0-9\s.,:;/%+\-=<>()\[\]~*'|·×±≤≥℃°～—–]|(?<![A-Za-z])[A-Za-z]{1,3}(?![A-Za-z])){1,200}")
#: Chinese characters within a formula stand only in \text{…}. If they stand elsewhere, the dollars are money.
_SAID = re.compile(r"\\(?:text|textrm|textbf|textit|mbox|textsf|mathrm|mathbf|rm)\s*\{[^{}]*\}")


def take_formulas(working: Working) -> None:
    """Replace formulas by plain characters, and close up the space that tools leave beside them."""
    text = working.text
    if "$" not in text and "\\" not in text:
        return
    edits: list[Edit] = []
    for match in _FORMULA.finditer(text):
        group = str(match.lastgroup)
        start, end = match.span(group)
        # A square bracket may be an escaped one, and a figure behind the second dollar may mean two sums of money.
        needs_command = group == "square" or (group == "dollars" and text[match.end() : match.end() + 1].isdigit())
        if group != "circled" and not _is_formula(match[group], needs_command=needs_command):
            continue
        inside = _converted(text, start, end)
        before, after = match.start(), match.end()
        if before and text[before - 1] == " " and _closes_up(text[before - 2 : before - 1]):
            before -= 1
        if text[after : after + 1] == " " and _closes_up(text[after + 1 : after + 2]):
            after += 1
        edits += [Edit(before, start), *inside, Edit(end, after)]
    working.apply(_in_order(edits))
    # A degree sign and its C, separated by commands, are one sign in print.
    degrees = [at for at, character in enumerate(working.text[:-1]) if character == "°" and working.text[at + 1] == "C"]
    working.apply([Edit(at, at + 2, "℃") for at in degrees if working.origin[at + 1] - working.origin[at] > 1])


def _in_order(edits: list[Edit]) -> list[Edit]:
    """Return the edits, cut where they overlap the edit before: two formulas share the space between them."""
    out: list[Edit] = []
    for edit in edits:
        if out and edit.start < out[-1].end:
            edit = Edit(out[-1].end, max(edit.end, out[-1].end), edit.text)
        out.append(edit)
    return out


def _is_formula(inside: str, *, needs_command: bool) -> bool:
    """Tell a formula from money and from brackets that Markdown escapes: "\\[1\\]" is the mark of a note."""
    bare = _SAID.sub("", inside)
    if re.search(f"[{_HAN}，。；：、]", bare):
        return False
    if any(sign in inside for sign in "\\^_{"):
        return True
    return not needs_command and bool(_FIGURES.fullmatch(inside))


def _closes_up(neighbour: str) -> bool:
    """Tell whether a formula's neighbour takes no space: a Chinese character, a stop or a line's end."""
    return not neighbour or not (neighbour.isascii() and neighbour.isalnum())


def _converted(text: str, start: int, end: int) -> list[Edit]:
    """Return the edits that turn the formula at [start, end) into plain characters."""
    edits: list[Edit] = []
    pos = start
    while pos < end:
        match = _TOKEN.match(text, pos, end)
        assert match is not None  # the last alternative takes any character
        pos = match.end()
        edits += _token(text, match)
    return edits


def _token(text: str, match: re.Match[str]) -> list[Edit]:
    start, end = match.span()
    if match["circled"]:
        return [Edit(start, end, _CIRCLED.get(int(match["circled"]), match["circled"]))]
    if match["script"]:
        return _scripted(text, match)
    if match["over"] is not None:
        return _fraction(text, match)
    if match["words"]:
        said = match.span("said")
        strip = len(match["said"]) - len(match["said"].lstrip())
        return [Edit(start, said[0] + strip), *_words(text, said[0] + strip, said[1]), Edit(said[1], end)]
    if match["command"]:
        if match["command"] in _SPACES:
            return [Edit(start, end, " ")]
        return [Edit(start, end, SIGNS.get(match["command"], ""))]
    if match["escaped"]:
        return [Edit(start, end, match["escaped"] if match["escaped"] in _ESCAPED else "")]
    if match["tie"]:  # a tie between figures means a range
        is_range = text[:start].rstrip()[-1:].isdigit() and text[end:].lstrip()[:1].isdigit()
        return [Edit(start, end, "～" if is_range else "")]
    return [] if match["other"] else [Edit(start, end)]


def _fraction(text: str, match: re.Match[str]) -> list[Edit]:
    """Return the edits that write a fraction on one line: 3\\frac{1}{2} is 3 1/2, and sums stand in brackets."""
    (over, over_end), (under, under_end) = match.span("over"), match.span("under")
    before = " " if text[: match.start()].rstrip()[-1:].isdigit() else ""
    sums = [bool(re.search(r"[^\s+-]\s*[+-]", match[name])) for name in ("over", "under")]
    return [
        Edit(match.start(), over, before + "(" * sums[0]),
        *_converted(text, over, over_end),
        Edit(over_end, under, ")" * sums[0] + "/" + "(" * sums[1]),
        *_converted(text, under, under_end),
        Edit(under_end, match.end(), ")" * sums[1]),
    ]


def _words(text: str, start: int, end: int) -> list[Edit]:
    return [Edit(at, at + 1) for at in range(start, end) if text[at] in "\\{}$"]


def _scripted(text: str, match: re.Match[str]) -> list[Edit]:
    """Return the edits for raised or lowered text: ^{\\circ} is °, ^9 is ⁹, _{2.5} is 2.5.

    Text that has no raised form stays on the line.
    """
    start, end = match.span()
    group = "group" if match["group"] is not None else "one"
    inner_start, inner_end = match.span(group)
    inner = _converted(text, inner_start, inner_end)
    plain = _applied(text, inner_start, inner_end, inner)
    scripted = superscript(plain) if match["script"] == "^" else subscript(plain)
    if scripted is None or len(scripted) > end - start:
        return [Edit(start, inner_start), *inner, Edit(inner_end, end)]
    return [Edit(start, end, scripted)]


def _applied(text: str, start: int, end: int, edits: list[Edit]) -> str:
    parts: list[str] = []
    done = start
    for edit in edits:
        parts += [text[done : edit.start], edit.text]
        done = edit.end
    return "".join([*parts, text[done:end]])
