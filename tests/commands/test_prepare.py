"""`prepare`, as each start runs it: it does everything the first time and nothing the second."""

import io

import pytest
from django.core.management import call_command

from articles.models import Article, Contributor, Issue, Page, SourceText, Topic, VanishedArticle, archive
from tests.make import PAGE, load, write

pytestmark = pytest.mark.django_db


def prepare(*paths):
    out = io.StringIO()
    call_command("prepare", *map(str, paths), stdout=out)
    return out.getvalue().splitlines()


def everything():
    state = archive.state()
    return (
        (state.epoch, state.revision),
        *(
            list(model.objects.order_by("pk").values())
            for model in (Article, Contributor, Issue, Page, SourceText, Topic)
        ),
    )


def test_an_empty_archive_gets_the_samples_once():
    prepare()
    assert (Page.objects.filter(is_sample=True).count(), Page.objects.count()) == (4, 4)
    before = everything()
    assert prepare() == []
    assert everything() == before


def test_with_pages_it_loads_those_and_no_samples(tmp_path):
    prepare(write(tmp_path, PAGE))
    assert not Page.objects.filter(is_sample=True).exists()
    before = everything()
    lines = prepare(tmp_path)
    assert len(lines) == 1 and "相同 1，" in lines[0]
    assert prepare() == []
    assert everything() == before


def test_a_bad_page_is_said_and_the_rest_is_prepared(tmp_path):
    write(tmp_path, "", "bad.txt")
    write(tmp_path, PAGE, "good.txt")
    assert any(line.startswith("失败") for line in prepare(tmp_path))
    assert Article.objects.count() == 3


def test_a_real_page_takes_the_place_of_a_sample(tmp_path):
    prepare()
    sample = Page.objects.get(issue__date="2024-11-22", number=3)
    gone = set(sample.articles.values_list("pk", flat=True))
    report = load(write(tmp_path, PAGE))
    assert (report.outcome, report.page.is_sample) == ("added", False)
    assert set(VanishedArticle.objects.values_list("article_id", flat=True)) == gone
    assert Page.objects.filter(is_sample=True).count() == 3
    assert prepare() == []


def test_samples_are_removed_with_all_that_is_only_theirs(tmp_path, client):
    prepare()
    url = Article.objects.first().get_absolute_url()
    load(write(tmp_path, PAGE.replace("\n3\n", "\n5\n", 1)))
    call_command("remove_samples", stdout=io.StringIO())
    assert Page.objects.get().number == 5
    assert set(Contributor.objects.values_list("name", flat=True)) == {"赵一苇", "钱二木", "孙三水", "冯以宁"}
    assert client.get(url).status_code == 404
    assert "示例" not in client.get("/").content.decode()
