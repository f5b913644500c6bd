"""One story at one URL."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from articles.models import Article, Doubt
from tests.make import DAY, make_article, make_doubt, make_issue, make_page, make_region, sign, update

pytestmark = pytest.mark.django_db


@pytest.fixture
def story():
    issue = make_issue()
    head = make_article(make_page(issue, 1), "首篇", "首篇的话。", continued_to=3, kicker="引题", deck="副题")
    part = make_article(make_page(issue, 3), "首篇续", "续篇的话。", continued_from=1, continuation_of=head)
    sign(head, "赵一苇")
    sign(part, "赵一苇")
    sign(part, "钱二木", "摄影", "photo")
    part.article_regions.create(region=make_region())
    return head, part


def test_a_story_is_shown_whole_at_its_heads_url(story, client):
    head, part = story
    text = client.get(head.get_absolute_url()).content.decode()
    for piece in ("引题", "<h1>首篇</h1>", "副题", "首篇的话。", "续篇的话。", "第3版", "河南省"):
        assert piece in text
    assert text.index("首篇的话。") < text.index("续篇的话。")
    assert text.count(">赵一苇</a>") == text.count(">钱二木</a>") == 1


def test_a_parts_url_leads_to_its_head(story, client):
    head, part = story
    response = client.get(part.get_absolute_url())
    assert (response.status_code, response["Location"]) == (301, f"{head.get_absolute_url()}#part-{part.pk}")


def test_a_story_is_listed_once_wherever_any_part_belongs(story, client):
    text = client.get("/regions/410000/").content.decode()
    assert "共 1 篇" in text and "首篇" in text and "首篇续" not in text


def test_a_part_goes_with_its_withdrawn_head_and_alone_when_it_is_withdrawn(story, client):
    head, part = story
    update(Article.objects.filter(pk=part.pk), withdrawn=True)
    assert "续篇的话。" not in client.get(head.get_absolute_url()).content.decode()
    update(Article.objects.filter(pk=part.pk), withdrawn=False)
    update(Article.objects.filter(pk=head.pk), withdrawn=True)
    assert client.get(head.get_absolute_url()).status_code == 410
    assert client.get(part.get_absolute_url()).status_code == 410


def test_a_jump_whose_other_end_is_not_here_is_said(client):
    article = make_article(continued_from=1)
    assert "上接第1版" in client.get(article.get_absolute_url()).content.decode()


def test_an_untitled_photo_is_called_by_its_first_words(client):
    article = make_article(
        headline="", text="在草原上的流动诊室里，牧民第一次做了心电图检查，医生正在讲解结果。", kind="photo"
    )
    text = client.get(article.get_absolute_url()).content.decode()
    assert "<h1>在草原上的流动诊室里，牧民第一次做了心电图检查，医生正在讲解结果</h1>" in text
    assert '<span class="kind">图片</span>' in text
    assert "图片：在草原上的流动诊室里，牧民第一次做了心电图检查，医生正在讲解结果" in text  # the citation
    listed = client.get(article.page.get_absolute_url()).content.decode()
    assert "牧民第一次做了心电图检查，医生正在讲解结果</a>" in listed


@pytest.mark.parametrize(
    ("caption", "title"),
    [
        ("医生测血压。骆听潮摄", "医生测血压"),
        ("医生" + "走在去石门坎村的路上" * 3 + "，" + "护士登记" * 12, "医生" + "走在去石门坎村的路上" * 3 + "……"),
        ("没有标点的说明" * 10, ("没有标点的说明" * 10)[:60] + "……"),
        ("短说明", "短说明"),
    ],
)
def test_a_caption_is_cut_at_a_mark(caption, title):
    assert make_article(headline="", text=caption, kind="photo").title == title


def test_names_below_the_headline_are_the_writers_and_those_below_the_text_took_the_pictures(story, client):
    head, _ = story
    text = client.get(head.get_absolute_url()).content.decode()
    header, rest = text.split("</header>", 2)[1:]
    assert "赵一苇" in header and "钱二木" not in header
    assert 'class="credit"' in rest and "摄影 <a" in rest


def test_what_is_not_sure_is_said(client):
    issue = make_issue(date_basis="inferred")
    article = make_article(make_page(issue, None), review="doubtful")
    text = client.get(article.get_absolute_url()).content.decode()
    for sentence in ("日期为约数", "版次待考：", "编辑存疑：", "约 2024年11月22日 星期五"):
        assert sentence in text
    sure = client.get(make_article(make_page(make_issue(DAY + datetime.timedelta(1)), 1)).get_absolute_url())
    assert 'class="doubt"' not in sure.content.decode()


def test_doubts_that_may_mislead_a_reader_are_said_once(client):
    article = make_article()
    for kind, detail in (("joined?", "甲"), ("no-byline", ""), ("joined?", "乙")):
        make_doubt(article, kind, detail)
    text = client.get(article.get_absolute_url()).content.decode()
    assert "<dt>存疑</dt><dd>段落隔着别的稿件接续，接法没有把握</dd>" in text
    assert "<dt>存疑</dt>" not in client.get(make_article().get_absolute_url()).content.decode()


@pytest.mark.parametrize("state", [Doubt.State.SETTLED, Doubt.State.DISMISSED])
def test_a_doubt_that_a_person_has_closed_is_told_no_more(client, state):
    article = make_article()
    make_doubt(article, "open-paragraph", state=state)
    make_doubt(article, "place-ambiguous", "鼓楼区：南京市鼓楼区、徐州市鼓楼区")
    text = client.get(article.get_absolute_url()).content.decode()
    assert "<dt>存疑</dt><dd>地名有几处同名，未能断定是哪一处</dd>" in text


def test_the_doubts_of_a_story_take_one_more_query_and_lists_take_none(client):
    head = make_article()
    part = make_article(head.page, continuation_of=head)
    for article in (head, part):
        make_doubt(article, "open-paragraph")
    asked = []
    for url in (head.get_absolute_url(), head.page.get_absolute_url(), head.page.issue.get_absolute_url()):
        with CaptureQueriesContext(connection) as queries:
            client.get(url)
        asked.append(len([query for query in queries if '"articles_doubt"' in query["sql"]]))
    assert asked == [3, 0, 0]  # two are the queries of the head and of the parts, which look whether there are any


def test_the_caption_of_a_photo_is_one(client):
    text = client.get(make_article(kind="photo", text="图为义诊现场。").get_absolute_url()).content.decode()
    assert '<figure class="body"><figcaption>' in text and ">图为义诊现场。</p>" in text


def test_the_reference_is_there_to_be_copied(client):
    text = client.get(make_article(headline="医改十年").get_absolute_url()).content.decode()
    assert '<span class="reference">医改十年[N]. 健康报，2024-11-22（1）.</span>' in text


def test_it_leads_to_the_stories_beside_it_in_its_issue(client):
    issue = make_issue()
    first, last = make_page(issue, 1), make_page(issue, 2)
    one, two = make_article(first, "甲"), make_article(first, "乙")
    make_article(last, "乙续", continuation_of=two)
    make_article(last, "撤回", withdrawn=True)
    three = make_article(last, "丙")
    make_article(make_page(make_issue(DAY + datetime.timedelta(1)), 1), "次日")

    def beside(article):
        found = client.get(article.get_absolute_url()).context
        return found["before"], found["after"]

    assert (beside(one), beside(two), beside(three)) == ((None, two), (one, three), (two, None))


@pytest.fixture
def issues():
    """Four issues with a page each, two of them on one day, and a fifth issue without a page."""
    days = [(DAY - datetime.timedelta(9), 1), (DAY, 1), (DAY, 2), (DAY + datetime.timedelta(1), 1)]
    made = [make_issue(day, edition=edition) for day, edition in days]
    for issue in made:
        make_article(make_page(issue, 1), f"{issue.key} 的文章")
    make_issue(DAY - datetime.timedelta(1))
    return made


def test_the_issues_before_and_after_are_those_that_readers_may_see(issues):
    first, main, extra, last = issues
    assert [issue.neighbours() for issue in issues] == [(None, main), (first, extra), (main, last), (extra, None)]


@pytest.mark.plan
def test_the_issues_before_and_after_are_found_without_looking_at_others(issues):
    with CaptureQueriesContext(connection) as queries:
        issues[1].neighbours()
    (query,) = queries
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {query['sql']}")
        rows = [row[-1] for row in cursor.fetchall()]
    plan = "\n".join(row for row in rows if "_withdrawn" not in row)  # indexes of the few withdrawn rows alone
    assert "(date<?)" in plan and "(date>?)" in plan and "SCAN" not in plan and "TEMP B-TREE" not in plan


def test_it_leads_to_the_issues_beside_its_own(issues, client):
    first, main, extra, last = issues
    text = client.get(f"/articles/{main.pages.get().articles.get().pk}/").content.decode()
    for issue, key, said in ((first, "ArrowLeft", "上一期"), (extra, "ArrowRight", "下一期")):
        assert f'href="/issues/{issue.key}/" aria-keyshortcuts="Shift+{key}"><span>{said}</span> {issue}</a>' in text


def test_a_story_of_parts_between_untitled_ones_costs_eight_queries(issues, client):
    page = issues[1].pages.get()
    head = make_article(page, "首篇")
    make_article(make_page(issues[1], 2), "续篇", continuation_of=head)
    make_article(page, "", "一张照片的说明。", kind="photo", position=0)
    make_article(page, "", "又一张照片的说明。", kind="photo")
    with CaptureQueriesContext(connection) as queries:
        text = client.get(head.get_absolute_url()).content.decode()
    assert "又一张照片的说明</a>" in text
    assert len(queries) == 8  # without an index, which knows the related stories


def test_the_issues_beside_are_asked_for_once_until_the_archive_changes(issues, client):
    first, main, *_ = issues
    other = make_article(main.pages.get(), "同一期的另一篇")
    page = f"/articles/{main.pages.get().articles.exclude(pk=other.pk).get().pk}/"
    client.get(page)
    with CaptureQueriesContext(connection) as queries:
        assert f'href="/issues/{first.key}/"' in client.get(other.get_absolute_url()).content.decode()
    assert not [query for query in queries if query["sql"].startswith('SELECT "articles_issue"')]
    late = make_article(make_page(make_issue(DAY - datetime.timedelta(2)))).page.issue
    assert f'href="/issues/{late.key}/"' in client.get(page).content.decode()
