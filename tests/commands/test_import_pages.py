"""`import_pages`: a line for each page that matters, a summary, an exit code, a ledger."""

import io

import pytest
from django.core.management import CommandError, call_command

from articles.ingest import bounds
from articles.models import Article, ImportItem, ImportRun, Page, SourceText
from tests.make import PAGE, SAMPLE, SAMPLES, write

pytestmark = pytest.mark.django_db


def run(*arguments):
    """Return (exit code, lines printed) without the lines of progress, of which a slow machine prints more."""
    out, code = io.StringIO(), 0
    try:
        call_command("import_pages", *map(str, arguments), stdout=out)
    except SystemExit as stop:
        code = stop.code
    return code, [line for line in out.getvalue().splitlines() if not line.startswith("进度 ")]


def test_the_samples_make_three_issues_of_four_pages():
    code, lines = run(SAMPLES)
    assert code == 0
    dates = [str(page.issue.date) for page in Page.objects.select_related("issue").order_by("pk")]
    assert dates == ["2024-11-22", "2024-11-22", "2024-06-18", "2025-01-03"]
    assert [line.split()[0] for line in lines[:4]] == ["新增"] * 4
    assert lines[4].startswith("共 4 个文件：新增 4，更新 0，相同 0，版面冲突 0，失败 0；用时 ")


def test_a_second_run_says_nothing_but_its_summary():
    run(SAMPLES)
    code, lines = run(SAMPLES)
    assert code == 0
    assert len(lines) == 1 and "相同 4，" in lines[0]
    latest = ImportRun.objects.first()
    assert (latest.same, latest.added, latest.items.count()) == (4, 0, 0)
    assert latest.finished_at is not None


def test_a_bad_file_stops_only_itself(tmp_path):
    good, empty = write(tmp_path, PAGE, "1.txt"), write(tmp_path, "", "2.txt")
    code, lines = run(tmp_path, tmp_path / "无.txt")
    assert code == 1
    assert Article.objects.count() == 3
    assert [line for line in lines if line.startswith("失败")] == [
        f"失败  {empty}：文件是空的，请检查是否漏了识别结果。",
        f"失败  {tmp_path / '无.txt'}：文件不存在，请检查路径。",
    ]
    assert dict(ImportItem.objects.values_list("path", "outcome")) == {
        str(good): "added",
        str(empty): "failed",
        str(tmp_path / "无.txt"): "failed",
    }


def test_options_say_date_and_page(tmp_path):
    path = write(tmp_path, PAGE[PAGE.index("青海湖畔") :])
    assert run(path, "--date", "2024/5/20", "--page", "2")[0] == 0
    page = Page.objects.get()
    assert (str(page.issue.date), page.issue.date_basis, page.number) == ("2024-05-20", "given", 2)


@pytest.mark.parametrize(("option", "value"), [("--date", "五月"), ("--page", "头版"), ("--page", "0")])
def test_nonsense_in_an_option_is_refused(tmp_path, option, value):
    with pytest.raises(CommandError, match=f"“{value}”"):
        run(write(tmp_path, PAGE), option, value)


def test_one_page_number_is_not_for_many_files(tmp_path):
    with pytest.raises(CommandError, match="--page 只能用于一个文件"):
        run(SAMPLES, "--page", "2")
    assert not Page.objects.exists()


def test_a_dry_run_tells_of_each_article_and_writes_nothing(tmp_path):
    path = write(tmp_path, PAGE)
    code, lines = run(path, "--dry-run")
    assert code == 0
    assert [line.split() for line in lines if line.startswith("    ")] == [
        ["新增", "青海湖畔建起流动诊室"],
        ["新增", "云南启动乡村医生轮训"],
        ["新增", "福建社区食堂添了营养师"],
    ]
    assert lines[-1].startswith("试运行，未写入：共 1 个文件：新增 1")
    assert not (Page.objects.exists() or SourceText.objects.exists() or ImportRun.objects.exists())


@pytest.mark.parametrize("options", [[], ["--dry-run"]], ids=["in earnest", "a dry run"])
def test_a_page_that_the_reader_fails_on_stops_only_itself(tmp_path, monkeypatch, options):
    sound = bounds.read_page

    def faulty(text, **given):
        return sound(text, **given) if "青海" not in text else [].pop()

    monkeypatch.setattr(bounds, "read_page", faulty)
    bad, good = write(tmp_path, PAGE, "1.txt"), write(tmp_path, SAMPLE.read_text("utf-8"), "2.txt")
    code, lines = run(tmp_path, *options)
    assert code == 1
    (told,) = [line for line in lines if line.startswith("失败")]
    assert told.startswith(f"失败  {bad}：读取器出错（IndexError，test_import_pages.py 第 ")
    assert told.endswith("行），该版未载入，请把此文件交给维护者。")
    assert any(line.startswith("新增") and line.endswith(str(good)) for line in lines)
    assert Page.objects.count() == (0 if options else 1)


def test_a_page_that_no_reader_reads_in_time_stops_only_itself(tmp_path):
    endless = write(tmp_path, "健\n" * 300_000, "1.txt")
    write(tmp_path, SAMPLE.read_text("utf-8"), "2.txt")
    code, lines = run(tmp_path)
    assert (code, Page.objects.count()) == (1, 1)
    assert f"失败  {endless}：文本有 300000 行，超过 10000 行，不像一个版面，请检查或拆成每版一个文件。" in lines
