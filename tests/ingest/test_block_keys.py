"""A block keeps its key when its page is read again."""

import pytest

from articles.models import Article, Proposal
from articles.models.block_keys import carry_keys, keys_of
from tests.make import (
    PAGE,
    correct,
    load,
    read_file,  # noqa: F401
    write,
)

pytestmark = pytest.mark.django_db

READ = "每月沿牧道巡诊两次。"
#: The same page, with the first paragraph read better and a paragraph between the two.
BETTER = PAGE.replace(READ, "每月沿着牧道巡诊三回。\n\n牧民说，看病不用再走一天的路。")


@pytest.fixture
def article(tmp_path):
    return load(write(tmp_path, PAGE)).page.articles.as_printed()[0]


def test_a_changed_paragraph_and_those_around_it_keep_their_keys(article, tmp_path):
    first, last = keys_of(article.blocks)
    assert all("key" not in block for block in article.blocks)
    assert load(write(tmp_path, BETTER)).outcome == "changed"
    article.refresh_from_db()
    now, between, still = keys_of(article.blocks)
    assert (now, still) == (first, last) and between not in (first, last)
    assert [block.get("key") for block in article.blocks] == [first, None, None]
    assert load(write(tmp_path, PAGE.replace("四百人", "五百人"))).outcome == "changed"
    article.refresh_from_db()
    assert keys_of(article.blocks) == [first, last]
    assert all("key" not in block for block in article.blocks)


def test_a_text_that_stands_as_it_is_stored_changes_nothing(article, tmp_path):
    load(write(tmp_path, BETTER))
    article.refresh_from_db()
    kept = article.blocks
    report = load(write(tmp_path, BETTER.replace("四百人", "五百人")))
    article.refresh_from_db()
    assert [action for action, _ in report.articles] == ["same", "change", "same"]
    assert article.blocks == kept and "key" in kept[0]


def test_a_persons_body_that_the_reading_has_come_to_is_no_proposal(article, tmp_path):
    typed = [{"type": "paragraph", "text": block["text"].replace("两次", "三次")} for block in article.blocks]
    correct(article, blocks=carry_keys(article.blocks, typed))
    load(write(tmp_path, PAGE.replace("三百余名", "四百余名")))
    proposed = Proposal.objects.get(article=article, field="blocks").value
    assert [block["text"] for block in proposed] != [block["text"] for block in article.blocks]
    assert all("key" not in block for block in proposed)  # the keys are those of the person's body
    load(write(tmp_path, PAGE.replace("两次", "三次")))
    assert not Proposal.objects.filter(field="blocks").exists()
    assert Article.objects.get(pk=article.pk).blocks == article.blocks
