"""A story on two pages becomes one, whichever page comes first."""

import io
import itertools

import pytest
from django.core.management import call_command

from articles.desk.joining import join
from articles.desk.withdrawing import restore, withdraw
from articles.desk.writing import writing
from articles.ingest.stitching import stitch
from articles.models import Article, Page, archive
from articles.search.find import find
from articles.search.sync import sync
from tests.admin.conftest import Desk
from tests.make import SAMPLE, load, make_article, make_issue, make_page, write
from tests.reading.reference import ROOT
from tests.tables import load_tables

pytestmark = pytest.mark.django_db(transaction=True)

FRONT = ROOT / "tests/pages/own/p1_20241122.txt"


@pytest.fixture(autouse=True)
def tables(settings, tmp_path):
    settings.SEARCH_DIR = tmp_path / "search"
    load_tables()


def files(folder):
    """Write page 1 of 2024-11-22, from which two stories jump, and page 3 with the rest of both. Return the paths."""
    return [
        write(folder, FRONT.read_text("utf-8"), "2024-11-22_01.txt"),
        write(folder, SAMPLE.read_text("utf-8"), "2024-11-22_03.txt"),
    ]


def joins():
    return {row.pk: row.continuation_of_id for row in Article.objects.filter(continuation_of__isnull=False)}


@pytest.mark.parametrize("order", list(itertools.permutations((0, 1))))
def test_both_stories_are_joined_whichever_page_is_loaded_first(tmp_path, client, order):
    paths = files(tmp_path)
    for index in order:
        load(paths[index])
    heads = {row.continuation_of.headline: row for row in Article.objects.filter(continuation_of__isnull=False)}
    assert len(heads) == 2 and "让好医生在县里扎下根" in heads
    assert {row.page.number for row in heads.values()} == {3}
    assert {row.continuation_of.page.number for row in heads.values()} == {1}
    sync()
    for cut in ("由县级医院下派到乡镇卫生院坐诊的副主任医师", "居民来说，从“等车来”到“迎车走”"):
        found = find(cut)
        assert [story.head.headline in heads for story in found.stories] == [True], cut
        text = client.get(found.stories[0].head.get_absolute_url()).content.decode()
        assert cut in text and text.count("从“等车来”到“迎车走”") <= 2
    part = next(iter(heads.values()))
    response = client.get(part.get_absolute_url())
    assert (response.status_code, response["Location"]) == (301, part.story_url)


def test_loading_again_changes_nothing(tmp_path):
    paths = files(tmp_path)
    for path in paths:
        load(path)
    before, revision = joins(), archive.state().revision
    for path in paths:
        load(path)
    assert (joins(), archive.state().revision) == (before, revision)
    assert len(before) == 2


def test_what_a_person_parted_stays_parted(tmp_path, admin_client):
    front, inner = files(tmp_path)
    load(front), load(inner)
    part = Article.objects.filter(continuation_of__isnull=False).first()
    assert Desk(admin_client).save(part, continuation_of="") == []
    write(tmp_path, SAMPLE.read_text("utf-8").replace("云和县", "云 和县"), "2024-11-22_03.txt")
    load(inner)
    part.refresh_from_db()
    assert part.continuation_of is None and len(joins()) == 1


def test_a_join_goes_when_the_jump_line_was_misread(tmp_path):
    front, inner = files(tmp_path)
    load(front), load(inner)
    write(tmp_path, SAMPLE.read_text("utf-8").replace("(上接第1版)从", "从"), "2024-11-22_03.txt")
    load(inner)
    assert len(joins()) == 1


@pytest.mark.parametrize("name", ["head", "page"])
def test_a_part_of_a_withdrawn_head_stays_hidden_when_its_jump_line_goes(tmp_path, client, name):
    front, inner = files(tmp_path)
    load(front), load(inner)
    part = Article.objects.get(continued_from=1, blocks__0__text__startswith="从")
    row = part.continuation_of if name == "head" else part.continuation_of.page
    with writing(None) as this:
        withdraw(this, [row])
    write(tmp_path, SAMPLE.read_text("utf-8").replace("(上接第1版)从", "从"), "2024-11-22_03.txt")
    load(inner)
    assert len(joins()) == 2 and client.get(f"/articles/{part.pk}/").status_code == 410
    with writing(None) as this:
        restore(this, [type(row).objects.get(pk=row.pk)])
    assert len(joins()) == 1 and client.get(f"/articles/{part.pk}/").status_code == 200


def jumping(page, headline, to=None, of=None, **fields):
    return make_article(page, headline, f"{headline}的正文", continued_to=to, continued_from=of, **fields)


def stitched(issue):
    with archive.change() as change:
        stitch(issue, change)
    return joins()


def test_several_stories_of_one_jump_are_paired_by_their_heads_then_as_printed():
    issue = make_issue()
    first, third = make_page(issue, 1), make_page(issue, 3)
    a, b, c = (jumping(first, title, to=3) for title in ("县医院来了新大夫", "村里通了救护车", "老药方有了新说法"))
    z, y, x = (jumping(third, title, of=1) for title in ("", "村里通了救护车", "县医院来了新大夫"))
    assert stitched(issue) == {x.pk: a.pk, y.pk: b.pk, z.pk: c.pk}


def test_a_story_of_three_pages_has_one_head_and_a_ring_has_none():
    issue = make_issue()
    one, two, five = (make_page(issue, number) for number in (1, 2, 5))
    a, b, c = jumping(one, "长篇", to=2), jumping(two, "长篇", to=5, of=1), jumping(five, "长篇", of=2)
    assert stitched(issue) == {b.pk: a.pk, c.pk: a.pk}
    six, seven = make_page(issue, 6), make_page(issue, 7)
    jumping(six, "转圈", to=7, of=7), jumping(seven, "转圈", to=6, of=6)
    assert stitched(issue) == {b.pk: a.pk, c.pk: a.pk}


def test_teasers_and_jumps_that_nothing_answers_join_nothing():
    issue = make_issue()
    one, three = make_page(issue, 1), make_page(issue, 3)
    jumping(one, "导读", to=3, kind="teaser")
    jumping(one, "别处去", to=8)
    jumping(three, "别处来", of=1)
    jumping(make_page(None, 9), "没有日期", of=1)
    assert stitched(issue) == {}


LAST = "（上接第1版）\n\n山东省的针灸、推拿等中医适宜技术是轮训的重点，由县级中医院组织，结业考核合格者发给证书。"
FIRST = "乡村医生轮训\n\n本报讯（记者赵一苇）我省日前启动轮训，首批四百人到县医院。（下转第3版）"


def two_pages(folder, first=FIRST, last=LAST):
    page = "2024年11月22日 星期五\n\n{}\n\n综合新闻\n\n{}\n\n老人食堂\n\n本报讯 社区食堂请来营养师，菜单贴上墙。\n"
    return write(folder, page.format(1, first), "one.txt"), write(folder, page.format(3, last), "three.txt")


def about(article):
    regions = set(article.article_regions.values_list("region", flat=True))
    return regions, "tcm" in article.article_topics.values_list("topic__slug", flat=True)


@pytest.mark.parametrize("way", ["a better text", "a real page"])
def test_a_head_whose_part_vanishes_is_judged_without_it(tmp_path, way):
    one, three = two_pages(tmp_path)
    load(one)
    load(three)
    head = Article.objects.get(continued_to=3)
    assert about(head) == ({"370000"}, True)
    before = archive.state().revision
    if way == "a better text":
        load(two_pages(tmp_path, last="")[1])
    else:
        Page.objects.filter(number=3).update(is_sample=True)
        call_command("remove_samples", stdout=io.StringIO())
    assert not Article.objects.filter(continued_from=1).exists()
    head.refresh_from_db()
    assert (about(head), head.revision) == ((set(), False), before + 1)


def test_a_part_whose_head_vanishes_is_judged_by_itself(tmp_path):
    one, three = two_pages(tmp_path)
    load(one)
    load(three)
    part = Article.objects.get(continued_from=1)
    assert about(part) == (set(), False)
    load(two_pages(tmp_path, first="")[0])
    assert about(part) == ({"370000"}, True)


@pytest.mark.parametrize("way", ["a better text", "a real page"])
def test_a_head_is_stamped_whose_part_vanishes_though_it_is_about_the_same(tmp_path, way):
    one, three = two_pages(tmp_path, last="（上接第1版）\n\n大家都说办得好。")
    load(one)
    load(three)
    head = Article.objects.get(continued_to=3)
    before = archive.state().revision
    if way == "a better text":
        load(two_pages(tmp_path, last="")[1])
    else:
        Page.objects.filter(number=3).update(is_sample=True)
        call_command("remove_samples", stdout=io.StringIO())
    head.refresh_from_db()
    assert (head.revision, head.continuations.count()) == (before + 1, 0)


def test_the_machine_joins_to_the_head_of_a_story_that_a_person_has_joined():
    issue = make_issue()
    first, second, third = (make_page(issue, number) for number in (1, 2, 3))
    head = jumping(first, "首篇")
    middle = jumping(second, "中篇", to=3)
    last = jumping(third, "末篇", of=2)
    with writing(None) as this:
        join(this, head, [Article.objects.get(pk=middle.pk)])
    assert joins() == {middle.pk: head.pk, last.pk: head.pk}


def test_an_article_with_a_part_that_a_person_has_joined_becomes_no_part():
    issue = make_issue()
    first, second, third = (make_page(issue, number) for number in (1, 2, 3))
    part = jumping(third, "人接的续文")
    middle = jumping(second, "中篇", of=1)
    with writing(None) as this:
        join(this, middle, [Article.objects.get(pk=part.pk)])
    jumping(first, "首篇", to=2)
    with archive.change() as change:
        stitch(issue, change)
    assert joins() == {part.pk: middle.pk}
