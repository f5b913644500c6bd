"""RIS, the tagged lines that EndNote, Zotero, Mendeley and NoteExpress read."""

from __future__ import annotations

from articles.citing.cited import Cited, one_line, without_commas


def ris(cited: Cited) -> str:
    """Return the record. Its lines end with CR LF, as the format requires.

    Values hold no line ends, so they can't end the record or begin a field. A comma in AU separates a surname from a
    given name, so commas in names are full-width. DA has an estimated date as the standard prints it: programs that
    find no day in it keep the text. M2 is Zotero's Extra: see `Cited.zotero_issued`.
    """
    day = cited.date
    fields = [
        ("TY", "NEWS"),
        ("ID", cited.key),
        ("TI", cited.full_title),
        *(("AU", name) for name in without_commas(cited.authors)),
        *(("A4", name) for name in without_commas(cited.translators)),
        ("T2", cited.paper),
        ("PY", str(day.year)),
        ("DA", cited.date_text if cited.is_date_inferred else f"{day:%Y/%m/%d}"),
        ("IS", str(cited.issue_number or "")),
        ("ET", f"当日第{cited.edition}种" if cited.edition > 1 else ""),
        ("SE", cited.section),
        ("SP", cited.pages_text),
        ("LA", cited.language),
        *(("KW", topic) for topic in cited.topics),
        ("AB", cited.lead),
        *(("N1", note) for note in cited.notes),
        ("M2", cited.zotero_issued),
        ("UR", cited.url),
        ("Y2", f"{cited.accessed:%Y/%m/%d}"),
    ]
    lines = [f"{tag}  - {value}" for tag, value in ((tag, one_line(value)) for tag, value in fields) if value]
    return "\r\n".join([*lines, "ER  - ", "", ""])
