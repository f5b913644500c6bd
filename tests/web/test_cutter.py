"""The program that cuts: cuttings of real scans in each format, and the scans that it refuses."""

import io
import json
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

import pytest
from PIL import Image

from articles.web import cutter
from articles.web.cutter import cut
from articles.web.cutting_request import REFUSED, Cut, NotCut
from tests.scans import FIRST, SIZE, draw, shares

_, HEAD, WHOLE = FIRST


def request(path, **values):
    return Cut(**{"scan": str(path), "extent": SIZE, "edges": WHOLE, "outlined": (), "width": 1100, **values})


def opened(picture):
    return Image.open(io.BytesIO(picture))


def save(path, picture=None, **options):
    (picture or draw()).save(path, **options)
    return path


@pytest.mark.parametrize("scale", [0.5, 1, 2.5])
@pytest.mark.parametrize("ending", ["jpg", "png", "pdf"])
def test_a_cutting_is_made_of_a_scan_of_any_resolution(tmp_path, ending, scale):
    scan = save(tmp_path / f"3.{ending}", draw(scale))
    picture = opened(cut(request(scan)))
    assert picture.format == "JPEG" and picture.mode == "RGB"
    found = shares(picture)
    assert found["red"] > 0.1 and found["green"] > 0.5 and found["blue"] == found["black"] == 0
    across = (WHOLE[2] - WHOLE[0] + 2 * cutter.MARGIN * SIZE[0]) * scale
    # A PDF has no pixels of its own.
    assert abs(picture.width - (1100 if ending == "pdf" else min(1100, across))) <= 2
    assert abs(picture.width / picture.height - 471.2 / 301.2) < 0.01


@pytest.mark.parametrize("mode", ["L", "1", "P", "RGBA", "LA", "I;16", "CMYK"])
def test_a_scan_of_each_kind_of_pixels_is_cut(tmp_path, mode):
    if mode == "I;16":
        picture = draw().convert("L").convert("I").point(lambda level: level * 257).convert("I;16")
    else:
        picture = draw().convert(mode)
    scan = save(tmp_path / ("3.jpg" if mode == "CMYK" else "3.png"), picture)
    found = opened(cut(request(scan))).convert("L").histogram()
    total = sum(found)
    assert 0.05 < sum(found[230:]) / total < 0.5  # the paper between the areas
    assert sum(found[:180]) / total > 0.4  # the areas


def test_the_head_is_outlined(tmp_path):
    scan = save(tmp_path / "3.png", draw(4))
    picture = opened(cut(request(scan, outlined=(HEAD,), width=2000)))
    margin = cutter.MARGIN * SIZE[0]
    beside = 1.5 * round(picture.width * cutter.THICKNESS) / 4
    for x, y in ((200, HEAD[1] - beside), (200, HEAD[3] + beside), (HEAD[0] - beside, 90)):
        pixel = picture.getpixel((round((x - WHOLE[0] + margin) * 4), round((y - WHOLE[1] + margin) * 4)))
        assert all(abs(a - b) < 60 for a, b in zip(pixel, cutter.OUTLINE, strict=True)), (x, y, pixel)


def test_a_scan_that_a_camera_turned_is_cut_upright(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6
    scan = save(tmp_path / "3.jpg", draw().transpose(Image.Transpose.ROTATE_90), exif=exif, quality=95)
    found = shares(opened(cut(request(scan))))
    assert found["red"] > 0.1 and found["green"] > 0.5 and found["blue"] == 0


DAMAGED = {
    # The description is a number, which Pillow reads and can't write.
    "other notes": bytes.fromhex(
        "49492a0008000000 0200 1201 0300 01000000 03000000 0e01 0c00 01000000 08000000 00000000"
    ),
    "no notes": b"no notes of a camera",
}


@pytest.mark.parametrize("ending", ["jpg", "png"])
@pytest.mark.parametrize("name", DAMAGED)
def test_damaged_notes_of_the_camera_spoil_no_cutting(tmp_path, name, ending):
    picture = draw().transpose(Image.Transpose.ROTATE_180) if name == "other notes" else draw()
    found = shares(opened(cut(request(save(tmp_path / f"3.{ending}", picture, exif=b"Exif\0\0" + DAMAGED[name])))))
    assert found["red"] > 0.1 and found["green"] > 0.5 and found["blue"] == 0


def test_boxes_in_pixels_and_in_thousandths_are_placed(tmp_path):
    scan = save(tmp_path / "3.png")
    by_pixels = shares(opened(cut(request(scan, extent=()))))
    thousandths = tuple(edge * 1000 / SIZE[at % 2] for at, edge in enumerate(WHOLE))
    by_thousandths = shares(opened(cut(request(scan, extent=(1000.0, 1000.0), edges=thousandths))))
    for found in (by_pixels, by_thousandths):
        assert found["red"] > 0.1 and found["green"] > 0.5 and found["blue"] == 0


def test_a_picture_of_a_whole_broadsheet_stays_within_the_limit(tmp_path, monkeypatch):
    monkeypatch.setattr(cutter, "MAX_PICTURE", 50_000)
    for ending in ("png", "pdf"):
        picture = opened(cut(request(save(tmp_path / f"3.{ending}"), width=3000)))
        assert 40_000 < picture.width * picture.height <= 51_000


REFUSALS = {
    "empty": (b"", {}, "不是 JPG、PNG 或 PDF"),
    "text": ("健康报".encode(), {}, "不是 JPG、PNG 或 PDF"),
    "svg": (b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>', {}, "不是 JPG、PNG 或 PDF"),
    "no PDF": (b"%PDF-1.7 and nothing more", {}, "打不开"),
    "other page": (None, {"extent": (1000.0, 700.0)}, "不成比例"),
    "outside": (None, {"extent": (), "edges": (40.0, 60.0, 2500.0, 350.0)}, "超出了扫描件"),
    "just outside": (None, {"extent": (), "edges": (705.0, 60.0, 715.0, 350.0)}, "超出了扫描件"),
    "far outside to the left": (None, {"edges": (-1e9, 60.0, 500.0, 350.0)}, "超出了扫描件"),
    "far above": (None, {"edges": (40.0, -1e9, 500.0, 350.0)}, "超出了扫描件"),
    "a size past all numbers": (None, {"extent": (1e-308, 1e308)}, "不成比例"),
    "inside out": (None, {"edges": (250.0, 60.0, 200.0, 350.0)}, "超出了扫描件"),
}


@pytest.mark.parametrize("name", REFUSALS)
def test_a_scan_that_cannot_be_cut_is_refused_with_the_remedy(tmp_path, name):
    raw, values, words = REFUSALS[name]
    scan = save(tmp_path / "3.png")
    if raw is not None:
        scan.write_bytes(raw)
    with pytest.raises(NotCut, match=words) as told:
        cut(request(scan, **values))
    assert "3.png" in str(told.value) and "请" in str(told.value)


@pytest.mark.parametrize("ending", ["gif", "webp", "tiff", "bmp"])
def test_a_picture_of_another_format_is_refused_whatever_its_name(tmp_path, ending):
    scan = save(tmp_path / f"3.{ending}").rename(tmp_path / "3.jpg")
    with pytest.raises(NotCut, match="不是 JPG、PNG 或 PDF"):
        cut(request(scan))


@pytest.mark.parametrize("ending", ["jpg", "png", "pdf"])
def test_a_file_cut_off_anywhere_is_refused_or_drawn(tmp_path, ending):
    whole = save(tmp_path / f"whole.{ending}").read_bytes()
    scan, refused = tmp_path / f"3.{ending}", 0
    for share in range(1, 20):
        scan.write_bytes(whole[: len(whole) * share // 20])
        try:
            opened(cut(request(scan))).load()
        except NotCut:
            refused += 1
    assert refused >= 5


def test_boxes_in_pixels_have_no_place_on_a_pdf(tmp_path):
    # Such a box near the upper left corner would fit on a PDF of any size.
    with pytest.raises(NotCut, match="3.pdf 是 PDF.*请换成"):
        cut(request(save(tmp_path / "3.pdf"), extent=()))


def test_many_pages_and_too_many_bytes_or_pixels_are_refused(tmp_path, monkeypatch):
    scan = save(tmp_path / "3.pdf", save_all=True, append_images=[draw()])
    with pytest.raises(NotCut, match="有 2 页"):
        cut(request(scan))
    scan = save(tmp_path / "3.png")
    monkeypatch.setattr(cutter, "MAX_PIXELS", SIZE[0] * SIZE[1] - 1)
    with pytest.raises(NotCut, match="700×1000 像素"):
        cut(request(scan))
    monkeypatch.setattr(cutter, "MAX_BYTES", 100)
    with pytest.raises(NotCut, match="MB"):
        cut(request(scan))


def run(asked):
    return subprocess.run(
        [sys.executable, "-m", "articles.web.cutter"],
        input=json.dumps(asdict(asked)).encode(),
        capture_output=True,
        cwd=Path(cutter.__file__).parents[2],
    )


def test_the_program_writes_the_picture_or_the_reason(tmp_path):
    scan = save(tmp_path / "3.jpg")
    done = run(request(scan))
    assert done.returncode == 0 and shares(opened(done.stdout))["red"] > 0.1
    scan.write_bytes(b"nothing")
    done = run(request(scan))
    assert done.returncode == REFUSED and "请转换后再放" in done.stdout.decode()


def test_the_program_cuts_where_the_host_grants_less_memory_than_its_limit(tmp_path):
    command = f"ulimit -v {cutter.MAX_MEMORY // 1024 // 2}; exec '{sys.executable}' -m articles.web.cutter"
    asked = json.dumps(asdict(request(save(tmp_path / "3.jpg")))).encode()
    done = subprocess.run(["sh", "-c", command], input=asked, capture_output=True, cwd=Path(cutter.__file__).parents[2])
    assert done.returncode == 0, done.stderr.decode()


def test_a_bomb_of_a_picture_costs_no_memory(tmp_path):
    scan = tmp_path / "3.png"
    Image.new("1", (12_000, 13_000)).save(scan)  # 156,000,000 pixels in some 20 kB
    done = run(request(scan, extent=()))
    assert done.returncode == REFUSED and "12000×13000 像素" in done.stdout.decode()
