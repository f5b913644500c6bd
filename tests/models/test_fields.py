"""The fields of an article, each declared once: what is declared is followed wherever fields count."""

import dataclasses

import pytest

from articles.admin.article_forms import ArticleForm
from articles.admin.articles import ArticleAdmin
from articles.admin.screens.article.page import PARTS
from articles.admin.screens.article.state import COLUMNS
from articles.ingest.classification import is_judged_apart
from articles.models import Article, fields
from articles.models.articles import line_labels
from articles.models.story_values import FIELDS
from articles.reading import FIELD_LABELS, ItemReading
from articles.search.documents import story_documents
from articles.search.find import find
from articles.search.index_rows import TEXTS
from articles.search.sync import sync
from tests.make import PAGE, load, make_article, write


@pytest.fixture
def declared(monkeypatch):
    """Declare another use of a field, as whoever adds a field does."""

    def declare(name, **uses):
        rows = [dataclasses.replace(row, **uses) if row.name == name else row for row in fields.ARTICLE_FIELDS]
        monkeypatch.setattr(fields, "ARTICLE_FIELDS", tuple(rows))

    return declare


def test_each_field_that_is_declared_is_one_of_the_model_of_readings_of_lists_and_of_the_desk():
    known = {field.name for field in Article._meta.get_fields()}
    on_the_desk = {name for _, options in ArticleAdmin.fieldsets for name in options["fields"]}
    for field in fields.ARTICLE_FIELDS:
        shown = "body" if field.name == "blocks" else field.name
        assert field.name in known
        assert field.name in ItemReading.__dataclass_fields__
        assert shown in on_the_desk and shown in (*ArticleForm.Meta.fields, "body")
        assert field.name in COLUMNS and any(field.name in names for names in PARTS.values())
        assert field.searched_as in ("", *TEXTS)
    assert set(fields.line_fields()) <= set(FIELDS)
    assert set(line_labels()) == set(fields.line_fields()) == set(ArticleForm.Meta.widgets)
    # What the machine read of an article is cut out of the text by these labels, to be compared with a new reading.
    assert {*fields.paired_lines(), "subhead", "paragraph"} == set(FIELD_LABELS)


@pytest.mark.django_db(transaction=True)
def test_a_field_that_is_declared_searched_is_found(declared):
    article = make_article(headline="一篇文章", agency="新华社")
    assert find("新华社").rows.total == 0
    declared("agency", searched_as="headline")
    sync(rebuild=True)
    assert [story.head.pk for story in find("标题:新华社").stories] == [article.pk]
    assert "新华社" in next(story_documents([article.pk])).texts["headline"]


@pytest.mark.django_db
def test_a_field_that_is_declared_paired_pairs(declared, tmp_path):
    item = ItemReading("article", headline="一篇文章", agency="新华社")
    assert fields.printed_text(item, []) == "\n一篇文章\n"
    assert "新华社" not in make_article(agency="新华社").text
    declared("agency", is_paired=True)
    assert fields.printed_text(item, []) == "\n一篇文章\n\n新华社"
    assert "新华社" in make_article(agency="新华社").text
    load(write(tmp_path, PAGE))  # readings are paired by it, too
    before = set(Article.objects.values_list("pk", flat=True))
    load(write(tmp_path, PAGE.replace("乡镇", "乡里")))
    assert set(Article.objects.values_list("pk", flat=True)) == before


@pytest.mark.django_db
def test_a_field_that_is_declared_judged_parts_what_is_judged(declared):
    article = make_article(edited_fields=["agency"])
    assert not is_judged_apart(article)
    declared("agency", is_judged=True)
    assert is_judged_apart(article)
