"""The kind of a file that is called .txt but holds no page text: by its first bytes, its markup, its characters."""

from __future__ import annotations

import json
import re
import unicodedata

from articles.ingest.encodings import has_han, misreading, reads_as_chinese
from articles.reading.markup import is_document, read_markup

_OCR = "请先做文字识别（OCR），再导入识别出的文本"
_EXPORT = "请另存为 UTF-8 纯文本（.txt）再导入"
_UNPACK = "请先解压，再导入其中的版面文本"
_PLAIN = "目前只读纯文本、Markdown 和 HTML，请从识别软件导出 .txt（UTF-8）再导入"
_AGAIN = "请找回原文件，或重新识别、导出为 UTF-8 文本"

#: The first bytes of files that are not text, with the kind and the remedy.
_SIGNATURES: tuple[tuple[bytes, str, str], ...] = (
    (b"%PDF-", "PDF 文件", _OCR),
    (b"\xff\xd8\xff", "JPEG 图片", _OCR),
    (b"\x89PNG\r\n", "PNG 图片", _OCR),
    (b"GIF8", "GIF 图片", _OCR),
    (b"II*\0", "TIFF 图片", _OCR),
    (b"MM\0*", "TIFF 图片", _OCR),
    (b"\0\0\0\x0cjP  ", "JPEG 2000 图片", _OCR),
    (b"AT&TFORM", "DjVu 文件", _OCR),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "旧版 Office（如 .doc）文档", _EXPORT),
    (b"{\\rtf", "RTF 文档", _EXPORT),
    (b"\x1f\x8b\x08", "gzip 压缩文件", _UNPACK),
    (b"Rar!\x1a\x07", "RAR 压缩文件", _UNPACK),
    (b"7z\xbc\xaf\x27\x1c", "7z 压缩文件", _UNPACK),
    (b"SQLite format 3\0", "SQLite 数据库", "请指明版面文本文件"),
    (b"\0\x05\x16\x07", "macOS 附带的资源文件，不是版面", "请删去"),
)

#: The kinds of files that are ZIP archives inside, each with the name of a member and the remedy.
_ZIPPED: tuple[tuple[bytes, str, str], ...] = (
    (b"word/document.xml", "Word（.docx）文档", _EXPORT),
    (b"xl/workbook.xml", "Excel（.xlsx）表格", _EXPORT),
    (b"ppt/presentation.xml", "PowerPoint（.pptx）文档", _EXPORT),
    (b"OFD.xml", "OFD 版式文件", _OCR),
    (b"application/epub+zip", "EPUB 电子书", _EXPORT),
    (b"application/vnd.oasis.opendocument", "OpenDocument 文档", _EXPORT),
)

#: How documents of markup begin, with the kind. A page text may hold tags as well, even an OCR tool's table at its
#: very beginning (<html><body><table>). A document begins with a declaration, a head or a namespace.
_MARKUP: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"<\?xml\b(?!.{0,300}?<(?:!DOCTYPE\s+)?html\b)", re.S | re.I), "XML 文件"),
    (re.compile(r"<!DOCTYPE\b(?!\s+html\b)", re.I), "XML 文件"),
)

#: The greatest share of control characters in a text, and of U+FFFD, which stands for undecoded characters.
MAX_CONTROLS = MAX_REPLACED = 0.05

#: Text read as UTF-8 is hardly ever misread. So a share LEAST of common ideographs is enough, or none in a text of
#: fewer than SHORT characters, and a share PRIVATE may be private characters (a font's glyphs).
LEAST, PRIVATE, SHORT = 0.1, 0.3, 30


def refuse_bytes(raw: bytes) -> str | None:
    """Return the kind and remedy, in Chinese, of bytes that are not text, or None if they may be text."""
    for signature, name, remedy in _SIGNATURES:
        if raw.startswith(signature):
            return f"是 {name}，{remedy}"
    if raw.startswith(b"PK\x03\x04"):
        for member, name, remedy in _ZIPPED:
            if member in raw:
                return f"是 {name}，{remedy}"
        return f"是 ZIP 压缩文件，{_UNPACK}"
    return None


def refuse_text(text: str) -> str | None:
    """Return the kind and remedy, in Chinese, of a text that is no page of a Chinese newspaper, or None for a page."""
    start = text.lstrip("\ufeff \t\r\n\u3000")
    for mark, name in _MARKUP:
        if mark.match(start):
            return f"是 {name}，{_PLAIN}"
    first, *_ = start.splitlines() or [""]
    if start[:1] in ("{", "[") and (_is_json(start) or _is_json(first)):
        return f"是 JSON 数据，{_PLAIN}"
    if is_document(text) and not has_han(read_markup(text).text):
        return "是 HTML 网页，里面没有正文，请在浏览器里打开，另存为文本（.txt）再导入"
    if has_han(text) and reads_as_chinese(text, LEAST if len(text) >= SHORT else 0, PRIVATE):
        return _damaged(text)
    if told := misreading(text):
        return f"是 {told}，{_AGAIN}"
    if not has_han(text):
        return "没有一个汉字，不像《健康报》的版面，请检查文件和识别语言"
    return f"几乎没有常用汉字，或多是无法辨认的字符，像是乱码，{_AGAIN}"


def _damaged(text: str) -> str | None:
    controls = sum(unicodedata.category(character) == "Cc" and not character.isspace() for character in text)
    if controls > len(text) * MAX_CONTROLS:
        return f"含有大量控制字符，不是文本文件或已损坏，{_AGAIN}"
    if text.count("\ufffd") > len(text) * MAX_REPLACED:
        return f"许多字已变成 \ufffd，是转换编码时丢失的，{_AGAIN}"
    return None


def _is_json(text: str) -> bool:
    """Tell whether a text is an object or a list of JSON. A line in brackets is neither: [1] is a note's number."""
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return False
    return isinstance(data, dict) or any(isinstance(item, (dict, list)) for item in data)
