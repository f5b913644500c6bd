"""Digests: equal content has equal digests, whatever the order, the ids that nobody sees, and the writing."""

import datetime

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import F

from articles.models import (
    Archive,
    Article,
    ArticleTopic,
    Batch,
    Byline,
    Claim,
    Contributor,
    Correction,
    Doubt,
    Page,
    PageCredit,
    Proposal,
    Redirect,
    SourceText,
    Synonym,
)
from articles.verify import digests
from articles.verify.canonical import RowsDigest, canonical
from articles.verify.rows import columns_of

pytestmark = pytest.mark.django_db


def changed_by(write):
    """Return the names of the digests that `write` changes. What it writes is taken back."""
    before = digests()
    with transaction.atomic():
        write()
        after = digests()
        transaction.set_rollback(True)
    assert digests() == before
    return {name for name in before if before[name] != after[name]}


def renew(model):
    """Give the rows of a model new ids, in the other order."""
    rows = list(model.objects.order_by("-pk"))
    model.objects.all().delete()
    for row in rows:
        row.pk = None
    model.objects.bulk_create(rows)


def test_ids_that_nobody_sees_and_the_order_of_arrival_do_not_count(ids, changing):
    assert changed_by(lambda: [renew(model) for model in (ArticleTopic, Byline, PageCredit, Redirect)]) == set()
    assert changed_by(lambda: renew(Synonym)) == {"rows"}  # the ledger names it by its id


def test_epoch_and_revisions_do_not_count(ids, changing):
    def restored():
        Archive.objects.update(epoch="0" * 32, timeline=7, revision=F("revision") + 7)
        Article.objects.update(revision=F("revision") + 7)

    assert changed_by(restored) == set()


def test_passwords_and_log_ins_do_not_count(ids, changing):
    now = datetime.datetime.now(datetime.UTC)
    assert changed_by(lambda: User.objects.update(password="x", last_login=now)) == set()


PEOPLE, READERS = {"people", "rows"}, {"readers", "rows"}


@pytest.mark.parametrize(
    ("model", "values", "expected"),
    [
        (Article, {"headline": "甲"}, PEOPLE | READERS),
        (Article, {"changed_at": None}, {"rows"}),
        (Article, {"review": "doubtful"}, PEOPLE | READERS),
        (Article, {"blocks": []}, PEOPLE | READERS),
        (Article, {"segments": []}, READERS),
        (Article, {"edited_fields": []}, PEOPLE),
        (Article, {"anchor": "甲"}, PEOPLE),
        (Article, {"withdrawn": True}, PEOPLE | READERS),
        (Page, {"section": "甲"}, READERS),
        (Page, {"structure_edited": False}, PEOPLE),
        (Page, {"placed": []}, PEOPLE),
        (Page, {"withdrawn": False}, PEOPLE | READERS),
        (Contributor, {"note": "甲"}, PEOPLE | READERS),
        (Redirect, {"new_path": ""}, PEOPLE | READERS),
        (Synonym, {"disabled": True}, READERS),
        (Doubt, {"state": "dismissed"}, PEOPLE),
        (Batch, {"reason": "甲"}, {"rows"}),
        (Correction, {"new": "甲"}, {"rows"}),
        (Proposal, {"value": "甲"}, {"rows"}),
        (SourceText, {"text": "甲"}, {"rows"}),
        (User, {"is_staff": True}, {"people"}),
        (User, {"email": "a@example.cn"}, {"people"}),
        (Archive, {"identity": "0" * 32}, {"rows"}),
    ],
)
def test_each_kind_of_content_counts(ids, changing, model, values, expected):
    assert changed_by(lambda: model._base_manager.update(**values)) == expected


def test_each_column_counts_but_those_of_an_epoch():
    """A new column counts by itself. One that is to count in no digest is named here."""
    every = {
        f"{model._meta.model_name}.{field.attname}"
        for model in apps.get_app_config("articles").get_models()
        for field in model._meta.concrete_fields
        if not field.primary_key
    }
    counted = {
        f"{model._meta.model_name}.{name}"
        for model in apps.get_app_config("articles").get_models()
        if model is not Claim
        for name in columns_of(model)
    }
    assert every - counted == {
        *("claim.doubt_id", "claim.user_id", "claim.at"),
        *("article.revision", "vanishedarticle.revision"),
        *("archive.epoch", "archive.timeline", "archive.revision", "archive.changed_at"),
        *("archive.reference_revision", "archive.reference_known_at"),
    }


def test_a_name_that_is_filed_under_another_person_counts(ids, changing):
    byline = Byline.objects.order_by("pk").first()
    other = Contributor.objects.exclude(pk=byline.contributor_id).latest("pk")
    assert changed_by(lambda: Byline.objects.filter(pk=byline.pk).update(contributor=other)) >= READERS


def test_values_have_one_writing():
    east = datetime.timezone(datetime.timedelta(hours=8))
    at = datetime.datetime(2024, 11, 22, 8, 30, tzinfo=east)
    assert canonical([1.0, 0.1, {"b": 1, "a": 1e16}]) == canonical([1, 0.1, {"a": 10**16, "b": 1}])
    assert canonical(["1.0", "[1.0]"]) != canonical(["1", "[1]"])
    assert canonical(at) == canonical(at.astimezone(datetime.UTC))
    assert canonical((1, "a")) == canonical([1, "a"]) != canonical([1, ["a"]])
    assert canonical("\ud83d")
    with pytest.raises(TypeError, match="bytes"):
        canonical(b"1")


def test_a_row_that_comes_twice_counts_twice():
    once, twice, other = RowsDigest(), RowsDigest(), RowsDigest()
    once.add("a", 1)
    twice.add("a", 1)
    twice.add("a", 1)
    other.add("b", 1)
    assert len({each.hexdigest() for each in (once, twice, other, RowsDigest())}) == 4
