"""The check of doubts says nothing of a healthy archive, and names each difference of another."""

import pytest

from articles.ingest.classification import classify_archive
from articles.ingest.derived_doubts import derive
from articles.ingest.doubt_check import doubt_differences
from articles.ingest.readers import reader_from_database
from articles.ingest.removal import remove_pages
from articles.ingest.sets import Known
from articles.models import Article, Doubt, Page, SourceText, Topic, archive
from tests.ingest.test_derived_doubts import UNLIKE
from tests.make import PAGE, SAMPLES, correct, doubts_of, load, make_doubt, write
from tests.reading.reference import ROOT
from tests.tables import load_tables

pytestmark = pytest.mark.django_db

#: The own pages. Those that the archive does not have yet come in the test of a healthy one.
OWN = ROOT / "tests/pages/own"


@pytest.fixture(scope="module")
def archive_of_samples(made_once, tmp_path_factory):
    """The sample pages, and pages with faults, stories on two pages, conflicts and no date."""
    tmp_path = tmp_path_factory.mktemp("pages")
    load_tables()
    for path in (*sorted(SAMPLES.glob("*.txt")), *sorted(OWN.glob("[kp][1-3]*.txt"))):
        load(path)
    load(write(tmp_path, PAGE.replace("11月22日", "11月25日"), "small.txt"))
    load(write(tmp_path, UNLIKE.replace("11月22日", "11月25日"), "wrong.txt"))
    load(write(tmp_path, PAGE[PAGE.index("青海湖畔") :].replace("湖畔", "江边"), "undated.txt"))
    assert SourceText.objects.filter(standing="conflict").exists()
    assert Article.objects.filter(continuation_of__isnull=False).exists()
    return tmp_path


def told():
    return list(doubt_differences(reader_from_database()))


def settle(article, *fields):
    """Settle what a correction of these fields answers, as the desk does."""
    Doubt.objects.of(article).open().naming(fields).update(state=Doubt.State.SETTLED)
    with archive.change() as change:
        derive(change, articles=[article.pk])


def test_a_healthy_archive_has_no_difference(archive_of_samples):
    for folder in (OWN, ROOT / "tests/pages/cases"):
        for path in sorted(folder.glob("*.txt")):
            load(path)
    assert Doubt.objects.count() > 30
    assert told() == []


def test_nor_has_one_that_was_corrected_and_imported_again(archive_of_samples):
    folder = archive_of_samples
    first, second, third = Article.objects.filter(page__sources__path=str(folder / "small.txt")).order_by("position")
    correct(first, headline="人工改过的标题")
    settle(first, "headline")
    second.article_topics.all().delete()
    second.protect("topics", "regions")
    second.save()
    settle(second, "topics", "regions")
    correct(third, blocks=[{"type": "paragraph", "text": "鼓楼区的食堂请来了营养师，鼓楼区的老人都说好。"}])
    settle(third, "blocks")
    load(write(folder, PAGE.replace("11月22日", "11月25日").replace("三百余名", "四百余名"), "small.txt"))
    assert told() == []
    load(write(folder, PAGE.replace("11月22日", "11月25日").split("福建社区")[0], "small.txt"))
    assert Doubt.objects.filter(article=third, kind="not-in-reading").exists()
    assert told() == []


@pytest.mark.parametrize("is_doubted", [False, True])
def test_the_places_of_a_corrected_text_are_doubted_by_the_text_as_it_stands(archive_of_samples, is_doubted):
    folder = archive_of_samples
    printed = "2024年11月26日\n\n1\n\n义诊走进社区\n\n本报讯 {}卫生健康委组织义诊，居民都说好。\n"
    texts = [printed.format(place) for place in ("鼓楼区", "浙江省")]
    read, corrected = texts if not is_doubted else reversed(texts)
    article = load(write(folder, read, "place.txt")).page.articles.get()
    body = corrected.split("\n")[-2]
    correct(article, blocks=[{"type": "paragraph", "text": body}])
    load(write(folder, read.replace("居民", "街坊"), "place.txt"))
    assert ("place-ambiguous" in doubts_of(article)) == is_doubted
    assert told() == []


def test_nor_has_one_that_was_classified_with_other_words(archive_of_samples):
    Topic.objects.exclude(slug="tcm").update(words={})
    reader = reader_from_database()
    classify_archive(
        *(reader.reference, Known.subjects()),
        **{name: lambda *_: None for name in ("tell", "fail", "progress")},
        write=True,
    )
    assert told() == []
    assert Doubt.objects.filter(kind="no-topic").count() > 20


def test_nor_has_one_whose_samples_were_removed(archive_of_samples):
    with archive.change() as change:
        remove_pages(Page.objects.filter(is_sample=True), change)
    assert told() == []
    assert Doubt.objects.filter(kind="open-jump").exists()


def test_nor_has_one_whose_doubts_were_closed(archive_of_samples):
    Doubt.objects.update(state=Doubt.State.DISMISSED)
    assert told() == []


def test_each_difference_is_named(archive_of_samples):
    derived = Doubt.objects.filter(kind="number-unknown").first()
    derived.delete()
    read = Doubt.objects.filter(kind__in=["no-byline", "no-headline"], article__isnull=False).first()
    read.delete()
    idle = make_doubt(Article.objects.filter(article_topics__isnull=False).first(), "no-topic")
    other = Doubt.objects.filter(probability__isnull=False).first()
    Doubt.objects.filter(pk=other.pk).update(probability=0.01)
    assert sorted(told()) == sorted(
        [
            f"{derived.page}：缺少存疑“版次待考”。",
            f"{read.page} 文章 {read.article_id}：缺少存疑“{read}”。",
            f"{idle.page} 文章 {idle.article_id}：存疑“没有主题”已无依据，仍未结。",
            f"{other.page} 文章 {other.article_id}：存疑“{other}”与现在所见不同（probability）。",
        ]
    )


def test_pages_that_another_reader_read_are_checked_for_what_rows_tell_alone(archive_of_samples):
    Topic.objects.create(slug="another-reader", name="另一个读取器")
    Doubt.objects.filter(kind__in=["no-byline", "no-headline"]).delete()
    assert told() == []
    Doubt.objects.filter(kind="number-unknown").delete()
    assert told()


def test_nothing_is_written(archive_of_samples):
    before = list(Doubt.objects.order_by("pk").values()), archive.state().revision
    Doubt.objects.filter(kind="number-unknown").delete()
    left = list(Doubt.objects.order_by("pk").values())
    assert told()
    assert (list(Doubt.objects.order_by("pk").values()), archive.state().revision) == (left, before[1])
