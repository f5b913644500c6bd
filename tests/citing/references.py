"""References as citeproc-py sets them from CSL, by the styles of GB/T 7714 that researchers use."""

import warnings
from functools import cache
from pathlib import Path

from citeproc import Citation, CitationItem, CitationStylesBibliography, CitationStylesStyle, formatter
from citeproc.source.json import CiteProcJSON

STYLES = Path(__file__).parent / "styles"


@cache
def style(name):
    return CitationStylesStyle(str(STYLES / f"china-national-standard-gb-t-7714-{name}.csl"), validate=False)


def reference(item, name):
    """Return the reference of a CSL item by the style "2015-numeric", "2015-author-date" or "2025-numeric"."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # citeproc-py warns of variables that it does not know and leaves out
        source = CiteProcJSON([item])
    bibliography = CitationStylesBibliography(style(name), source, formatter.plain)
    bibliography.register(Citation([CitationItem(item["id"])]))
    (found,) = bibliography.bibliography()
    return str(found).removeprefix("[1]").strip()
