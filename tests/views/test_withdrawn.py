"""Withdrawn articles, pages and issues: their addresses answer 410, and nothing else shows or counts them."""

import datetime

import pytest
from django.utils import timezone

from articles.desk.withdrawing import restore, withdraw
from articles.desk.writing import writing
from articles.models import Column, Issue, Redirect, Topic, archive
from articles.search.sync import sync
from tests.make import DAY, make_article, make_issue, make_page, make_region, make_schedule, sign

pytestmark = pytest.mark.django_db

TITLE, PART, READER = "不该看见的标题", "不该看见的续文", "秘密人"

#: The addresses that may show a story in any way.
LISTS = (
    *(
        "/",
        "/feed/",
        "/search/?q=不该看见",
        "/search/feed/?q=不该看见",
        "/issues/",
        "/issues/2024/",
        "/issues/2024/11/",
    ),
    *("/regions/", "/regions/410000/", "/regions/410000/feed/", "/topics/", "/topics/tcm/", "/topics/tcm/feed/"),
    *("/columns/", "/sections/", "/contributors/", "/sitemap.xml", "/sitemaps/2024-11.xml", "/sitemaps/lists.xml"),
    *(
        "/suggest/?q=不该看见",
        "/suggest/?q=秘密",
        "/topics/tcm/?as=csv",
        "/issues/2024/11/?as=csv",
        "/trends/?q=不该看见",
    ),
    "/issues/2024-11-21/",
)


@pytest.fixture
def story():
    """Make a story of two parts on two pages of an issue, with everything that lists show, beside another issue."""
    before = make_page(make_issue(DAY - datetime.timedelta(1)), 1, section="副刊")
    make_article(before, "可以看的文章")
    issue = make_issue()
    first, second = make_page(issue, 1, section="秘密版"), make_page(issue, 2, section="秘密版")
    topic = Topic.objects.create(slug="tcm", name="中医药")
    column = Column.objects.create(name="秘密栏")
    head = make_article(first, TITLE, column=column)
    with archive.change() as change:
        part = make_article(second, PART, continuation_of=head)
        for article in (head, part):
            sign(article, READER)
            article.article_topics.create(topic=topic)
            article.article_regions.create(region=make_region() if article == head else head.regions.get())
        change.articles([head.pk])
    first.credits.create(contributor=head.bylines.get().contributor, role="责编", name_as_printed=READER)
    sync()
    return head


def rows_of(head):
    return {"article": [head], "issue": [head.page.issue], "pages": list(head.page.issue.pages.all())}


def addresses(head):
    """Return {what is withdrawn: the addresses that answer 410 then}."""
    article = head.get_absolute_url()
    part = head.continuations.get()
    of_article = [
        *(article, f"{article}?q=不该", f"{article}source/", f"{article}cite/", f"/articles/{head.pk}.bib"),
        *(
            f"/articles/{head.pk}.json",
            part.get_absolute_url(),
            f"/articles/{part.pk}.txt",
            f"{part.get_absolute_url()}source/",
        ),
    ]
    pages = [
        url
        for page in head.page.issue.pages.all()
        for url in (
            page.get_absolute_url(),
            f"{page.get_absolute_url()}?as=csv",
            f"/pages/{page.pk}/",
            f"/pages/{page.pk}/scan/",
        )
    ]
    issue = head.page.issue.get_absolute_url()
    whole = [*of_article, *pages, issue, f"{issue}?as=csv"]
    return {"article": of_article, "pages": whole, "issue": whole}


@pytest.mark.parametrize("name", ["article", "issue", "pages"])
def test_a_withdrawn_row_answers_410_and_is_told_nowhere(story, client, name):
    urls, rows = addresses(story)[name], rows_of(story)[name]
    with writing(None, reason="私下的原因") as this:
        withdraw(this, rows)
    sync()
    day = timezone.localtime(this.batch.at)
    for url in urls:
        response = client.get(url)
        text = response.content.decode()
        assert response.status_code == 410, url
        assert f"已于{day.year}年{day.month}月{day.day}日撤下" in text and "私下的原因" not in text, url
        assert not any(word in text for word in (TITLE, PART, READER)), url
    for url in LISTS:
        text = b"".join(client.get(url)).decode()
        assert TITLE not in text and PART not in text, url
        if name != "article":
            assert READER not in text and "秘密版" not in text and "/issues/2024-11-22/" not in text, url
    with writing(None) as this:
        restore(this, rows)
    sync()
    assert client.get(story.get_absolute_url()).status_code == 200
    assert TITLE in client.get("/search/feed/?q=不该看见").content.decode()


def test_one_withdrawn_page_leaves_the_rest_of_its_issue(story, client):
    page = story.page.issue.pages.get(number=2)
    with writing(None) as this:
        withdraw(this, [page])
    sync()
    issue = client.get(story.page.issue.get_absolute_url()).content.decode()
    assert "收有 1 版" in issue and TITLE in issue and PART not in issue
    assert "01版" in issue and "02版" not in issue and page.get_absolute_url() not in issue
    assert client.get(page.get_absolute_url()).status_code == 410
    assert client.get(story.page.get_absolute_url()).status_code == 200
    text = client.get(story.get_absolute_url()).content.decode()
    assert TITLE in text and f"part-{story.continuations.get().pk}" not in text
    assert client.get(story.continuations.get().get_absolute_url()).status_code == 410


def test_an_old_address_leads_to_the_answer_of_a_withdrawn_issue(story, client):
    Redirect.objects.create(old_path="/issues/2024-12-01/", new_path="/issues/2024-11-22/")
    with writing(None) as this:
        withdraw(this, [story.page.issue])
    for path in ("/issues/2024-12-01/", "/issues/2024/11/22/", "/issues/2024-11-22"):
        assert client.get(path, follow=True).status_code == 410, path
    assert client.get("/issues/2024-11-22/pages/9/").status_code == 404


def test_a_withdrawn_edition_leaves_the_other_of_its_day(story, client):
    make_article(make_page(make_issue(edition=2)), "号外")
    with writing(None) as this:
        withdraw(this, [story.page.issue])
    assert client.get("/issues/2024-11-22/").status_code == 410
    assert client.get("/issues/2024-11-22-2/").status_code == 200


def test_a_withdrawn_issue_is_not_missing_and_its_day_is_marked(story, client):
    make_schedule("2024-11-18", "2024-11-24")
    with writing(None) as this:
        withdraw(this, [story.page.issue])
    gaps = b"".join(client.get("/issues/missing/?as=csv")).decode()
    assert "2024-11-20" in gaps and "2024-11-22" not in gaps
    month = client.get("/issues/2024/11/").content.decode()
    assert '<span class="visually-hidden">日，已撤下</span>' in month and "/issues/2024-11-22/" not in month


def test_a_row_withdrawn_before_there_was_a_ledger_answers_without_a_day(story, client):
    Issue.objects.filter(pk=story.page.issue_id).update(withdrawn=True)
    assert "这里的内容已撤下，" in client.get("/issues/2024-11-22/").content.decode()
