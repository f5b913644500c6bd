"""The map of the provinces: each has its own tile, legible in every shade, with the same number as in the table."""

import re
from itertools import pairwise

import pytest
from django.conf import settings

from articles.ingest.readers import region_rows
from articles.models import Region
from articles.views.tiles import _ranges, tile_map
from tests.make import make_article, make_region

CSS = (settings.BASE_DIR / "static" / "archive.css").read_text("utf-8")
CODES = [row["code"] for row in region_rows() if row["level"] == "1"]


def provinces():
    return [Region(code=code, name=code, short=code, level=1) for code in CODES]


def test_every_province_has_a_tile_of_its_own_and_the_style_has_its_place():
    tiles = tile_map(provinces(), {}).tiles
    assert sorted(tile.region.code for tile in tiles) == sorted(CODES) and len(CODES) == 34
    places = [(tile.row, tile.column) for tile in tiles]
    assert places == sorted(set(places))
    for row, column in places:
        assert f".row-{row} {{ grid-row: {row}; }}" in CSS and f".column-{column} {{ grid-column: {column}; }}" in CSS


def test_shades_rise_with_the_counts_and_the_legend_says_what_they_mean():
    counts = {code: number * number for number, code in enumerate(CODES)}
    drawn = tile_map(provinces(), counts)
    by_count = sorted(drawn.tiles, key=lambda tile: tile.count)
    assert all(one.shade <= other.shade for one, other in pairwise(by_count))
    assert [tile.shade for tile in by_count].count(0) == 1
    assert drawn.legend == [
        (0, "没有文章"), (1, "1—81 篇"), (2, "100—289 篇"), (3, "324—625 篇"), (4, "676—1,089 篇"),
    ]  # fmt: skip
    assert tile_map(provinces(), {}).legend == [(0, "没有文章")]


@pytest.mark.parametrize(
    ("counts", "ranges"),
    [
        ([], []),
        ([7], [(7, 7)]),
        ([3, 3, 3, 3, 3], [(3, 3)]),
        ([900, 1, 2, 2, 3, 5, 8, 40], [(1, 2), (3, 3), (5, 8), (40, 900)]),
    ],
)
def test_equal_counts_have_one_shade(counts, ranges):
    assert _ranges(counts) == ranges


def test_a_count_fits_its_tile():
    counts = dict(zip(CODES, (0, 9_999, 10_000, 123_456), strict=False))
    numbers = {tile.region.code: tile.number for tile in tile_map(provinces(), counts).tiles}
    assert [numbers[code] for code in CODES[:4]] == ["0", "9,999", "1.0万", "12.3万"]


@pytest.mark.django_db
def test_map_and_table_agree_and_home_has_the_map_too(client):
    for code, name in (("410000", "河南"), ("820000", "澳门"), ("990000", "新设省")):
        make_region(code, name + "省", name)
    for number in range(3):
        make_article(headline=f"第{number}篇").article_regions.create(region_id="410000")
    tiles = [
        '<li class="column-5 row-4"><a class="shade-1" href="/regions/410000/">河南 <span>3',
        '<li class="column-4 row-8"><a class="shade-0" href="/regions/820000/">澳门 <span>0',
    ]
    for path in ("/", "/regions/"):
        text = client.get(path).content.decode()
        assert re.findall(r'<li class="column-.*?<span>\d+', text) == tiles, path
        assert '<span class="swatch shade-1"></span>3 篇' in text, path
    # The file of places lacks a province that the desk has added, so only the table shows it.
    rows = re.findall(r'<th scope="row"><a href="/regions/(\d+)/">.*?</a></th><td>\d+</td><td>(\d+)</td>', text)
    assert rows == [("410000", "3"), ("820000", "0"), ("990000", "0")]


def colours(scheme):
    """Return the custom properties of archive.css in a colour scheme, as RGB."""
    blocks = re.findall(r"^:root(?:\.theme-night)? \{(.*?)\}", CSS, re.S | re.M)
    light, dark = (re.findall(r"--(\w+): (#[0-9a-f]{6});", block) for block in blocks)
    chosen = dict(light) | (dict(dark) if scheme == "dark" else {})
    return {name: [int(value[place : place + 2], 16) for place in (1, 3, 5)] for name, value in chosen.items()}


def luminance(colour):
    """Return the relative luminance of WCAG 2."""
    red, green, blue = (
        part / 255 / 12.92 if part / 255 <= 0.04045 else ((part / 255 + 0.055) / 1.055) ** 2.4 for part in colour
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("shade", range(5))
def test_the_letters_of_each_shade_stand_out(scheme, shade):
    named = colours(scheme)
    rule = re.search(rf"^\.shade-{shade} \{{(.*?)\}}", CSS, re.M)[1]
    mixed = re.search(r"color-mix\(in srgb, var\(--(\w+)\) (\d+)%, var\(--(\w+)\)\)", rule)
    if mixed:
        share = int(mixed[2]) / 100
        ground = [
            one * share + other * (1 - share) for one, other in zip(named[mixed[1]], named[mixed[3]], strict=True)
        ]
    else:
        ground = named[re.search(r"background: var\(--(\w+)\);", rule)[1]]
    letters = named[re.search(r"[^-]color: var\(--(\w+)\);", rule)[1]]
    lighter, darker = sorted((luminance(ground), luminance(letters)), reverse=True)
    assert (lighter + 0.05) / (darker + 0.05) >= 4.5
