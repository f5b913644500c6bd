"""The lines of the source file that a story was read from."""

import pytest

from articles.desk.moving import move
from articles.desk.withdrawing import restore, withdraw
from articles.desk.writing import writing
from articles.models import Article
from articles.views.sources import AROUND, SourceSpan, source_lines
from tests.make import PAGE, load, make_article, make_page, write

pytestmark = pytest.mark.django_db


@pytest.fixture
def story(tmp_path):
    load(write(tmp_path, PAGE))
    return Article.objects.select_related("source").get(headline="云南启动乡村医生轮训")


def test_its_lines_are_those_of_the_file_with_their_numbers_and_what_they_were_read_as(story):
    printed = PAGE.splitlines()
    lines = list(source_lines(story))
    assert ["".join(piece.text for piece in line.pieces) for line in lines] == [
        printed[line.number - 1] for line in lines
    ]
    own = {line.number: line.labels for line in lines if line.labels}
    title = printed.index("云南启动乡村医生轮训") + 1
    assert own == {title: ["标题"], title + 2: ["电头署名", "正文"], title + 4: ["正文"]}
    assert [line.number for line in lines] == list(range(title - AROUND, title + 4 + AROUND + 1))
    assert [line.skipped for line in lines] == [title - AROUND - 1, *[0] * (len(lines) - 1)]


def test_a_line_is_cut_where_a_segment_ends(story):
    line = next(line for line in source_lines(story) if "电头署名" in line.labels)
    assert line.pieces[0] == SourceSpan("本报讯（通讯员钱二木）", "电头署名")
    assert line.pieces[1].label == "正文"


def test_the_page_shows_them(story, client):
    text = client.get(f"/articles/{story.pk}/source/").content.decode()
    assert "<b>本报讯（通讯员钱二木）</b><b>云南省日前启动" in text
    assert "page.txt" in text and 'class="other"' in text


def test_any_line_ends_and_no_source_are_shown(client, tmp_path):
    load(write(tmp_path, PAGE.replace("\n", "\r\n"), "crlf.txt"))
    article = Article.objects.select_related("source").get(headline="云南启动乡村医生轮训")
    assert not any("\r" in piece.text for line in source_lines(article) for piece in line.pieces)
    bare = make_article()
    assert "没有留下它的识别文本" in client.get(f"/articles/{bare.pk}/source/").content.decode()


def test_a_parts_source_is_shown_with_its_head(story, client):
    part = make_article(continuation_of=story)
    response = client.get(f"/articles/{part.pk}/source/")
    assert (response.status_code, response["Location"]) == (301, f"/articles/{story.pk}/source/")


def test_what_no_paper_prints_is_shown_by_its_code(client, tmp_path):
    noisy = PAGE.replace("云南省日前", "云南\u202e省\x02日\ue123前").replace("三个月。", "三个月。\u2028")
    load(write(tmp_path, noisy, "noisy.txt"))
    story = Article.objects.select_related("source").get(headline="云南启动乡村医生轮训")
    assert story.paragraphs[0].startswith("云南省日 前启动")
    assert "云南\u202e省\x02日\ue123前" in story.source.text
    text = client.get(f"/articles/{story.pk}/source/").content.decode()
    assert "云南</b><b>[U+202E]</b><b>省" in text and "[U+E123]" in text
    assert not set("\u202e\x02\ue123\u2028") & set(text)


@pytest.mark.parametrize("whole_page", [False, True])
def test_lines_around_show_nothing_that_is_hidden(story, client, whole_page):
    page = story.page
    hidden = list(page.articles.exclude(pk=story.pk))
    url = f"{story.get_absolute_url()}source/"
    if whole_page:
        with writing(None) as this:
            move(this, [story], make_page(page.issue, 9))
        hidden_row, secrets = [page], ["责编 冯以宁"]
    else:
        hidden_row, secrets = hidden, []
    secrets += [line for row in hidden for line in (row.headline, row.blocks[0]["text"][-12:])]
    assert any(secret in client.get(url).content.decode() for secret in secrets)
    with writing(None) as this:
        withdraw(this, hidden_row)
    text = client.get(url).content.decode()
    assert not [secret for secret in secrets if secret in text]
    assert story.blocks[0]["text"][-12:] in text
    with writing(None) as this:
        restore(this, type(hidden_row[0]).objects.filter(pk__in=[row.pk for row in hidden_row]))
    assert any(secret in client.get(url).content.decode() for secret in secrets)
