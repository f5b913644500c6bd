"""Our formats, read by the programs that users read them with: rispy, pybtex, and citeproc-py with the real styles."""

import pytest
import rispy
from hypothesis import example, given
from pybtex.database import parse_string

from articles.citing import bibtex, csl_item, gbt_2015, gbt_2025, ris
from articles.citing.cited import one_line
from tests.citing.references import reference
from tests.citing.test_formats import NASTY, cited, printed, texts

ESTIMATED = {"is_date_inferred": True, "notes": ("报上未印日期",)}


def entries_of(text):
    return parse_string(text, "bibtex").entries


def test_rispy_reads_every_field():
    (record,) = rispy.loads(ris(cited(edition=2, notes=("示例",))))
    assert record == {
        "type_of_reference": "NEWS",
        "id": "jkb-2024-11-05-7",
        "title": "让好医生扎下根：浙江省丽水市观察",
        "authors": ["张磊", "本报评论员"],
        "subsidiary_authors": ["徐超"],
        "secondary_title": "健康报",
        "year": "2024",
        "date": "2024/11/05",
        "number": "12001",
        "edition": "当日第2种",
        "section": "要闻",
        "start_page": "1, 3",
        "language": "zh-CN",
        "keywords": ["医改", "基层"],
        "abstract": "一句话的导语。",
        "notes": ["示例"],
        "urls": ["https://archive.example.cn/articles/7/"],
        "access_date": "2026/11/22",
    }


@given(texts, texts)
@example(NASTY, NASTY)
def test_rispy_reads_any_text_as_it_was_and_on_behind_it(text, name):
    other = {"section": text, "topics": (text,), "notes": (text,), "authors": (name,)}
    first, second = rispy.loads(ris(cited(title=text, deck="", **other)) + ris(cited(title="后一篇", deck="")))
    assert (first.get("title", ""), first.get("section", "")) == (one_line(text), one_line(text))
    assert first.get("keywords", []) == first.get("notes", []) == [text for text in [one_line(text)] if text]
    # A comma parts a surname from a given name, and a semicolon two names.
    whole = one_line(name).replace(",", "，").replace(";", "；")
    assert first.get("authors", []) == [name for name in [whole] if name]
    assert second["title"] == "后一篇"


def test_pybtex_reads_every_field():
    ((key, entry),) = entries_of(bibtex(cited(edition=2, notes=("示例",)))).items()
    assert (key, entry.type) == ("jkb-2024-11-05-7", "article")
    assert [str(person) for person in entry.persons["author"]] == ["张磊", "{本报评论员}"]
    assert dict(entry.fields) == {
        "title": "{让好医生扎下根：浙江省丽水市观察}",
        "translator": "徐超",
        "journal": "健康报",
        "entrysubtype": "newspaper",
        "year": "2024",
        "date": "2024-11-05",
        "number": "1, 3",
        "pages": "1, 3",
        "edition": "当日第2种",
        "url": "https://archive.example.cn/articles/7/",
        "urldate": "2026-11-22",
        "langid": "chinese",
        "keywords": "医改, 基层",
        "abstract": "一句话的导语。",
        "note": "示例",
    }


def test_pybtex_takes_no_name_for_two():
    entry = entries_of(bibtex(cited(authors=("Smith, John", "Ernst and Young", "王毅"))))["jkb-2024-11-05-7"]
    assert [str(person) for person in entry.persons["author"]] == ["{Smith, John}", "{Ernst and Young}", "王毅"]


@given(texts)
@example(NASTY)
def test_pybtex_reads_any_title_as_it_was_and_on_behind_it(text):
    found = entries_of(bibtex(cited(title=text, deck="", notes=(text,))) + "\n" + bibtex(cited(id=8, pages=(2, 3))))
    assert list(found) == ["jkb-2024-11-05-7", "jkb-2024-11-05-8"]
    first, second = found.values()
    assert printed(first.fields["title"]) == printed(first.fields.get("note", "")) == one_line(text)
    assert second.fields["pages"] == "2--3"


#: Cases of which the styles print the same as the standards as we read them. The styles have no place for the
#: translator (2015) and for which of a day's papers it was.
CASES = {
    "plain": {},
    "estimated": ESTIMATED,
    "nobody signed": {"authors": ()},
    "four authors": {"authors": ("甲", "乙", "丙", "丁")},
    "a run of pages": {"pages": (2, 3)},
    "pages with a gap": {"pages": (2, 5, 6, 7)},
    "no page number": {"pages": ()},
    "estimated, without a page number": {**ESTIMATED, "pages": ()},
    "no headline": {"title": "昨日召开", "deck": "", "is_title_printed": False},
    "quotation marks": {"title": "“健康中国”的《路》: 再出发", "deck": ""},
    "no number of the issue": {"issue_number": None},
}


@pytest.mark.parametrize("case", CASES)
def test_the_style_of_2015_prints_our_reference(case):
    article = cited(translators=(), **CASES[case])
    assert reference(csl_item(article), "2015-numeric") == gbt_2015(article, online=True)


@pytest.mark.parametrize("case", CASES)
def test_the_style_of_2025_prints_our_reference(case):
    article = cited(**CASES[case])
    assert reference(csl_item(article), "2025-numeric") == gbt_2025(article, online=True)


def test_what_the_styles_have_no_place_for():
    second, translated = cited(edition=2), cited()
    assert "[当日第2种]" in gbt_2025(second) and "当日" not in reference(csl_item(second), "2025-numeric")
    assert "徐超" in gbt_2015(translated) and "徐超" not in reference(csl_item(translated), "2015-numeric")
