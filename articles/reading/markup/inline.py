"""Marks of Markdown within a line, entities and escapes: **粗体**, [文字](地址), &ldquo;, \\*."""

from __future__ import annotations

import re
from html.entities import html5

from articles.text.cleaning import clean

from ..names import has_surname
from .working import Edit, Working

#: The ampersand of an entity may be an entity itself: &amp;nbsp;.
_ENTITY = re.compile(
    r"&(?:amp;)?(?:#(?P<decimal>[0-9]{1,7})|#[xX](?P<hexadecimal>[0-9a-fA-F]{1,6})"
    r"|(?P<name>[A-Za-z][A-Za-z0-9]{1,31}));"
)

#: An address without Chinese and spaces. Anything else in round brackets behind square ones is text.
_ADDRESS = r"(?:[^\s()\u3000-\u9fff\uff00-\uffef]|\([^\s()\u3000-\u9fff]{0,200}\)){0,1000}"
_LINK = re.compile(
    rf"\[(?P<text>[^\[\]\n]{{0,400}})\]\({_ADDRESS}(?:[ \t]+\"[^\"\n]{{0,200}}\")?\)"
    r"|<(?P<bare>(?:https?|mailto):[^<>\s]{1,400})>"
)
_NOTE = re.compile(r"\[\^(?P<name>[^\]\s]{1,20})\](?P<defined>:[ \t]*)?")

#: A sign that a backslash keeps from being markup.
_ESCAPE = re.compile(r"\\([\\`*_{}\[\]()#+\-.!|<>~$&\"'=:])")
_STRONG = re.compile(
    r"\\[\\`*_~]|(?<![*])(?P<mark>\*{1,3})(?=\S)(?P<inside>(?:[^*\n\\]|\\.|\n(?!\s*\n)){1,400}?)(?<=\S)(?P=mark)(?![*])"
    r"|(?<![＊])(?P<wide>＊{2})(?P<within>[^＊\n]{1,200})(?P=wide)(?![＊])"
    r"|(?<![\w_])(?P<low>_{1,3})(?=[^\s_])(?P<beneath>[^_\n]{1,400}?)(?<=[^\s_])(?P=low)(?![\w_])"
    r"|(?<![0-9~])(?P<struck>~~)(?=\S)(?P<gone>[^~\n]{1,400}?)(?<=\S)(?P=struck)(?![0-9~])|(?P<code>`{1,2})(?P<typed>[^`\n]{1,200})(?P=code)"
)
_PAIRS = (("mark", "inside"), ("wide", "within"), ("low", "beneath"), ("struck", "gone"), ("code", "typed"))
#: Stars and underscores without a closing partner. Stars behind a surname hide the rest of a name: 张**，男.
_LEFT_OVER = re.compile(
    r"(?<![0-9*\\])\*{2,8}(?![0-9A-Za-z*])|(?<!\w)__(?=[\u3400-\u9fff])|(?<=[\u3400-\u9fff])__(?!\w)"
)


def take_entities(working: Working) -> None:
    """Replace entities by their characters. An entity of an invisible character is removed."""
    if "&" not in working.text:
        return
    edits: list[Edit] = []
    for match in _ENTITY.finditer(working.text):
        character = _character(match)
        if character is not None:
            plain = clean(f"健{character}康").text[1:-1]
            if len(plain) <= len(match[0]):
                edits.append(Edit(*match.span(), plain))
    working.apply(edits)


def _character(match: re.Match[str]) -> str | None:
    """Return the character or characters of an entity, None for a name that HTML doesn't know, "" for a bad number."""
    if match["name"]:
        return html5.get(f"{match['name']};")
    code = int(match["decimal"] or 0) or int(match["hexadecimal"] or "0", 16)
    return chr(code) if 0 < code < 0x110000 else ""


def take_links(working: Working) -> None:
    """Reduce a link to its text and a note's mark to its number. Note which lines are notes."""
    text = working.text
    if "[" not in text and "<" not in text:
        return
    edits: list[Edit] = []
    for match in _NOTE.finditer(text):
        if match["defined"]:
            line_end = text.find("\n", match.end())
            working.say(match.end(), len(text) if line_end < 0 else line_end, "note")
            edits.append(Edit(*match.span()))
        else:
            edits += [Edit(match.start(), match.start("name")), Edit(match.end("name"), match.end())]
    working.apply(edits)
    edits = []
    for match in _LINK.finditer(working.text):
        group = "text" if match["bare"] is None else "bare"
        edits += [Edit(match.start(), match.start(group)), Edit(match.end(group), match.end())]
    working.apply(edits)


def take_emphasis(working: Working) -> None:
    """Take out the stars, underscores, strokes and backquotes that set words off, also nested ones. Note bold text."""
    for _ in range(2):
        edits: list[Edit] = []
        for match in _STRONG.finditer(working.text):
            if match.lastgroup is None:  # a backslash keeps the sign
                continue
            outer, inner = _groups(match)
            if match[outer] in ("*", "_") and not _is_emphasis(working.text, match, inner):
                continue
            if len(match[outer]) > 1 and match[outer][0] in "*＊_":
                working.say(*match.span(inner), "bold")
            edits += [Edit(match.start(), match.start(inner)), Edit(match.end(inner), match.end())]
        if not edits:
            break
        working.apply(edits)
    left = _LEFT_OVER.finditer(working.text)
    working.apply([Edit(*match.span()) for match in left if not _hides_name(working.text, match.start())])


def _hides_name(text: str, at: int) -> bool:
    return at > 0 and text[at] == "*" and has_surname(text[at - 1]) and not text[at - 2 : at - 1].isalpha()


def _groups(match: re.Match[str]) -> tuple[str, str]:
    """Return the group names of the alternative that matched: that of its marks, and that of the text between them."""
    return next((outer, inner) for outer, inner in _PAIRS if match[outer])


def _is_emphasis(text: str, match: re.Match[str], inner: str) -> bool:
    """Tell emphasis from signs: 3*4*5, A*B*C, and stars that each stand before a note: *为甲，*为乙."""
    before, after = text[match.start() - 1 : match.start()], text[match.end() : match.end() + 1]
    if "\n" in match[inner] or before.isdigit() or after.isdigit():
        return False
    if before.isascii() and before.isalnum() and after.isascii() and after.isalnum():
        return False
    return not (after.isalnum() and not match[inner][-1].isalnum())


def take_escapes(working: Working) -> None:
    """Take out the backslash before an escaped sign."""
    if "\\" in working.text:
        working.apply([Edit(match.start(), match.start() + 1) for match in _ESCAPE.finditer(working.text)])
