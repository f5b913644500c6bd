"""COinS: the data on each row of a list, from which Zotero takes many rows at once."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from urllib.parse import quote

from articles.citing.cited import Cited, one_line, pages_text, without_commas


def coins(cited: Cited) -> str:
    """Return an OpenURL context object (ANSI/NISO Z39.88-2004) in key-encoded values, to be the title of a span.

    The format is Dublin Core, because only journals and books have formats of their own. The type is Zotero's name for
    a newspaper article, as Zotero itself writes it. The notes are the description: the format has no other place for
    them. Zotero's reader (openurl.js of 2026) also takes pages, issue and edition from any format, and reads each plus
    sign as a space.
    """
    own = [
        ("rft.title", cited.full_title),
        *(("rft.creator", name) for name in without_commas(cited.authors)),
        *(("rft.contributor", name) for name in without_commas(cited.translators)),
    ]
    place = _place(
        *(cited.paper, cited.edtf, cited.issue_number, cited.edition, cited.pages, cited.language, cited.notes)
    )
    return f"{_TYPE}&{_pairs(own)}&{place}&{_pairs([('rft.identifier', cited.url)])}"


@lru_cache(256)  # the rows of a page of the paper share it
def _place(
    paper: str,
    edtf: str,
    issue_number: int | None,
    edition: int,
    pages: tuple[int, ...],
    language: str,
    notes: tuple[str, ...],
) -> str:
    """Return the pairs that say where an article was printed."""
    return _pairs(
        [
            ("rft.source", paper),
            ("rft.date", edtf),
            ("rft.issue", str(issue_number or "")),
            ("rft.edition", f"当日第{edition}种" if edition > 1 else ""),
            ("rft.pages", pages_text(pages)),
            ("rft.language", language),
            ("rft.description", "；".join(notes)),
        ]
    )


class _Quoted(dict[str, str]):
    """A table of character -> its percent-encoded form, which fills itself. Rows say the same few thousand again."""

    def __missing__(self, character: str) -> str:
        self[character] = quoted = quote(character, safe="")
        return quoted


_QUOTED = _Quoted()


def _pairs(fields: Sequence[tuple[str, str]]) -> str:
    # Character by character from a table, because `quote` takes ten times as long for the rows of a list.
    return "&".join([f"{name}={''.join(map(_QUOTED.__getitem__, one_line(value)))}" for name, value in fields if value])


_TYPE = _pairs(
    [("ctx_ver", "Z39.88-2004"), ("rft_val_fmt", "info:ofi/fmt:kev:mtx:dc"), ("rft.type", "newspaperArticle")]
)
