"""`classify` judges again what stories are about: only when it is asked to, and never over a person's decision."""

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from articles.ingest import classification
from articles.ingest.readers import reader_from_database
from articles.ingest.sets import Known
from articles.models import Article, Column, Proposal, Topic, archive
from articles.search.state import serving_state
from tests.make import doubts_of, load, make_article, make_issue, make_page, write
from tests.tables import load_tables

pytestmark = pytest.mark.django_db


def classify(capsys, *options) -> str:
    call_command("classify", *options)
    return capsys.readouterr().out


def topics(article) -> list[str]:
    return [row.topic.slug for row in article.article_topics.all()]


@pytest.fixture
def story():
    load_tables()
    return make_article(headline="名老中医下乡坐诊", text="安徽省六安市舒城县的针灸、推拿受欢迎。")


def test_a_dry_run_tells_what_would_change_and_changes_nothing(story, capsys):
    told = classify(capsys, "--dry-run")
    assert "地区：无 → 舒城县" in told and "主题：无 → 中医药" in told and "会改变 1 篇" in told
    assert topics(story) == [] and not story.article_regions.exists()


def test_it_writes_regions_and_topics_once(story, capsys):
    assert "已改变 1 篇" in classify(capsys)
    assert [row.region_id for row in story.article_regions.all()] == ["341523"] and topics(story)[0] == "tcm"
    assert "没有变化" in classify(capsys)


def test_changed_words_show_in_a_dry_run_before_they_change_anything(story, capsys):
    classify(capsys)
    row = Topic.objects.get(slug="tcm")
    row.words = {}
    row.protect("words")  # otherwise the file's words would come back
    row.save()
    assert "− 中医药" in classify(capsys, "--dry-run")
    assert topics(story)[0] == "tcm"
    classify(capsys)
    assert "tcm" not in topics(story)


def test_what_a_person_has_set_stays(story, capsys):
    story.protect("topics")
    story.save()
    classify(capsys)
    assert topics(story) == []
    assert [row.region_id for row in story.article_regions.all()] == ["341523"]


def test_a_dry_run_tells_of_a_topic_that_is_new_in_the_files_and_leaves_it_there(story, capsys):
    Topic.objects.filter(slug="tcm").delete()
    told = classify(capsys, "--dry-run")
    assert "将更新 1 条" in told and "主题：无 → 中医药" in told
    assert not Topic.objects.filter(slug="tcm").exists()
    assert "主题：无 → 中医药" in classify(capsys)
    assert topics(story) == ["tcm"]


def test_a_name_that_changes_its_weight_alone_is_not_told_as_a_change_of_names(story, capsys):
    classify(capsys)
    story.article_topics.update(score=99)
    told = classify(capsys, "--dry-run")
    assert "− 中医药" not in told and "+ 中医药" not in told and "会改变 1 篇" in told


def test_a_doubt_alone_is_told_and_counted_once(capsys):
    load_tables()
    story = make_article(headline="通知", text="鼓楼区昨日发布通知。")
    told = classify(capsys, "--dry-run")
    assert "同名地名存疑：无 → 鼓楼区：南京市鼓楼区、" in told and "会改变 1 篇" in told
    before = archive.state().revision
    assert "已改变 1 篇" in classify(capsys)
    story.refresh_from_db()
    assert story.revision == before + 1
    assert (doubts_of(story), topics(story)) == (["place-ambiguous", "no-topic"], [])
    assert "没有变化" in classify(capsys)


def test_what_a_persons_word_keeps_back_becomes_a_proposal_once(capsys, tmp_path):
    load_tables()
    page = load(write(tmp_path, "2024年11月22日\n\n1\n\n名老中医下乡坐诊\n\n本报讯 针灸、推拿受欢迎。\n")).page
    story = page.articles.get()
    story.article_topics.all().delete()
    story.protect("topics")
    story.save()
    assert "主题的机器建议：无 → 中医药" in classify(capsys, "--dry-run")
    assert not Proposal.objects.exists()
    assert "已改变 1 篇" in classify(capsys)
    proposal = Proposal.objects.get()
    assert (proposal.article, proposal.field, [row[0] for row in proposal.value]) == (story, "topics", ["tcm"])
    assert topics(story) == []
    assert "没有变化" in classify(capsys)


def test_the_search_index_follows(story, capsys):
    classify(capsys)
    assert serving_state().revision == archive.state().revision


@pytest.mark.parametrize("options", [["--dry-run"], []])
def test_it_asks_as_often_for_many_stories_as_for_few(capsys, options):
    load_tables()
    classify(capsys)  # the search index is built, once
    asked = []
    for count in (2, 12):
        page = make_page(make_issue(date=f"2024-01-{count:02}"))
        for number in range(count):
            head = make_article(page, headline=f"名老中医下乡坐诊{number}", text="安徽省六安市舒城县的针灸受欢迎。")
            make_article(page, headline="", text="鼓楼区的推拿受欢迎。", continuation_of=head)
        with CaptureQueriesContext(connection) as queries:
            assert f"改变 {count} 篇" in classify(capsys, *options)
        asked.append(len(queries))
        Article.objects.filter(continuation_of__isnull=False).delete()
        Article.objects.all().delete()
    assert asked[0] == asked[1]


def test_a_story_of_two_pages_is_judged_as_one(capsys, tmp_path):
    load_tables()
    page = "2024年11月22日 星期五\n\n{}\n\n综合新闻\n\n{}\n"
    first = "云南启动乡村医生轮训\n\n本报讯（记者赵一苇）云南省日前启动乡村医生轮训，首批四百人到县医院。（下转第3版）"
    last = "（上接第1版）\n\n针灸、推拿等中医适宜技术是轮训的重点，结业考核合格者发给证书，由县级中医院组织。"
    load(write(tmp_path, page.format(1, first), "one.txt"))
    load(write(tmp_path, page.format(3, last), "three.txt"))
    head = Article.objects.get(continued_to=3)
    (part,) = head.continuations.all()
    assert "tcm" in topics(head) and topics(part) == []
    assert "没有变化" in classify(capsys)


def test_a_kicker_becomes_a_column_with_its_articles(capsys, client):
    load_tables()
    page = make_page(make_issue())
    made = [make_article(page, headline=f"第{n}条", kicker="资讯速递") for n in (1, 2)]
    plain = make_article(page, headline="另一条", kicker="三道关口保平安")
    assert "栏目“资讯速递”（新）：归入 2 篇" in classify(capsys, "--dry-run")
    assert not Column.objects.exists()
    classify(capsys)
    column = Column.objects.get()
    assert {row.pk for row in column.articles.all()} == {row.pk for row in made}
    assert Article.objects.get(pk=plain.pk).column is None
    shown = client.get(column.get_absolute_url()).content.decode()
    assert "第1条" in shown and "第2条" in shown and "另一条" not in shown
    assert "资讯速递" in client.get("/columns/").content.decode()


def failing(monkeypatch, headline: str) -> None:
    """Make the reader fail on the story with this headline."""
    sound = classification.find_topics

    def faulty(matter, topics):
        return sound(matter, topics) if all(text.text != headline for text in matter.texts) else [].pop()

    monkeypatch.setattr(classification, "find_topics", faulty)


def test_a_story_that_the_reader_fails_on_stops_only_itself(story, capsys, monkeypatch):
    other = make_article(headline="针灸推拿走进社区", text="安徽省六安市舒城县的针灸、推拿受欢迎。")
    failing(monkeypatch, story.headline)
    with pytest.raises(CommandError, match="有 1 篇未能判断"):
        call_command("classify")
    printed = capsys.readouterr()
    assert f"{story.page} {story.headline}（编号 {story.pk}）：判断时出错，未改动" in printed.err
    assert "已改变 1 篇" in printed.out
    assert topics(story) == [] and topics(other) == ["tcm"]


def test_a_correction_is_saved_even_if_the_reader_fails_on_it(story, monkeypatch):
    reader, known = reader_from_database(), Known.subjects()
    failing(monkeypatch, story.headline)
    with archive.change() as change:
        Article.objects.filter(pk=story.pk).update(deck="记一次巡诊")
        classification.settle_stories({story.pk}, reader.reference, known, change)
    story.refresh_from_db()
    assert (story.deck, topics(story)) == ("记一次巡诊", [])
