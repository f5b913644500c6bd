"""Two editors at one time, in threads of their own: one merges, the other works on the article that is absorbed."""

import threading

import pytest
from django.db import connection
from django.test import Client

from articles.models import Article
from tests.admin.conftest import Desk, fields_of
from tests.desk.agreeing import disagreements
from tests.desk.state import assert_partition

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.disagreeing]


def at_once(*deeds):
    """Run the deeds in threads that begin together. Return their answers in order."""
    start, answers = threading.Barrier(len(deeds)), {}

    def run(number, deed):
        start.wait(20)
        try:
            answers[number] = deed()
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=each) for each in enumerate(deeds)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [answers[number] for number in range(len(deeds))]  # a deed that raised has no answer


def editor(user):
    client = Client()
    client.force_login(user)
    return Desk(client)


def structure(desk, page, **data):
    """Return the deed that posts the form of a page, as the editor has it open."""
    url = f"/admin/desk/pages/{page.pk}/"
    form = fields_of(desk.client.get(url).content.decode()) | {"item": items(page)}
    return lambda: desk.client.post(url, {**form, **data})


def items(page):
    """Return the ids of the articles that a form of the page names, in order."""
    return [article.pk for article in page.articles.as_printed()]


def form_of(desk, article, **data):
    """Return the deed that posts the form of an article, as the editor has it open."""
    form = desk.filled(article, **data)
    return lambda: desk.client.post(desk.url(article), form)


def texts(page):
    return "".join(block["text"] for row in page.articles.as_printed() for block in row.blocks)


@pytest.mark.parametrize("turn", range(4))
def test_a_merge_and_a_save_of_the_absorbed_article_both_stand(admin_user, page, turn):
    first, second, _ = page.articles.as_printed()
    deeds = [
        structure(editor(admin_user), page, op="merge", take=[first.pk, second.pk]),
        form_of(editor(admin_user), second, headline="另一位编辑的标题"),
    ]
    answers = at_once(*deeds[:: -1 if turn % 2 else 1])
    assert {answer.status_code for answer in answers} == {302}, [answer.content.decode()[-900:] for answer in answers]
    second.refresh_from_db()
    assert second.absorbed and second.continuation_of == first and second.headline == "另一位编辑的标题"
    assert disagreements() == []
    assert_partition()


@pytest.mark.parametrize("turn", range(4))
def test_a_merge_and_a_split_of_the_absorbed_article_lose_no_text(admin_user, page, turn):
    first, second, _ = page.articles.as_printed()
    before = texts(page)
    asking = structure(editor(admin_user), page, op=f"split-{second.pk}")()
    split = fields_of(asking.content.decode()) | {"item": items(page), "op": f"split-{second.pk}", "split_at": "1"}
    splitter = editor(admin_user).client
    deeds = [
        structure(editor(admin_user), page, op="merge", take=[first.pk, second.pk]),
        lambda: splitter.post(f"/admin/desk/pages/{page.pk}/", split),
    ]
    merged, parted = at_once(*deeds[::-1])[::-1] if turn % 2 else at_once(*deeds)
    assert {merged.status_code, parted.status_code} <= {302, 409} and 302 in (merged.status_code, parted.status_code)
    for answer in (merged, parted):
        assert answer.status_code == 302 or "刚被别人改过" in answer.content.decode()
    second.refresh_from_db()
    assert second.absorbed is (merged.status_code == 302)
    assert page.articles.count() == (4 if parted.status_code == 302 else 3)
    assert texts(page) == before and Article.objects.filter(continuation_of=first).count() == int(second.absorbed)
    assert disagreements() == []
    assert_partition()
