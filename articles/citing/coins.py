"""COinS: the data on each row of a list, from which Zotero takes many rows at once."""

from __future__ import annotations

from functools import lru_cache
from urllib.parse import quote

from articles.citing.cited import Cited, one_line, without_commas


def coins(cited: Cited) -> str:
    """Return an OpenURL context object (ANSI/NISO Z39.88-2004) in key-encoded values, to be the title of a span.

    The format is Dublin Core, because only journals and books have formats of their own. The type is Zotero's name for
    a newspaper article, as Zotero itself writes it. The notes are the description: the format has no other place for
    them. Zotero's reader (openurl.js of 2026) also takes pages, issue and edition from any format, and reads each plus
    sign as a space.
    """
    fields = [
        ("ctx_ver", "Z39.88-2004"),
        ("rft_val_fmt", "info:ofi/fmt:kev:mtx:dc"),
        ("rft.type", "newspaperArticle"),
        ("rft.title", cited.full_title),
        *(("rft.creator", name) for name in without_commas(cited.authors)),
        *(("rft.contributor", name) for name in without_commas(cited.translators)),
        ("rft.source", cited.paper),
        ("rft.date", cited.edtf),
        ("rft.issue", str(cited.issue_number or "")),
        ("rft.edition", f"当日第{cited.edition}种" if cited.edition > 1 else ""),
        ("rft.pages", cited.pages_text),
        ("rft.language", cited.language),
        ("rft.description", "；".join(cited.notes)),
        ("rft.identifier", cited.url),
    ]
    return "&".join(f"{name}={_quoted(value)}" for name, value in fields if value)


@lru_cache(1024)  # most values are those of the issue, and stand on each of its rows
def _quoted(value: str) -> str:
    return quote(one_line(value), safe="")
