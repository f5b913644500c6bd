"""`sync_search`: its output, its exit codes, and the new index that a changed word list makes."""

import ast
import io

import pytest
from django.core.management import call_command

from articles.models import Article, archive
from articles.search import state, sync
from articles.search.find import find
from articles.search.state import serving_folder, serving_state
from articles.search.sync import paused
from tests.make import make_article, sign

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.SEARCH_DIR = tmp_path / "search"
    return settings.SEARCH_DIR


def run(*arguments):
    """Return (exit code, lines printed)."""
    out = io.StringIO()
    try:
        call_command("sync_search", *arguments, stdout=out)
    except SystemExit as stop:
        return stop.code, out.getvalue().splitlines()
    return 0, out.getvalue().splitlines()


def test_it_builds_brings_up_and_says_what_it_does():
    with paused():
        make_article(headline="一篇文章")
    assert run("--check") == (1, ["没有索引。请运行 manage.py sync_search。", "发现 1 处不一致"])
    assert run() == (0, ["重建索引：1 篇"])
    with paused():
        make_article(headline="又一篇文章")
    code, lines = run("--check")
    assert code == 1 and lines[0].startswith("索引停在修订号")
    assert run() == (0, [])
    assert run("--check") == (0, ["索引与数据库一致"])
    before = serving_folder()
    assert run("--rebuild") == (0, ["重建索引：2 篇"])
    assert serving_folder() != before and find("文章").rows.total == 2


def test_a_build_says_how_far_it_is(monkeypatch):
    monkeypatch.setattr(sync, "TICK", 0)
    with paused():
        for number in range(210):
            make_article(headline=f"第{number}篇")
    _, lines = run("--rebuild")
    assert [line.partition(" 篇，")[0] for line in lines[1:]] == ["重建索引：100/210", "重建索引：200/210"]
    assert "每秒" in lines[1] and "约还需" in lines[1]


def test_check_finds_each_kind_of_difference():
    kept = make_article(headline="第一篇")
    missing = Article.objects.create(page=kept.page, headline="没有编入的文章", position=9)
    changed, signed, withdrawn = (make_article(headline=f"又{number}篇") for number in range(3))
    Article.objects.filter(pk=changed.pk).update(headline="别的标题")
    sign(signed, "赵一苇")
    Article.objects.filter(pk=withdrawn.pk).update(withdrawn=True)  # beyond the last story
    assert run("--check") == (
        1,
        [
            f"索引缺少文章 {missing.pk}",
            f"文章 {changed.pk} 在索引里的内容与数据库不同",
            f"文章 {signed.pk} 在索引里的内容与数据库不同",
            f"索引多出文章 {withdrawn.pk}",
            "发现 4 处不一致",
        ],
    )
    run("--rebuild")
    assert run("--check")[0] == 0


def test_another_word_list_is_another_index_and_is_built_by_itself(settings, tmp_path):
    make_article(headline="一篇文章")
    before, held = serving_folder(), serving_state()
    settings.WORDS_FILE = tmp_path / "words.txt"
    settings.WORDS_FILE.write_text("一篇文章\n", "utf-8")
    state.fingerprint.cache_clear()
    try:
        assert run("--check")[1][0].startswith("索引与当前数据库、词表或程序版本不符")
        make_article(headline="又一篇文章")
        assert serving_folder() != before and serving_state().fingerprint != held.fingerprint
        assert find("文章").rows.total == 2
    finally:
        state.fingerprint.cache_clear()


@pytest.mark.parametrize("name", state.DECIDING)
def test_another_version_of_a_module_that_decides_is_another_index(monkeypatch, tmp_path, name):
    for each in state.DECIDING:
        (tmp_path / each).parent.mkdir(exist_ok=True)
        (tmp_path / each).write_bytes((state.CODE / each).read_bytes())
    monkeypatch.setattr(state, "CODE", tmp_path)
    before = state.fingerprint.__wrapped__()
    (tmp_path / name).write_bytes((tmp_path / name).read_bytes() + b"\n")
    assert state.fingerprint.__wrapped__() != before


def test_what_documents_are_made_by_is_among_the_modules_that_decide():
    tree = ast.parse((state.CODE / "search/documents.py").read_text("utf-8"))
    tree.body += ast.parse((state.CODE / "models/bodies.py").read_text("utf-8")).body
    tree.body += ast.parse((state.CODE / "search/index_rows.py").read_text("utf-8")).body
    tree.body += ast.parse((state.CODE / "search/schema.py").read_text("utf-8")).body
    imported = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module}
    ours = {name.removeprefix("articles.") for name in imported if name.startswith("articles.")}
    own = {f"{name.replace('.', '/')}.py" for name in ours}
    # The records only supply the text of documents.
    assert own - {"models.py"} <= set(state.DECIDING)


def test_saving_an_article_twice_leaves_one_document():
    article = make_article(headline="一篇文章")
    for _ in range(2):
        with archive.change() as change:
            change.articles([article.pk])
    assert find("文章").rows.total == 1
    assert run("--check") == (0, ["索引与数据库一致"])
