"""The classification of stored stories, and the comparison of the result with the stored regions and topics."""

import pytest

from articles import workers
from articles.ingest import classification
from articles.ingest.classification import classify_archive, judge, load_judged
from articles.ingest.readers import reader_from_database, reader_from_files
from articles.ingest.sets import Known, compare
from articles.models import Article, archive
from tests.make import PAGE, load, make_article, make_issue, make_page, write
from tests.tables import load_tables

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _tables():
    load_tables()


def unheard(*args):
    pass


def classify(tell=unheard) -> int:
    reference, known = reader_from_database().reference, Known.subjects()
    return classify_archive(reference, known, write=True, tell=tell, fail=unheard, progress=unheard)


def about(article) -> set[str]:
    return set(article.article_regions.values_list("region", flat=True))


def test_a_headline_that_a_part_repeats_speaks_once():
    issue = make_issue()
    head = make_article(make_page(issue, 1), headline="山东送医到村", text="首批出发。")
    make_article(make_page(issue, 3), headline="山东送医到村", text="村民说好。", continuation_of=head)
    (parts,) = load_judged([head.pk])
    ((code, _, _, evidence),) = judge(parts, reader_from_database().reference, Known.subjects()).sets["regions"]
    assert (code, [row[0] for row in evidence]) == ("370000", ["headline"])


def test_a_story_that_is_corrected_meanwhile_is_judged_by_the_correction():
    story = make_article(headline="山东送医到村")

    def correct(verdict):
        with archive.change() as change:
            Article.objects.filter(pk=story.pk).update(headline="河南送医到村")
            change.articles([story.pk])

    classify(tell=correct)
    assert about(story) == {"410000"}


def test_a_story_that_changes_is_stamped_and_others_are_not():
    story, other = make_article(headline="山东送医到村"), make_article(headline="另一篇")
    before = archive.state().revision
    assert classify() == 1
    story.refresh_from_db()
    other.refresh_from_db()
    assert (archive.state().revision, story.revision) == (before + 1, before + 1)
    assert other.revision <= before


def test_regions_are_the_same_in_whatever_order_they_are_stored():
    """A reading orders regions by province, the table by weight: 青岛, in the weightier province, follows 河南."""
    make_article(headline="济南送医到村", deck="河南也有", text="青岛市组织义诊。医疗队在郑州市坐诊。")
    assert (classify(), classify()) == (1, 0)


def test_a_persons_rows_are_compared_by_what_they_say():
    story = make_article(headline="山东送医到村")
    classify()
    story.article_regions.update(score=0, evidence=[], source="manual")
    story.article_topics.update(score=0, evidence=[])
    story.protect("regions", "topics")
    read = judge([story], reader_from_database().reference, Known.subjects()).sets
    differing = compare(story, read)
    assert (differing.changed, differing.withheld) == ({}, {})
    story.article_regions.update(main=False)
    assert set(compare(story, read).withheld) == {"regions"}
    story.edited_fields = []
    assert set(compare(story, read).changed) == {"regions", "topics"}


def test_corrected_text_is_judged_by_the_next_import(tmp_path):
    article = load(write(tmp_path, PAGE)).page.articles.as_printed()[0]
    Article.objects.filter(pk=article.pk).update(headline="河南建起流动诊室", edited_fields=["headline"])
    load(write(tmp_path, PAGE.replace("三百余名", "四百余名")))
    assert about(article) == {"410000", "632800"}


def test_a_region_that_the_database_does_not_have_is_left_out(tmp_path):
    reader, known = reader_from_files(), Known.subjects()
    fewer = Known({}, known.regions - {"370000"}, {})
    story = make_article(headline="山东送医到村，针灸推拿受欢迎")
    assert judge([story], reader.reference, fewer).sets == {"regions": [], "topics": []}


@pytest.mark.django_db(transaction=True)
def test_workers_judge_as_one_process_does(monkeypatch):
    """Workers know the values passed to them, not the stored ones: a dry run undoes new topics and regions."""
    page = make_page(make_issue())
    headlines = ("山东送医到村", "河南建起流动诊室", "针灸推拿受欢迎", "无关的标题", "湖北送医到村")
    stories = [make_article(page, headline) for headline in headlines]
    reference, known = reader_from_database().reference, Known.subjects()
    fewer = Known({}, known.regions - {"410000"}, known.topics)
    monkeypatch.setattr(classification, "BATCH", 2)

    def told() -> list[tuple]:
        found = []
        count = classify_archive(
            reference,
            fewer,
            write=False,
            tell=lambda verdict: found.append((verdict.article.pk, verdict.sets.changed)),
            fail=unheard,
            progress=lambda done, total: found.append((done, total)),
        )
        return [count, *found]

    here = told()
    monkeypatch.setattr(workers, "WORTH_WHILE", 1)
    assert told() == here
    assert [row for row in here[1:] if isinstance(row[1], int)] == [(2, 5), (4, 5), (5, 5)]
    assert {pk: [row[0] for row in sets.get("regions", [])] for pk, sets in here[1:] if isinstance(sets, dict)} == {
        stories[0].pk: ["370000"],
        stories[1].pk: [],
        stories[2].pk: [],
        stories[4].pk: ["420000"],
    }
