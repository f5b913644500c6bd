"""CSL-JSON, the input of the citation processors of Zotero, Pandoc and others."""

from __future__ import annotations

import datetime
import json
from typing import Any

from articles.citing.cited import Cited, one_line


def csl_item(cited: Cited) -> dict[str, Any]:
    """Return the item (csl-data.json 1.0.2). Names are literal: a Chinese name is printed whole, surname first.

    An estimated date is literal, too, with the brackets that the standard requires. The styles of GB/T 7714 print only
    the parts of a newspaper's date and ignore `circa`. citeproc-js prints both parts and literal if it is given both.
    """
    item = {
        "id": cited.key,
        "type": "article-newspaper",
        "title": cited.full_title,
        "author": [{"literal": one_line(name)} for name in cited.authors],
        "translator": [{"literal": one_line(name)} for name in cited.translators],
        "container-title": cited.paper,
        "issued": {"literal": cited.date_text} if cited.is_date_inferred else _date(cited.date),
        "accessed": _date(cited.accessed),
        "edition": f"当日第{cited.edition}种" if cited.edition > 1 else "",
        "issue": str(cited.issue_number or ""),
        "section": one_line(cited.section),
        "page": cited.pages_text,
        "language": cited.language,
        "keyword": ", ".join(cited.topics),
        "abstract": one_line(cited.lead),
        "note": "；".join(cited.notes),
        "URL": cited.url,
    }
    return {name: value for name, value in item.items() if value}


def csl_json(cited: Cited) -> str:
    """Return the file: a list of one item."""
    return json.dumps([csl_item(cited)], ensure_ascii=False, indent=2) + "\n"


def _date(day: datetime.date) -> dict[str, Any]:
    return {"date-parts": [[day.year, day.month, day.day]]}
