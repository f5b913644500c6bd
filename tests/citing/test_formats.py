"""What reference managers and machines are given: read back, it is what was put in."""

import datetime
import json
import re

from hypothesis import given
from hypothesis import strategies as st

from articles.citing import Cited, Place, bibtex, csl_item, csl_json, json_ld, meta_tags, ris
from articles.citing.cited import one_line

NASTY = '50% of {DNA} & \\RNA_1 #2 $3 ~ ^ "q" <b>\r\nER  - \r\nTY  - BOOK\x00\x07}，@article{x, </script>\u2028\u202e—'
#: Whole texts of what breaks formats, and of anything else that a database can hold.
BREAKING = '\\{}%&$#_~^"<>@,;=-\r\n\t\u2028 和'
texts = st.text(st.one_of(st.sampled_from(BREAKING), st.characters(exclude_categories=["Cs"])))


def cited(**fields):
    plain = {
        "id": 7,
        "url": "https://archive.example.cn/articles/7/",
        "title": "让好医生扎下根",
        "deck": "浙江省丽水市观察",
        "kicker": "深化医改",
        "column": "深化医改进行时",
        "section": "要闻",
        "date": datetime.date(2024, 11, 5),
        "accessed": datetime.date(2026, 11, 22),
        "authors": ("张磊", "本报评论员"),
        "translators": ("徐超",),
        "issue_number": 12001,
        "pages": (1, 3),
        "regions": (Place("331100", "丽水市"),),
        "topics": ("医改", "基层"),
        "lead": "一句话的导语。",
    }
    return Cited(**{**plain, **fields})


#: What BibTeX's TeX prints for each command of an entry.
COMMANDS = {
    "\\textbackslash{}": "\\",
    "\\textbraceleft{}": "{",
    "\\textbraceright{}": "}",
    "\\textasciitilde{}": "~",
    "\\textasciicircum{}": "^",
    **{f"\\{char}": char for char in "&%$#_"},
}


def printed(value):
    """Return a BibTeX value as TeX prints it."""
    pattern = "|".join(map(re.escape, COMMANDS))
    return re.sub(rf"({pattern})|[{{}}]", lambda match: COMMANDS.get(match[1], ""), value)


def read_bibtex(text):
    """Return (type, key, fields) of the one entry in `text`, which BibTeX must read to its end: braces are counted."""
    head = re.match(r"@(\w+)\{([^,]+),\n", text)
    fields, pos = {}, head.end()
    while not text.startswith("}\n", pos):
        name = re.compile(r"  (\w+) = \{").match(text, pos)
        depth, pos = 1, name.end()
        start = pos
        while depth:
            depth += {"{": 1, "}": -1}.get(text[pos], 0)
            pos += 1
        fields[name[1]] = text[start : pos - 1]
        assert text[pos : pos + 2] == ",\n"
        pos += 2
    assert text[pos:] == "}\n"
    return head[1], head[2], fields


def read_ris(text):
    """Return the records in `text`: a list of (tag, value) each."""
    records, fields = [], []
    for line in text.split("\r\n"):
        if match := re.fullmatch(r"([A-Z][A-Z0-9])  - (.*)", line, re.DOTALL):
            fields.append((match[1], match[2]))
            if match[1] == "ER":
                records.append(fields)
                fields = []
        else:
            assert line == ""
    assert not fields
    return records


def test_bibtex_has_every_field():
    assert read_bibtex(bibtex(cited())) == (
        "article",
        "jkb-2024-11-05-7",
        {
            "author": "张磊 and {本报评论员}",
            "title": "{让好医生扎下根：浙江省丽水市观察}",
            "translator": "徐超",
            "journal": "健康报",
            "entrysubtype": "newspaper",
            "year": "2024",
            "date": "2024-11-05",
            "number": "1, 3",
            "pages": "1, 3",
            "url": "https://archive.example.cn/articles/7/",
            "urldate": "2026-11-22",
            "langid": "chinese",
            "keywords": "医改, 基层",
            "abstract": "一句话的导语。",
        },
    )


def test_bibtex_marks_an_estimated_date_and_a_run_of_pages():
    fields = read_bibtex(bibtex(cited(is_date_inferred=True, pages=(2, 3), edition=2, notes=("示例",))))[2]
    assert [fields[name] for name in ("year", "date", "number", "pages", "edition", "note")] == [
        "[2024]", "2024-11-05~", "2--3", "2--3", "当日第2种", "示例",
    ]  # fmt: skip


def test_bibtex_takes_no_name_for_two():
    written = bibtex(cited(authors=("Smith, John", "Ernst and Young", "John Smith", "王毅")))
    assert read_bibtex(written)[2]["author"] == "{Smith, John} and {Ernst and Young} and John Smith and 王毅"


@given(texts)
def test_bibtex_gives_back_any_title(text):
    fields = read_bibtex(bibtex(cited(title=text, deck="", notes=(text,))))[2]
    assert printed(fields["title"]) == one_line(text)
    assert printed(fields.get("note", "")) == one_line(text)


def test_nasty_titles_stay_one_record():
    title = '50% of {DNA} & \\RNA_1 #2 $3 ~ ^ "q" <b> ER - TY - BOOK}，@article{x, </script> \u202e—'
    nasty = cited(title=NASTY, deck="", authors=(NASTY,))
    assert printed(read_bibtex(bibtex(nasty))[2]["title"]) == title
    (record,) = read_ris(ris(nasty))
    assert [value for tag, value in record if tag == "TI"] == [title]
    assert [value for tag, value in record if tag == "AU"] == [title.replace(",", "，")]


def test_ris_has_every_field():
    assert read_ris(ris(cited(edition=2, notes=("示例",)))) == [
        [
            ("TY", "NEWS"),
            ("ID", "jkb-2024-11-05-7"),
            ("TI", "让好医生扎下根：浙江省丽水市观察"),
            ("AU", "张磊"),
            ("AU", "本报评论员"),
            ("A4", "徐超"),
            ("T2", "健康报"),
            ("PY", "2024"),
            ("DA", "2024/11/05"),
            ("IS", "12001"),
            ("ET", "当日第2种"),
            ("SE", "要闻"),
            ("SP", "1, 3"),
            ("LA", "zh-CN"),
            ("KW", "医改"),
            ("KW", "基层"),
            ("AB", "一句话的导语。"),
            ("N1", "示例"),
            ("UR", "https://archive.example.cn/articles/7/"),
            ("Y2", "2026/11/22"),
            ("ER", ""),
        ]
    ]


@given(texts, texts)
def test_ris_gives_back_any_title_and_name(title, name):
    other = {"section": title, "topics": (title,), "notes": (title,)}
    (record,) = read_ris(ris(cited(title=title, deck="", authors=(name,), **other)))
    for field in ("TI", "SE", "KW", "N1"):
        assert [value for tag, value in record if tag == field] == [value for value in [one_line(title)] if value]
    wanted = one_line(name).replace(",", "，").replace(";", "；")
    assert [value for tag, value in record if tag == "AU"] == [value for value in [wanted] if value]


def test_csl_has_every_field_that_styles_print():
    item = csl_item(cited(is_date_inferred=True))
    assert json.loads(csl_json(cited(is_date_inferred=True))) == [item]
    assert item == {
        "id": "jkb-2024-11-05-7",
        "type": "article-newspaper",
        "title": "让好医生扎下根：浙江省丽水市观察",
        "author": [{"literal": "张磊"}, {"literal": "本报评论员"}],
        "translator": [{"literal": "徐超"}],
        "container-title": "健康报",
        "issued": {"literal": "[2024-11-05]"},
        "accessed": {"date-parts": [[2026, 11, 22]]},
        "issue": "12001",
        "section": "要闻",
        "page": "1, 3",
        "language": "zh-CN",
        "keyword": "医改, 基层",
        "abstract": "一句话的导语。",
        "URL": "https://archive.example.cn/articles/7/",
    }


def test_json_ld_is_a_news_article_in_an_issue_of_the_paper():
    assert json.loads(json_ld(cited())) == {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "@id": "https://archive.example.cn/articles/7/",
        "url": "https://archive.example.cn/articles/7/",
        "headline": "让好医生扎下根：浙江省丽水市观察",
        "alternativeHeadline": "深化医改",
        "datePublished": "2024-11-05",
        "abstract": "一句话的导语。",
        "author": [{"@type": "Person", "name": "张磊"}, {"@type": "Organization", "name": "本报评论员"}],
        "translator": [{"@type": "Person", "name": "徐超"}],
        "publisher": {"@type": "Organization", "name": "健康报"},
        "isPartOf": {
            "@type": "PublicationIssue",
            "issueNumber": "12001",
            "datePublished": "2024-11-05",
            "isPartOf": {"@type": "Newspaper", "name": "健康报"},
        },
        "printPage": "1, 3",
        "printSection": "要闻",
        "articleSection": "深化医改进行时",
        "contentLocation": [{"@type": "AdministrativeArea", "name": "丽水市", "identifier": "331100"}],
        "keywords": ["医改", "基层"],
        "inLanguage": "zh-CN",
    }


@given(texts)
def test_json_ld_can_stand_in_a_script_element_and_says_the_same(text):
    written = json_ld(cited(title=text, deck="", kicker=text))
    assert not set("<>&\u2028\u2029") & set(written)
    assert json.loads(written).get("headline", "") == one_line(text)


def test_page_numbers_with_gaps_come_with_dashes_for_zotero_cuts_them_at_hyphens():
    def pages(*numbers):
        tags = {name: content for _, name, content in meta_tags(cited(pages=numbers))}
        return {name: tags[name] for name in ("citation_firstpage", "citation_lastpage", "bibo.pages") if name in tags}

    assert pages() == {}
    assert pages(4) == {"citation_firstpage": "4"}
    assert pages(3, 2, 4) == {"citation_firstpage": "2", "citation_lastpage": "4"}
    assert pages(2, 5, 6, 7) == {"bibo.pages": "2, 5–7"}
