"""Files that are called .txt and are no page text: the refusal says what they are."""

import gzip
import io
import json
import zipfile

import opencc
import pytest

from articles.ingest.encodings import Undecodable, decode, misreading, reads_as_chinese
from articles.ingest.kinds import refuse_bytes, refuse_text
from articles.ingest.sources import Refusal
from tests.make import PAGE, SAMPLE, read_file
from tests.reading.reference import ROOT

PRINTED = SAMPLE.read_text("utf-8")
TRADITIONAL = opencc.OpenCC("s2hk").convert(PRINTED)
JAPANESE = (
    "昨日、厚生労働省は新しい医療制度について発表した。患者の負担を減らし、地域の病院を支援することが目的である。"
)
KOREAN = "보건복지부는 어제 새로운 의료 제도를 발표했다. 환자의 부담을 줄이고 지역 병원을 지원하는 것이 목적이다."
NAMES = "赵一苇　钱二木　孙三水　李四光　周伍　吴陆　郑柒　王捌　冯玖　陈拾　褚拾壹　卫拾贰　蒋拾叁"


def zipped(member):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(member, "健康")
    return file.getvalue()


@pytest.mark.parametrize("text", [PRINTED, TRADITIONAL, PAGE, NAMES, "第二行", "\ue5e5\ue5e5本报讯\ue4c6"])
def test_gb_18030_is_read_simplified_or_traditional_or_short(text):
    assert decode(text.encode("gb18030")) == (text, "gb18030")


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        (TRADITIONAL.encode("big5hkscs", "ignore"), "Big5（繁体中文）"),
        ("本報訊（記者趙一葦）近日，青海省啟動巡診。".encode("big5"), "Big5（繁体中文）"),
        (JAPANESE.encode("cp932"), "Shift-JIS（日文）"),
        (JAPANESE.encode("euc_jp"), "EUC-JP（日文）"),
        (KOREAN.encode("cp949"), "EUC-KR（韩文）"),
        (PRINTED.encode("utf-16-le"), "不带字节序标记（BOM）的 UTF-16"),
        (PRINTED.encode("utf-16-be"), "不带字节序标记（BOM）的 UTF-16"),
        (PRINTED.encode("utf-32"), "UTF-32"),
        (PRINTED.encode()[:-2], "像是 UTF-8，而末尾的字不完整"),
        (PRINTED.encode()[:300] + b"\xff" + PRINTED.encode()[300:], "像是 UTF-8，而第 301 字节处已损坏"),
        (PRINTED.encode("utf-16")[:-1], "有 UTF-16 的字节序标记"),
        ("Médecine générale à l'hôpital, été".encode("latin-1"), "不是 UTF-8"),
        ("Министерство здравоохранения".encode("cp1251"), "不是 UTF-8"),
        (bytes(range(256)) * 8, "不是 UTF-8"),
    ],
    ids=str,
)
def test_another_encoding_is_told_by_its_name(raw, name):
    with pytest.raises(Undecodable, match="请") as error:
        decode(raw)
    assert name in str(error.value)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (PRINTED.encode().decode("gb18030", "replace"), "UTF-8 被当作 GBK"),
        (PRINTED.encode().decode("latin-1"), "UTF-8 被当作西文"),
        (PRINTED.encode().decode("cp1252", "replace"), "UTF-8 被当作西文"),
        (PRINTED.encode("gbk", "ignore").decode("latin-1"), "GBK 被当作西文"),
        (TRADITIONAL.encode("big5hkscs", "ignore").decode("gb18030"), "几乎没有常用汉字"),
        (PRINTED[:20] + "\ufffd" * 30, "许多字已变成"),
        ("\ue123\ue124健康" * 20, "无法辨认的字符"),
        ("健康\x01\x02报" * 20, "大量控制字符"),
        ("Health news of the day\n" * 5, "没有一个汉字"),
        ("2024\n", "没有一个汉字"),
        ("<!DOCTYPE html>\n<html><head><title>健康报</title></head></html>", "HTML 网页"),
        ("<html lang='zh'>\n<head><title>健康报</title></head></html>", "HTML 网页"),
        ("<?xml version='1.0'?><rss>健康</rss>", "XML 文件"),
        (json.dumps({"text": PRINTED}, ensure_ascii=False, indent=1), "JSON 数据"),
        (json.dumps([{"text": "健康报"}]), "JSON 数据"),
        ('{"text": "健康"}\n{"text": "报"}\n', "JSON 数据"),
    ],
    ids=lambda value: str(value)[:20],
)
def test_a_text_that_is_no_page_is_told_by_what_it_is(text, told):
    sentence = refuse_text(text)
    assert sentence and told in sentence and "请" in sentence


@pytest.mark.parametrize(
    "text",
    [
        "健康",
        NAMES,
        "㸆㸇",  # rare characters, but too few to decide
        "# 健康报\n\n![](img/1.jpg)\n<div align='center'><img src='a.png'></div>\n**本报讯** 近日",
        "<html><body><table><tr><td>健康</td></tr></table></body></html>\n" + PAGE,  # a table as OCR tools write it
        "<div style='text-align: center;'>第3版</div>\n" + PAGE,
        "[1] 本报讯\n{健康}",
        f"<!DOCTYPE html>\n<html><head><title>健康报</title></head><body><p>{PAGE}</p></body></html>",
        "[1, 2]\n健康",
        "患\ue123者" + PAGE,
        PAGE.replace("。", "\x02。", 3),
        TRADITIONAL,
    ],
    ids=lambda text: text[:12],
)
def test_a_page_in_markdown_with_tags_or_with_a_few_odd_characters_is_one(text):
    assert refuse_text(text) is None


@pytest.mark.parametrize("path", sorted(ROOT.glob("tests/pages/*/*.txt")), ids=lambda path: path.stem)
def test_pages_are_pages(path):
    text = path.read_bytes().decode("utf-8-sig")
    assert read_file(path).text == text
    assert decode(text.encode("gb18030")) == (text, "gb18030")
    assert reads_as_chinese(text) and misreading(text) is None


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        (b"%PDF-1.7\n", "PDF"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", "JPEG"),
        (b"\x89PNG\r\n\x1a\n", "PNG"),
        (b"II*\0", "TIFF"),
        (b"{\\rtf1 \\ansi", "RTF"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "旧版 Office"),
        (gzip.compress(b"1"), "gzip"),
        (zipped("word/document.xml"), "Word"),
        (zipped("xl/workbook.xml"), "Excel"),
        (zipped("OFD.xml"), "OFD"),
        (zipped("1.txt"), "ZIP"),
        (b"\0\x05\x16\x07" + b"\0" * 80, "macOS"),
    ],
    ids=lambda value: str(value)[:12],
)
def test_a_file_that_is_no_text_is_told_by_its_first_bytes(tmp_path, raw, told):
    assert told in refuse_bytes(raw)
    path = tmp_path / "1.txt"
    path.write_bytes(raw)
    with pytest.raises(Refusal, match="请") as refusal:
        read_file(path)
    assert told in str(refusal.value)
