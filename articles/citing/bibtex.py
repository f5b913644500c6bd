"""BibTeX: an entry that both gbt7714-bibtex-style and biblatex-gb7714 set as a newspaper article."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote

from articles.citing.cited import Cited, is_office, one_line

#: Characters with a meaning in TeX. BibTeX counts braces even behind a backslash, so a brace can't be written as \{.
_ESCAPES = str.maketrans(
    {
        "\\": r"\textbackslash{}",
        "{": r"\textbraceleft{}",
        "}": r"\textbraceright{}",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
        **{char: f"\\{char}" for char in "&%$#_"},
    }
)


def bibtex(cited: Cited) -> str:
    """Return the entry, with a line end.

    The entry is an @article of the subtype newspaper: reference managers drop types that BibTeX itself does not know.
    The page number (版次) is in `pages`, where all reference managers look for it, and in `number`, where the Chinese
    styles do. The title is in two pairs of braces, so that styles keep its case. An estimated date is marked as in
    ISO 8601-2 (1985-03-02~), and in `year` by brackets.
    """
    day = cited.date
    pages = cited.pages_text.replace("-", "--")
    fields = {
        "author": _names(cited.authors),
        "title": f"{{{escape(cited.full_title)}}}",
        "translator": _names(cited.translators),
        "journal": escape(cited.paper),
        "entrysubtype": "newspaper",
        "year": f"[{day.year}]" if cited.is_date_inferred else str(day.year),
        "date": cited.edtf,
        "number": pages,
        "pages": pages,
        "edition": f"当日第{cited.edition}种" if cited.edition > 1 else "",
        "url": quote(cited.url, safe=":/?&=#+@!$'*,;~%[]().-_"),
        "urldate": str(cited.accessed),
        "langid": "chinese",
        "keywords": escape(", ".join(cited.topics)),
        "abstract": escape(cited.lead),
        "note": escape("；".join(cited.notes)),
    }
    lines = [f"  {name} = {{{value}}}," for name, value in fields.items() if value]
    return "\n".join([f"@article{{{cited.key},", *lines, "}", ""])


def escape(text: str) -> str:
    """Return `text` on one line, escaped so that TeX prints all of it and runs none of it.

    >>> print(escape("50%_{a}"))
    50\\%\\_\\textbraceleft{}a\\textbraceright{}
    """
    return one_line(text).translate(_ESCAPES)


def _names(names: Sequence[str]) -> str:
    return " and ".join(map(_name, names))


def _name(name: str) -> str:
    """Return a name, escaped. Braces enclose offices, and names that BibTeX would take for two or for their end."""
    words = one_line(name).lower().split()
    is_whole = is_office(name) or "," in name or {"and", "others"} & set(words)
    return f"{{{escape(name)}}}" if is_whole else escape(name)
