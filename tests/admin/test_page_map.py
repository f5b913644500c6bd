"""The map of a page on its screen: the areas of its articles, by each tool's units, and the scan below them."""

import io
import json
import re

import pytest
from PIL import Image

from articles.admin.screens.structure import page_map as module
from articles.admin.screens.structure.page_map import FURNITURE, UNOWNED, page_map
from articles.models import Article, Page, SourceText
from tests.make import PAGE, load, write
from tests.scans import FIRST, SECOND, SIZE, draw, mineru_json, paddle_json, shares
from tests.tables import load_tables

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]

SIZES = {"width": SIZE[0], "height": SIZE[1]}


def imported(folder, text):
    return load(write(folder, text, "2024-11-22_03_res.json")).page


def map_of(page):
    return page_map(page, page.sources.get(standing="current"), list(page.articles.as_printed()))


def edges_of(found, number):
    return [
        (each.left, each.top, each.left + each.width, each.top + each.height)
        for each in found.areas
        if each.number == number
    ]


@pytest.mark.parametrize("of_tool", ["paddle", "paddle of old", "mineru"])
def test_each_article_has_its_areas(folder, of_tool):
    page = imported(
        folder, mineru_json() if of_tool == "mineru" else paddle_json(**SIZES if of_tool == "paddle" else {})
    )
    found = map_of(page)
    across = 640 if of_tool == "paddle of old" else SIZE[0]  # the outermost box stands in for the page
    down = 1400 / 1000 * SIZE[0] if of_tool == "mineru" else SIZE[1]
    assert found.height == round({"paddle": 1000 / 700, "paddle of old": 750 / 640, "mineru": 1.4}[of_tool] * 1000)
    for number, (headline, _, (left, top, right, bottom)) in enumerate((FIRST, SECOND), start=1):
        assert page.articles.as_printed()[number - 1].headline == headline
        areas = edges_of(found, number)
        wanted = [
            left / across * 1000,
            top / SIZE[1] * down / across * 1000,
            right / across * 1000,
            bottom / SIZE[1] * down / across * 1000,
        ]
        whole = [
            min(each[0] for each in areas),
            min(each[1] for each in areas),
            max(each[2] for each in areas),
            max(each[3] for each in areas),
        ]
        assert whole == pytest.approx(wanted, abs=3)
        assert [each.label for each in found.areas if each.number == number] == [str(number), *[""] * (len(areas) - 1)]
    assert len(edges_of(found, 1)) == len(edges_of(found, 2)) == 1
    assert len(edges_of(found, FURNITURE)) == 1 and edges_of(found, UNOWNED) == []


def test_a_text_without_places_has_no_map(admin_client, tmp_path):
    load_tables()
    page = load(write(tmp_path, PAGE)).page
    assert map_of(page) is None
    assert "page-map" not in admin_client.get(f"/admin/desk/pages/{page.pk}/").content.decode()


@pytest.mark.disagreeing  # rows are set past the desk
def test_what_was_given_moved_and_left_over_follows(folder):
    page = imported(folder, paddle_json(**SIZES))
    first, second = page.articles.as_printed()
    Page.objects.filter(pk=page.pk).update(
        segments=[*page.segments, *[[start, end, "leftover"] for start, end, _ in first.segments]]
    )
    Article.objects.filter(pk=first.pk).update(segments=[])
    found = map_of(Page.objects.get())
    assert edges_of(found, 1) == [] and len(edges_of(found, UNOWNED)) == 1 and len(edges_of(found, 2)) == 1
    Article.objects.filter(pk=second.pk).update(source=None)
    assert edges_of(map_of(Page.objects.get()), 2) == []


def test_odd_boxes_stay_within_the_map(folder):
    page = imported(folder, paddle_json(**SIZES))
    source = page.sources.get()
    source.boxes = [[start, end, -1e308, -5, 1e308, 1e308] for start, end, *_ in source.boxes] + [[0, 0, 1, 1, 0, 0]]
    for extent in ([], [1, 1e308], [1e308, 1], [700, 1000], None):
        SourceText.objects.filter(pk=source.pk).update(boxes=source.boxes, extent=extent)
        found = map_of(page)
        assert found.height <= 5000
        assert all(0 <= each.left <= 1000 and each.left + each.width <= 1001 for each in found.areas)


def test_a_story_that_winds_around_another_has_several_areas(folder):
    page = imported(folder, paddle_json(**SIZES))
    source = page.sources.get()
    at = source.text.index("车上配有")
    moved = [[*box[:2], 520, 600, 660, 900] if box[0] <= at < box[1] else box for box in source.boxes]
    SourceText.objects.update(boxes=moved)
    assert len(edges_of(map_of(page), 1)) > 1


def test_many_scattered_boxes_are_one_area(folder, monkeypatch):
    page = imported(folder, paddle_json(**SIZES))
    monkeypatch.setattr(module, "SPREAD", 0)
    assert len(edges_of(map_of(page), 1)) == 3  # each box is an area
    monkeypatch.setattr(module, "MOST_AREAS", 2)
    assert edges_of(map_of(page), 1) == [tuple(pytest.approx(edge / 0.7, abs=2) for edge in FIRST[2])]


def test_the_scan_lies_below_the_map_and_is_opened_whole(admin_client, folder):
    page = imported(folder, paddle_json(**SIZES))
    path = f"/admin/desk/pages/{page.pk}/"
    assert "<image" not in admin_client.get(path).content.decode()
    assert admin_client.get(f"{path}scan/").status_code == 404
    draw(2.0).save(folder / "scans" / "2024-11-22_03_res.png")
    text = admin_client.get(path).content.decode()
    assert f'<image href="{path}scan/" width="1000" height="1429"' in text
    assert re.search(r'aria-label="版面图：1 早市上的慢病门诊；2 福建社区食堂添了营养师；"', text)
    response = admin_client.get(f"{path}scan/")
    drawn = Image.open(io.BytesIO(response.content))
    assert response["Content-Type"] == "image/jpeg" and drawn.width == module.PICTURE
    assert {colour for colour, share in shares(drawn).items() if share > 0.01} == {
        "red",
        "green",
        "blue",
        "black",
        "white",
    }
    assert admin_client.get(f"{path}scan/", headers={"If-None-Match": response["ETag"]}).status_code == 304
    whole = admin_client.get(f"{path}scan/?whole=1")
    assert b"".join(whole) == (folder / "scans" / "2024-11-22_03_res.png").read_bytes()


def test_a_scan_of_another_shape_says_so_in_its_place(admin_client, folder):
    page = imported(folder, paddle_json(**SIZES))
    Image.new("RGB", (900, 300)).save(folder / "scans" / "2024-11-22_03_res.png")
    response = admin_client.get(f"/admin/desk/pages/{page.pk}/scan/")
    assert response["Content-Type"].startswith("image/svg") and "不成比例" in re.sub(
        "<.*?>", "", response.content.decode()
    )


@pytest.mark.parametrize("several", [True, False])
def test_a_scan_that_fits_no_page_for_sure_is_a_link_alone(admin_client, folder, several):
    page = imported(folder, paddle_json(**SIZES))
    draw().save(folder / "scans" / "2024-11-22_03_res.png")
    source = page.sources.get()
    if several:
        SourceText.objects.create(
            path="x", sha256=source.sha256, part=1, encoding="utf-8", text="x", reader_version="", standing="archived"
        )
    else:
        SourceText.objects.update(extent=[])
    text = admin_client.get(f"/admin/desk/pages/{page.pk}/").content.decode()
    assert "<image" not in text and "<rect" in text and "整版扫描件" in text


def test_a_page_of_many_words_is_mapped_in_few_areas(folder):
    """Boxes of words, as hOCR has them: each line and column is one area."""
    lines = [f"第{number}行的几个词在这里排成一行。" for number in range(30)]
    blocks = json.loads(paddle_json(**SIZES))
    blocks["parsing_res_list"][3]["block_content"] = "".join(lines)
    page = imported(folder, json.dumps(blocks, ensure_ascii=False))
    source = page.sources.get()
    start = source.text.index(lines[0])
    words = []
    for number, line in enumerate(lines):
        at = source.text.index(line)
        words += [
            [at + k, at + k + 2, 270 + 20 * k, 120 + 7 * number, 305 + 20 * k, 126 + 7 * number]
            for k in range(0, 10, 2)
        ]
    source.boxes = sorted([box for box in source.boxes if not box[0] <= start < box[1]] + words)
    source.save()
    assert len(edges_of(map_of(page), 1)) <= 3


def test_a_page_of_twenty_thousand_boxes_is_mapped(folder):
    page = imported(folder, paddle_json(**SIZES))
    source = page.sources.get()
    start, end = source.boxes[2][:2]
    at = range(20_000)
    source.boxes = [
        [start + k % (end - start), end, 7 * k % 600, 11 * k % 900, 7 * k % 600 + 9, 11 * k % 900 + 9] for k in at
    ]
    source.save()
    assert len(map_of(page).areas) <= 2 * module.MOST_AREAS


def test_boxes_of_which_each_round_joins_two_are_mapped_soon(folder):
    page = imported(folder, paddle_json(**SIZES))
    source = page.sources.get()
    start, end = source.boxes[2][:2]
    scattered = [[start, end, 3 * k % 600, 17 * k % 900, 3 * k % 600 + 2, 17 * k % 900 + 2] for k in range(3000)]
    SourceText.objects.filter(pk=source.pk).update(boxes=[*scattered, [start, end, 0, 0, 700, 1000]])
    assert len(map_of(page).areas) <= module.MOST_AREAS


def test_a_scan_is_made_as_high_as_the_map_where_the_tool_tells_no_proportion(admin_client, folder):
    page = imported(folder, mineru_json())
    draw().save(folder / "scans" / "2024-11-22_03_res.png")
    assert 'preserveAspectRatio="none"' in admin_client.get(f"/admin/desk/pages/{page.pk}/").content.decode()
