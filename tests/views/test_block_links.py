"""Links to the paragraphs, subheads and tables of a story."""

import json
import re

import pytest

from articles.models import Article
from articles.models.block_keys import carry_keys, keys_of
from tests.make import load, make_article, make_issue, make_page, update, write
from tests.markup import check_markup
from tests.views.test_tables_of_bodies import PAGE as PAGE_WITH_TABLES

pytestmark = pytest.mark.django_db

ENDS_OPEN, GOES_ON = "农村居民就近看病，由县级医院下派", "到乡镇卫生院坐诊的医生每周出诊三天。"


@pytest.fixture
def story():
    """A story whose second paragraph goes on in another part, and whose third part says a sentence again."""
    issue = make_issue()
    subhead = {"type": "subhead", "text": "小标题"}
    heading, cut, rest, again = (
        {"type": "paragraph", "text": text} for text in ("县里的医生来了。", ENDS_OPEN, GOES_ON, "县里的医生来了。")
    )
    head = make_article(make_page(issue, 1), "首篇", blocks=[heading, subhead, cut], continued_to=2)
    second = make_article(make_page(issue, 2), "首篇续", blocks=[rest], continuation_of=head)
    third = make_article(make_page(issue, 3), "首篇再续", blocks=[again, heading], continuation_of=head)
    return head, second, third


def page_of(client, article):
    address = article.get_absolute_url()
    text = client.get(address).content.decode()
    check_markup(text, address)
    ids = re.findall(r' id="([^"]*)"', text)
    assert len(set(ids)) == len(ids)
    return text, [each for each in ids if each.startswith("b-")]


def ids_of(*articles):
    return [f"b-{article.pk}-{key}" for article in articles for key in keys_of(article.blocks)]


def test_a_link_leads_to_each_block_of_each_part(story, client):
    text, ids = page_of(client, story[0])
    assert ids == ids_of(*story)
    first, subhead, cut, rest, *_ = ids
    assert f'<p id="{first}">县里的医生来了。</p>' in text and f'<h2 id="{subhead}">小标题</h2>' in text
    assert f'<p id="{cut}"><span id="{rest}"></span>{ENDS_OPEN}{GOES_ON}</p>' in text


def test_a_link_holds_when_a_story_is_parted(story, client):
    head, second, third = story
    before = page_of(client, head)[1]
    update(Article.objects.filter(pk__in=[second.pk, third.pk]), continuation_of=None)
    assert [each for part in story for each in page_of(client, part)[1]] == before


def test_a_link_holds_when_its_block_and_others_are_changed(story, client):
    head, *_ = story
    first, subhead, cut, *_ = page_of(client, head)[1]
    changed = [{"type": "paragraph", "text": text} for text in ("新加的一段。", "县里的医生又来了。")]
    blocks = carry_keys(head.blocks, [*changed, *head.blocks[1:]])
    update(Article.objects.filter(pk=head.pk), blocks=blocks)
    text, ids = page_of(client, head)
    assert ids[1:4] == [first, subhead, cut]
    assert f'<p id="{first}">县里的医生又来了。</p>' in text


def test_a_table_has_its_id(client, tmp_path):
    load(write(tmp_path, PAGE_WITH_TABLES, "page.md"))
    article = Article.objects.get(headline="早市上的慢病门诊")
    text, ids = page_of(client, article)
    assert ids == ids_of(article)
    assert f'<div id="{ids[1]}" class="tabular"' in text
    source = client.get(f"{article.get_absolute_url()}source/").content.decode()
    assert '<div class="tabular"' in source and "b-" + str(article.pk) not in source


def test_a_key_is_text_wherever_it_came_from(client):
    article = make_article(blocks=[{"type": "paragraph", "text": "一段。", "key": '"><b>'}])
    assert (
        f'<p id="b-{article.pk}-&quot;&gt;&lt;b&gt;">一段。</p>'
        in client.get(article.get_absolute_url()).content.decode()
    )


def test_files_hold_the_blocks_as_they_are_printed(story, client):
    head, second, _ = story
    address = f"{head.get_absolute_url().rstrip('/')}.json"
    before = json.loads(client.get(address).content)
    for number, article in enumerate((head, second)):
        keyed = [{**block, "key": f"{number}-{place}"} for place, block in enumerate(article.blocks)]
        update(Article.objects.filter(pk=article.pk), blocks=keyed)
    assert f"b-{head.pk}-0-2" in client.get(head.get_absolute_url()).content.decode()
    after = json.loads(client.get(address).content)
    assert (after["blocks"], after["parts"]) == (before["blocks"], before["parts"])
