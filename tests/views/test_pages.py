"""A page and its issue: links to the neighbours, and the scan beside the page."""

import datetime
import hashlib
import os
import tempfile
from pathlib import Path

import pytest

from articles.models import SourceText
from articles.scans.finding import find_scan
from tests.make import DAY, make_article, make_issue, make_page

pytestmark = pytest.mark.django_db


@pytest.fixture
def pages():
    """The pages of three issues: one page of an earlier day, two of DAY, and an unnumbered one in an extra of DAY."""
    before, issue, extra = make_issue(DAY - datetime.timedelta(3)), make_issue(), make_issue(edition=2)
    return [make_page(before, 4), make_page(issue, 1, section="要闻"), make_page(issue, 2), make_page(extra, None)]


def turns(client, row):
    found = client.get(row.get_absolute_url()).context
    return [found.get(name) for name in ("previous_issue", "previous_page", "next_page", "next_issue")]


def test_pages_and_issues_are_turned_in_order(pages, client):
    eve, first, second, extra = pages
    assert turns(client, first) == [eve.issue, None, second, extra.issue]
    assert turns(client, second) == [eve.issue, first, None, extra.issue]
    assert turns(client, extra) == [first.issue, None, None, None]
    assert turns(client, first.issue) == [eve.issue, None, None, extra.issue]


def test_keys_turn_them_and_the_last_page_leads_into_the_next_issue(pages, client):
    _, first, second, _ = pages
    text = client.get(first.get_absolute_url()).content.decode()
    assert 'href="/issues/2024-11-22/pages/2/" aria-keyshortcuts="ArrowRight"' in text
    text = client.get(first.issue.get_absolute_url()).content.decode()
    assert 'href="/issues/2024-11-22/pages/1/" aria-keyshortcuts="ArrowRight">第一版</a>' in text
    text = client.get(second.get_absolute_url()).content.decode()
    assert 'href="/issues/2024-11-22-2/" aria-keyshortcuts="ArrowRight Shift+ArrowRight"' in text


def test_the_contents_of_an_issue_name_its_pages(pages, client):
    make_article(pages[1], "头条")
    text = client.get("/issues/2024-11-22/").content.decode()
    assert "01版：要闻</a> <span>1 篇" in text and "02版</a> <span>0 篇" in text
    assert "版面目录" not in client.get("/issues/2024-11-22-2/").content.decode()


def scanned(page, settings, tmp_path, path, scan):
    settings.SCANS_DIR = tmp_path
    digest = hashlib.sha256(path.encode()).hexdigest()
    SourceText.objects.create(path=path, sha256=digest, encoding="utf-8", text="", reader_version="1", page=page)
    file = tmp_path / scan
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(b"\x89PNG")
    return f"/pages/{page.pk}/scan/"


@pytest.mark.parametrize(
    ("path", "scan", "found"),
    [
        ("/news/2024-11-22_01.txt", "2024-11-22_01.png", True),
        ("/news/2024/11/22/01.txt", "2024/11/22/01.png", True),
        ("/news/2024/11/22/01.txt", "22/01.png", True),
        ("/news/2024/11/22/01.txt", "01.png", False),  # a name that occurs in every folder
        ("/news/2024-11-22_01.txt", "2024-11-22_02.png", False),
        ("/news/2024-11-22_01.txt", "2024-11-22_01.PNG", True),
        ("/news/page01.txt", "page01.png", False),
        ("/", "x.png", False),
        ("../../../2024-11-22_01.txt", "2024-11-22_01.png", True),
        ("/news/" + "长" * 85 + ".txt", "x.png", False),
    ],
)
def test_a_scan_is_found_by_the_name_of_the_text_file(pages, client, settings, tmp_path, path, scan, found):
    page = pages[1]
    url = scanned(page, settings, tmp_path, path, scan)
    text = client.get(page.get_absolute_url()).content.decode()
    assert (f'<img src="{url}"' in text) == found
    response = client.get(url)
    assert response.status_code == (200 if found else 404)
    if found:
        assert (response["Content-Type"], b"".join(response.streaming_content)) == ("image/png", b"\x89PNG")


def test_what_is_no_file_or_may_not_be_read_is_no_scan(settings):
    with tempfile.TemporaryDirectory(dir="/tmp") as name:  # the tests' own folder is closed to other users
        folder, own = Path(name), os.geteuid()
        folder.chmod(0o755)
        settings.SCANS_DIR = folder
        os.mkfifo(folder / "2024-11-22_01.jpg")
        (folder / "2024-11-22_01.png").symlink_to("/dev/zero")
        (folder / "2024-11-22_01.pdf").touch(mode=0)
        try:
            if own == 0:
                os.setresuid(65534, 65534, 0)  # root may read any file
            assert find_scan("/news/2024-11-22_01.txt") is None
        finally:
            os.setresuid(own, own, own)


def test_a_scan_that_came_is_shown_though_the_archive_is_the_same(pages, client, settings, tmp_path):
    url = scanned(pages[1], settings, tmp_path, "/news/2024-11-22_01.txt", "other.png")
    before = client.get(pages[1].get_absolute_url())
    (tmp_path / "2024-11-22_01.png").write_bytes(b"")
    after = client.get(pages[1].get_absolute_url(), headers={"if-none-match": before["ETag"]})
    assert (url in before.content.decode(), url in after.content.decode()) == (False, True)


def test_a_scan_that_came_into_a_folder_is_shown_as_well(pages, client, settings, tmp_path):
    url = scanned(pages[1], settings, tmp_path, "/news/2024/01.txt", "2024/other.png")
    before = client.get(pages[1].get_absolute_url())
    (tmp_path / "2024/01.png").write_bytes(b"")
    after = client.get(pages[1].get_absolute_url())
    assert (url in before.content.decode(), url in after.content.decode()) == (False, True)
    assert "ETag" not in before and "ETag" not in after


def test_a_pdf_is_a_link(pages, client, settings, tmp_path):
    url = scanned(pages[1], settings, tmp_path, "/news/2024-11-22_01.txt", "2024-11-22_01.pdf")
    text = client.get(pages[1].get_absolute_url()).content.decode()
    assert f'<a href="{url}">第1版：要闻扫描件（PDF）</a>' in text and "<img" not in text


def test_the_scan_of_a_page_that_readers_may_not_see_is_not_sent(client, settings, tmp_path):
    url = scanned(make_page(None, 1), settings, tmp_path, "/news/2024-11-22_01.txt", "2024-11-22_01.png")
    assert client.get(url).status_code == 404
