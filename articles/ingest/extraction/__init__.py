"""Pages extracted from the files of recognition tools: text in reading order, with boxes. Pure.

`extract` recognises a file by its content. The reader's version covers this code, so that a better extraction reads a
file anew.
"""

from __future__ import annotations

import re

from .composing import Box, Extent, Extracted, NotReadable
from .hocr import extract_hocr
from .tools_json import extract_json
from .tools_xml import extract_xml

__all__ = ["Box", "Extent", "Extracted", "NotReadable", "extract", "is_structured"]

_XML = re.compile(r"\s*(?:<!--(?:(?!<!--).){0,2000}?-->\s*)*<(?:\?xml\b|(?:\w+:)?(?:alto|PcGts)\b)", re.I | re.DOTALL)
_HOCR = re.compile(r"<[^<>]{0,400}\bocr_page\b")
_ALTO_OR_PAGE = re.compile(r"<(?:\w+:)?(?:alto|PcGts)\b", re.IGNORECASE)
#: The most pages in one file. An issue has some dozens.
MOST_PAGES = 300
#: The number of characters at its beginning in which a document says what it is.
HEAD = 20_000


def is_structured(text: str) -> str:
    """Return the kind of a tool's file: "json", "xml" or "hocr". For the text of a page itself it is ""."""
    head = text[:HEAD].lstrip("\ufeff \t\r\n\u3000")
    if _HOCR.search(head):
        return "hocr"
    if _XML.match(head) and (_ALTO_OR_PAGE.search(head) or "<html" not in head.lower()):
        return "xml"
    return "json" if head[:1] in ("{", "[") and re.match(r"[{\[]\s*[\"{\[\]}]", head) else ""


def extract(text: str) -> list[Extracted]:
    """Return the pages of a tool's file. Pages without text are left out.

    Raises NotReadable if the tool is unknown, or if the file is cut off, is nested too deep, has entities, has no
    text, or has more than MOST_PAGES pages.
    """
    read = {"json": extract_json, "xml": extract_xml, "hocr": extract_hocr}[is_structured(text)]
    found = [page for page in read(text) if page.text.strip()]
    if not found:
        raise NotReadable("里面没有识别出的文字，请检查识别结果后重新导出")
    if len(found) > MOST_PAGES:
        raise NotReadable(f"里面有 {len(found)} 个版面，超过 {MOST_PAGES} 个，请拆成几个文件")
    return found
