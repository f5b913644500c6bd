"""Citing an article: the metadata on its page, the page with all citation forms, and the files."""

import datetime
import json

import html5lib
import pytest
import rispy
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pybtex.database import parse_string

from articles.models import Column, Redirect, Topic
from articles.search.sync import sync
from tests.make import make_article, make_issue, make_page, make_region, sign, update
from tests.zotero import item_of

pytestmark = pytest.mark.django_db

SUFFIXES = ("ris", "csl.json", "bib", "json", "txt")


@pytest.fixture
def story():
    """A story in a column, on pages 1 and 3 of a day's second edition.

    A writer, a photographer, an office and a translator signed it.
    """
    issue = make_issue(number=12001, edition=2)
    column = Column.objects.create(name="今日论语")
    head = make_article(
        make_page(issue, 1, section="要闻"), "首篇</script>&", "首篇的话。", kicker="引题", deck="副题", column=column,
        agency="新华社",
    )  # fmt: skip
    blocks = [{"type": "subhead", "text": "小标题"}, {"type": "paragraph", "text": "续篇的话。"}]
    part = make_article(make_page(issue, 3), "首篇续", blocks=blocks, continuation_of=head, continued_from=1)
    sign(head, "王 毅")
    sign(part, "钱二木", "摄影", "photo")
    sign(part, "本报评论员", "")
    sign(part, "徐超", "译")
    part.article_regions.create(region=make_region(), main=True)
    head.article_topics.create(topic=Topic.objects.create(slug="tcm", name="中医药"))
    return head, part


def text_of(client, path):
    return client.get(path).getvalue().decode()


def metadata(client, article):
    """Return the JSON-LD of an article's page, from its only script element that is no program."""
    tree = html5lib.parse(text_of(client, article.get_absolute_url()), namespaceHTMLElements=False)
    (script,) = (script for script in tree.iter("script") if not script.get("src"))
    assert dict(script.attrib) == {"type": "application/ld+json"}
    return json.loads(script.text)


def test_zotero_reads_a_newspaper_article_with_all_its_fields(story, client):
    head, _ = story
    assert item_of(text_of(client, head.get_absolute_url())) == {
        "itemType": "newspaperArticle",
        "title": "首篇</script>&：副题",
        "creators": [("王毅", ""), ("本报评论员", "")],
        "publicationTitle": "健康报",
        "edition": "当日第2种",
        "issue": "12001",
        "date": "2024/11/22",
        "abstractNote": "首篇的话。",
        "section": "要闻",
        "pages": "1, 3",
        "language": "zh-CN",
        "url": f"http://testserver{head.get_absolute_url()}",
    }


@pytest.mark.parametrize(
    ("tag", "becomes"),
    [
        ('<meta name="citation_journal_title" content="健康报">', "journalArticle"),
        ('<meta property="og:type" content="website">', "webpage"),
    ],
)
def test_zotero_would_read_another_type_from_tags_that_the_page_has_not(story, client, tag, becomes):
    page = text_of(client, story[0].get_absolute_url())
    page = page.replace('<meta property="og:type" content="article">', "").replace("<head>", f"<head>{tag}")
    assert item_of(page)["itemType"] == becomes


@pytest.mark.parametrize(("pages", "expected"), [((2, 3), "2-3"), ((4,), "4"), ((1, 2, 5, 6), "1–2, 5–6")])
def test_zotero_reads_the_pages_of_all_parts(client, pages, expected):
    issue = make_issue()
    head = make_article(make_page(issue, pages[0]))
    for number in pages[1:]:
        make_article(make_page(issue, number), continuation_of=head)
    assert item_of(text_of(client, head.get_absolute_url()))["pages"] == expected


def test_json_ld_says_what_the_page_shows(story, client):
    head, _ = story
    found = metadata(client, head)
    assert found["headline"] == "首篇</script>&：副题"
    assert [author["name"] for author in found["author"]] == ["王毅", "本报评论员"]
    assert (found["printPage"], found["articleSection"], found["keywords"]) == ("1, 3", "今日论语", ["中医药"])
    assert found["contentLocation"] == [{"@type": "AdministrativeArea", "name": "河南省", "identifier": "410000"}]
    assert found["isPartOf"]["issueNumber"] == "12001"


def test_a_column_out_of_use_is_named_nowhere(story, client):
    head, _ = story
    update(Column.objects.all(), disabled=True)
    assert "articleSection" not in metadata(client, head)
    assert json.loads(text_of(client, f"/articles/{head.pk}.json"))["column"] == ""


def test_the_page_of_an_article_links_to_its_citations_and_costs_no_more_queries(story, client, settings, tmp_path):
    head, _ = story
    settings.SEARCH_DIR = tmp_path  # the state of another test's index would change the number of queries
    sync()
    with CaptureQueriesContext(connection) as queries:
        page = text_of(client, head.get_absolute_url())
    assert f'href="/articles/{head.pk}/cite/"' in page
    assert len(queries) == 8


def test_the_cite_page_has_each_form_in_a_block_the_newest_standard_first(story, client):
    head, _ = story
    tree = html5lib.parse(text_of(client, f"/articles/{head.pk}/cite/"), namespaceHTMLElements=False)
    blocks = list(tree.iter("textarea"))
    labels = {label.get("for"): label.text for label in tree.iter("label")}
    assert all(block.get("readonly") is not None for block in blocks)
    assert [labels[block.get("id")] for block in blocks] == [
        "GB/T 7714—2025", "GB/T 7714—2025，引用本网页", "GB/T 7714—2015", "GB/T 7714—2015，引用本网页", "出处",
        "RIS", "CSL-JSON", "BibTeX",
    ]  # fmt: skip
    url = f"http://testserver/articles/{head.pk}/"
    source = "健康报：[当日第2种], 2024-11-22(1, 3)"
    assert [block.text for block in blocks[:5]] == [
        "王毅，本报评论员. 首篇</script>&：副题[N]. 徐超，译. 健康报：[当日第2种]，2024-11-22（1, 3）.",
        f"王毅，本报评论员. 首篇</script>&：副题[N/OL]. 徐超，译. 健康报：[当日第2种]，2024-11-22（1, 3）. {url}.",
        f"王毅, 本报评论员. 首篇</script>&：副题[N]. 徐超, 译. {source}.",
        f"王毅, 本报评论员. 首篇</script>&：副题[N/OL]. 徐超, 译. {source}[{timezone.localdate()}]. {url}.",
        "《健康报》2024年11月22日（当日第2种）第1版、第3版（总第12001期）",
    ]
    assert blocks[7].text.startswith(f"@article{{jkb-2024-11-22-{head.pk},\n")
    links = [link.get("href") for link in tree.iter("a") if str(link.get("href")).startswith(f"/articles/{head.pk}.")]
    assert links == [f"/articles/{head.pk}.{suffix}" for suffix in SUFFIXES]


def test_the_record_has_all_that_the_archive_holds(story, client):
    head, part = story
    found = json.loads(text_of(client, f"/articles/{head.pk}.json"))
    host = "http://testserver"
    shared = {"kicker": "引题", "headline": "首篇</script>&", "deck": "副题", "agency": "新华社", "position": 0}
    first = {"type": "paragraph", "text": "首篇的话。"}
    assert found == {
        "schema": "healthnews/article",
        "version": 1,
        "id": head.pk,
        "url": f"{host}/articles/{head.pk}/",
        "revision": head.revision + 1,  # the revision that added the part
        "notes": [],
        "citation": "王毅，本报评论员. 首篇</script>&：副题[N]. 徐超，译. 健康报：[当日第2种]，2024-11-22（1, 3）.",
        "issue": {
            "date": "2024-11-22",
            "date_inferred": False,
            "edition": 2,
            "number": 12001,
            "url": f"{host}/issues/2024-11-22-2/",
        },
        "page": {"number": 1, "section": "要闻", "url": f"{host}/issues/2024-11-22-2/pages/1/"},
        "pages": [1, 3],
        "kind": "article",
        **shared,
        "column": "今日论语",
        "bylines": [
            {"of": row.of, "role": row.role, "name": row.name_as_printed, "contributor": row.contributor_id}
            for row in [*head.bylines.all(), *part.bylines.all()]
        ],
        "regions": [{"code": "410000", "name": "河南省", "main": True, "source": "auto"}],
        "topics": [{"slug": "tcm", "name": "中医药"}],
        "review": "unreviewed",
        "blocks": [first, *part.blocks],
        "parts": [
            {"id": head.pk, "page": 1, **shared, "continued_from": None, "continued_to": None, "blocks": [first]},
            {
                "id": part.pk,
                "page": 3,
                "position": 0,
                "kicker": "",
                "headline": "首篇续",
                "deck": "",
                "agency": "",
                "continued_from": 1,
                "continued_to": None,
                "blocks": part.blocks,
            },
        ],
    }


def test_the_text_reads_as_it_was_printed_and_says_where(story, client):
    head, _ = story
    assert text_of(client, f"/articles/{head.pk}.txt") == (
        "引题\n首篇</script>&\n——副题\n\n记者 王 毅　本报评论员　译 徐超\n摄影 钱二木\n\n"
        "据新华社电\n　　首篇的话。\n（续见第3版）\n\n小标题\n　　续篇的话。\n\n"
        f"《健康报》2024年11月22日（当日第2种）第1版、第3版（总第12001期）\nhttp://testserver/articles/{head.pk}/\n"
    )


def test_the_files_are_saved_under_a_name_that_says_what_they_are(story, client):
    head, _ = story
    types = {suffix: client.get(f"/articles/{head.pk}.{suffix}")["Content-Type"] for suffix in SUFFIXES}
    assert types == {
        "bib": "application/x-bibtex; charset=utf-8",
        "ris": "application/x-research-info-systems; charset=utf-8",
        "csl.json": "application/vnd.citationstyles.csl+json",
        "json": "application/json",
        "txt": "text/plain; charset=utf-8",
    }
    assert client.get(f"/articles/{head.pk}.csl.json")["Content-Disposition"] == (
        f'attachment; filename="jkb-2024-11-22-{head.pk}.csl.json"; '
        f"filename*=UTF-8''%E9%A6%96%E7%AF%87%20script%20%26%20jkb-2024-11-22-{head.pk}.csl.json"
    )


@pytest.mark.parametrize("tail", ["/cite/", ".bib", ".json", ".txt"])
def test_other_urls_of_an_article_lead_where_its_page_leads(story, client, tail):
    head, part = story
    response = client.get(f"/articles/{part.pk}{tail}")
    assert (response.status_code, response["Location"]) == (301, f"/articles/{head.pk}{tail}")
    Redirect.objects.moved("/articles/999/", "/issues/2024-11-22-2/pages/1/")
    response = client.get(f"/articles/999{tail}")
    assert (response.status_code, response["Location"]) == (301, "/issues/2024-11-22-2/pages/1/")
    Redirect.objects.moved("/articles/998/", "")
    assert client.get(f"/articles/998{tail}").status_code == 410
    assert client.get(f"/articles/997{tail}").status_code == 404
    type(head).objects.filter(pk=head.pk).update(withdrawn=True)
    assert client.get(f"/articles/{head.pk}{tail}").status_code == 410
    assert client.get(f"/articles/{part.pk}{tail}").status_code == 410


@pytest.mark.parametrize("path", ["/articles/1.xml", "/articles/1.csl", "/articles/0.bib", "/articles/1.bib/"])
def test_there_are_no_other_files(client, path):
    assert client.get(path).status_code == 404


def test_an_estimated_date_and_a_page_without_number_are_said(client):
    issue = make_issue(datetime.date(1985, 3, 2), date_basis="inferred")
    article = make_article(make_page(issue, None))
    page = text_of(client, f"/articles/{article.pk}/cite/")
    assert "引文中置于方括号内" in page and "引文中暂缺" in page
    assert "一篇文章[N]. 健康报，[1985-03-02]." in page
    text = text_of(client, f"/articles/{article.pk}.txt")
    assert "《健康报》约1985年3月2日（版次待考）" in text and "此日期据正文所记事件推算" in text


def test_files_of_a_list_are_read_whole_by_what_they_are_for(story, client):
    make_article(story[0].page, "又一篇")
    path = story[0].page.get_absolute_url()
    records = rispy.loads(text_of(client, f"{path}?as=ris"))
    assert [record["title"] for record in records] == ["首篇</script>&：副题", "又一篇"]
    assert records[0]["abstract"] == "首篇的话。"
    entries = parse_string(text_of(client, f"{path}?as=bib"), "bibtex").entries
    assert [entry.fields["pages"] for entry in entries.values()] == ["1, 3", "1"]
