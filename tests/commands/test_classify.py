"""What stories are about, judged again: nothing before it is asked for, and never over a person's word."""

import pytest
from django.core.management import call_command

from articles.ingest.tables import load_tables
from articles.models import Article, Column, Topic
from articles.models.editing import machine_writes
from tests.make import load, make_article, make_issue, make_page, write

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
    row.protect("words")  # or the file's words would come back
    with machine_writes():
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
