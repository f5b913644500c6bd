"""The program that makes a cutting of a scan: python -m articles.web.cutter < REQUEST > PICTURE.

It is a process of its own, so that a huge or broken scan costs neither the server's memory nor the server. The request
is JSON of a `Cut`; the picture is a JPEG. A scan that can't be cut ends with the exit code REFUSED and one
sentence in Chinese, in UTF-8, in the picture's place. Standard error is for the log: Pillow writes warnings there, and
its encoding is that of the locale. Imports nothing of Django.
"""

from __future__ import annotations

import json
import resource
import struct
import sys
from io import BytesIO
from pathlib import Path

from PIL import ExifTags, Image, ImageDraw, UnidentifiedImageError

from articles.web.cutting_request import REFUSED, THOUSANDTHS, Cut, Edges, NotCut

#: The largest scan. A page of a broadsheet has 118 million pixels at 600 dots an inch.
MAX_BYTES, MAX_PIXELS = 150 * 1024 * 1024, 150_000_000

#: The address space of the program. A scan of MAX_PIXELS in four colours takes 600 MB, and its copy as much.
MAX_MEMORY = 3 * 1024 * 1024 * 1024

#: The most pixels of a picture.
MAX_PICTURE = 12_000_000

#: The share by which the sides of scan and page may differ in proportion. More means that they are not the same page.
TOLERANCE = 0.03

#: The margin around what is cut out, as a share of the width of the page.
MARGIN = 0.008

#: The outline of the head, by its colour and by its thickness as a share of the picture's width.
OUTLINE, THICKNESS = (183, 137, 26), 0.004

#: How a picture is set upright, by the orientation that a camera notes (Exif 2.3, tag 274).
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}

#: The ways that set a picture upright whose camera has lain on its side.
_LYING = frozenset(_UPRIGHT[orientation] for orientation in (5, 6, 7, 8))

_QUALITY = 82


def main() -> int:
    """Answer the request on standard input. Return the exit code."""
    _, most = resource.getrlimit(resource.RLIMIT_AS)
    if most == resource.RLIM_INFINITY or most > MAX_MEMORY:  # the host may grant less, and refuses more
        resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY, MAX_MEMORY))
    request = Cut(**json.load(sys.stdin))
    try:
        answer, code = cut(request), 0
    except NotCut as error:
        answer, code = str(error).encode(), REFUSED
    except MemoryError:
        reason = f"扫描件 {Path(request.scan).name} 太大，内存不够，请换一份分辨率低些的"
        answer, code = reason.encode(), REFUSED
    sys.stdout.buffer.write(answer)
    return code


def cut(request: Cut) -> bytes:
    """Return the cutting as a JPEG at most `width` pixels wide, never larger than the scan itself.

    Raises NotCut if the scan is no JPEG, PNG or PDF of one page, is too large or damaged, or is not the page that the
    boxes lie over.
    """
    path = Path(request.scan)
    if path.stat().st_size > MAX_BYTES:
        raise NotCut(f"扫描件 {path.name} 超过 {MAX_BYTES // 1024**2} MB，请换一份小些的")
    with path.open("rb") as file:
        head = file.read(1024)
    picture = _of_pdf(path, request) if b"%PDF-" in head else _of_image(path, request)
    out = BytesIO()
    picture.save(out, "JPEG", quality=_QUALITY)
    return out.getvalue()


def _of_image(path: Path, request: Cut) -> Image.Image:
    Image.MAX_IMAGE_PIXELS = None  # the limit below stands in its place
    try:
        with Image.open(path, formats=("JPEG", "PNG")) as image:
            if image.width * image.height > MAX_PIXELS:
                raise NotCut(f"扫描件 {path.name} 有 {image.width}×{image.height} 像素，超过一亿五千万，请缩小后再放")
            turn = _turn(image)
            width, height = image.size if turn not in _LYING else image.size[::-1]
            inside, outlined = _placed(request, width, height, path.name)
            shrunk = _shrinkage(inside, request.width)
            if shrunk < 1:
                # A JPEG can be decoded at a half, a quarter or an eighth of its size.
                image.draft(None, (int(image.width * shrunk), int(image.height * shrunk)))
            upright = image if turn is None else image.transpose(turn)
            scale = upright.width / width
            return _drawn(upright.crop(_pixels(inside, scale)), inside, outlined, scale, shrunk)
    except UnidentifiedImageError:
        raise NotCut(f"扫描件 {path.name} 不是 JPG、PNG 或 PDF，请转换后再放") from None
    except (OSError, SyntaxError, ValueError):  # what Pillow raises for a damaged file
        raise NotCut(f"扫描件 {path.name} 已损坏或不完整，请重新扫描") from None


def _turn(image: Image.Image) -> Image.Transpose | None:
    """Return how a picture is set upright, or None if it is, or if the camera's notes are damaged."""
    try:
        return _UPRIGHT.get(image.getexif().get(ExifTags.Base.Orientation, 1))
    except (SyntaxError, ValueError, struct.error):
        return None


def _of_pdf(path: Path, request: Cut) -> Image.Image:
    import pypdfium2  # noqa: PLC0415 - most scans are no PDF

    if not request.extent:
        raise NotCut(f"扫描件 {path.name} 是 PDF，识别结果却没有记下版面大小，对不上位置，请换成识别用的那张图片")
    try:
        document = pypdfium2.PdfDocument(path)
        if len(document) != 1:
            raise NotCut(f"扫描件 {path.name} 有 {len(document)} 页，不知道是哪一页，请拆成每版一个文件")
        page = document[0]
        width, height = page.get_size()
        inside, outlined = _placed(request, width, height, path.name)
        left, top, right, bottom = inside
        scale = min(request.width / (right - left), (MAX_PICTURE / ((right - left) * (bottom - top))) ** 0.5)
        edges = (left, height - bottom, width - right, top)
        drawn = page.render(scale=scale, crop=edges, may_draw_forms=False).to_pil()
    except pypdfium2.PdfiumError:
        raise NotCut(f"扫描件 {path.name} 打不开：PDF 已损坏或有密码，请重新导出") from None
    return _drawn(drawn, inside, outlined, scale, scale)


def _placed(request: Cut, width: float, height: float, name: str) -> tuple[Edges, list[Edges]]:
    """Return the edges of the cutting with a margin, and what is outlined, in the units of a scan of this size.

    Raises NotCut if the scan has other proportions than the page, or if the edges lie outside it.
    """
    across, down = request.extent or (width, height)
    if (across, down) != THOUSANDTHS and abs(width * down - height * across) > TOLERANCE * height * across:
        raise NotCut(
            f"扫描件 {name} 的宽高（{width:.0f}×{height:.0f}）与识别时的版面（{across:.0f}×{down:.0f}）不成比例，"
            "不是同一张图，请换成识别用的那一张"
        )
    by_x, by_y = width / across, height / down

    def scaled(edges: Edges) -> Edges:
        return edges[0] * by_x, edges[1] * by_y, edges[2] * by_x, edges[3] * by_y

    left, top, right, bottom = scaled(request.edges) if request.edges else (0.0, 0.0, width, height)
    margin = MARGIN * width
    inside = max(0.0, left - margin), max(0.0, top - margin), min(width, right + margin), min(height, bottom + margin)
    beyond_x, beyond_y = width * TOLERANCE, height * TOLERANCE
    is_within = -beyond_x <= left < right <= width + beyond_x and -beyond_y <= top < bottom <= height + beyond_y
    if not is_within or inside[2] - inside[0] < 1 or inside[3] - inside[1] < 1:
        raise NotCut(f"识别结果里的位置超出了扫描件 {name}，不是同一张图，请换成识别用的那一张")
    return inside, [scaled(edges) for edges in request.outlined]


def _shrinkage(inside: Edges, widest: int) -> float:
    """Return the factor by which a cutting is made smaller: 1 if it is small enough as it is."""
    across, down = inside[2] - inside[0], inside[3] - inside[1]
    return min(1.0, widest / across, (MAX_PICTURE / (across * down)) ** 0.5)


def _pixels(inside: Edges, scale: float) -> tuple[int, int, int, int]:
    left, top, right, bottom = (edge * scale for edge in inside)
    return int(left), int(top), max(int(left) + 1, round(right)), max(int(top) + 1, round(bottom))


def _drawn(picture: Image.Image, inside: Edges, outlined: list[Edges], scale: float, shrunk: float) -> Image.Image:
    """Return a cutting in RGB, made smaller, with outlines. `scale` is how many pixels a unit of `inside` has."""
    if picture.mode.startswith("I;16"):
        picture = picture.point(lambda level: level / 256).convert("L")
    picture = picture.convert("RGB")
    size = (max(1, round(picture.width * shrunk / scale)), max(1, round(picture.height * shrunk / scale)))
    if size[0] < picture.width:
        picture, scale = picture.resize(size, Image.Resampling.LANCZOS), scale * size[0] / picture.width
    pen = max(2, round(picture.width * THICKNESS))
    draw = ImageDraw.Draw(picture)
    for edges in outlined:
        left, top = ((edges[at] - inside[at]) * scale - 2 * pen for at in (0, 1))
        right, bottom = ((edges[at] - inside[at - 2]) * scale + 2 * pen for at in (2, 3))
        draw.rectangle((left, top, right, bottom), outline=OUTLINE, width=pen)
    return picture


if __name__ == "__main__":
    sys.exit(main())
