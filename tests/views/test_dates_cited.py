"""A printed date and an estimated date, as each reader of each format gets them from the archive."""

import datetime
import json
import re

import feedparser
import html5lib
import pytest
import rispy
from pybtex.database import parse_string

from tests.citing.references import reference
from tests.make import make_article, make_issue, make_page, sign
from tests.zotero import csl_of, item_of, items_of

pytestmark = pytest.mark.django_db

DAY = datetime.date(2025, 12, 9)
NOTE = "报上未印日期，此日期据正文所记事件推算"
ISSUED = 'issued: "[2025-12-09]"'

#: The values that each reader gets: (of a printed date, of an estimated date).
DATES = {
    "GB/T 7714—2025": ("2025-12-09", "[2025-12-09]"),
    "GB/T 7714—2015": ("2025-12-09", "[2025-12-09]"),
    "出处": ("2025年12月9日", "约2025年12月9日"),
    "纯文本": ("2025年12月9日", "约2025年12月9日"),
    "RIS, rispy": (("2025", "2025/12/09", None, None), ("2025", "[2025-12-09]", [NOTE], ISSUED)),
    "BibTeX, pybtex": (("2025", "2025-12-09", None), ("[2025]", "2025-12-09~", NOTE)),
    "CSL-JSON": ({"date-parts": [[2025, 12, 9]]}, {"literal": "[2025-12-09]"}),
    "CSL-JSON, style of 2015, numeric": (["2025-12-09"], ["[2025-12-09]"]),
    "CSL-JSON, style of 2015, author-date": (["2025", "2025-12-09"], ["[2025-12-09]", "[2025-12-09]"]),
    "CSL-JSON, style of 2025, numeric": (["2025-12-09"], ["[2025-12-09]"]),
    "JSON": (("2025-12-09", False, []), ("2025-12-09", True, [NOTE])),
    "meta, HighWire and Dublin Core": (("2025/12/09", "2025-12-09"), (None, "2025-12-09~")),
    "page, <time>": ({"2025-12-09"}, set()),
    "JSON-LD": (("2025-12-09", "2025-12-09", None), (None, None, "约2025年12月9日")),
    "page, Zotero": (("2025/12/09", None), ("2025-12-09~", f"{ISSUED}\n{NOTE}")),
    "page, Zotero, style of 2015, numeric": (["2025-12-09"], ["[2025-12-09]"]),
    "page, Zotero, style of 2025, numeric": (["2025-12-09"], ["[2025-12-09]"]),
    "list, <time>": ({"2025-12-09"}, set()),
    "list, Zotero": (("2025-12-09", None), ("2025-12-09~", NOTE)),
    "Atom, feedparser": (("2025-12-09T00:00:00+08:00", False), (None, True)),
}


@pytest.mark.parametrize(("basis", "column"), [("printed", 0), ("inferred", 1)])
def test_each_reader_of_each_format_is_told_whether_a_date_is_estimated(client, basis, column):
    article = make_article(make_page(make_issue(DAY, date_basis=basis), 3, section="要闻"), "一篇文章", "正文第一段。")
    sign(article, "张磊")
    assert read(client, article) == {name: values[column] for name, values in DATES.items()}


def read(client, article):
    """Return the values that each reader gets for the date of `article`, by the names in DATES."""

    def get(path):
        return client.get(path).content.decode()

    url = f"/articles/{article.pk}"
    page, section, plain = get(f"{url}/"), get("/sections/要闻/"), get(f"{url}.txt")
    blocks = {block.get("id"): block.text for block in tree_of(get(f"{url}/cite/")).iter("textarea")}
    (ris,) = rispy.loads(get(f"{url}.ris"))
    (bib,) = parse_string(get(f"{url}.bib"), "bibtex").entries.values()
    (csl,) = json.loads(get(f"{url}.csl.json"))
    record = json.loads(get(f"{url}.json"))
    (script,) = (script for script in tree_of(page).iter("script") if not script.get("src"))
    linked = json.loads(script.text)
    issue, extra = linked["isPartOf"], ris.get("unknown_tag", {}).get("M2")
    metas = {tag.get("name"): tag.get("content") for tag in tree_of(page).iter("meta")}
    item, (row,) = item_of(page), items_of(section)
    (entry,) = feedparser.parse(get("/feed/")).entries
    return {
        "GB/T 7714—2025": re.search(r"，(\S+?)（3）", blocks["gbt-2025"])[1],
        "GB/T 7714—2015": re.search(r", (\S+?)\(3\)", blocks["gbt-2015"])[1],
        "出处": re.search(r"》(.*日)", blocks["source"])[1],
        "纯文本": re.search(r"《健康报》(.*日)", plain)[1],
        "RIS, rispy": (ris["year"], ris["date"], ris.get("notes"), extra[0] if extra else None),
        "BibTeX, pybtex": (bib.fields["year"], bib.fields["date"], bib.fields.get("note")),
        "CSL-JSON": csl["issued"],
        **{
            f"CSL-JSON, style of {name.replace('-', ', ', 1)}": dates_in(reference(csl, name))
            for name in ("2015-numeric", "2015-author-date", "2025-numeric")
        },
        "JSON": (record["issue"]["date"], record["issue"]["date_inferred"], record["notes"]),
        "meta, HighWire and Dublin Core": (metas.get("citation_publication_date"), metas["DC.date"]),
        "page, <time>": times_in(page),
        "JSON-LD": (linked.get("datePublished"), issue.get("datePublished"), issue.get("name")),
        "page, Zotero": (item["date"], item.get("extra")),
        **{
            f"page, Zotero, style of {name.replace('-', ', ', 1)}": dates_in(reference(csl_of(item), name))
            for name in ("2015-numeric", "2025-numeric")
        },
        "list, <time>": times_in(section),
        "list, Zotero": (row["date"], row.get("abstractNote")),
        "Atom, feedparser": (entry.get("published"), NOTE in entry.summary),
    }


def tree_of(page):
    return html5lib.parse(page, namespaceHTMLElements=False)


def times_in(page):
    return {time.get("datetime") for time in tree_of(page).iter("time")}


def dates_in(text):
    """Return the dates in a reference, except the access date after the page number.

    Addresses are left out too, because an id in an address may look like a year.
    """
    return re.findall(r"\[?\b\d{4}(?:-\d\d-\d\d)?\b\]?", re.sub(r"\(3\)\[[-\d]+\]|https?://\S+", "(3)", text))
