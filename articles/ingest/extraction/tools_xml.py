"""Pages of ALTO (2 to 4) and PAGE XML: lines in reading order, blocks apart, with boxes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BytesIO
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from .composing import Composer, Edges, Extracted, NotReadable, extent_of, plain

#: The deepest nesting of elements that is read. The formats need some ten levels.
DEPTH = 40
#: The multiples of the usual type size from which a line is a title, and a large title.
TITLE_SIZE, LARGE_SIZE = 1.35, 1.9

_AGAIN = "请重新导出，或导出文本（.txt、.md）"
#: The encoding in an XML declaration. The text is already decoded, so this is removed.
_ENCODING = re.compile(r"^(<\?xml[^>]{0,200}?)\s+encoding=(?:\"[^\"]*\"|'[^']*')")
_POINTS = re.compile(r"(-?[0-9.]+),(-?[0-9.]+)")
#: PAGE's kinds of regions that are furniture of the page.
_FURNITURE = frozenset({"header", "footer", "page-number", "signature-mark", "catch-word"})


def extract_xml(text: str) -> list[Extracted]:
    """Return the pages of ALTO or PAGE.

    Raises NotReadable if the XML is of another format, is cut off, is nested too deep, or has a DOCTYPE, entities or an
    invalid number.
    """
    if re.search(r"<!(?:DOCTYPE|ENTITY)", text):
        raise NotReadable(f"是带 DOCTYPE 或实体的 XML 文件，为安全起见不读，{_AGAIN}")
    try:
        return _pages(_parse(_ENCODING.sub(r"\1", text.lstrip("\ufeff \t\r\n"), count=1).encode()))
    except (ValueError, OverflowError):  # a coordinate or a type size is no number
        raise NotReadable(f"是 XML 文件，但其中的坐标或字号不是数，无法读取，{_AGAIN}") from None


def _pages(root: Element) -> list[Extracted]:
    if _name(root) == "alto":
        sizes, in_pixels = _alto_sizes(root), _alto_unit(root) == "pixel"
        return [_alto_page(page, sizes, in_pixels=in_pixels) for page in _all(root, "Page")]
    if _name(root) == "PcGts":
        return [_page_page(page) for page in _all(root, "Page")]
    raise NotReadable(f"是 XML 文件，不是 ALTO 或 PAGE 的版面结果，{_AGAIN}")


def _parse(raw: bytes) -> Element:
    depth = 0
    root: Element | None = None
    try:
        for event, element in ElementTree.iterparse(BytesIO(raw), events=("start", "end")):
            root = element if root is None else root
            depth += 1 if event == "start" else -1
            if depth > DEPTH:
                raise NotReadable(f"是 XML 文件，但嵌套太深，无法读取，{_AGAIN}")
    except (ElementTree.ParseError, LookupError, ValueError):
        raise NotReadable(f"是 XML 文件，但不完整或有语法错误，无法读取，{_AGAIN}") from None
    assert root is not None  # an empty file is a ParseError
    return root


def _name(element: Element) -> str:
    return element.tag.rpartition("}")[2]


def _all(element: Element, name: str) -> Iterator[Element]:
    """Yield the elements with a name within another element, in the namespace of any version."""
    return (each for each in element.iter() if _name(each) == name)


def _children(element: Element, name: str) -> Iterator[Element]:
    return (each for each in element if _name(each) == name)


def _alto_sizes(root: Element) -> dict[str, float]:
    styles = ((style.get("ID", ""), style.get("FONTSIZE") or "0") for style in _all(root, "TextStyle"))
    return {name: float(size.removesuffix("pt")) for name, size in styles}


def _alto_unit(root: Element) -> str:
    """Return the unit of the boxes: pixel, mm10, inch1200."""
    return next((unit.text.strip() for unit in _all(root, "MeasurementUnit") if unit.text), "pixel")


def _alto_page(page: Element, sizes: dict[str, float], *, in_pixels: bool) -> Extracted:
    composer = Composer(extent=extent_of(page.get("WIDTH"), page.get("HEIGHT")))
    blocks = list(_all(page, "TextBlock"))
    used = [size for block in blocks for line in _all(block, "TextLine") if (size := _alto_size(block, line, sizes))]
    usual = sorted(used)[len(used) // 2] if used else 0.0
    for block in blocks:
        for line in _all(block, "TextLine"):
            text = "".join(_alto_words(line))
            share = _alto_size(block, line, sizes) / usual if usual else 1.0
            if share >= TITLE_SIZE:
                composer.heading(plain(text), 1 if share >= LARGE_SIZE else 2, _alto_edges(line))
            else:
                composer.line(plain(text), _alto_edges(line))
        composer.gap()
    if not (composer.extent or in_pixels):
        composer.boxes = []  # millimetres of a page without a size have no place on a scan
    return composer.page()


def _alto_size(block: Element, line: Element, sizes: dict[str, float]) -> float:
    styles = f"{line.get('STYLEREFS', '')} {block.get('STYLEREFS', '')}".split()
    return next((sizes[style] for style in styles if sizes.get(style)), 0.0)


def _alto_words(line: Element) -> Iterator[str]:
    for part in line:
        name = _name(part)
        if name == "SP":
            yield " "
        elif name in ("String", "HYP"):
            yield part.get("CONTENT", "")


def _alto_edges(line: Element) -> Edges | None:
    try:
        x, y, width, height = (float(line.get(name, "")) for name in ("HPOS", "VPOS", "WIDTH", "HEIGHT"))
    except ValueError:
        return None
    return x, y, x + width, y + height


def _page_page(page: Element) -> Extracted:
    composer = Composer(extent=extent_of(page.get("imageWidth"), page.get("imageHeight")))
    regions: dict[str, Element] = {}
    for number, region in enumerate(_all(page, "TextRegion")):
        name = region.get("id", "")
        regions[name if name and name not in regions else f"{name} {number}"] = region
    for region in _in_order(page, regions):
        kind = region.get("type", "")
        own = list(_children(region, "TextLine")) or [region]  # a region without lines may hold its text directly
        lines = [(plain(_page_text(line)), _page_edges(line)) for line in own]
        if kind == "heading":
            for text, edges in lines:
                composer.heading(text, 2, edges)
        elif kind == "caption":
            composer.caption("".join(text for text, _ in lines), _page_edges(region))
        elif kind in _FURNITURE:
            for text, edges in lines:
                composer.furniture(text, edges)
        else:
            for text, edges in lines:
                composer.line(text, edges)
        composer.gap()
    return composer.page()


def _in_order(page: Element, regions: dict[str, Element]) -> Iterator[Element]:
    """Yield the regions in the reading order that the file gives, then the regions that the order leaves out."""
    left = dict(regions)
    for order in _all(page, "ReadingOrder"):
        for reference in order.iter():
            region = left.pop(reference.get("regionRef", ""), None)
            if region is not None:
                yield region
    yield from left.values()


def _page_text(line: Element) -> str:
    for equivalent in _children(line, "TextEquiv"):
        for text in _children(equivalent, "Unicode"):
            return (text.text or "").replace("\n", " ").strip()
    return ""


def _page_edges(element: Element) -> Edges | None:
    for coords in _children(element, "Coords"):
        points = [(float(x), float(y)) for x, y in _POINTS.findall(coords.get("points", ""))]
        if points:
            xs, ys = zip(*points, strict=True)
            return min(xs), min(ys), max(xs), max(ys)
    return None
