"""The structure of a page put right by hand: merged, split, moved, joined and parted, and read again."""

import dataclasses

import pytest
from django.core.exceptions import ValidationError

from articles.desk.applying import apply
from articles.desk.deleting import delete_row
from articles.desk.joining import join, merge, part
from articles.desk.releasing import release
from articles.desk.splitting import split
from articles.desk.undoing import undo
from articles.desk.writing import writing
from articles.ingest.readers import reader_from_database
from articles.models import Archive, Article, Batch, Contributor, Page, Proposal, Redirect
from articles.search.documents import story_documents
from tests.desk.state import assert_partition, state
from tests.make import DAY, PAGE, doubts_of, load, other_page, write
from tests.tables import load_tables

pytestmark = pytest.mark.django_db

#: The page with its first two stories in one item, because nothing parts the two.
ONE = PAGE.replace("云南启动乡村医生轮训\n\n本报讯（通讯员钱二木）", "")


@pytest.fixture
def page(tmp_path):
    load_tables()
    return load(write(tmp_path, PAGE)).page


def read_again(tmp_path, text=PAGE):
    """Read a text by a reader of another version, as after an upgrade. Return the report."""
    reader = reader_from_database()
    again = dataclasses.replace(reader, version=reader.version + "+")
    report = load(write(tmp_path, text), again)
    return report


def without_bookkeeping(told):
    """Return a state without the ids of texts and without segments, which a new text changes."""
    articles = {
        pk: {name: value for name, value in values.items() if name not in ("source", "segments")}
        for pk, values in told["Article"].items()
    }
    return {**told, "Article": articles}


def check_read_again(tmp_path):
    """Reading the same text again changes nothing and proposes nothing."""
    before, revision = state(), Archive.objects.get().revision
    proposals = list(Proposal.objects.values_list("article", "field"))
    report = read_again(tmp_path)
    assert {kind for kind, _ in report.articles} <= {"same", "protected"}
    assert state() == before
    assert Archive.objects.get().revision == revision
    assert list(Proposal.objects.values_list("article", "field")) == proposals


def test_a_split_article_stays_split(tmp_path, page):
    article = page.articles.as_printed()[0]
    with writing(None) as this:
        second = split(this, article, 1)
    rows = list(page.articles.as_printed())
    assert [row.pk for row in rows][:2] == [article.pk, second.pk] and [row.position for row in rows] == [0, 1, 2, 3]
    assert [len(row.blocks) for row in rows[:2]] == [1, 1] and not rows[0].edited_fields and not rows[1].edited_fields
    assert_partition()
    check_read_again(tmp_path)
    assert_partition()


def test_a_split_article_follows_a_changed_text(tmp_path, page):
    article = page.articles.as_printed()[0]
    with writing(None) as this:
        second = split(this, article, 1)
    changed = PAGE.replace("每月沿牧道巡诊两次", "每月沿牧道巡诊三次").replace("三百余名牧民", "四百余名牧民")
    read_again(tmp_path, changed)
    article.refresh_from_db()
    second.refresh_from_db()
    assert "三次" in article.blocks[0]["text"] and "四百余名" in second.blocks[0]["text"]
    assert len(article.blocks) == len(second.blocks) == 1 and page.articles.count() == 4
    assert not Proposal.objects.exists() and doubts_of(second) == []
    assert_partition()


def test_an_anchor_that_the_text_has_no_more_is_a_doubt(tmp_path, page):
    article = page.articles.as_printed()[0]
    with writing(None) as this:
        second = split(this, article, 1)
    read_again(
        tmp_path,
        PAGE.replace(
            "巡诊队由州人民医院派出，已为三百余名牧民建立健康档案", "这支队伍来自州里的大医院，如今家家户户都有了档案"
        ),
    )
    assert "anchor-lost" in doubts_of(second)
    read_again(tmp_path, PAGE.replace("三百余名", "四百余名"))
    assert "anchor-lost" not in doubts_of(second)


def test_a_split_is_undone_and_done_again(tmp_path, page):
    first = state()
    article = page.articles.as_printed()[0]
    with writing(None) as this:
        second = split(this, article, 1)
    done = state()
    back = undo(this.batch, None)
    assert back.left == [] and without_bookkeeping(state())["Article"] == without_bookkeeping(first)["Article"]
    assert_partition()
    again = undo(back.batch, None)
    assert again.left == [] and state()["Article"] == done["Article"]
    assert Article.objects.filter(pk=second.pk).exists()
    assert_partition()
    check_read_again(tmp_path)


@pytest.mark.parametrize("long_first", [True, False])
def test_merged_articles_are_one_story_and_stay_so(client, tmp_path, page, long_first):
    first, second, _ = page.articles.as_printed()
    survivor, absorbed = (first, second) if long_first else (second, first)
    with writing(None) as this:
        merge(this, survivor, [absorbed])
    absorbed.refresh_from_db()
    assert absorbed.absorbed and absorbed.continuation_of == survivor
    assert_partition()
    check_read_again(tmp_path)
    text = client.get(survivor.get_absolute_url()).content.decode()
    assert "以下续见" not in text and absorbed.blocks[0]["text"] in text and f'id="part-{absorbed.pk}"' in text
    assert text.count("第3版：综合新闻</a></dd>") == 1  # where it was printed
    file = client.get(f"{survivor.get_absolute_url()[:-1]}.txt").content.decode()
    assert "续见" not in file and absorbed.headline in file and absorbed.blocks[0]["text"] in file
    answer = client.get(absorbed.get_absolute_url())
    assert answer.status_code in (301, 302) and answer["Location"].endswith(f"#part-{absorbed.pk}")


@pytest.mark.parametrize("long_first", [True, False])
def test_a_reading_that_unites_what_is_merged_gives_each_its_text(tmp_path, page, long_first):
    first, second, _ = page.articles.as_printed()
    with writing(None) as this:
        merge(this, *((first, [second]) if long_first else (second, [first])))
    texts = [row.blocks for row in page.articles.as_printed()]
    read_again(tmp_path, ONE)
    assert [row.blocks for row in page.articles.as_printed()] == texts
    assert_partition()


def test_merge_undo_merge_undo(tmp_path, page):
    before = state()
    first, second, _ = page.articles.as_printed()
    for _ in range(2):
        with writing(None) as this:
            merge(this, Article.objects.get(pk=first.pk), [Article.objects.get(pk=second.pk)])
        assert undo(this.batch, None).left == []
        assert state() == before


def test_what_can_not_be_merged_or_split_is_refused(page):
    first, second, _ = page.articles.as_printed()
    with writing(None) as this, pytest.raises(ValidationError, match="留下的一篇"):
        merge(this, first, [first])
    for at in (0, 2, -1, 99):
        with writing(None) as this, pytest.raises(ValidationError, match="不能从那里拆开"):
            split(this, first, at)
    Article.objects.filter(pk=second.pk).update(withdrawn=True)
    with writing(None) as this, pytest.raises(ValidationError, match="已撤下"):
        merge(this, first, [Article.objects.get(pk=second.pk)])


def test_merged_articles_follow_a_changed_text_each_from_its_own_item(tmp_path, page):
    first, second, _ = page.articles.as_printed()
    urls = [row.get_absolute_url() for row in (first, second)]
    with writing(None) as this:
        merge(this, second, [first])
    read_again(tmp_path, PAGE.replace("三百余名牧民", "四百余名牧民").replace("首批四百人", "首批五百人"))
    first.refresh_from_db()
    second.refresh_from_db()
    assert "四百余名" in first.blocks[1]["text"] and "五百人" in second.blocks[0]["text"]
    assert (first.headline, second.headline) == ("青海湖畔建起流动诊室", "云南启动乡村医生轮训")
    assert first.absorbed and first.continuation_of == second and page.articles.count() == 3
    assert [row.get_absolute_url() for row in (first, second)] == urls and not Proposal.objects.exists()


def test_a_paragraph_runs_on_across_the_seam_of_a_merge(client, page):
    first, second, _ = page.articles.as_printed()
    with writing(None) as this:
        apply(this, first, {"blocks": [{"type": "paragraph", "text": "巡诊队由州人民医院派出，已为"}]})
        apply(this, second, {"headline": "", "blocks": [{"type": "paragraph", "text": "三百余名牧民建立健康档案。"}]})
    with writing(None) as this:
        merge(this, Article.objects.get(pk=first.pk), [Article.objects.get(pk=second.pk)])
    text = client.get(first.get_absolute_url()).content.decode()
    assert "巡诊队由州人民医院派出，已为三百余名牧民建立健康档案。" in text


def test_a_merged_article_with_a_headline_of_its_own_keeps_its_first_paragraph(client, page):
    first, second, _ = page.articles.as_printed()
    with writing(None) as this:
        apply(this, first, {"blocks": [{"type": "paragraph", "text": "巡诊队由州人民医院派出"}]})
    with writing(None) as this:
        merge(this, Article.objects.get(pk=first.pk), [Article.objects.get(pk=second.pk)])
    text = client.get(first.get_absolute_url()).content.decode()
    assert text.index("<h2>云南启动乡村医生轮训</h2>") < text.index(second.blocks[0]["text"])
    assert "派出云南省" not in text
    (document,) = story_documents([first.pk])
    assert second.blocks[0]["text"] in document.texts["body"]


def parting(way, article):
    """Part an article from its story by the button of the page, by the article's form, or by a release."""
    row = Article.objects.select_related("continuation_of").get(pk=article.pk)
    if way == "release":
        release(row, "continuation_of", None)
        return
    with writing(None) as this:
        if way == "button":
            part(this, [row])
        else:
            apply(this, row, {"continuation_of": None})


@pytest.mark.parametrize("way", ["button", "form", "release"])
def test_what_came_with_a_merged_article_leaves_with_it(tmp_path, page, way):
    a, b, c = page.articles.as_printed()
    other = load(other_page(tmp_path), given_date=DAY, given_page=8).page
    continuation, beside = other.articles.as_printed()[2:4]
    for deed, head, rows in ((merge, b, [a]), (join, b, [continuation]), (merge, c, [b]), (join, c, [beside])):
        with writing(None) as this:
            deed(this, Article.objects.get(pk=head.pk), [Article.objects.get(pk=row.pk) for row in rows])
    merged = state()
    assert Article.objects.filter(continuation_of=c).count() == 4
    parting(way, b)
    told = dict(Article.objects.exclude(continuation_of=None).values_list("pk", "continuation_of"))
    assert told == {a.pk: b.pk, continuation.pk: b.pk, beside.pk: c.pk}
    assert set(Article.objects.filter(absorbed=True)) == {a}
    back = undo(Batch.objects.order_by("pk").last(), None)
    assert back.left == [] and state() == merged
    assert undo(back.batch, None).left == []
    assert dict(Article.objects.exclude(continuation_of=None).values_list("pk", "continuation_of")) == told


def test_a_merge_of_what_was_merged_is_undone_and_done_again(page):
    a, b, c = page.articles.as_printed()
    for survivor, absorbed in ((b, a), (c, b)):
        before = state()
        with writing(None) as this:
            merge(this, Article.objects.get(pk=survivor.pk), [Article.objects.get(pk=absorbed.pk)])
    after = state()
    back = undo(this.batch, None)
    assert back.left == [] and state() == before
    assert undo(back.batch, None).left == [] and state() == after


def test_what_was_parted_from_a_merged_article_stays_where_it_was_put(page):
    a, b, c = page.articles.as_printed()
    steps = [lambda this: merge(this, b, [a]), lambda this: merge(this, c, [b])]
    steps += [lambda this: part(this, [fresh(a)]), lambda this: join(this, fresh(c), [fresh(a)])]

    def fresh(row):
        return Article.objects.select_related("continuation_of").get(pk=row.pk)

    for step in steps:
        with writing(None) as this:
            step(this)
    parting("button", b)
    assert fresh(a).continuation_of == c and fresh(b).continuation_of is None


def test_the_head_of_a_merge_goes_and_the_other_stands_for_itself(page):
    first, second, _ = page.articles.as_printed()
    with writing(None) as this:
        merge(this, first, [second])
    with writing(None) as this:
        delete_row(Article.objects.get(pk=first.pk), this)
    second.refresh_from_db()
    assert second.continuation_of is None and not second.absorbed


def test_a_persons_body_is_split_and_stays_a_persons(tmp_path, page):
    article = page.articles.as_printed()[0]
    with writing(None) as this:
        apply(this, article, {"blocks": [*article.blocks, {"type": "paragraph", "text": "编辑补上的一段。"}]})
    with writing(None) as this:
        second = split(this, Article.objects.get(pk=article.pk), 1)
    article.refresh_from_db()
    second.refresh_from_db()
    assert "blocks" in article.edited_fields and "blocks" in second.edited_fields
    assert [block["text"][-8:] for block in second.blocks][-1] == "编辑补上的一段。"
    check_read_again(tmp_path)
    assert_partition()


def test_a_subhead_becomes_the_headline_of_the_new_article(tmp_path):
    load_tables()
    page = load(write(tmp_path, PAGE)).page
    article = page.articles.as_printed()[0]
    blocks = [article.blocks[0], {"type": "subhead", "text": "巡诊队来了"}, article.blocks[1]]
    with writing(None) as this:
        apply(this, article, {"blocks": blocks})
    with writing(None) as this:
        second = split(this, Article.objects.get(pk=article.pk), 1)
    assert second.headline == "巡诊队来了" and [block["type"] for block in second.blocks] == ["paragraph"]


@pytest.mark.parametrize("hidden_by", ["itself", "head"])
def test_a_split_shows_no_text_that_is_withdrawn(page, hidden_by):
    first, second, _ = page.articles.as_printed()
    if hidden_by == "head":
        with writing(None) as this:
            join(this, second, [first])
    with writing(None) as this:
        apply(this, first if hidden_by == "itself" else second, {"withdrawn": True})
    with writing(None) as this:
        half = split(this, Article.objects.get(pk=first.pk), 1)
    assert not Article.objects.visible().filter(pk=half.pk).exists()


def test_what_was_absorbed_and_is_joined_has_a_seam(client, page):
    first, second, _ = page.articles.as_printed()
    with writing(None) as this:
        merge(this, first, [second])
    with writing(None) as this:
        join(this, first, [Article.objects.get(pk=second.pk)])
    assert not Article.objects.get(pk=second.pk).absorbed
    assert "以下续见" in client.get(first.get_absolute_url()).content.decode()


def test_a_merged_article_that_goes_leaves_its_text_to_the_page(page):
    first, second, third = page.articles.as_printed()
    segments = second.segments
    with writing(None) as this:
        merge(this, first, [third])
    with writing(None) as this:
        delete_row(Article.objects.get(pk=third.pk), this)
    assert Redirect.objects.get(old_path=third.get_absolute_url()).new_path == page.get_absolute_url()
    second.refresh_from_db()
    assert second.segments == segments
    assert_partition()


def test_a_new_half_follows_its_first_half_among_articles_of_one_position(page):
    rows = list(page.articles.as_printed())
    page.articles.update(position=1)
    with writing(None) as this:
        half = split(this, Article.objects.get(pk=rows[1].pk), 1)
    assert list(page.articles.as_printed()) == [rows[0], rows[1], half, rows[2]]
    assert undo(this.batch, None).left == [] and list(page.articles.as_printed()) == rows


def correct_blocks(pk, blocks):
    with writing(None) as this:
        apply(this, Article.objects.get(pk=pk), {"blocks": blocks})


def texts_of(page):
    return ["".join(block["text"] for block in row.blocks) for row in page.articles.as_printed()]


@pytest.mark.parametrize("is_within", [False, True])
@pytest.mark.parametrize("order", [1, -1])
def test_each_released_half_of_a_corrected_article_has_its_own_text(tmp_path, page, is_within, order):
    article = page.articles.as_printed()[0]
    read = texts_of(page)[0]
    first, second = ({**block, "text": block["text"]} for block in article.blocks)
    if is_within:  # the place of the split lies in a paragraph of the reading
        head, tail = ({**first, "text": text} for text in (first["text"][:24], first["text"][24:]))
        correct_blocks(article.pk, [head, tail, second])
    else:  # the machine's body is no proposal any more
        one = {**first, "text": first["text"] + second["text"]}
        correct_blocks(article.pk, [one])
        correct_blocks(article.pk, [first, second])
        correct_blocks(article.pk, [{**first, "text": first["text"][:-1]}, {**second, "text": second["text"][:-1]}])
    with writing(None) as this:
        half = split(this, Article.objects.get(pk=article.pk), 1)
    for pk in (article.pk, half.pk)[::order]:
        release(Article.objects.get(pk=pk), "blocks", None)
        assert "".join(texts_of(page)[:2]).count("建立健康档案") == 1
    read_again(tmp_path)
    assert not Article.objects.get(pk=half.pk).edited_fields and doubts_of(half) == []
    assert texts_of(page)[0] and texts_of(page)[1] and "".join(texts_of(page)[:2]) == read
    assert_partition()
    check_read_again(tmp_path)


@pytest.mark.parametrize("changed", [0, 1])
def test_a_split_of_which_one_half_has_changed_is_not_half_undone(page, changed):
    article = page.articles.as_printed()[0]
    texts = [block["text"] for block in article.blocks]
    with writing(None) as this:
        split(this, article, 1)
    half = page.articles.as_printed()[changed]
    with writing(None) as later:
        apply(later, half, {"blocks": [{**half.blocks[0], "text": "编辑改过的一段。"}]})
    texts[changed] = "编辑改过的一段。"
    assert undo(this.batch, None).left
    assert [block["text"] for row in page.articles.as_printed()[:2] for block in row.blocks] == texts
    assert undo(later.batch, None).left == [] and undo(this.batch, None).left == []
    assert page.articles.count() == 3
    assert_partition()


@pytest.mark.parametrize("fields", [{"headline": "编辑起的标题"}, {"bylines": [["text", "记者", "赵一苇", ""]]}])
def test_a_split_whose_new_half_has_changed_tells_how_to_merge_the_two(page, fields):
    with writing(None) as this:
        half = split(this, page.articles.as_printed()[0], 1)
    with writing(None) as later:
        apply(later, half, fields)
    before = state()
    left = undo(this.batch, None).left
    assert left and all("合并" in step.left for step in left if step.correction.field in ("", "blocks"))
    assert state() == before


def test_a_split_whose_halves_have_new_places_or_were_checked_is_undone(page):
    above, article, _ = page.articles.as_printed()
    texts = texts_of(page)
    with writing(None) as this:
        half = split(this, article, 1)
    with writing(None) as later:
        apply(later, Article.objects.get(pk=half.pk), {"review": "reviewed"})
    with writing(None) as other:
        split(other, above, 1)
    assert not [step for step in undo(this.batch, None).left if step.correction.field != "position"]
    assert not Article.objects.filter(pk=half.pk).exists()
    assert {step.left for step in undo(other.batch, None).left} == {"这条记录已不在"}
    assert texts_of(page) == texts and list(page.articles.as_printed())[:2] == [above, article]
    assert_partition()


def test_a_half_that_can_not_come_back_leaves_the_other_as_it_is(page):
    article = page.articles.as_printed()[0]
    blocks = [*article.blocks[:1], {"type": "paragraph", "text": "巡诊队由州人民医院派出。"}]
    with writing(None) as this:
        apply(this, article, {"blocks": blocks})
    Contributor.objects.named(["周五常"])
    with writing(None) as this:
        half = split(this, Article.objects.get(pk=article.pk), 1)
        apply(this, half, {"bylines": [["text", "记者", "周五常", ""]]})
    back = undo(this.batch, None)
    assert back.left == [] and not Article.objects.filter(pk=half.pk).exists()
    Contributor.objects.filter(name="周五常").delete()
    before = state()
    left = undo(back.batch, None).left
    assert {step.left for step in left if step.correction.model == "article"} == {"和现有的其他记录冲突"}
    assert {**state(), "Contributor": None} == {**before, "Contributor": None}
    assert_partition()


#: Paragraphs whose text is not as printed: the reading has cleaned their formulas.
FORMULAS = """

体温超过 $3 7 . 5 ^ { \\circ } \\mathrm { C }$ 、血氧饱和度低于 $95 \\%$ 的人应当尽快就医。

$\\textcircled{1}$ 白细胞计数大于 $1 0 \\times 1 0 ^ { 9 } / \\mathrm { L }$ ，多为细菌感染。

$\\textcircled{2}$ 空气中颗粒物浓度高的日子，室温宜在 $1 8 \\sim 2 2 ~ ^ { \\circ } \\mathrm { C }$ 。
"""


@pytest.mark.parametrize("at", [2, 3, 4])
def test_a_split_between_formulas_stays(tmp_path, at):
    load_tables()
    text = PAGE.replace("建立健康档案。\n", "建立健康档案。" + FORMULAS)
    page = load(write(tmp_path, text)).page
    with writing(None) as this:
        second = split(this, page.articles.as_printed()[0], at)
    assert second.anchor and second.segments
    before = state()
    read_again(tmp_path, text)
    assert state() == before
    assert_partition()


def test_a_split_of_a_corrected_opening_stays(tmp_path, page):
    article = page.articles.as_printed()[0]
    with writing(None) as this:
        blocks = [article.blocks[0], {**article.blocks[1], "text": "巡回医疗队" + article.blocks[1]["text"][3:]}]
        apply(this, article, {"blocks": blocks})
    with writing(None) as this:
        second = split(this, Article.objects.get(pk=article.pk), 1)
    assert second.anchor.startswith("巡诊队由州")
    check_read_again(tmp_path)
    assert_partition()


@pytest.mark.parametrize("at", [1, 2, 3, 4])
def test_a_split_at_a_line_that_is_printed_twice_stays(tmp_path, at):
    load_tables()
    text = PAGE.replace("巡诊队由", "电话：6501。\n\n巡诊队由").replace(
        "建立健康档案。\n", "建立健康档案。\n\n电话：6501。\n\n详情请见本报网站所载的章程全文。\n"
    )
    page = load(write(tmp_path, text)).page
    with writing(None) as this:
        split(this, page.articles.as_printed()[0], at)
    before = state()
    read_again(tmp_path, text)
    assert state() == before
    assert_partition()


def test_an_article_that_is_merged_into_one_of_another_page_stays_on_its_page(client, tmp_path, page):
    other = load(other_page(tmp_path), given_date=DAY, given_page=8).page
    survivor, absorbed = page.articles.as_printed()[0], other.articles.as_printed()[2]
    with writing(None) as this:
        merge(this, survivor, [absorbed])
    assert absorbed.title in client.get(other.get_absolute_url()).content.decode()
    story = client.get(survivor.get_absolute_url()).content.decode()
    assert f'<a href="{other.get_absolute_url()}">' in story


@pytest.mark.parametrize("is_first", [True, False])
def test_the_page_of_a_merged_article_is_told_where_its_text_begins(client, tmp_path, page, is_first):
    other = load(other_page(tmp_path), given_date=DAY, given_page=8).page
    third, eighth = page.articles.as_printed()[0], other.articles.as_printed()[2]
    survivor, absorbed = (third, eighth) if is_first else (eighth, third)
    with writing(None) as this:
        apply(this, survivor, {"continued_to": absorbed.page.number})
    with writing(None) as this:
        merge(this, Article.objects.get(pk=survivor.pk), [absorbed])
    link = f'<a href="{absorbed.page.get_absolute_url()}">{absorbed.page.label}</a>'
    note = f'<p class="printed-on" id="part-{absorbed.pk}">印在 {link}</p>'
    story = client.get(survivor.get_absolute_url()).content.decode()
    assert story.count("印在") == 1 and "以下续见" not in story and "没有找到" not in story
    assert story.index(survivor.blocks[0]["text"]) < story.index(note) < story.index(absorbed.blocks[0]["text"])
    assert "2024-11-22（3, 8）" in story
    assert f"印在 {link}" in client.get(f"{survivor.get_absolute_url()}source/").content.decode()
    file = client.get(f"{survivor.get_absolute_url()[:-1]}.txt").content.decode()
    assert f"（印在{absorbed.page.label}）" in file and "第3版、第8版" in file


def test_the_text_of_a_deleted_half_does_not_return(tmp_path, page):
    article = page.articles.as_printed()[0]
    with writing(None) as this:
        second = split(this, article, 1)
    pk, blocks = second.pk, second.blocks
    with writing(None) as this:
        delete_row(second, this)
    deleted = this.batch
    read_again(tmp_path)
    article.refresh_from_db()
    assert len(article.blocks) == 1 and page.articles.count() == 3
    assert_partition()
    assert undo(deleted, None).left == []
    page.refresh_from_db()
    assert page.cuts == [] and Article.objects.get(pk=pk).blocks == blocks
    assert_partition()


def test_a_released_join_leaves_nothing_absorbed(page):
    first, second, _ = page.articles.as_printed()
    with writing(None) as this:
        merge(this, first, [second])
    release(Article.objects.get(pk=second.pk), "continuation_of", None)
    second.refresh_from_db()
    assert second.continuation_of is None and not second.absorbed


def test_a_part_of_a_withdrawn_story_is_not_published_by_parting_it(page):
    first, second, _ = page.articles.as_printed()
    with writing(None) as this:
        join(this, first, [second])
    with writing(None) as this:
        apply(this, Article.objects.get(pk=first.pk), {"withdrawn": True})
    with writing(None) as this:
        part(this, [Article.objects.select_related("continuation_of").get(pk=second.pk)])
    assert not Article.objects.visible().filter(pk=second.pk).exists()


@pytest.mark.disagreeing
def test_articles_of_two_undated_pages_are_not_merged(page, tmp_path):
    other = load(other_page(tmp_path)).page
    Page.objects.filter(pk__in=[page.pk, other.pk]).update(issue=None)
    one, another = Article.objects.get(pk=page.articles.first().pk), Article.objects.get(pk=other.articles.first().pk)
    with writing(None) as this, pytest.raises(ValidationError, match="不在同一期"):
        merge(this, one, [another])
