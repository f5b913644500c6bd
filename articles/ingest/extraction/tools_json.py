"""Pages of MinerU's and PaddleOCR's JSON: blocks in reading order with kinds and boxes."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from itertools import groupby
from typing import Any

from .composing import PIXELS, Composer, Edges, Extent, Extracted, NotReadable, extent_of, plain

#: The kinds of blocks, by what they are in a newspaper. TITLES has the level of each kind of title.
TITLES = {"doc_title": 1, "title": 1, "paragraph_title": 2, "section_title": 2, "abstract_title": 2, "content_title": 2}
CAPTIONS = frozenset({"figure_title", "figure_caption", "image_caption", "chart_title"})
PICTURES = frozenset({"image", "figure", "chart", "seal", "header_image", "footer_image"})
FURNITURE = frozenset({"header", "footer", "number", "page_number", "page_header", "page_footer"})

#: PaddleOCR calls the title of a table the title of a figure.
_TABLE_TITLE = re.compile(r"\s*附?表[ \t]?[0-9０-９一二三四五六七八九十]")

#: MinerU's boxes are in thousandths of the page's width and height (its documentation, "output files").
THOUSANDTHS: Extent = (1000.0, 1000.0)

_AGAIN = "请导入识别软件输出的 content_list.json、_res.json，或从中导出文本（.txt、.md）"


def extract_json(text: str) -> list[Extracted]:
    """Return the pages of a tool's JSON.

    Raises NotReadable if the tool is unknown, or if the JSON is cut off or nested too deep.
    """
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        raise NotReadable(f"是 JSON 数据，但不完整或嵌套太深，无法读取，{_AGAIN}") from None
    try:
        pages = _pages(data)
    except (AttributeError, KeyError, TypeError, ValueError, IndexError, OverflowError, RecursionError):
        raise NotReadable(f"是 JSON 数据，但其中的内容和已知的识别软件不符，{_AGAIN}") from None
    if pages is None:
        raise NotReadable(f"是 JSON 数据，不是 MinerU 或 PaddleOCR 的版面结果，{_AGAIN}")
    return pages


def _pages(data: object) -> list[Extracted] | None:
    if isinstance(data, dict) and "res" in data and isinstance(data["res"], dict):
        data = data["res"]
    if isinstance(data, dict) and isinstance(data.get("parsing_res_list"), list):
        return [_compose(data["parsing_res_list"], _paddle_block, _paddle_extent(data))]
    if isinstance(data, dict) and isinstance(data.get("rec_texts"), list):
        return [_lines(data)]
    blocks = data if isinstance(data, list) else None
    if blocks and all(isinstance(block, dict) for block in blocks):
        if all("parsing_res_list" in block for block in blocks):
            return [_compose(block["parsing_res_list"], _paddle_block, _paddle_extent(block)) for block in blocks]
        if all("type" in block for block in blocks):
            # The sort is stable, so the order within a page stays.
            ordered = sorted(blocks, key=lambda block: int(block.get("page_idx", 0)))
            by_page = groupby(ordered, key=lambda block: int(block.get("page_idx", 0)))
            return [_compose(list(of_page), _mineru_block, THOUSANDTHS) for _, of_page in by_page]
    return None


def _paddle_extent(page: dict[str, Any]) -> Extent:
    """Return the size of the picture that PaddleOCR read. Its older versions do not tell it."""
    return extent_of(page.get("width"), page.get("height"))


def _compose(
    blocks: Iterable[dict[str, Any]], add: Callable[[Composer, dict[str, Any]], None], extent: Extent = PIXELS
) -> Extracted:
    composer = Composer(extent=extent)
    for block in blocks:
        add(composer, block)
    return composer.page()


def _edges(box: object) -> Edges | None:
    if not isinstance(box, (list, tuple)) or len(box) != 4:
        return None
    x0, y0, x1, y1 = map(float, box)
    return x0, y0, x1, y1


def _words(value: object) -> str:
    """Return a text that tools give as a string or as a list of lines. Any other value is ""."""
    if isinstance(value, list):
        return " ".join(_words(each) for each in value)
    return value if isinstance(value, str) else ""


def _mineru_block(composer: Composer, block: dict[str, Any]) -> None:
    """Add a block of MinerU's content_list. Its texts are Markdown, its tables HTML."""
    kind, edges = block["type"], _edges(block.get("bbox"))
    text = _words(block.get("text", ""))
    if kind in FURNITURE or kind == "aside_text":
        composer.furniture(text, edges)
    elif kind in ("image", "chart"):
        composer.picture()
        composer.caption(_words(block.get("image_caption") or block.get("img_caption") or ""), edges)
        composer.block(_words(block.get("image_footnote") or block.get("img_footnote") or ""), edges)
    elif kind == "table":
        composer.block(_words(block.get("table_caption", "")), None)
        composer.block(_words(block.get("table_body", "")), edges)
        composer.block(_words(block.get("table_footnote", "")), None)
    elif kind == "list":
        for item in block.get("list_items") or [text]:
            composer.line(_words(item), edges)
        composer.gap()
    elif block.get("text_level"):
        composer.heading(text, int(block["text_level"]), edges)
    else:
        composer.block(text or _words(block.get("code_body", "")), edges)


def _paddle_block(composer: Composer, block: dict[str, Any]) -> None:
    """Add a block of PP-Structure's or PaddleOCR-VL's parsing_res_list."""
    kind = str(block.get("block_label") or block.get("label") or "")
    text, edges = _words(block.get("block_content") or block.get("content") or ""), _edges(block.get("block_bbox"))
    if kind in TITLES:
        composer.heading(text, TITLES[kind], edges)
    elif kind in CAPTIONS and not _TABLE_TITLE.match(text):
        composer.caption(text, edges)
    elif kind in PICTURES:
        composer.picture()
    elif kind in FURNITURE:
        composer.furniture(text, edges)
    else:
        composer.block(text, edges)


def _lines(data: dict[str, Any]) -> Extracted:
    """Return the page of PP-OCR's lines, each with its box."""
    composer = Composer()
    boxes = data["rec_boxes"] if "rec_boxes" in data else [None] * len(data["rec_texts"])
    for text, box in zip(data["rec_texts"], boxes, strict=True):
        composer.line(plain(_words(text)), _edges(box))
    return composer.page()
