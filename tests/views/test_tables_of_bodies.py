"""Tables on a page, from a recognition tool's file to the pages, searches and downloads of readers."""

import json

import pytest
from html5lib import HTMLParser

from articles.models import Article
from articles.search.sync import paused, sync
from tests.make import load, write
from tests.markup import check_markup

PAGE = """健康报　2024年11月22日　星期五　第3版

## 早市上的慢病门诊

本报讯（记者赵一苇）11月20日，清溪县在集市上开设的慢病门诊满了三个月，各乡镇的建卡情况如下。

<table border=1><caption>表1 建卡情况</caption><tr><td>乡镇</td><td>建卡<br>人数</td><td>复诊率</td></tr>
<tr><td>铜井镇</td><td>1120</td><td>$ 88.6\\% $</td></tr><tr><td>依汶镇</td><td></td><td>85.2&percnt;</td></tr></table>

门诊还将开到更远的村子里去。

## 家里的药怎么放

本报讯（通讯员钱二木）近日，清溪县印发家庭药箱对照单。

表2　常见误区
| 误区 | 正确做法 |
|:---|---|
| 凭印象<br>找药 | 贴**标签** |
| 一次吃\\|两次 | 按医嘱 |

对照单已发到村卫生室。
"""


#: The same text as a web page, with the line breaks of the program that wrote it.
DOCUMENT = """<!DOCTYPE html>
<html lang="zh"><head><meta charset="utf-8"><title>健康报 第3版</title><style>td {border: 0}</style></head>
<body>
<p>健康报　2024年11月22日　星期五　第3版</p>
<h2>早市上的慢病门诊</h2>
<p>本报讯（记者赵一苇）11月20日，清溪县在集市上开设的慢病门诊
   满了三个月，各乡镇的建卡情况如下。</p>
<table border="1">
  <caption>表1 建卡情况</caption>
  <thead><tr><th>乡镇</th><th>建卡<br>人数</th><th>复诊率</th></tr></thead>
  <tbody>
    <tr><td>铜井镇</td><td>1120</td><td>88.6%</td></tr>
    <tr><td>依汶镇</td><td></td><td>85.2&percnt;</td></tr>
  </tbody>
</table>
<p>门诊还将开到更远的村子里去。</p>
<h2>家里的药怎么放</h2>
<p>本报讯（通讯员钱二木）近日，清溪县印发家庭药箱对照单。</p>
<p>表2　常见误区</p>
<table><tr><td>误区</td><td>正确做法</td></tr><tr><td>凭印象<br/>找药</td><td>贴<b>标签</b></td></tr>
<tr><td>一次吃|两次</td><td>按医嘱</td></tr></table>
<p>对照单已发到村卫生室。</p>
<script>document.write("没有人看见")</script>
</body></html>
"""


@pytest.fixture(params=[("page.md", PAGE), ("page.html", DOCUMENT)], ids=["markdown", "html"])
def stories(request, tmp_path, settings):
    settings.SEARCH_DIR = tmp_path / "search"
    name, text = request.param
    with paused():
        load(write(tmp_path, text, name))
    sync()
    return Article.objects.get(headline="早市上的慢病门诊"), Article.objects.get(headline="家里的药怎么放")


def table_in(text):
    """Return the caption, the number of headings and the rows of the only story table on a page."""
    tree = HTMLParser(namespaceHTMLElements=False).parse(text)
    (table,) = tree.findall(".//div[@class='tabular']/table")
    rows = [["".join(cell.itertext()) for cell in row] for row in table.iter("tr")]
    return table.findtext("caption"), len(table.findall(".//th")), rows


@pytest.mark.django_db(transaction=True)
def test_a_table_is_read_shown_found_by_its_cells_and_taken_along(stories, client):
    first, second = stories
    assert first.blocks[1] == {
        "type": "table",
        "text": "乡镇\t建卡 人数\t复诊率\n铜井镇\t1120\t88.6%\n依汶镇\t\t85.2%",
        "caption": "表1 建卡情况",
    }
    assert second.blocks[1] == {
        "type": "table",
        "text": "误区\t正确做法\n凭印象 找药\t贴标签\n一次吃|两次\t按医嘱",
        "caption": "表2　常见误区",
    }
    assert [block["type"] for block in first.blocks] == ["paragraph", "table", "paragraph"]

    for address in (first.get_absolute_url(), f"{first.get_absolute_url()}source/"):
        text = client.get(address).content.decode()
        check_markup(text, address)
        assert table_in(text) == (
            "表1 建卡情况",
            3,
            [["乡镇", "建卡 人数", "复诊率"], ["铜井镇", "1120", "88.6%"], ["依汶镇", "", "85.2%"]],
        )
    assert table_in(client.get(second.get_absolute_url()).content.decode())[1] == 0  # no figures mark off a heading

    for query, found in (("铜井镇", [first]), ("88.6%", [first]), ("贴标签", [second]), ("建卡情况", [first])):
        text = client.get("/search/", {"q": query}).content.decode()
        hits = [story for story in stories if f'href="{story.get_absolute_url()}?' in text]
        assert hits == found, query
        assert "<mark>" in text
        shown = client.get(found[0].get_absolute_url(), {"q": query}).content.decode()
        assert '<mark id="hit-1">' in shown
    of_two_cells = client.get("/search/", {"q": "“铜井镇1120”"}).content.decode()
    assert first.get_absolute_url() not in of_two_cells

    plain = client.get(f"{first.get_absolute_url().rstrip('/')}.txt").content.decode()
    assert "\n表1 建卡情况\n乡镇\t建卡 人数\t复诊率\n铜井镇\t1120\t88.6%\n" in plain
    record = json.loads(client.get(f"{first.get_absolute_url().rstrip('/')}.json").content)
    assert record["blocks"][1] == first.blocks[1]


@pytest.mark.django_db
def test_a_table_is_corrected_on_the_desk(stories, admin_client):
    first, _ = stories
    address = f"/admin/articles/article/{first.pk}/change/"
    text = admin_client.get(address).content.decode()
    assert "|+ 表1 建卡情况\n| 乡镇 | 建卡 人数 | 复诊率 |\n| 铜井镇 | 1120 | 88.6% |" in text
