"""Files of recognition tools: the way of their pages into the archive, and the refusals of files without a page."""

import json
import time
from contextlib import suppress
from pathlib import Path

import pytest

from articles.ingest.extraction import NotReadable, extract, is_structured
from articles.ingest.runs import run_import
from articles.ingest.sources import Refusal, find_files, read_pages
from articles.models import Article, ImportItem, Page, SourceText
from articles.reading import read_page
from tests.make import write
from tests.reading.reference import reference
from tests.reading.test_promise import assert_partition

SAMPLES = Path(__file__).parent / "samples"
NAMES = sorted(path.name for path in SAMPLES.iterdir())
#: The extents that the tools of the samples tell: none, a size, thousandths.
EXTENTS = {
    "alto.xml": (),
    "mineru_content_list.json": (1000.0, 1000.0),
    "paddle_vl_res.json": (),
    "page.xml": (700.0, 1000.0),
    "tesseract.hocr": (700.0, 1000.0),
}
BODY = "11月20日，清溪县在集市上开设的慢病门诊满了三个月，签约居民的血压达标率为88.6%。"


@pytest.mark.parametrize("name", NAMES)
def test_a_sample_of_each_tool_is_read_and_each_box_lies_over_its_text(name):
    page = read_pages(SAMPLES / name)[0]
    reading = read_page(page.text, reference=reference())
    assert_partition(reading)
    assert (str(reading.date), reading.page_number) == ("2024-11-22", 3)
    item = reading.items[0]
    assert (item.headline, [byline.name for byline in item.bylines]) == ("早市上的慢病门诊", ["赵一苇"])
    assert item.paragraphs[0].replace(" ", "") == BODY
    assert page.original and page.boxes and page.extent == EXTENTS[name]
    for start, end, x0, y0, x1, y1 in page.boxes:
        text = page.text[start:end]
        assert text == text.strip() != "" and x0 < x1 and y0 < y1
        assert ("早市上的慢病门诊" in text) == ((x0, y0, x1, y1) == (40, 60, 500, 110))
    if "table" in page.original:
        assert [block.as_json() for block in item.blocks if block.type == "table"] == [
            {"type": "table", "text": "乡镇\t人数\n铜井镇\t1120", "caption": "表1 建卡情况"}
        ]
        photo = next(item for item in reading.items if item.kind == "photo")
        assert photo.paragraphs == ["图为医生在早市上为老人测血压。"]
        assert [credit.name for credit in photo.credits] == ["孙三水"]


@pytest.mark.django_db
@pytest.mark.parametrize("name", NAMES)
def test_a_sample_of_each_tool_is_loaded_and_the_same_again(client, name):
    found = find_files([SAMPLES / name])
    counts = run_import(found, say=lambda line: None, arguments=[])
    assert set(counts) == {"added"}
    article = Article.objects.get(headline="早市上的慢病门诊")
    source = article.page.sources.get(standing="current")
    assert source.original == (SAMPLES / name).read_text("utf-8") and source.boxes and article.page.number == 3
    text = client.get(article.get_absolute_url()).content.decode()
    assert "签约居民的血压达标率为" in text and ("<td>1120</td>" in text) == ("1120" in source.original)
    assert client.get(f"{article.get_absolute_url()}source/").status_code == 200
    assert set(run_import(found, say=lambda line: None, arguments=[])) == {"same"}


@pytest.mark.django_db
def test_a_file_of_two_pages_is_two_pages_and_the_same_again(tmp_path):
    raw = (SAMPLES / "mineru_content_list.json").read_text("utf-8")
    path = write(tmp_path, raw, "2024_content_list.json")
    write(tmp_path, "# 同一版", "2024.md")
    found = find_files([tmp_path])
    assert [file for file, _ in found.files] == [path] and found.passed_over_text == "略过 1 个（另有 JSON 的 .md 1）"

    said = []
    counts = run_import(found, say=said.append, arguments=[tmp_path])
    assert dict(counts) == {"added": 2}
    assert list(Page.objects.order_by("number").values_list("number", flat=True)) == [3, 4]
    first, second = SourceText.objects.order_by("part")
    assert (first.part, second.part, first.sha256) == (0, 1, second.sha256)
    assert (first.original, second.original) == (raw, "")
    assert first.boxes[0][2:] == [40, 12, 120, 40] and first.text[slice(*first.boxes[0][:2])].count("健康报") == 1
    ids = set(Article.objects.values_list("pk", flat=True))

    assert dict(run_import(found, say=said.append, arguments=[tmp_path])) == {"same": 2}
    changed = raw.replace("村卫生室已经领到", "各村卫生室都已经领到")
    write(tmp_path, changed, path.name)
    assert dict(run_import(found, say=said.append, arguments=[tmp_path])) == {"changed": 2}  # another file: both parts
    assert set(Article.objects.values_list("pk", flat=True)) == ids
    assert "各村卫生室都已经领到" in Article.objects.get(headline="家里的药怎么放").text
    assert Page.objects.count() == 2
    assert not ImportItem.objects.filter(outcome="failed").exists()


@pytest.mark.django_db
def test_a_number_that_is_given_is_not_that_of_two_pages():
    said = []
    found = find_files([SAMPLES / "mineru_content_list.json"], page=3)
    assert dict(run_import(found, say=said.append, arguments=[])) == {"failed": 1}
    assert "文件里有 2 个版面，不能都给版次 3" in said[0]


def test_lines_of_an_engine_are_lines():
    data = {"rec_texts": ["健康报 第3版", "早市上的慢病门诊"], "rec_boxes": [[1, 2, 3, 4], [5, 6, 7, 8]]}
    (page,) = extract(json.dumps(data))
    assert page.text == "健康报 第3版\n早市上的慢病门诊\n"
    assert page.boxes == ((0, 7, 1, 2, 3, 4), (8, 16, 5, 6, 7, 8))


def test_what_looks_like_markup_in_a_format_without_any_is_text():
    alto = (SAMPLES / "alto.xml").read_text("utf-8").replace("的血压达标率为88.6%。", "的*标*率&lt;b&gt;为$8$和#1。")
    (page,) = extract(alto)
    reading = read_page(page.text, reference=reference())
    assert reading.items[0].paragraphs[0].endswith("签约居民的*标*率<b>为$8$和#1。")


def test_a_back_page_with_its_number_alone_keeps_no_other_out(tmp_path):
    blocks = [{"type": "text", "text": text, "page_idx": page} for page, text in enumerate(["健康报 第3版", "- 2 -"])]
    assert [page.text for page in read_pages(write(tmp_path, json.dumps(blocks), "page.json"))] == ["健康报 第3版\n"]


def test_regions_of_one_id_and_text_of_a_region_itself_are_kept():
    region = "<TextRegion id='r'><TextEquiv><Unicode>{}</Unicode></TextEquiv></TextRegion>"
    (page,) = extract(f"<?xml version='1.0'?><PcGts><Page>{region.format('健康')}{region.format('报')}</Page></PcGts>")
    assert page.text == "健康\n\n报\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[{"type": "text", "text": "健康', "不完整或嵌套太深"),
        ("[" * 100_000 + "]" * 100_000, "不完整或嵌套太深"),
        ('{"健康": "报"}', "不是 MinerU 或 PaddleOCR"),
        ('[{"type": "text", "text": "健康", "page_idx": "x"}]', "和已知的识别软件不符"),
        ('[{"type": "table", "text_level": [], "list_items": 3}, {"type": "list", "list_items": 3}]', "识别软件不符"),
        ('{"rec_texts": ["健康"], "rec_boxes": []}', "识别软件不符"),
        ('[{"type": "text", "text": "健康", "page_idx": 1e999}]', "识别软件不符"),
        ('[{"type": "text", "text": "健\\u0000康"}]', "空字符"),
        ('<?xml version="1.0"?><alto><TextStyle ID="a" FONTSIZE="大"/><Page/></alto>', "不是数"),
        ('{"parsing_res_list": [{"block_bbox": ["a", 1, 2, 3]}]}', "识别软件不符"),
        ('{"parsing_res_list": []}', "没有识别出的文字"),
        ('[{"type": "image", "img_path": "健康.jpg"}]', ""),
        ('<?xml version="1.0"?><alto><Layout>健康', "不完整或有语法错误"),
        ('<?xml version="1.0"?><!DOCTYPE alto [<!ENTITY a "健康">]><alto>&a;</alto>', "DOCTYPE 或实体"),
        ('<?xml version="1.0"?><alto>' + "<a>" * 60 + "</a>" * 60 + "</alto>", "嵌套太深"),
        ('<?xml version="1.0"?><alto>' + "<a>" * 200_000, "嵌套太深"),
        ('<?xml version="1.0"?><mets>健康</mets>', "不是 ALTO 或 PAGE"),
        ('<?xml version="1.0"?><alto/>', "没有识别出的文字"),
        ("<html><body><div class='ocr_page'>健康</div></body></html>", "没有识别出的文字"),
    ],
)
def test_a_file_that_holds_no_page_is_refused_with_the_reason_and_the_remedy(tmp_path, text, said):
    path = write(tmp_path, text, "page.xml")
    assert is_structured(text)
    with pytest.raises(Refusal) as refused:
        read_pages(path)
    message = str(refused.value)
    assert said in message and message.startswith(f"{path}：") and "请" in message and message.endswith("。")


def test_a_file_of_sixteen_megabytes_is_the_largest(tmp_path):
    path = tmp_path / "page.json"
    path.write_bytes(b"[" + b" " * (16 * 1024 * 1024) + b"]")
    with pytest.raises(Refusal, match="超过 16 MB"):
        read_pages(path)
    path.write_text(json.dumps([{"type": "text", "text": "健康报" * 300_000}]), "utf-8")
    with pytest.raises(Refusal, match="超过 2 MB"):
        read_pages(path)


#: Pieces that a damaged or hostile file may repeat without end: (start of the file, repeated unit).
FLOODS = {
    "open tags": ("<div class='ocr_page'>", "<a "),
    "comments": ("<div class='ocr_page'>", "<!--"),
    "quotes": ("<div class='ocr_page'>", "<a b='"),
    "lines": ("<div class='ocr_page'>", "<span class='ocr_line' title='bbox 1 2 3 4'>健</span>"),
    "strings": ('<?xml version="1.0"?><alto><Page><TextBlock><TextLine>', "<String CONTENT='健'/>"),
    "blocks": ("[", '{"type": "text", "text": "健"},'),
}


def cost(name: str, size: int) -> float:
    """Return the CPU seconds that it takes to extract, or refuse, a flood of about `size` characters."""
    head, unit = FLOODS[name]
    text = head + unit * (size // len(unit))
    started = time.process_time()
    with suppress(NotReadable):
        extract(text)
    return time.process_time() - started


@pytest.mark.parametrize("name", FLOODS)
def test_a_flood_costs_no_more_than_its_length(name):
    assert any(cost(name, 400_000) < 8 * cost(name, 100_000) + 0.02 for _ in range(3))


def test_a_file_of_more_pages_than_an_issue_has_is_refused():
    text = json.dumps([{"type": "text", "text": "健康", "page_idx": number} for number in range(301)])
    with pytest.raises(NotReadable, match="有 301 个版面"):
        extract(text)


@pytest.mark.parametrize("text", ["[1] 本报讯\n{健康}", "[1, 2]\n健康", "健康报\n<alto>", "{健康}"])
def test_a_text_in_brackets_is_a_page(text):
    assert is_structured(text) == ""


def test_not_readable_is_what_extract_raises():
    with pytest.raises(NotReadable):
        extract("<?xml version='1.0'?><alto/>")


ALTO_LINE = '<TextLine HPOS="40" VPOS="60" WIDTH="460" HEIGHT="50"><String CONTENT="早市上的慢病门诊"/></TextLine>'


@pytest.mark.parametrize(
    ("unit", "size", "extent", "number"),
    [
        ("mm10", 'WIDTH="3900" HEIGHT="5400"', (3900.0, 5400.0), 1),
        ("pixel", "", (), 1),
        ("inch1200", "", (), 0),  # such boxes have no place on a scan without the size of the page
        ("inch1200", 'WIDTH="0" HEIGHT="5400"', (), 0),
    ],
)
def test_boxes_stand_in_the_extent_of_their_unit_or_are_left_out(unit, size, extent, number):
    page = (
        f"<alto><Description><MeasurementUnit>{unit}</MeasurementUnit></Description><Layout><Page {size}>"
        f"<TextBlock>{ALTO_LINE}</TextBlock></Page></Layout></alto>"
    )
    (found,) = extract(page)
    assert (found.extent, len(found.boxes)) == (extent, number)


@pytest.mark.parametrize("edge", ["NaN", "Infinity", "-Infinity"])
def test_a_box_without_numbers_is_left_out(edge):
    (found,) = extract(
        f'{{"width": {edge}, "height": 9, "parsing_res_list": ['
        f'{{"block_label": "text", "block_content": "早市", "block_bbox": [0, 0, {edge}, 9]}},'
        f'{{"block_label": "text", "block_content": "门诊", "block_bbox": [0, 9, 9, 18]}}]}}'
    )
    assert (found.text, found.extent, len(found.boxes)) == ("早市\n\n门诊\n", (), 1)
