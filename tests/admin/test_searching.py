"""The lists of the desk search as readers do, and also find articles that readers may not see."""

import re

import pytest

from articles.admin import searching
from articles.models import Article
from articles.search.sync import paused, sync
from tests.make import make_article, make_issue, make_page, sign

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.SEARCH_DIR = tmp_path / "search"


def listed(client, model, query):
    """Return the ids that a list shows for a query."""
    text = client.get(f"/admin/articles/{model}/", {"q": query}).content.decode()
    return {int(pk) for pk in re.findall(rf"/admin/articles/{model}/(\d+)/change/", text)}


def test_articles_are_found_by_any_string_and_by_the_query_language(admin_client):
    one = make_article(headline="流动诊室进牧区", text="車上配有心電圖機和便攜式超聲。")
    other = make_article(headline="社区食堂", text="心电图")
    sign(one, "赵一苇")
    sync(rebuild=True)
    assert listed(admin_client, "article", "心电图机") == {one.pk}
    assert listed(admin_client, "article", "心电图 -诊室") == {other.pk}
    assert listed(admin_client, "article", "作者:赵一苇") == {one.pk}
    assert listed(admin_client, "article", "没有的字句") == set()


def test_what_readers_may_not_see_is_found_by_its_headline(admin_client):
    shown = make_article(headline="牧区见闻")
    withdrawn = make_article(headline="牧区撤回", withdrawn=True)
    undated = make_article(make_page(None, 1), "牧区待考")
    part = make_article(make_page(withdrawn.page.issue, 2), "牧区续篇", continuation_of=withdrawn)
    assert listed(admin_client, "article", "牧区") == {shown.pk, withdrawn.pk, undated.pk, part.pk}
    hidden = set(Article.objects.hidden().values_list("pk", flat=True))
    assert hidden == {withdrawn.pk, undated.pk, part.pk}
    assert hidden | set(Article.objects.visible().values_list("pk", flat=True)) == set(
        Article.objects.values_list("pk", flat=True)
    )


def test_a_story_found_by_its_continuation_shows_all_its_parts(admin_client):
    issue = make_issue()
    head = make_article(make_page(issue, 1), "首篇", "首篇的话")
    part = make_article(make_page(issue, 3), "续篇", "续篇的话", continuation_of=head)
    make_article(make_page(issue, 4), "别篇")
    assert listed(admin_client, "article", "续篇的话") == {head.pk, part.pk}


def test_pages_are_found_by_what_is_on_them_and_by_their_section(admin_client):
    issue = make_issue()
    one, other = make_page(issue, 1, section="要闻"), make_page(issue, 2, section="综合")
    make_article(one, "流动诊室进牧区")
    assert listed(admin_client, "page", "诊室") == {one.pk}
    assert listed(admin_client, "page", "综合") == {other.pk}


def test_a_list_says_when_it_shows_only_the_most_relevant(admin_client, monkeypatch):
    monkeypatch.setattr(searching, "MOST_FOUND", 2)
    with paused():
        for number in range(5):
            make_article(headline=f"文章{number}")
    sync()
    assert len(listed(admin_client, "article", "文章")) == 2
    text = admin_client.get("/admin/articles/article/", {"q": "文章"}).content.decode()
    assert "共 5 篇，这里只列出最相关的 2 篇" in text


def test_without_an_index_the_lists_are_shown_and_a_search_says_that_there_is_none(admin_client):
    with paused():
        article = make_article(headline="流动诊室进牧区")
    assert listed(admin_client, "article", "") == {article.pk}
    response = admin_client.get("/admin/articles/article/", {"q": "诊室"})
    assert (response.status_code, response["Retry-After"]) == (503, "10")
    assert "检索暂不可用" in response.content.decode()
