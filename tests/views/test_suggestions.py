"""Suggestions name what the archive shows, with the number of stories of the list behind each of them."""

import json
import re
from urllib.parse import quote

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from articles.models import (
    Article,
    Column,
    ColumnAlias,
    Contributor,
    ContributorAlias,
    PageCredit,
    RegionAlias,
    Synonym,
    Topic,
    archive,
)
from articles.models.issues import SAMPLE_MARK
from articles.search.sync import paused, sync
from articles.views import candidates
from articles.views.suggestions import MOST, MOST_COUNTED, MOST_OF_KIND
from tests import test_prefix
from tests.make import DAY, correct, make_article, make_issue, make_many, make_page, make_region, sign, update
from tests.test_prefix import PREFIX

pytestmark = pytest.mark.django_db

prefixed = test_prefix.prefixed

NUMBER = re.compile(r"([0-9,]+) 篇")


@pytest.fixture(scope="module")
def archive_of_names(made_once):
    fill_archive()


@pytest.fixture(autouse=True)
def held(archive_of_names):
    """Provide the archive of names. No test has the tables of another."""
    candidates.forget()
    yield
    candidates.forget()


def fill_archive():
    """Make and index names of every kind, some of which readers may not see."""
    with paused():
        make_region("350000", "福建省", "福建")
        mingxi = make_region("350400", "三明市", "三明", 2, "350000")
        make_region("500000", "重庆市", "重庆")
        RegionAlias.objects.create(old_name="永安专区", region_id="350400")
        reform = Topic.objects.create(slug="reform", name="三明医改之路")
        old = Topic.objects.create(slug="old", name="三明旧主题", disabled=True)
        column, shut = (
            Column.objects.create(name=name, disabled=name == "三明旧栏") for name in ("三明观察", "三明旧栏")
        )
        ColumnAlias.objects.create(column=column, name="闽西观察")
        Synonym.objects.bulk_create(
            Synonym(subject="按病组", name=name, position=number, disabled=name == "三明停用")
            for number, name in enumerate(("DRG付费", "三明停用", "PD-1 抑制剂", "没有人写过的名称"))
        )
        page = make_page(make_issue(), 1, section="要闻")
        sample = make_page(page.issue, 2, is_sample=True)
        undated = make_page(None, 1)
        one = make_article(page, "三明医改十年", "三明医改，DRG付费和ＰＤ-1抑制剂。", column=column)
        two = make_article(page, "重庆学三明", "看三明医改。", column=column)
        teaser = make_article(page, "三明导读", "见第三版。", kind="teaser", column=column)
        withdrawn = make_article(page, "三明撤回", "县域医共体。", withdrawn=True, column=shut)
        kept = make_article(page, "旧栏一篇", "别的。", column=shut)
        hidden = make_article(undated, "三明待考", "县域医共体。")
        invented = make_article(sample, "三明示例", "别的。")
        for article in (one, two, withdrawn, hidden):
            article.article_regions.create(region=mingxi)
            article.article_topics.create(topic=reform)
            article.article_topics.create(topic=old)
        teaser.article_topics.create(topic=reform)
        for article, names in (
            (one, ["何文", "单霞"]), (two, ["何文", "欧陽修", "<b>何文'\"&"]), (teaser, ["何文"]), (kept, ["曾长仇"]),
            (withdrawn, ["何文撤"]), (hidden, ["何文考"]), (invented, ["何文示"]),
        ):  # fmt: skip
            for name in names:
                sign(article, name)
        ContributorAlias.objects.create(contributor=Contributor.objects.get(name="单霞"), name="单小霞")
        Contributor.objects.create(name="何文无")
        PageCredit.objects.create(page=page, contributor=Contributor.objects.create(name="何文编"), role="责编")
        with archive.change() as change:
            change.articles(Article.objects.all())
    sync()


def ask(client, typed, **headers):
    return client.get("/suggest/", {"q": typed}, headers=headers)


def offered(client, typed):
    """Return {text: description} of the suggestions, after a check of the answer's form."""
    response = ask(client, typed)
    assert (response.status_code, response["Content-Type"]) == (200, "application/x-suggestions+json")
    asked, texts, said, paths = json.loads(response.content)
    assert asked == typed and len(texts) == len(said) == len(paths) <= MOST
    return dict(zip(texts, said, strict=True))


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("三明医", {"三明医改": "字词 2 篇", "三明医改之路": "主题 2 篇", "三明医改十年": "标题 2024-11-22"}),
        ("smyg", {"三明医改": "字词 2 篇", "三明医改之路": "主题 2 篇", "三明医改十年": "标题 2024-11-22"}),
        ("smygsn", {"三明医改十年": "标题 2024-11-22"}),
        ("cqx", {"重庆学三明": "标题 2024-11-22"}),
        ("ygsn", {}),
        ("sb", {}),
        ("sanmingyi", {"三明医改": "字词 2 篇", "三明医改之路": "主题 2 篇"}),
        ("三明ygz", {"三明医改之路": "主题 2 篇"}),
        ("三明醫", {"三明医改": "字词 2 篇", "三明医改之路": "主题 2 篇", "三明医改十年": "标题 2024-11-22"}),
        ("三明市", {"三明市": "地区（福建省） 2 篇"}),
        ("永安", {"三明市": "地区（福建省） 2 篇"}),
        ("sms", {"三明市": "地区（福建省） 2 篇", "三明示例": f"标题 2024-11-22 {SAMPLE_MARK}"}),
        ("闽西", {"三明观察": "栏目 3 篇"}),
        ("smgc", {"三明观察": "栏目 3 篇"}),
        ("何文", {"何文": "作者 3 篇", "何文示": f"作者 1 篇 {SAMPLE_MARK}", "<b>何文'\"&": "作者 1 篇"}),
        ("何w", {"何文": "作者 3 篇", "何文示": f"作者 1 篇 {SAMPLE_MARK}"}),
        ("hw", {"何文": "作者 3 篇", "何文示": f"作者 1 篇 {SAMPLE_MARK}"}),
        ("hewen", {"何文": "作者 3 篇", "何文示": f"作者 1 篇 {SAMPLE_MARK}"}),
        ("sx", {"单霞": "作者 1 篇"}),
        ("dx", {"单霞": "作者 1 篇"}),
        ("单小霞", {"单霞": "作者 1 篇"}),
        ("zcq", {"曾长仇": "作者 1 篇"}),
        ("zzc", {"曾长仇": "作者 1 篇"}),
        ("歐陽", {"欧陽修": "作者 1 篇"}),
        ("ｄｒｇ", {"DRG付费": "字词 1 篇"}),
        ("drgff", {"DRG付费": "字词 1 篇"}),
        ("PD-1", {"PD-1 抑制剂": "字词 1 篇"}),
        ("学 重庆", {"重庆学三明": "标题 2024-11-22"}),
        ("示例", {"三明示例": f"标题 2024-11-22 {SAMPLE_MARK}"}),
        ("没有人", {}),
        ("cqs", {}),
    ],
)
def test_what_is_offered(client, typed, expected):
    assert offered(client, typed) == expected


def test_kinds_follow_one_another_and_each_has_its_share(client):
    assert list(offered(client, "三明").items()) == [
        ("三明医改", "字词 2 篇"),
        ("三明医改之路", "主题 2 篇"),
        ("三明市", "地区（福建省） 2 篇"),
        ("三明观察", "栏目 3 篇"),
        *((title, f"标题 2024-11-22{mark}") for title, mark in NEWEST),
    ]


#: The headlines with 三明 in print order, the newest first.
NEWEST = (("三明医改十年", ""), ("重庆学三明", ""), ("三明示例", f" {SAMPLE_MARK}"))


def test_each_number_is_that_of_the_list_behind_it(client):
    asked = 0
    for typed in ("三明", "何文", "hw", "s", "c", "1", "文", "医", "drg", "pd", "单", "长"):
        _, texts, said, paths = json.loads(ask(client, typed).content)
        assert texts, typed
        for text, note, path in zip(texts, said, paths, strict=True):
            page = client.get(path)
            assert page.status_code == 200, path
            shown = page.content.decode()
            if not note.startswith("标题 "):
                total = re.search(r"共 (?:</span>)?([0-9,]+) ", shown)[1]
                assert NUMBER.search(note)[1] == total != "0", (text, note)
                asked += 1
    assert asked > 20


def test_what_readers_may_not_see_is_never_offered(client):
    for typed in ("三明", "何文", "hw", "sm", "撤", "考", "旧", "停用", "医共体", "hwc", "何文编", "何文无"):
        texts = " ".join(offered(client, typed))
        for hidden in ("撤", "考", "旧主题", "三明旧栏", "停用", "医共体", "何文编", "何文无", "导读"):
            assert hidden not in texts, (typed, hidden)


def test_what_is_withdrawn_is_offered_no_longer(changing, client):
    assert offered(client, "单霞") and offered(client, "十年")
    article = Article.objects.get(headline="三明医改十年")
    correct_and_sync(article, withdrawn=True)
    assert offered(client, "单霞") == {} and offered(client, "十年") == {}
    assert offered(client, "何文")["何文"] == "作者 2 篇"
    correct_and_sync(article, withdrawn=False)
    assert offered(client, "单霞") and offered(client, "十年")


def correct_and_sync(article, **fields):
    with archive.change() as change:
        correct(article, **fields)
        change.articles([article.pk])
    sync()


def test_while_the_index_is_behind_nothing_hidden_is_offered_and_nothing_kept(changing, client):
    assert offered(client, "单霞") and offered(client, "十年")
    with paused(), archive.change() as change:
        article = Article.objects.get(headline="三明医改十年")
        correct(article, withdrawn=True)
        change.articles([article.pk])
    response = ask(client, "单霞")
    assert json.loads(response.content)[1] == [] and "no-store" in response["Cache-Control"]
    assert offered(client, "十年") == {}
    update(Topic.objects.filter(slug="reform"), disabled=True)
    assert "三明医改之路" not in offered(client, "三明")


def test_new_names_come_when_the_tables_are_read_anew(changing, client, monkeypatch):
    assert offered(client, "新来") == {}
    update(Contributor.objects.filter(name="何文"), name="新来的人")
    sync()
    response = ask(client, "新来")
    assert json.loads(response.content)[1] == [] and "no-store" in response["Cache-Control"]
    assert offered(client, "何文")["新来的人"] == "作者 3 篇"  # found by its former name, shown with its present one
    monkeypatch.setattr(candidates, "REFRESH", 0)
    assert offered(client, "新来") == {"新来的人": "作者 3 篇"}
    assert ask(client, "新来")["Cache-Control"] == "private, no-cache"


def test_another_archive_has_other_tables(changing, client):
    assert offered(client, "何文")
    archive.Archive.objects.update(epoch=archive.new_epoch())
    update(Contributor.objects.filter(name="何文"), name="新来的人")
    sync()
    assert offered(client, "新来") == {"新来的人": "作者 3 篇"}


@pytest.mark.parametrize(
    "typed",
    [
        *("", " ", "　\t\n", "；，。", "🙂", "👨‍👩‍👧", "\u200b", "-", "*", "%", "_", "\\", "(", "[", ".*"),
        *("^", "$", "“", ")", "(a+)+$", "三明.*", "三明\\", "何文' OR '1'='1", "标题:", "标题:医改", "三明 OR"),
        *("日期:2024-13..x", "地区:三明 医", "OR", "医" * 8000, "a" * 8000, "((三 OR 明) " * 700, "\u202e三明"),
        *("三\ud7ff明", "\U0010ffff", "a", "1"),
        "e\u0301" * 50,
        "<script>alert(1)</script>",
    ],
)  # fmt: skip
def test_any_text_is_answered(client, typed):
    response = ask(client, typed)
    assert response.status_code == 200 and len(response.content) < 4000
    asked, *columns = json.loads(response.content)
    assert len(asked) <= 40 and len({len(column) for column in columns}) == 1 and len(columns) == 3
    if not any(map(str.isalnum, typed)):
        assert columns == [[], [], []]


def test_control_characters_are_left_out_and_a_nul_is_refused(client):
    assert ask(client, "何\x01文\u202e").content == ask(client, "何文").content
    assert client.get("/suggest/?q=%00").status_code == 400


def test_no_answer_is_long_or_costs_many_questions(changing, client):
    page = make_page(make_issue(DAY.replace(year=2023)), 1)
    make_many(page, [f"三明的第{number}篇" for number in range(30)])
    for article in page.articles.all():
        sign(article, f"张三明{article.pk}")
    with archive.change() as change:
        change.articles(Article.objects.all())
    sync()
    candidates.forget()
    found = list(offered(client, "三明").values())
    assert len(found) == MOST and sum(note.startswith("标题") for note in found) <= MOST_OF_KIND < MOST_COUNTED
    with CaptureQueriesContext(connection) as queries:
        ask(Client(), "三明")
    assert len(queries) <= 12


def test_an_answer_is_a_page_of_the_cache_and_none_for_crawlers(changing, client):
    response = ask(client, "三明")
    assert (response["Cache-Control"], response["X-Robots-Tag"]) == ("private, no-cache", "noindex")
    assert ask(client, "三明", if_none_match=response["ETag"]).status_code == 304
    with CaptureQueriesContext(connection) as queries:
        assert ask(client, "三明").content == response.content
    assert len(queries) == 1
    update(Topic.objects.filter(slug="reform"), name="三明医改新路")
    sync()
    candidates.forget()
    assert ask(client, "三明")["ETag"] != response["ETag"] and "三明医改新路" in offered(client, "三明")
    assert client.get("/suggest/?q=三明&x=1&sort=newest")["ETag"] == ask(client, "三明")["ETag"]
    assert client.post("/suggest/", {"q": "三明"}).status_code == 405


def test_who_is_logged_in_is_answered_too(client):
    client.force_login(User.objects.create_user("editor"))
    assert offered(client, "smyg")


def test_an_empty_archive_suggests_nothing(changing, client, settings, tmp_path):
    Article.objects.all().delete()
    settings.SEARCH_DIR = tmp_path / "empty"
    sync()
    assert offered(client, "三明") == {} and offered(client, "a") == {}


def test_without_an_index_the_answer_is_503(client, settings, tmp_path):
    settings.SEARCH_DIR = tmp_path / "none"
    assert ask(client, "三明").status_code == 503


def test_below_a_prefix_each_suggestion_leads_on_below_it(prefixed):
    paths = json.loads(prefixed.ask(f"{PREFIX}/suggest/?q={quote('三明')}").text)[3]
    assert len(paths) > 4 and all(path.startswith(f"{PREFIX}/") for path in paths)
    assert {prefixed.ask(path).status for path in paths} == {200}
    assert f'data-address="{PREFIX}/suggest/"' in prefixed.ask(f"{PREFIX}/topics/").text


def test_the_most_frequent_names_come_first(changing, client):
    for article in Article.objects.visible():
        sign(article, "何多")
    with archive.change() as change:
        change.articles(Article.objects.all())
    sync()
    candidates.forget()
    assert list(offered(client, "何"))[:2] == ["何多", "何文"] and list(offered(client, "h"))[:2] == ["何多", "何文"]
