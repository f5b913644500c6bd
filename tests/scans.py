"""Scans for tests: a page of two stories, drawn as areas of colour, and the files of tools that read it."""

import json

from PIL import Image, ImageDraw

#: The size of the page in pixels, and its areas: what stands there, its edges, its colour, its text.
SIZE = (700, 1000)
AREAS = (
    ("header", (40, 10, 640, 40), "black", "健康报 2024年11月22日 星期五 第3版"),
    ("doc_title", (40, 60, 500, 110), "red", "早市上的慢病门诊"),
    ("text", (40, 120, 250, 350), "green", "本报讯（记者赵一苇）近日，青海省海西州的牧民在家门口等来了流动诊室。"),
    ("text", (270, 120, 500, 350), "green", "车上配有心电图机和便携式超声，每月沿牧道巡诊两次。"),
    ("doc_title", (40, 450, 500, 500), "blue", "福建社区食堂添了营养师"),
    ("text", (40, 510, 500, 750), "blue", "本报讯（记者孙三水）福建省厦门市的十二家社区食堂日前请来注册营养师。"),
)

#: The stories by their headlines: the edges of head and whole, and the colours of head and rest.
FIRST = ("早市上的慢病门诊", (40, 60, 500, 110), (40, 60, 500, 350))
SECOND = ("福建社区食堂添了营养师", (40, 450, 500, 500), (40, 450, 500, 750))

RGB = {"red": (255, 0, 0), "green": (0, 128, 0), "blue": (0, 0, 255), "black": (0, 0, 0), "white": (255, 255, 255)}


def draw(scale=1.0):
    """Return the scan, `scale` times as large as the picture that the tool read."""
    picture = Image.new("RGB", tuple(round(side * scale) for side in SIZE), "white")
    for _, edges, colour, _ in AREAS:
        ImageDraw.Draw(picture).rectangle([round(edge * scale) for edge in edges], fill=colour)
    return picture


def paddle_json(**page):
    """Return the file of PaddleOCR for this page. `page` is what stands beside the blocks, such as its width."""
    blocks = [
        {"block_label": label, "block_content": text, "block_bbox": list(edges), "block_id": number}
        for number, (label, edges, _, text) in enumerate(AREAS)
    ]
    return json.dumps({"input_path": "3.jpg", "page_index": 0, **page, "parsing_res_list": blocks}, ensure_ascii=False)


def mineru_json():
    """Return the file of MinerU for this page. Its boxes are in thousandths of each side."""
    kinds = {"header": {"type": "header"}, "doc_title": {"type": "text", "text_level": 1}, "text": {"type": "text"}}
    width, height = SIZE
    blocks = [
        {**kinds[label], "text": text, "page_idx": 0, "bbox": [
            round(edges[0] * 1000 / width), round(edges[1] * 1000 / height),
            round(edges[2] * 1000 / width), round(edges[3] * 1000 / height),
        ]}
        for label, edges, _, text in AREAS
    ]  # fmt: skip
    return json.dumps(blocks, ensure_ascii=False)


def shares(picture):
    """Return {colour: share of the pixels of a picture}. Pixels between two colours are left out."""
    small = picture.convert("RGB").resize((120, 120), Image.Resampling.NEAREST)
    counts = dict.fromkeys(RGB, 0)
    for pixel in small.get_flattened_data():
        for name, colour in RGB.items():
            if all(abs(a - b) < 60 for a, b in zip(pixel, colour, strict=True)):
                counts[name] += 1
    return {name: count / (small.width * small.height) for name, count in counts.items()}
