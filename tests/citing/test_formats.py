"""The formats for citation processors and machines: the values read back are the values put in."""

import datetime
import json
import re

from hypothesis import given
from hypothesis import strategies as st

from articles.citing import Cited, CitedRegion, csl_item, csl_json, json_ld, meta_tags
from articles.citing.cited import one_line

NASTY = '50% of {DNA} & \\RNA_1 #2 $3 ~ ^ "q" <b>\r\nER  - \r\nTY  - BOOK\x00\x07}，@article{x, </script>\u2028\u202e—'
#: Characters that break formats. Texts consist of them and of all else that a database can hold.
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
        "regions": (CitedRegion("331100", "丽水市"),),
        "topics": ("医改", "基层"),
        "lead": "一句话的导语。",
    }
    return Cited(**{**plain, **fields})


#: The character that BibTeX's TeX prints for each command of an entry.
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
