"""schema.org's NewsArticle as JSON-LD, for search engines and reference managers."""

from __future__ import annotations

import json
import re
from typing import Any

from articles.citing.cited import Cited, date_in_words, is_office, one_line

#: Characters that could end a script element or begin markup, and the line ends that JSON allows and scripts do not.
_UNSAFE = re.compile("[<>&\u2028\u2029]")

_ENCODER = json.JSONEncoder(ensure_ascii=False)


def json_ld(cited: Cited) -> str:
    """Return JSON-LD that may stand as it is within <script type="application/ld+json">.

    Such an element is a data block. Browsers never run it, and Content-Security-Policy's script-src concerns only
    scripts that would run (HTML, "prepare the script element": the type is looked at first). schema.org takes its dates
    from ISO 8601, which can't mark doubt. An estimated date is given in words instead, as the name of the issue.
    """
    day = "" if cited.is_date_inferred else str(cited.date)
    paper = {"@type": "Newspaper", "name": cited.paper}
    item = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "@id": cited.url,
        "url": cited.url,
        "headline": cited.full_title,
        "alternativeHeadline": one_line(cited.kicker),
        "datePublished": day,
        "abstract": one_line(cited.lead),
        "author": [_person(name) for name in cited.authors],
        "translator": [_person(name) for name in cited.translators],
        "publisher": {"@type": "Organization", "name": cited.paper},
        "isPartOf": _present(
            {
                "@type": "PublicationIssue",
                "name": date_in_words(cited) if cited.is_date_inferred else "",
                "issueNumber": str(cited.issue_number or ""),
                "datePublished": day,
                "isPartOf": paper,
            }
        ),
        "printPage": cited.pages_text,
        "printSection": one_line(cited.section),
        "printEdition": f"当日第{cited.edition}种" if cited.edition > 1 else "",
        "articleSection": one_line(cited.column),
        "contentLocation": [
            {"@type": "AdministrativeArea", "name": place.name, "identifier": place.code} for place in cited.regions
        ],
        "keywords": list(cited.topics),
        "inLanguage": cited.language,
    }
    return _UNSAFE.sub(lambda char: f"\\u{ord(char[0]):04x}", _ENCODER.encode(_present(item)))


def _person(name: str) -> dict[str, str]:
    return {"@type": "Organization" if is_office(name) else "Person", "name": one_line(name)}


def _present(item: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in item.items() if value}
