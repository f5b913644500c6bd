"""The meta tags from which Zotero's translator "Embedded Metadata" makes an item of the type newspaperArticle."""

from __future__ import annotations

from articles.citing.cited import Cited, one_line, without_commas


def meta_tags(cited: Cited) -> list[tuple[str, str, str]]:
    """Return (attribute, its value, content) of each tag, in order.

    The choice follows Zotero's translators of 2024-06 (Embedded Metadata.js, RDF.js):
    * DC.type overrides the guess from citation_title. citation_journal_title would make the item a journalArticle, and
      og:type=website would make it a webpage, so both are left out.
    * DCTERMS.spatial replaces DC.coverage, which Zotero files as the shelf mark (archiveLocation).
    * Zotero cuts page numbers at a hyphen, except in the tags of the first and the last page. Page numbers with gaps
      are given with dashes, as bibo.pages.
    * citation_publication_date can't express doubt, so an estimated date has no such tag. DC.date marks it (EDTF).
      z:extra, a field of Zotero's own RDF, makes Zotero cite it in brackets, and keeps the notes.
    * og:description is the beginning of the text. Without it Zotero would take the description of the page, which is in
      the archive's words, for an abstract.
    """
    title, pages = cited.full_title, sorted(set(cited.pages))
    is_one_run = bool(pages) and pages[-1] - pages[0] == len(pages) - 1
    tags = [
        ("name", "citation_title", title),
        *(("name", "citation_author", name) for name in without_commas(cited.authors)),
        ("name", "citation_publication_date", "" if cited.is_date_inferred else f"{cited.date:%Y/%m/%d}"),
        ("name", "citation_issue", str(cited.issue_number or "")),
        ("name", "citation_firstpage", str(pages[0]) if is_one_run else ""),
        ("name", "citation_lastpage", str(pages[-1]) if is_one_run and len(pages) > 1 else ""),
        ("name", "bibo.pages", "" if is_one_run else cited.pages_text.replace("-", "–")),
        ("name", "citation_language", cited.language),
        ("name", "DC.type", "newspaperArticle"),
        ("name", "DC.title", title),
        *(("name", "DC.creator", name) for name in without_commas(cited.authors)),
        ("name", "DC.source", cited.paper),
        ("name", "DC.date", cited.edtf),
        ("name", "DC.language", cited.language),
        *(("name", "DC.subject", topic) for topic in cited.topics),
        *(("name", "DCTERMS.spatial", place.name) for place in cited.regions),
        ("name", "prism.edition", f"当日第{cited.edition}种" if cited.edition > 1 else ""),
        ("property", "article:section", one_line(cited.section)),
        ("property", "og:type", "article"),
        ("property", "og:title", title),
        ("property", "og:description", one_line(cited.lead)),
        ("property", "og:site_name", cited.paper),
        ("property", "og:url", cited.url),
        ("name", "z:extra", "\n".join(filter(None, [cited.zotero_issued, *cited.notes]))),
    ]
    return [(attribute, name, content) for attribute, name, content in tags if content]
