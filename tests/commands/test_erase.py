"""`manage.py erase`: no trace of the text is left in rows, ledger, source texts, index, caches and database files."""

import json
import os
import time
from io import StringIO
from pathlib import Path

import pytest
from django.apps import apps
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.core.management import CommandError, call_command
from django.db import connection

from articles.backup.making import make_backup
from articles.desk import erasing
from articles.desk.applying import apply
from articles.desk.deleting import delete_row
from articles.desk.erasing import erase, is_erased, target_of
from articles.desk.joining import join
from articles.desk.splitting import split
from articles.desk.undoing import undo
from articles.desk.writing import writing
from articles.ingest.anchors import solid
from articles.ingest.readers import reader_from_database
from articles.ingest.rereading import reread
from articles.ingest.stored_texts import read_stored, refusal_of
from articles.models import Article, Batch, Contributor, Correction, Page, Proposal, Scan, SearchWithoutHit, SourceText
from articles.models.searches_without_hit import SearchCount
from articles.scans.recording import record_scans
from articles.search.find import find
from articles.search.sync import sync
from articles.verify import findings
from tests.make import DAY, PAGE, TODAY, load, other_page, write
from tests.tables import load_tables

pytestmark = pytest.mark.django_db

#: Strings of the erased story, as it was read and as people wrote it. 钱二木 has signed nothing else.
TOLD = ("云南启动乡村医生轮训", "四百人到县级医院", "跟班学习三个月", "常见病诊治、急救技能", "结业考核合格", "钱二木")
WRITTEN = ("昆明开办乡医夜校", "改过的第二段另有八百字")

#: The same print as another recognition gave it before.
EARLIER = PAGE.replace("首批四百人", "首批四百入").replace("沿牧道巡诊两次", "沿牧道巡诊二次")


@pytest.fixture(autouse=True)
def folders(settings, tmp_path):
    for name in ("SEARCH_DIR", "SCANS_DIR", "CUTTINGS_DIR"):
        setattr(settings, name, tmp_path / name)
    (tmp_path / "VAR_DIR").mkdir()
    settings.VAR_DIR = tmp_path / "VAR_DIR"


@pytest.fixture
def editor(db):
    return User.objects.create_user("林望舒", password="密码甲乙丙丁")


@pytest.fixture
def article(tmp_path, editor):
    """A story with two texts of its page, corrections, an undo, a proposal, and traces in every log."""
    load_tables()
    load(write(tmp_path, EARLIER))
    page = load(write(tmp_path, PAGE)).page
    assert sorted(page.sources.values_list("standing", flat=True)) == ["current", "superseded"]
    article = page.articles.get(headline=TOLD[0])
    with writing(editor, reason=f"原题《{TOLD[0]}》有误") as this:
        apply(this, article, {"headline": WRITTEN[0]})
    correct_paragraph(article.pk, editor)
    undo(correct_paragraph(article.pk, editor), editor)
    kind = ContentType.objects.get_for_model(Article)
    LogEntry.objects.create(
        user=editor, content_type=kind, object_id=article.pk, object_repr=TOLD[0], action_flag=CHANGE
    )
    SearchWithoutHit.objects.add(
        {TOLD[1] + TOLD[2]: SearchCount(1, 0, DAY, DAY), "别的检索词": SearchCount(1, 0, DAY, DAY)}
    )
    assert Proposal.objects.filter(article=article)
    return Article.objects.get(pk=article.pk)


def correct_paragraph(pk, editor):
    article = Article.objects.get(pk=pk)
    blocks = [dict(each) for each in article.blocks]
    blocks[1]["text"] += WRITTEN[1]
    with writing(editor) as this:
        apply(this, article, {"blocks": blocks})
    return this.batch


def run(*args):
    out = StringIO()
    code = 0
    try:
        call_command("erase", *map(str, args), stdout=out, stderr=out)
    except SystemExit as end:
        code = end.code
    return code, out.getvalue()


def traces(needles=TOLD + WRITTEN):
    """Return [table, column, string] for each string that a row of any table holds, folded and without spaces."""
    found = []
    for model in apps.get_models():
        for row in model._base_manager.values():
            for name, value in row.items():
                told = solid(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str))
                found += [(model.__name__, name, each) for each in needles if solid(each) in told]
    return found


def faults():
    return [f"{each.check}: {each}" for each in findings(with_index=False, deep=True)]


def stored(pk):
    """Return what the other articles of the page hold."""
    rows = Article.objects.exclude(pk=pk).order_by("pk").values("pk", "headline", "blocks", "segments", "withdrawn")
    return list(rows)


def test_no_row_of_any_table_holds_the_text(article, editor):
    places = {(model, name) for model, name, _ in traces()}
    assert places >= {
        *(("Article", "headline"), ("Article", "blocks"), ("SourceText", "text"), ("Correction", "old")),
        *(("Correction", "new"), ("Proposal", "value"), ("Contributor", "name"), ("Byline", "name_as_printed")),
        *(("LogEntry", "object_repr"), ("SearchWithoutHit", "query"), ("Batch", "reason")),
    }
    before = stored(article.pk)
    batch = erase(article.pk, editor, "来函要求")
    assert traces() == []
    assert stored(article.pk) == before
    assert (batch.kind, batch.user_name, batch.reason) == ("erasure", "林望舒", "来函要求")
    assert list(SearchWithoutHit.objects.values_list("query", flat=True)) == ["别的检索词"]
    assert faults() == []


def test_the_characters_of_the_page_keep_their_places(article, editor):
    source = article.source
    before, spans = source.text, [(start, end) for start, end, _ in article.segments]
    erase(article.pk, editor, "")
    after = SourceText.objects.get(pk=source.pk)
    assert len(after.text) == len(before) and after.sha256 == source.sha256
    gone = {at for start, end in spans for at in range(start, end)}
    for at, (was, now) in enumerate(zip(before, after.text, strict=True)):
        assert now == (" " if at in gone and not was.isspace() else was)
    page = Page.objects.get(pk=article.page_id)
    assert [each[:2] for each in page.segments if each[2] == "erased"] == sorted(map(list, spans))
    older = page.sources.get(standing="superseded")
    assert not older.text.strip() and len(older.text) == len(EARLIER)


def test_the_address_answers_410_and_the_others_stay(article, editor, client):
    other = Article.objects.get(headline="青海湖畔建起流动诊室")
    assert client.get(article.get_absolute_url()).status_code == 200
    erase(article.pk, editor, "")
    for path in (article.get_absolute_url(), f"{article.get_absolute_url()}source/"):
        answer = client.get(path)
        assert answer.status_code == 410 and not any(each in answer.content.decode() for each in TOLD + WRITTEN)
    assert client.get(other.get_absolute_url()).status_code == 200
    assert client.get(f"{other.get_absolute_url()}source/").status_code == 200
    assert Contributor.objects.filter(name="赵一苇").exists()


def test_the_same_file_is_known_and_does_not_bring_it_back(article, editor, tmp_path):
    erase(article.pk, editor, "")
    for text, path in ((PAGE, "page.txt"), (EARLIER, "page.txt"), (PAGE, "elsewhere/page.txt")):
        report = load(write(tmp_path, text, path))
        assert report.outcome == "same", report
    SourceText.objects.update(reader_version="another")  # now the file is read, not only looked up
    report = load(write(tmp_path, PAGE))
    assert report.page.pk == article.page_id and report.outcome in ("same", "changed")
    assert traces() == [] and faults() == []
    reread([article.page_id], dry_run=False, tell=lambda report: None)
    assert traces() == [] and faults() == []


def test_nothing_of_it_can_be_undone(article, editor):
    batches = list(Batch.objects.order_by("pk"))
    batch = erase(article.pk, editor, "")
    before = stored(article.pk)
    for each in [*batches, batch]:
        undone = undo(each, editor)
        assert undone.batch is None
    assert "文字已依法删去，不能恢复" in {step.left for step in undo(batch, editor).left}
    assert stored(article.pk) == before and traces() == []
    older = SourceText.objects.get(standing="superseded")
    assert "文字已依法删去，不能取代" in refusal_of(read_stored(older, reader_from_database(), today=TODAY))
    out = StringIO()
    call_command("desk", "log", "--json", stdout=out)
    assert not any(text in out.getvalue() for text in TOLD + WRITTEN)


def test_no_screen_offers_to_undo_it(article, editor, admin_client):
    batch = erase(article.pk, editor, "")
    undo_it = f"/admin/desk/batches/{batch.pk}/undo/"
    assert "没有可以写回的" in admin_client.get(undo_it).content.decode()
    for path in ("/admin/", "/admin/desk/batches/", f"/admin/desk/batches/{batch.pk}/"):
        page = admin_client.get(path).content.decode()
        assert str(batch) in page and undo_it not in page
        assert "不能撤销" in page


def test_an_undo_writes_no_mark_into_another_article(article, editor):
    other = Article.objects.get(headline="青海湖畔建起流动诊室")
    for deck in (f"又讯：{TOLD[3]}和合理用药", "另一个副题"):
        with writing(editor) as this:
            apply(this, other, {"deck": deck})
    erase(article.pk, editor, "")
    assert traces() == []
    undone = undo(this.batch, editor)
    assert undone.batch is None and undone.left[0].left == "文字已依法删去，不能恢复"
    assert Article.objects.get(pk=other.pk).deck == "另一个副题"


@pytest.mark.parametrize("erases_half", [False, True])
def test_half_of_a_split_is_taken_out_of_the_history_of_the_other(article, editor, erases_half):
    with writing(editor) as this:
        half = split(this, article, 1)
    batch = this.batch
    gone, kept = (half, article) if erases_half else (article, half)
    needle = TOLD[3] if erases_half else TOLD[1]
    erase(gone.pk, editor, "")
    assert {(model, name) for model, name, _ in traces([needle])} == set()
    assert Article.objects.get(pk=kept.pk).blocks and faults() == []
    assert undo(batch, editor).batch is None
    assert traces([needle]) == []


def test_an_article_that_was_deleted_before_is_erased_from_the_ledger(article, editor, client):
    pk = article.pk
    with writing(editor) as this:
        delete_row(article, this)
    assert {model for model, *_ in traces()} >= {"Correction", "SourceText"}
    erase(pk, editor, "来函")
    assert traces() == [] and faults() == []
    assert client.get(f"/articles/{pk}/").status_code == 410
    assert undo(this.batch, editor).batch is None


def test_the_other_parts_of_the_story_are_named_and_hidden(article, editor, tmp_path):
    other = load(other_page(tmp_path), given_date=DAY, given_page=8).page.articles.as_printed()[0]
    with writing(editor) as this:
        join(this, article, [other])
    said = run(article.pk, "--dry-run")[1]
    assert f"另有文章 {other.pk}" in said and f"manage.py erase {other.pk}" in said and "随之撤下" in said
    erase(article.pk, editor, "")
    other = Article.objects.get(pk=other.pk)
    assert other.withdrawn and other.blocks and not Article.objects.visible().filter(pk=other.pk)
    assert traces() == [] and faults() == []


def test_what_fails_midway_leaves_all_as_it_was(article, editor, monkeypatch):
    before = traces()

    def fail(of):
        raise RuntimeError("killed")

    with monkeypatch.context() as patch:
        patch.setattr(erasing, "remove_traces", fail)
        with pytest.raises(RuntimeError):
            erase(article.pk, editor, "")
    assert traces() == before and not is_erased(article.pk) and Article.objects.filter(pk=article.pk)
    assert faults() == []


def test_text_that_comes_back_by_hand_is_found(article, editor):
    erase(article.pk, editor, "")
    SourceText.objects.filter(pk=article.source_id).update(text=PAGE)
    assert any(each.startswith("sources: ") and "依法删去之处又有了文字" in each for each in faults())


@pytest.mark.parametrize("given", ["", "x", "0x1", "/issues/2024-11-22/", "9" * 30, "999999"])
def test_what_names_no_article_gets_a_sentence(article, given):
    with pytest.raises(CommandError, match="请"):
        run(given, "--yes")
    assert Article.objects.filter(pk=article.pk)


def test_nobody_is_erased_without_a_yes_or_by_an_unknown_user(article):
    for options in ((), ("--yes", "--user", "没有这个人")):
        with pytest.raises(CommandError, match="请|--yes"):
            run(article.pk, *options)
    said = run(f"https://archive.example.cn/a/articles/{article.pk}/?q=1", "--dry-run")[1]
    assert f"文章 {article.pk}《{WRITTEN[0]}》" in said and "没有备份的记录" in said and "不会带回" in said
    assert Article.objects.filter(pk=article.pk)


def found(text):
    return find(f'"{text}"').rows.total


def files_holding(folder, needles):
    """Return the files below `folder` with any of these strings."""
    held = [(path, path.read_bytes()) for path in sorted(Path(folder).rglob("*")) if path.is_file()]
    return [path.name for path, content in held if any(each.encode() in content for each in needles)]


@pytest.mark.django_db(transaction=True)
def test_the_command_leaves_no_byte_in_database_files_index_and_caches(article, settings, tmp_path):
    assert sync()
    settings.CUTTINGS_DIR.mkdir()
    (settings.CUTTINGS_DIR / "0123.jpg").write_bytes(b"\xff\xd8")
    article.page.sources.update(path="/news/2024-11-22_03.txt")
    scan = settings.SCANS_DIR / "2024-11-22_03.png"
    scan.parent.mkdir()
    scan.write_bytes(b"\x89PNG")
    os.utime(scan, (0, 0))
    assert record_scans().new == 1
    make_backup(tmp_path / "backup.zip")
    folders = {path for path in settings.SEARCH_DIR.iterdir() if path.is_dir()}
    assert found(TOLD[1]) == 1
    database = Path(str(connection.settings_dict["NAME"]))
    if connection.vendor == "sqlite":
        assert files_holding(database.parent, TOLD)
        with connection.cursor() as cursor:  # Debian's SQLite clears away by itself, others do not
            cursor.execute("PRAGMA secure_delete = OFF")
    code, said = run(article.pk, "--yes", "--user", "林望舒", "--reason", "来函要求", "--scan")
    assert code == 0 and "都清理过了" in said and f"上次备份在 {time.strftime('%Y-%m-%d')}" in said, said
    if connection.vendor == "sqlite":
        beside = [database, *database.parent.glob(f"{database.name}-*")]
        assert [path.name for path in beside for each in TOLD + WRITTEN if each.encode() in path.read_bytes()] == []
    else:
        assert "WAL" in said and "VACUUM FULL" in said
    assert not folders & set(settings.SEARCH_DIR.iterdir())
    assert found(TOLD[1]) == 0 and found("流动诊室") == 1
    assert not settings.CUTTINGS_DIR.exists() and not scan.exists() and not Scan.objects.exists()
    assert list(findings()) == []
    batch = Correction.objects.get(model="article", object_id=str(article.pk), batch__kind="erasure").batch
    assert (batch.user_name, batch.reason) == ("林望舒", "来函要求")
    folders = set(settings.SEARCH_DIR.iterdir())
    code, said = run(article.pk)
    assert code == 0 and "已经删去，只再清理一次" in said and target_of(article.pk) is None
    assert folders != set(settings.SEARCH_DIR.iterdir())
