"""The cutting of the scan beside an article's form: where it is shown, what it shows, how it fails."""

import io
import json
import os
from threading import Timer

import pytest
from django.contrib.auth.models import Group
from PIL import Image

from articles.desk.roles import PROOFREADER
from articles.ingest.runs import run_import
from articles.ingest.sources import find_files
from articles.models import Article, SourceText
from articles.web import cuttings
from tests.scans import FIRST, SECOND, SIZE, draw, mineru_json, paddle_json, shares

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


def imported(folder, text, name="2024-11-22_03_res.json"):
    (folder / name).write_text(text, "utf-8")
    assert run_import(find_files([folder / name]), say=lambda line: None, arguments=[])["failed"] == 0
    return [Article.objects.get(headline=headline) for headline, _, _ in (FIRST, SECOND)]


def scanned(folder, scale=1.0, name="2024-11-22_03_res.png"):
    draw(scale).save(folder / "scans" / name)


def url(article, query=""):
    return f"/admin/articles/article/{article.pk}/scan/{query}"


def picture(client, article, query=""):
    response = client.get(url(article, query))
    assert (response.status_code, response["Content-Type"]) == (200, "image/jpeg")
    return Image.open(io.BytesIO(response.content))


@pytest.mark.parametrize("of_tool", ["paddle", "paddle of old", "mineru"])
def test_each_article_shows_its_own_cutting(admin_client, folder, of_tool):
    # The scan of a tool that tells no size has to be the picture that the tool read.
    scanned(folder, 1.0 if of_tool == "paddle of old" else 2.0, "2024-11-22_03.png")
    name = "2024-11-22_03.json"
    size = {"width": SIZE[0], "height": SIZE[1]} if of_tool == "paddle" else {}
    first, second = imported(folder, mineru_json() if of_tool == "mineru" else paddle_json(**size), name)
    found = shares(picture(admin_client, first))
    assert found["red"] > 0.1 and found["green"] > 0.4 and found["blue"] == found["black"] == 0
    found = shares(picture(admin_client, second))
    assert found["blue"] > 0.6 and found["red"] == found["green"] == found["black"] == 0
    for article in (first, second):
        page = admin_client.get(f"/admin/articles/article/{article.pk}/change/").content.decode()
        assert f'src="{url(article)}"' in page and f'href="{url(article, "?large=1")}"' in page


def test_a_picture_is_kept_until_the_scan_changes(admin_client, folder, settings):
    scanned(folder)
    first, _ = imported(folder, paddle_json(width=SIZE[0], height=SIZE[1]))
    response = admin_client.get(url(first))
    kept = list(settings.CUTTINGS_DIR.iterdir())
    assert len(kept) == 1 and kept[0].read_bytes() == response.content
    kept[0].write_bytes(b"kept")
    assert admin_client.get(url(first)).content == b"kept"
    assert admin_client.get(url(first), headers={"If-None-Match": response["ETag"]}).status_code == 304
    scanned(folder, 2.0)
    again = admin_client.get(url(first), headers={"If-None-Match": response["ETag"]})
    assert again.status_code == 200 and again["ETag"] != response["ETag"]
    assert Image.open(io.BytesIO(again.content)).width > Image.open(io.BytesIO(response.content)).width


def test_old_pictures_make_room(admin_client, folder, settings, monkeypatch):
    monkeypatch.setattr(cuttings, "MOST_KEPT", 8)
    scanned(folder)
    first, _ = imported(folder, paddle_json(width=SIZE[0], height=SIZE[1]))
    settings.CUTTINGS_DIR.mkdir()
    for number in range(8):
        old = settings.CUTTINGS_DIR / f"{number}.jpg"
        old.write_bytes(b"old")
        os.utime(old, (number, number))
    picture(admin_client, first)
    left = {path.name for path in settings.CUTTINGS_DIR.iterdir()}
    assert len(left) == 8 and "0.jpg" not in left and "7.jpg" in left


def test_a_disk_that_takes_nothing_shows_the_cutting_all_the_same(admin_client, folder, settings):
    scanned(folder)
    first, _ = imported(folder, paddle_json(width=SIZE[0], height=SIZE[1]))
    settings.CUTTINGS_DIR.write_text("a file stands where the folder should be")
    assert shares(picture(admin_client, first))["red"] > 0.1


def test_a_picture_that_a_crash_has_emptied_is_cut_again(admin_client, folder, settings):
    scanned(folder)
    first, _ = imported(folder, paddle_json(width=SIZE[0], height=SIZE[1]))
    picture(admin_client, first)
    (kept,) = settings.CUTTINGS_DIR.iterdir()
    kept.write_bytes(b"")
    assert shares(picture(admin_client, first))["red"] > 0.1


def test_a_scan_that_cannot_be_cut_says_so_where_the_cutting_would_stand(admin_client, folder):
    (folder / "scans" / "2024-11-22_03_res.png").write_bytes(b"no picture")
    first, _ = imported(folder, paddle_json(width=SIZE[0], height=SIZE[1]))
    response = admin_client.get(url(first))
    assert (response.status_code, response["Content-Type"]) == (404, "image/svg+xml; charset=utf-8")
    text = response.content.decode()
    assert "2024-11-22_03_res.png" in text and "请转换后再放" in text.replace("</tspan>", "").replace("\n", "")
    assert response["Cache-Control"] == "no-store"


def test_the_reason_is_read_in_any_locale_and_without_the_warnings_of_libraries(admin_client, folder, monkeypatch):
    # A list of two orientations makes Pillow warn; the page is as wide as high.
    exif = b"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x02\0\0\0\x01\0\x01\0\0\0\0\0"
    draw().resize((500, 500)).save(folder / "scans" / "2024-11-22_03_res.jpg", exif=exif)
    first, _ = imported(folder, paddle_json(width=SIZE[0], height=SIZE[1]))
    monkeypatch.setenv("PYTHONIOENCODING", "gbk")
    text = admin_client.get(url(first)).content.decode()
    assert "换成识别用的那一张" in text and "Warning" not in text


def test_a_cutter_that_dies_or_hangs_says_so(admin_client, folder, monkeypatch, tmp_path):
    scanned(folder)
    first, _ = imported(folder, paddle_json(width=SIZE[0], height=SIZE[1]))
    program = tmp_path / "program"
    monkeypatch.setattr(cuttings.sys, "executable", str(program))
    for script, words in (("kill -9 $$", "无法剪取"), ("exec sleep 30", "秒内没有画出来"), (None, "稍后再试")):
        if script is None:
            program.unlink()
        else:
            program.write_text(f"#!/bin/sh\n{script}\n")
            program.chmod(0o755)
        # The seconds of a busy machine would end the other programs, too.
        monkeypatch.setattr(cuttings, "TIMEOUT", 1 if script and "sleep" in script else 60)
        scanned(folder)  # the scan is replaced: what is remembered of the old one is past
        response = admin_client.get(url(first))
        assert response.status_code == 404 and words in response.content.decode()


def test_a_scan_that_could_not_be_cut_is_not_tried_at_each_opening(admin_client, folder, monkeypatch, tmp_path):
    scanned(folder)
    first, _ = imported(folder, paddle_json(width=SIZE[0], height=SIZE[1]))
    program, tried = tmp_path / "program", tmp_path / "tried"
    program.write_text(f"#!/bin/sh\necho once >> '{tried}'\nkill -9 $$\n")
    program.chmod(0o755)
    with monkeypatch.context() as patched:
        patched.setattr(cuttings.sys, "executable", str(program))
        answers = [admin_client.get(url(first)).content for _ in range(3)]
        assert len(set(answers)) == 1 and tried.read_text() == "once\n"
    monkeypatch.setattr(cuttings, "REMEMBERED", 0)
    assert picture(admin_client, first)


def test_a_request_waits_for_its_turn_for_a_short_time(admin_client, folder, monkeypatch):
    scanned(folder)
    first, _ = imported(folder, paddle_json(width=SIZE[0], height=SIZE[1]))
    other = Timer(5, cuttings._turn.release)  # another request that takes its time
    cuttings._turn.acquire()
    other.start()
    with monkeypatch.context() as patched:
        patched.setattr(cuttings, "PATIENCE", 0.1)
        response = admin_client.get(url(first))
    assert response.status_code == 404 and "正忙着" in response.content.decode()
    other.join()
    assert picture(admin_client, first)


def test_a_file_of_several_pages_has_no_cuttings_because_no_page_is_known_by_its_scan(admin_client, folder):
    scanned(folder)
    text = "本报讯（记者周五洲）陕西省宝鸡市的乡村诊所近日添了中药房，村民抓药不再进城。"
    blocks = [
        {"type": "header", "text": "健康报 2024年11月22日 星期五 第4版", "page_idx": 1, "bbox": [57, 10, 914, 40]},
        {"type": "text", "text_level": 1, "text": "乡村诊所添了中药房", "page_idx": 1, "bbox": [57, 60, 714, 110]},
        {"type": "text", "text": text, "page_idx": 1, "bbox": [57, 120, 357, 350]},
    ]
    first, _ = imported(folder, json.dumps([*json.loads(mineru_json()), *blocks], ensure_ascii=False))
    second = Article.objects.get(headline="乡村诊所添了中药房")
    for article in (first, second):
        assert (
            "请拆成每版一个文件" in admin_client.get(f"/admin/articles/article/{article.pk}/change/").content.decode()
        )
        assert admin_client.get(url(article)).status_code == 404


def test_a_page_without_a_scan_or_without_boxes_shows_no_cutting(admin_client, folder):
    first, second = imported(folder, paddle_json(width=SIZE[0], height=SIZE[1]))
    form = f"/admin/articles/article/{first.pk}/change/"
    assert admin_client.get(url(first)).status_code == 404
    assert "整版扫描件" not in admin_client.get(form).content.decode()
    scanned(folder)
    SourceText.objects.update(extent=None)
    page = admin_client.get(form).content.decode()
    assert "重新导入这一版" in page and "整版扫描件" in page and "<img" not in page
    assert "重新导入这一版" in admin_client.get(url(first)).content.decode()
    SourceText.objects.update(boxes=[])
    assert "没有记下文字的位置" in admin_client.get(form).content.decode()
    whole = admin_client.get(url(second, "?whole=1"))
    assert whole["Content-Type"] == "image/png"
    assert Image.open(io.BytesIO(b"".join(whole.streaming_content))).size == SIZE


@pytest.mark.disagreeing
def test_an_article_added_by_hand_has_no_cutting(admin_client, folder):
    scanned(folder)
    first, _ = imported(folder, paddle_json(width=SIZE[0], height=SIZE[1]))
    Article.objects.filter(pk=first.pk).update(source=None, segments=[])
    assert admin_client.get(url(first)).status_code == 404
    assert admin_client.get(f"/admin/articles/article/{first.pk}/change/").status_code == 200


@pytest.fixture
def rival(folder):
    """Return the text of another file for the same page, which waits for a person's decision."""
    imported(folder, paddle_json())
    other = json.loads(paddle_json(width=SIZE[0], height=SIZE[1]))
    others = ["乡村诊所添了中药房", "本报讯（记者周五洲）陕西省宝鸡市的乡村诊所近日添了中药房，村民抓药不再进城。"]
    other["parsing_res_list"] = other["parsing_res_list"][:3]
    for block, text in zip(other["parsing_res_list"][1:], others, strict=True):
        block["block_content"] = text
    (folder / "other.json").write_text(json.dumps(other, ensure_ascii=False), "utf-8")
    run_import(find_files([folder / "other.json"]), say=lambda line: None, arguments=[])
    return SourceText.objects.get(standing="conflict")


def adopt(client, source):
    client.post("/admin/articles/sourcetext/", {"action": "adopt_texts", "_selected_action": [source.pk]})
    return SourceText.objects.get(standing="current")


def test_a_rival_text_brings_its_extent_when_a_person_adopts_it(admin_client, rival):
    adopted = adopt(admin_client, rival)
    assert (adopted.pk, adopted.extent, len(adopted.boxes)) == (rival.pk, [700.0, 1000.0], 3)


def test_a_text_of_an_older_version_gets_its_extent_by_another_import_once_it_is_adopted(admin_client, folder, rival):
    SourceText.objects.filter(pk=rival.pk).update(extent=None)
    assert adopt(admin_client, rival).extent is None
    run_import(find_files([folder / "other.json"]), say=lambda line: None, arguments=[])
    assert SourceText.objects.get(standing="current").extent == [700.0, 1000.0]


def test_only_who_may_see_the_article_sees_its_scan(client, django_user_model, folder):
    scanned(folder)
    first, _ = imported(folder, paddle_json(width=SIZE[0], height=SIZE[1]))
    assert client.get(url(first)).status_code == 302
    user = django_user_model.objects.create_user("校对员", password="x" * 12, is_staff=True)
    client.force_login(user)
    assert client.get(url(first)).status_code == client.get(url(first, "?whole=1")).status_code == 403
    user.groups.add(Group.objects.get(name=PROOFREADER))
    assert client.get(url(first)).status_code == 200


@pytest.mark.parametrize("pk", ["0", "999", "abc", "9" * 30, "..%2F..%2Fetc"])
def test_an_odd_address_is_not_found(admin_client, folder, pk):
    assert admin_client.get(f"/admin/articles/article/{pk}/scan/").status_code == 404
