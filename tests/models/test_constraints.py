"""The database itself enforces each "only one" of the records."""

import pytest
from django.db import IntegrityError, transaction

from articles.models import (
    Archive,
    ArticleRegion,
    ArticleTopic,
    Issue,
    Page,
    Proposal,
    Redirect,
    Region,
    RegionAlias,
    SourceText,
    Topic,
)
from tests.make import DAY, make_article, make_issue, make_page, make_region

pytestmark = pytest.mark.django_db


def refused(make):
    with pytest.raises(IntegrityError), transaction.atomic():
        make()
    return True


def source(**fields):
    return SourceText.objects.create(**{"path": "/a.txt", "encoding": "utf-8", "text": "文", **fields})


def test_one_row_of_archive():
    assert refused(lambda: Archive.objects.create(pk=2))


def test_one_issue_a_date_and_edition_of_one_digit():
    make_issue()
    make_issue(edition=2)
    assert refused(lambda: Issue.objects.create(date=DAY))
    assert refused(lambda: Issue.objects.create(date=DAY, edition=0))
    assert refused(lambda: Issue.objects.create(date=DAY, edition=10))
    assert refused(lambda: Issue.objects.create(date=DAY.replace(year=3024)))
    assert refused(lambda: Issue.objects.create(date=DAY.replace(year=1024)))


def test_one_page_a_number_but_any_many_without():
    issue = make_issue()
    make_page(issue, 3)
    make_page(issue, None)
    make_page(issue, None)
    make_page(None, 3)
    make_page(None, 3)
    assert refused(lambda: Page.objects.create(issue=issue, number=3))
    assert refused(lambda: Page.objects.create(issue=issue, number=0))
    assert refused(lambda: Page.objects.create(issue=issue, number=1000))


def test_one_current_text_a_page_and_one_row_a_text():
    page = make_page(make_issue())
    source(sha256="a", page=page)
    source(sha256="b", page=page, standing="superseded")
    assert refused(lambda: source(sha256="c", page=page))
    assert refused(lambda: source(sha256="a"))


def test_one_assignment_a_region_and_topic_and_one_main_region():
    article = make_article()
    first, second = make_region(), make_region("420000", "湖北省", "湖北")
    topic = Topic.objects.create(slug="tcm", name="中医药")
    ArticleRegion.objects.create(article=article, region=first, main=True)
    ArticleTopic.objects.create(article=article, topic=topic)
    assert refused(lambda: ArticleRegion.objects.create(article=article, region=first))
    assert refused(lambda: ArticleRegion.objects.create(article=article, region=second, main=True))
    assert refused(lambda: ArticleTopic.objects.create(article=article, topic=topic))


def test_region_codes_have_six_digits_and_three_levels():
    assert refused(lambda: Region.objects.create(code="41", name="河南省", short="河南", level=1))
    assert refused(lambda: Region.objects.create(code="410000", name="河南省", short="河南", level=4))
    region = make_region()
    RegionAlias.objects.create(old_name="旧名", region=region)
    assert refused(lambda: RegionAlias.objects.create(old_name="旧名", region=region))


def test_no_article_continues_itself():
    article = make_article()

    def continue_itself():
        article.continuation_of = article
        article.save()

    assert refused(continue_itself)


def test_one_proposal_a_field_of_an_article_or_a_page():
    article = make_article()
    text = source(sha256="a")
    rows = [{"article": article}, {"article": None}]
    for row in rows:
        Proposal.objects.create(page=article.page, field="headline", value="题", source=text, **row)
    for row in rows:
        assert refused(
            lambda row=row: Proposal.objects.create(page=article.page, field="headline", value="题", source=text, **row)
        )


def test_a_redirect_leads_elsewhere():
    assert refused(lambda: Redirect.objects.create(old_path="/a/", new_path="/a/"))
