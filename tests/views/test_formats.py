"""The formats of files, each declared once: what is declared is offered, written and explained wherever formats are."""

import pytest

from articles.citing import COLUMNS, FORMATS, Format, article_formats, formats
from articles.models.stories import load_stories
from articles.urls import FileSuffixConverter
from articles.views.records import StoryEntry
from tests.make import make_article

pytestmark = pytest.mark.django_db

TITLES = Format(
    key="titles",
    label="题名表",
    media_type="text/plain; charset=utf-8",
    write=lambda entry: f"{entry.cited.title}\n",
    purpose="供抄录",
    in_lists=True,
    in_articles=True,
    notice=lambda sentence: f"# {sentence}\n",
    block="titles",
)


def test_a_format_that_is_declared_is_offered_written_and_explained(client, monkeypatch):
    article = make_article(headline="一篇文章")
    monkeypatch.setattr(formats, "FORMATS", (*FORMATS, TITLES))
    listed = client.get("/sections/要闻/" if article.page.section else f"{article.page.get_absolute_url()}")
    assert '?as=titles">题名表</a>' in listed.content.decode()
    file = client.get(f"{article.page.get_absolute_url()}?as=titles")
    assert (file["Content-Type"], b"".join(file.streaming_content).decode()) == (TITLES.media_type, "一篇文章\n")
    assert "titles" in file["Content-Disposition"]
    assert "题名表 供抄录" in client.get("/help/").content.decode()
    assert "题名表" in client.get(f"{article.page.get_absolute_url()}?as=none").content.decode()
    monkeypatch.setattr(formats, "FORMATS", (*FORMATS[:-1], Format(**{**vars(TITLES), "key": "txt"})))
    cite = client.get(f"/articles/{article.pk}/cite/").content.decode()
    assert f'<a href="/articles/{article.pk}.txt" rel="nofollow">题名表</a>' in cite
    assert '<textarea id="titles"' in cite
    assert client.get(f"/articles/{article.pk}.txt").content.decode() == "一篇文章\n"


def test_each_format_of_articles_has_a_url_and_each_key_and_block_is_used_once():
    assert FileSuffixConverter.regex.replace("\\", "").split("|") == list(article_formats())
    for names in ([each.key for each in FORMATS], [each.block for each in FORMATS if each.block]):
        assert len(names) == len(set(names))


def test_a_row_has_a_cell_for_each_column(rf):
    (story,) = load_stories([make_article().pk])
    assert len(StoryEntry(rf.get("/"), story).row()) == len(COLUMNS)
