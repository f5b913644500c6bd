"""The list of columns of the paper, and the list of stories in one column."""

import pytest

from articles.models import Column
from tests.make import make_article, make_issue, make_page

pytestmark = pytest.mark.django_db


@pytest.fixture
def columns():
    names = ("一家之言", "资讯速递", "五湖四海", "误认", "空")
    return [Column.objects.create(name=name, disabled=name == "误认") for name in names]


@pytest.fixture
def stories(columns):
    """One story in the first column, two each in the second and third, and three in the column out of use."""
    page = make_page(make_issue())
    named = zip(columns, (1, 2, 2, 3), strict=False)
    return [make_article(page, f"{column.name}{n}", column=column) for column, count in named for n in range(count)]


def test_columns_in_use_are_listed_the_largest_first(columns, stories, client):
    first, second, third, _, _ = columns
    make_article(stories[0].page, "撤回的", column=first, withdrawn=True)
    make_article(stories[0].page, "续文", column=first, continuation_of=stories[0])
    # Columns with equally many stories are sorted by name: 五湖四海 before 资讯速递.
    assert client.get("/columns/").context["columns"] == [(third, 2), (second, 2), (first, 1)]


def test_a_column_out_of_use_is_shown_nowhere(columns, stories, client):
    unused = columns[3]
    assert client.get(unused.get_absolute_url()).status_code == 404
    of_it, of_another = stories[-1], stories[0]
    assert "栏目</dt>" not in client.get(of_it.get_absolute_url()).content.decode()
    text = client.get(of_another.get_absolute_url()).content.decode()
    assert f'栏目</dt><dd class="links"><a href="{columns[0].get_absolute_url()}">一家之言</a>' in text


def test_no_column_is_said_so(client):
    assert "档案中尚未识别出栏目。" in client.get("/columns/").content.decode()
