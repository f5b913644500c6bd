"""The form of the articles of the sample pages, which are of every kind that the paper prints."""

import re

import pytest

from articles.models import Article, Batch
from tests.admin.conftest import revision
from tests.admin.test_article_screen import kinds
from tests.desk.state import state
from tests.make import SAMPLES, load
from tests.tables import load_tables

# tests/desk asks both databases for the writes behind the screen, tests/desk/test_roles.py for its addresses.
pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


def test_the_untouched_form_of_every_sample_stores_nothing(desk):
    load_tables()
    for path in sorted(SAMPLES.glob("*.txt")):
        load(path)
    before = revision(), state()
    articles = list(Article.objects.all())
    assert len(articles) > 30
    for article in articles:
        assert desk.save(article) == [], article
    assert not Batch.objects.exists()
    assert (revision(), state()) == before


def test_a_printed_line_of_a_head_becomes_text_or_goes(desk):
    load_tables()
    load(SAMPLES / "102_27dfc2c884a7a7bb.txt")
    for path in SAMPLES.glob("*.txt"):
        load(path)
    article = Article.objects.get(headline="一张急救网护住黄金一小时")
    form = desk.form(article)
    assert [form[f"head-{at}-text"] for at in (0, 1)] == ["一张急救网", "护住黄金一小时"]
    shown = desk.client.get(desk.url(article)).content.decode()
    numbers = re.findall(r'<a href="#l(\d+)" aria-label="原文第', shown)
    assert len(numbers) == 2 and all(f'<li id="l{number}"' in shown for number in numbers)
    body = kinds(article)
    assert desk.save(article, **{"head-1-role": "body"}) == []
    assert (kinds(article), article.headline) == ([("paragraph", "护住黄金一小时"), *body], "一张急救网")
    assert desk.save(article, **{"head-0-role": "drop"}) == []
    article.refresh_from_db()
    assert article.headline == ""
