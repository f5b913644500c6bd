"""Zotero's reading of a page without a translator of its own, and the data that Zotero then hands to its styles.

For a page about one thing, Zotero uses "Embedded Metadata" with RDF behind it (Embedded Metadata.js and RDF.js of
zotero/translators, 2024-06). This module covers the tags that an article's page may have. For a page that lists many
things, Zotero uses "COinS" (COinS.js, and openurl.js of zotero/utilities, 2026), which comes first if a page has any.
The data for styles follow utilities_item.js, date.js, and citeproc-js 1.4.63, which reads the field Extra.
"""

import re
from urllib.parse import unquote

import html5lib

#: The prefixes that both translators know and a newspaper's page may use.
PREFIXES = ("bib", "bibo", "dc", "dcterms", "prism", "og", "article", "so", "eprints", "z", "rdf")
ITEM_TYPES = ("newspaperArticle", "journalArticle", "magazineArticle", "webpage", "blogPost", "book", "report")
TYPES_OF_OG = {"website": "webpage", "book": "book"}
#: The HighWire tags that decide on the type and outrank all others. A HighWire title only makes a guess.
DECIDING = {
    "citation_journal_title": "journalArticle",
    "citation_conference_title": "conferencePaper",
    "citation_book_title": "bookSection",
    "citation_inbook_title": "bookSection",
    "citation_technical_report_institution": "report",
}
HIGHWIRE = {
    "citation_title": "title",
    "citation_publication_date": "date",
    "citation_cover_date": "date",
    "citation_date": "date",
    "citation_journal_title": "publicationTitle",
    "citation_issue": "issue",
    "citation_publisher": "publisher",
    "citation_public_url": "url",
    "citation_language": "language",
}
#: The fields of a newspaperArticle that come from RDF, each with its properties. The first property found wins.
RDF = {
    "title": ("dc:title", "dcterms:title", "og:title"),
    "publicationTitle": ("prism:publicationName", "dc:source", "dcterms:source"),
    "section": ("article:section", "so:genre"),
    "edition": ("prism:edition", "bibo:edition"),
    "pages": ("bib:pages", "bibo:pages", "dc:identifier.pageNumber"),
    "date": ("prism:publicationDate", "og:published_time", "article:published_time", "dc:date", "dcterms:date"),
    "url": ("og:url", "bibo:uri"),
    "archiveLocation": ("dc:coverage", "dcterms:coverage"),
    "abstractNote": ("og:description", "dcterms:abstract", "dc:description"),
    "rights": ("dc:rights", "dcterms:rights"),
    "language": ("dc:language", "dcterms:language"),
}


def item_of(page: str) -> dict:
    """Return the item that Zotero would save for an HTML page, without empty fields."""
    tree = html5lib.parse(page, namespaceHTMLElements=False)
    metas = [(tag.get("name") or tag.get("property"), tag.get("content")) for tag in tree.iter("meta")]
    metas = [(name, content) for name, content in metas if name and content]
    rdf, decided, guess = _statements(metas)
    item = {field: _first(rdf, properties) for field, properties in RDF.items()}
    item["itemType"] = decided or TYPES_OF_OG.get(_first(rdf, ["og:type"])) or _dc_type(rdf) or guess or "webpage"
    if not item["publicationTitle"] and item["itemType"] in ("blogPost", "webpage", "newspaperArticle"):
        item["publicationTitle"] = _first(rdf, ["og:site_name"])
    item |= {name[2:]: values[0] for name, values in rdf.items() if name.startswith("z:")}
    _add_highwire(item, metas, rdf)
    # Zotero looks in the rest of the page for values that its tags lack.
    item["abstractNote"] = item["abstractNote"] or dict(metas).get("description")
    item["date"] = item["date"] or next((time.get("datetime") for time in tree.iter("time")), None)
    if item["publicationTitle"]:
        ending = rf"\s*[-–—=_:|~#]\s*{re.escape(item['publicationTitle'])}\s*$"
        item["title"] = re.sub(ending, "", item["title"], flags=re.IGNORECASE)
    return {field: value for field, value in item.items() if value}


def _statements(metas):
    """Return the tags as RDF {property: contents}, the type that HighWire decides on, and the type that it guesses."""
    rdf, decided, guess = {}, None, None
    for names, content in metas:
        for name in names.split():
            parts = re.split("[.:_]", name)
            prefix, length = parts[0].lower(), len(parts[0])
            if len(parts) > 2 and parts[1].lower() in PREFIXES:
                prefix, length = parts[1].lower(), len(parts[0]) + len(parts[1]) + 1
            if prefix in PREFIXES:
                rest = name[length + 1 :]
                rdf.setdefault(f"{prefix}:{rest[:1].lower()}{rest[1:]}", []).append(content)
                continue
            short = name[max(name.rfind("citation_"), 0) :]
            decided = DECIDING.get(short, decided)
            if short in ("citation_title", "citation_series_title"):
                guess = guess or "journalArticle"
    return rdf, decided, guess


def _first(rdf, properties):
    return next((rdf[name][0] for name in properties if name in rdf), None)


def _dc_type(rdf):
    value = _first(rdf, ["dc:type", "dcterms:type"])
    if value in ITEM_TYPES:
        return value
    return "newspaperArticle" if value and re.sub(r"\s", "", value).lower() == "newsitem" else None


def _add_highwire(item, metas, rdf):
    def first(name):
        return next((content for names, content in metas if names.endswith(name)), None)

    for name, field in HIGHWIRE.items():
        item[field] = " ".join((first(name) or "").split()) or item.get(field)
    authors = [content for name, content in metas if name.endswith("citation_author")]
    creators = authors or rdf.get("dc:creator", [])
    item["creators"] = [_creator(each) for one in creators for each in re.split(r"\s*;\s*", one) if each]
    first_of_rdf, last_of_rdf = ([*re.split(r"\s*-\s*", item["pages"] or ""), None])[:2]
    start, end = first("citation_firstpage") or first_of_rdf, first("citation_lastpage") or last_of_rdf
    if start:
        item["pages"] = f"{start.split('-')[0]}-{end}" if end else start.split("-")[0]
    item["ISSN"] = first("citation_issn")


def _creator(name):
    """Return (surname, given name) as Zotero.Utilities.cleanAuthor cuts: at a comma, else before the last word."""
    if "," in name:
        surname, _, given = name.partition(",")
    else:
        given, _, surname = name.rpartition(" ")
    return (surname.strip(), given.strip())


#: The keys of a context object that fill a field in any format, among them the keys of Dublin Core.
KEV = {
    "rft.title": "title",
    "rft.date": "date",
    "rft.issue": "issue",
    "rft.pages": "pages",
    "rft.edition": "edition",
    "rft.language": "language",
    "rft.source": "publicationTitle",
    "rft.description": "abstractNote",
    "rft.identifier": "url",
    "rft.type": "itemType",
}
CSL = {"title": "title", "publicationTitle": "container-title", "pages": "page", "url": "URL", "language": "language"}
CREATORS = {"rft.au": "author", "rft.creator": "author", "rft.contributor": "contributor"}


def items_of(page: str) -> list[dict]:
    """Return the items that Zotero would offer for an HTML page that has COinS, in the form of `item_of`."""
    tree = html5lib.parse(page, namespaceHTMLElements=False)
    spans = [span for span in tree.iter("span") if span.get("class") == "Z3988" and span.get("title")]
    return [_of_context(span.get("title")) for span in spans]


def _of_context(title):
    pairs = [part.split("=") for part in title.split("&")]
    if ["rft_val_fmt", "info%3Aofi%2Ffmt%3Akev%3Amtx%3Adc"] not in pairs:
        raise ValueError(title)  # this format makes no newspaper article
    item = {"itemType": "webpage", "creators": []}
    for key, value in pairs:
        value = unquote(re.sub(r"\+|%2[bB]", " ", value), errors="strict")
        if key in CREATORS:
            item["creators"].append((*_creator(value), CREATORS[key]))
        elif key in KEV and (key != "rft.type" or value in ITEM_TYPES):
            item[KEV[key]] = value
    return item


def csl_of(item: dict) -> dict:
    """Return the CSL item that Zotero hands to a style for an item of `item_of`."""
    year, month, day = map(int, re.search(r"(\d{4})[-/](\d\d)[-/](\d\d)", item["date"]).groups())
    issued = {"date-parts": [[year, month, day]]}
    for line in item.get("extra", "").split("\n"):
        if hack := re.fullmatch(r'issued: "(.*)"', line):
            issued = {"literal": hack[1]}
    names = [{"family": last, "given": first} if first else {"literal": last} for last, first in item["creators"]]
    found = {variable: item[field] for field, variable in CSL.items() if field in item}
    return {"id": "zotero", "type": "article-newspaper", "author": names, "issued": issued, **found}
