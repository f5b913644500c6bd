"""Columns on the desk: a column has the articles under its names, unless a person has set another column."""

import pytest

from articles.models import Article, Column, ColumnAlias
from tests.admin.conftest import revision
from tests.make import make_article

pytestmark = pytest.mark.django_db


def test_a_new_column_takes_in_the_articles_under_its_name(desk, page):
    article = page.articles.as_printed()[0]
    Article.objects.filter(pk=article.pk).update(kicker="高原行医记")
    before = revision()
    aliases = {"aliases-TOTAL_FORMS": "0", "aliases-INITIAL_FORMS": "0"}
    assert desk.client.post("/admin/articles/column/add/", {"name": "高原行医记", **aliases}).status_code == 302
    article.refresh_from_db()
    assert (article.column.name, article.revision, revision()) == ("高原行医记", before + 1, before + 1)
    url = f"/admin/articles/column/{article.column.pk}/change/"
    assert desk.client.post(url, {"name": "高原行医记", "disabled": "on", **aliases}).status_code == 302
    article.refresh_from_db()
    assert article.column is None  # a disabled column has no articles


def filed(column) -> set[str]:
    return set(column.articles.values_list("headline", flat=True))


def test_a_name_is_kept_and_compared_without_the_spaces_that_pad_it(desk):
    for headline, kicker in (("甲", "资 讯　速递"), ("乙", "资讯速递"), ("丙", "资讯速览"), ("丁", "")):
        make_article(headline=headline, kicker=kicker)
    column = Column.objects.create(name="旧名")
    assert desk.save(column, name="资讯 速递") == []
    assert (Column.objects.get().name, filed(column)) == ("资讯速递", {"甲", "乙"})
    assert list(Column.objects.behind({"资讯　速递": True}).values()) == [column]
    assert desk.save(column, **{"aliases-1-name": "资讯 速览"}) == []
    assert filed(column) == {"甲", "乙", "丙"}
    assert set(ColumnAlias.objects.values_list("name", flat=True)) == {"旧名", "资讯速览"}
    errors = desk.save(column, **{"aliases-2-name": "简 讯", "aliases-3-name": "简讯", "aliases-TOTAL_FORMS": "4"})
    assert errors != []


def test_an_alias_that_goes_takes_its_articles_along(desk):
    column = Column.objects.create(name="资讯速递")
    alias = ColumnAlias.objects.create(column=column, name="资讯速览")
    make_article(headline="甲", kicker="资讯速递", column=column)
    gone = make_article(headline="乙", kicker="资讯 速览", column=column)
    make_article(headline="丙", kicker="资讯速览", column=column, edited_fields=["column"])
    make_article(headline="丁", kicker="别的", column=column)
    before = revision()
    assert desk.save(column, **{"aliases-0-id": str(alias.pk), "aliases-0-DELETE": "on"}) == []
    gone.refresh_from_db()
    assert (filed(column), gone.column, gone.revision) == ({"甲", "丙", "丁"}, None, before + 1)
