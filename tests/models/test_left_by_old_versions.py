"""What the desk of versions 0.1 and 0.2 did not keep is made up for by migration 0030."""

import datetime

import pytest
from django.core.management import call_command

from articles.models import Archive, Article, Batch, Correction, Doubt, ImportItem, ImportRun, Proposal
from tests.make import PAGE, correct, load, make_doubt, write

pytestmark = pytest.mark.django_db(transaction=True)

READ = "青海湖畔建起流动诊室"
HOUR = datetime.timedelta(hours=1)


@pytest.fixture
def article(tmp_path):
    article = load(write(tmp_path, PAGE)).page.articles.as_printed()[0]
    correct(article, headline="人工改过的标题")
    call_command("migrate", "articles", "0029", verbosity=0)
    return article


def record(article, user, at, kind="history", old=READ, new="人工改过的标题", **values):
    batch = Batch.objects.create(kind=kind, user=user, user_name=user.username, at=at)
    told = {"field": "headline", "old": old, "new": new, **values}
    Correction.objects.create(batch=batch, seq=1, model="article", object_id=str(article.pk), **told)


def revision():
    """Return the archive's revision, also from the tables of an older version."""
    return Archive.objects.values_list("revision", flat=True).get()


def upgrade():
    call_command("migrate", "articles", verbosity=0)


def test_a_correction_settles_the_doubt_that_it_answered_and_readers_are_told(article, admin_user):
    doubt = make_doubt(article, "headline-uncertain", "一行：标题")
    other = make_doubt(article, "no-byline")
    at = article.source.loaded_at + HOUR
    record(article, admin_user, at)
    before = revision()
    upgrade()
    doubt.refresh_from_db()
    other.refresh_from_db()
    assert (doubt.state, doubt.by, doubt.at, other.state) == ("settled", admin_user, at, "open")
    assert revision() == before + 1 == Article.objects.get(pk=article.pk).revision


def test_a_doubt_that_a_later_reading_has_raised_stays_open(article, admin_user):
    doubt = make_doubt(article, "headline-uncertain", "一行：标题")
    at = article.source.loaded_at + HOUR
    record(article, admin_user, at)
    run = ImportRun.objects.create(arguments=[], reader_version="2")
    ImportRun.objects.filter(pk=run.pk).update(started_at=at + HOUR)
    ImportItem.objects.create(run=run, path="a.txt", outcome="changed", page=article.page)
    before = revision()
    upgrade()
    doubt.refresh_from_db()
    assert (doubt.state, revision()) == ("open", before)


def test_what_a_person_replaced_is_a_proposal_that_nobody_is_asked_about(article, admin_user):
    record(article, admin_user, article.source.loaded_at + HOUR)
    record(
        article, admin_user, article.source.loaded_at + 2 * HOUR, old="人工改过的标题", new="再改", was_protected=True
    )
    upgrade()
    proposal = Proposal.objects.get()
    assert (proposal.article, proposal.field, proposal.value) == (article, "headline", READ)
    doubt = Doubt.objects.get(kind="proposal")
    assert (doubt.rule, doubt.detail, doubt.state, doubt.raised) == ("headline", "标题", "settled", True)


def test_a_newer_proposal_stays_and_is_asked_about(article, admin_user):
    newer = Proposal.objects.create(
        page=article.page, article=article, field="headline", value="新读的标题", source=article.source
    )
    record(article, admin_user, article.source.loaded_at - HOUR)
    make_doubt(article, "proposal", "", rule="headline")
    upgrade()
    assert list(Proposal.objects.values_list("pk", "value")) == [(newer.pk, "新读的标题")]
    assert sorted(Doubt.objects.filter(kind="proposal").values_list("state", "raised")) == [
        ("open", True),
        ("settled", False),
    ]


@pytest.mark.parametrize("kind", ["form", "undo"])
def test_fields_that_were_written_since_the_ledger_are_left(article, admin_user, kind):
    record(article, admin_user, article.source.loaded_at + HOUR)
    record(article, admin_user, article.source.loaded_at + 2 * HOUR, kind=kind, old="人工改过的标题", new="新")
    upgrade()
    assert not Proposal.objects.exists() and not Doubt.objects.filter(kind="proposal").exists()
