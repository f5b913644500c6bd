"""The ways from the screen of a page to what stands around it, and the batches that its buttons make."""

import re

import pytest

from articles.models import Article, Batch
from tests.make import make_article, make_page

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


def shown(client, path):
    return client.get(path).content.decode()


def post(client, page, **data):
    """Post to the screen of a page, and return the batch that was made."""
    response = client.post(f"/admin/desk/pages/{page.pk}/", data)
    assert response.status_code == 302, response.content.decode()
    return Batch.objects.get(pk=re.search(r"batch=(\d+)", response["Location"])[1])


def test_a_page_leads_to_the_pages_beside_it_though_readers_cannot_see_them(admin_client, page):
    front, last = make_page(page.issue, 1), make_page(page.issue, 8, withdrawn=True)
    between = shown(admin_client, f"/admin/desk/pages/{page.pk}/")
    assert f'<a href="/admin/desk/pages/{front.pk}/" title="第1版">上一版</a>' in between
    assert f'<a href="/admin/desk/pages/{last.pk}/" title="第8版">下一版</a>' in between
    assert "上一版" not in shown(admin_client, f"/admin/desk/pages/{front.pk}/")
    assert "下一版" not in shown(admin_client, f"/admin/desk/pages/{last.pk}/")
    undated = make_page(number=None)
    alone = shown(admin_client, f"/admin/desk/pages/{undated.pk}/")
    assert "上一版" not in alone and "下一版" not in alone


def test_the_heads_that_a_page_may_continue_are_offered_by_page_and_title(admin_client, page):
    front = make_page(page.issue, 1)
    other, leading = make_article(front, "别的"), make_article(front, "山路再远", continued_to=page.number)
    part = make_article(front, "续文")
    Article.objects.filter(pk=part.pk).update(continuation_of=leading)
    text = shown(admin_client, f"/admin/desk/pages/{page.pk}/")
    offered = re.findall(
        r'<option value="(\d+)">(.*?)</option>', text[text.index("<datalist") :].partition("</data")[0]
    )
    own = [(str(row.pk), f"第{page.number}版　{row.title}") for row in page.articles.as_printed()]
    assert offered == [(str(leading.pk), "第1版　山路再远"), (str(other.pk), "第1版　别的"), *own]


def test_articles_are_joined_to_the_first_of_them_unless_a_head_is_chosen(admin_client, page):
    first, second, third = page.articles.as_printed()
    post(admin_client, page, op="join", take=[third.pk, second.pk])
    assert list(second.continuations.all()) == [third]
    post(admin_client, page, op="part", take=[third.pk])
    post(admin_client, page, op="join", take=[first.pk, second.pk, third.pk], head_id=third.pk)
    assert set(third.continuations.all()) == {first, second}


def test_each_button_makes_a_batch_of_its_kind_and_the_list_tells_where(admin_client, page):
    first, second, _ = page.articles.as_printed()
    kinds = [
        (post(admin_client, page, **data).kind, data["op"])
        for data in (
            {"op": "merge", "take": [first.pk, second.pk]},
            {"op": "part", "take": [second.pk]},
            {"op": "join", "take": [second.pk], "head_id": first.pk},
            {"op": f"split-{first.pk}", "split_at": "1"},
            {"op": "withdraw", "reason": "重复"},
            {"op": "restore"},
        )
    ]
    assert kinds == [
        ("merge", "merge"), ("part", "part"), ("join", "join"), ("split", f"split-{first.pk}"),
        ("withdrawal", "withdraw"), ("restoring", "restore"),
    ]  # fmt: skip
    assert post(admin_client, page, **{"item-0-headline": "新的标题"}).kind == "form"
    issue = admin_client.post(f"/admin/desk/issues/{page.issue_id}/", {"op": "withdraw", "reason": "重复"})
    assert issue.status_code == 302 and Batch.objects.newest_first()[0].kind == "withdrawal"
    rows = re.findall(r"第 \d+ 批：(\S+?)</a></th>(.*?)</tr>", shown(admin_client, "/admin/desk/batches/"), re.DOTALL)
    assert [(kind, place) for kind, cells in rows[-1:] for place in re.findall(r"<td>(《.*?》)</td>", cells)] == [
        ("合并", f"《{Article.objects.get(pk=second.pk)}》")
    ]
    assert [kind for kind, _ in rows] == ["撤下", "校改", "恢复", "撤下", "拆分", "接成一篇", "解开", "合并"]


def test_the_list_of_batches_takes_as_many_queries_for_many(admin_client, page, django_assert_max_num_queries):
    for _ in range(4):
        for row in page.articles.all():
            post(admin_client, page, op="withdraw", take=[row.pk], reason="重复")
            post(admin_client, page, op="restore", take=[row.pk])
    with django_assert_max_num_queries(10):
        shown(admin_client, "/admin/desk/batches/")


def test_a_batch_and_its_undo_lead_to_the_rows(admin_client, page):
    first = page.articles.as_printed()[0]
    batch = post(admin_client, page, op="withdraw", take=[first.pk], reason="重复")
    link = f'<a href="/admin/articles/article/{first.pk}/change/">《{first}》</a>'
    assert link in shown(admin_client, f"/admin/desk/batches/{batch.pk}/")
    assert link in shown(admin_client, f"/admin/desk/batches/{batch.pk}/undo/")
    whole = post(admin_client, page, op="withdraw", reason="重复")
    assert f'<a href="/admin/desk/pages/{page.pk}/">{page}</a>' in shown(
        admin_client, f"/admin/desk/batches/{whole.pk}/"
    )
