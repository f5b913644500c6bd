"""Citing an article: the national standards, the formats of reference managers, the tags for machines in a page.

The package is pure and uses the standard library only. Its functions take a `Cited` and return text.
articles.views.citations makes a `Cited` from the records.
"""

from articles.citing.bibtex import bibtex
from articles.citing.cited import Cited, CitedRegion, share, source_line
from articles.citing.coins import coins
from articles.citing.csl import csl_item, csl_json
from articles.citing.formats import FORMATS, REFERENCES, Entry, Format, article_formats, list_formats, table_formats
from articles.citing.gbt import gbt_2015, gbt_2025
from articles.citing.jsonld import json_ld
from articles.citing.meta import meta_tags
from articles.citing.ris import ris
from articles.citing.spreadsheet import COLUMNS, Cell

__all__ = [
    "COLUMNS",
    "FORMATS",
    "REFERENCES",
    "Cell",
    "Entry",
    "Format",
    "article_formats",
    "list_formats",
    "table_formats",
    "Cited",
    "CitedRegion",
    "bibtex",
    "coins",
    "csl_item",
    "csl_json",
    "gbt_2015",
    "gbt_2025",
    "json_ld",
    "meta_tags",
    "ris",
    "share",
    "source_line",
]
