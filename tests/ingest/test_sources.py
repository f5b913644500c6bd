"""Finding and decoding page files: the files that are read, and the files that are refused in one sentence."""

import contextlib
import datetime
import os
import socket
import tempfile
from pathlib import Path

import pytest

from articles.ingest.sources import Refusal, clues_from_name, find_files, parse_date
from articles.reading import Clues
from tests.make import read_file, write

TEXT = "本报讯（记者赵一苇）近日，青海省启动巡诊。\r\n第二行\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_it_reads_the_encodings_that_papers_come_in_with_their_line_ends(tmp_path, encoding):
    file = read_file(write(tmp_path, TEXT, encoding=encoding))
    assert (file.text, file.encoding) == (TEXT, encoding)


def test_big_endian_utf_16_is_read_by_its_mark(tmp_path):
    path = tmp_path / "page.txt"
    path.write_bytes(b"\xfe\xff" + TEXT.encode("utf-16-be"))
    assert read_file(path).text == TEXT


@pytest.mark.parametrize(
    ("raw", "fact"),
    [
        (b"", "文件是空的"),
        (b" \r\n\t\xe3\x80\x80", "文件是空的"),
        ("正文\0正文".encode(), "含有空字符"),
        (TEXT.encode("utf-16-le"), "不带字节序标记（BOM）的 UTF-16"),
        ("字".encode() * 800_000, "超过 2 MB"),
        ("Médecine générale à l'hôpital".encode("latin-1"), "另存为 UTF-8"),
        (b"\xff\xff\xff\xfe\x80", "另存为 UTF-8"),
        (b"\xff\xfe\x00\xd8", "另存为 UTF-8"),
    ],
)
def test_what_is_no_page_is_refused_in_one_sentence(tmp_path, raw, fact):
    path = tmp_path / "坏版.txt"
    path.write_bytes(raw)
    with pytest.raises(Refusal) as refusal:
        read_file(path)
    sentence = str(refusal.value)
    assert sentence.startswith(f"{path}：")
    assert fact in sentence
    assert sentence.count("。") == 1 and sentence.endswith("。")
    assert "请" in sentence or "检查" in sentence


def test_a_missing_file_and_a_folder_are_refused(tmp_path):
    for path, fact in ((tmp_path / "无.txt", "文件不存在"), (tmp_path, "不是普通文件")):
        with pytest.raises(Refusal, match=fact):
            read_file(path)


def test_a_name_that_is_no_text_is_refused(tmp_path):
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff\xfe.txt"))
    path.write_text("正文", "utf-8")
    with pytest.raises(Refusal, match="文件名不是有效的 UTF-8"):
        read_file(path)


@pytest.mark.parametrize(
    "name", ["版\u202etxt.txt", "一\n版.txt", "一\x07版.txt", "一\u200b版.txt", "一\ue123版.txt", "一\u2028.txt"]
)
def test_a_name_that_hides_something_is_refused_with_its_codes(tmp_path, name):
    path = write(tmp_path, TEXT, name)
    with pytest.raises(Refusal, match="含有看不见的字符") as refusal:
        read_file(path)
    sentence = str(refusal.value)
    assert sentence.isprintable() and "[U+" in sentence


def test_a_name_with_odd_spaces_is_read(tmp_path):
    assert read_file(write(tmp_path, TEXT, "健康报\u00a02024年\u3000👩\u200d⚕\ufe0f.txt")).text == TEXT


def test_a_text_with_what_no_paper_prints_is_read_as_it_came(tmp_path):
    text = TEXT.replace("青海", "青\u202e\x02海\uf06c")
    assert read_file(write(tmp_path, text)).text == text


def test_files_that_systems_leave_are_no_pages_and_counted(tmp_path):
    page = write(tmp_path, TEXT, "a/1.txt")
    litter = [
        "._1.txt",
        ".hidden.txt",
        "__MACOSX/a/._1.txt",
        "__MACOSX/a/1.txt",
        ".git/notes.txt",
        "~$1.txt",
        "Thumbs.db",
    ]
    for name in (*litter, "a/desktop.ini", "a/1.JPG", "a/2.jpg", "LIESMICH", "a/pages.csv"):
        write(tmp_path, "file\n" if name.endswith(".csv") else TEXT, name)
    found = find_files([tmp_path])
    assert [path for path, _ in found.files] == [page]
    assert found.refusals == []
    assert dict(found.passed_over) == {"隐藏文件或系统文件": 8, ".jpg": 2, "无扩展名": 1}
    assert found.passed_over_text == "略过 11 个（隐藏文件或系统文件 8，.jpg 2，无扩展名 1）"


def test_such_a_file_is_none_when_it_is_named_either_nor_because_of_the_folders_above(tmp_path):
    page = write(tmp_path, TEXT, ".archive/1.txt")
    found = find_files([page.parent, write(tmp_path, TEXT, "._1.txt"), write(tmp_path, TEXT, "__MACOSX/1.txt")])
    assert [path for path, _ in found.files] == [page]
    assert dict(found.passed_over) == {"隐藏文件或系统文件": 2}


def test_a_folder_that_is_a_link_is_counted(tmp_path):
    write(tmp_path, TEXT, "a/1.txt")
    (tmp_path / "a" / "more").symlink_to(tmp_path)
    assert find_files([tmp_path / "a"]).passed_over_text == "略过 1 个（链接来的文件夹 1）"


def test_a_folder_that_may_not_be_opened_is_said():
    with tempfile.TemporaryDirectory(dir="/tmp") as name:  # the tests' own folder is closed to other users
        top, own = Path(name), os.geteuid()
        top.chmod(0o755)
        page = write(top, TEXT, "1.txt")
        write(top, TEXT, "shut/2.txt").parent.chmod(0)
        try:
            if own == 0:
                os.seteuid(65534)  # root may open any folder
            found = find_files([top])
        finally:
            os.seteuid(own)
            (top / "shut").chmod(0o700)
    assert [path for path, _ in found.files] == [page]
    assert [str(refusal) for _, refusal in found.refusals] == [
        f"{top / 'shut'}：无法打开这个文件夹，其中的版面未载入，请检查权限。"
    ]


@pytest.mark.parametrize(
    ("name", "date", "page"),
    [
        ("2024-05-20_01.txt", (2024, 5, 20), 1),
        ("20240520-03.txt", (2024, 5, 20), 3),
        ("2024/05/20/01.txt", (2024, 5, 20), 1),
        ("2024-05-20/12.txt", (2024, 5, 20), 12),
        ("2024/5/20/1.txt", (2024, 5, 20), 1),
        ("健康报 2024年5月20日 第3版.txt", (2024, 5, 20), 3),
        ("20240520.txt", (2024, 5, 20), None),
        ("2024-02-30_01.txt", None, None),
        ("000_5d663d32eab77bb2.txt", None, None),
        ("page3.txt", None, None),
        ("12024052001.txt", None, None),
        ("2024-05-20_00.txt", (2024, 5, 20), None),
    ],
)
def test_what_a_name_says(name, date, page):
    assert clues_from_name(Path("/报纸") / name) == (datetime.date(*date) if date else None, page)


@pytest.mark.parametrize("text", ["2024-05-20", "2024/5/20", "2024.5.20", "20240520", "2024年5月20日", " 2024-5-20 "])
def test_the_ways_to_write_a_day(text):
    assert parse_date(text) == datetime.date(2024, 5, 20)


@pytest.mark.parametrize(
    "text",
    ["", "2024", "2024-05", "24-05-20", "2024-13-01", "2024-02-30", "2024520", "五月二十日", "2024-1220", "3024-05-20"],
)
def test_what_is_no_day(text):
    with pytest.raises(ValueError):
        parse_date(text)


def test_a_folder_stands_for_the_text_files_below_it_each_once(tmp_path):
    files = [write(tmp_path, TEXT, name) for name in ("b/2.txt", "a/1.txt", "a/notes.docx")][:2]
    found = find_files([tmp_path, files[0], tmp_path / "b" / ".." / "b" / "2.txt"])
    assert [path for path, _ in found.files] == sorted(files)
    assert found.refusals == []


def test_a_folder_of_markdown_is_one_of_pages_but_for_what_tells_of_it(tmp_path):
    for name in ("2024-05-20_01.md", "2.MD", "README.md", "license.txt", "readme_1.md"):
        (tmp_path / name).write_text("健康", "utf-8")
    found = find_files([tmp_path])
    assert [path.name for path, _ in found.files] == ["2.MD", "2024-05-20_01.md", "readme_1.md"]
    assert found.passed_over_text == "略过 2 个（.md 1，.txt 1）"
    assert [path.name for path, _ in find_files([tmp_path / "README.md"]).files] == ["README.md"]


def test_a_folder_without_pages_is_said(tmp_path):
    found = find_files([tmp_path])
    kinds = "（.txt、.md、.html，或识别软件的 .xml、.json）"
    said = f"{tmp_path}：文件夹里没有版面文件{kinds}，请检查路径。"
    assert [str(refusal) for _, refusal in found.refusals] == [said]


def test_options_are_stronger_than_the_manifest_and_that_than_the_name(tmp_path):
    write(tmp_path, TEXT, "2024-05-20_01.txt")
    manifest = "file,date,page,issue_number,section\n2024-05-20_01.txt,2024/5/21,2,12345,要闻\n"
    write(tmp_path, manifest, "pages.csv", "utf-8-sig")
    expected = Clues(
        given_date=datetime.date(2024, 5, 21),
        given_page=2,
        given_issue_number=12345,
        given_section="要闻",
        named_date=datetime.date(2024, 5, 20),
        named_page=1,
    )
    assert [clues for _, clues in find_files([tmp_path]).files] == [expected]
    day = datetime.date(2024, 6, 1)
    clues = find_files([tmp_path], date=day, page=7).files[0][1]
    assert (clues.given_date, clues.given_page) == (day, 7)


def test_a_manifest_from_a_chinese_spreadsheet_is_read(tmp_path):
    path = write(tmp_path, TEXT, "一版.txt")
    write(tmp_path, "file,date,section\r\n一版.txt,2024/5/20,要闻\r\n", "pages.csv", "gb18030")
    found = find_files([path])
    assert found.files[0][1].given_section == "要闻"


@pytest.mark.parametrize(
    ("row", "fact"),
    [
        ("page.txt,五月,1", "日期“五月”无法识别"),
        ("page.txt,2024-02-30,1", "日期“2024-02-30”无法识别"),
        ("page.txt,,头版", "版次“头版”不是 1 至 999 的整数"),
        ("page.txt,,0", "版次“0”不是 1 至 999 的整数"),
        ("page.txt,,1,多余", "列数多于首行"),
        ("page.txt,,1\npage.txt,,2", "同一文件列了两次"),
    ],
)
def test_a_wrong_row_keeps_its_file_out_and_no_other(tmp_path, row, fact):
    for name in ("page.txt", "other.txt"):
        write(tmp_path, TEXT, name)
    write(tmp_path, f"file,date,page\n{row}\n", "pages.csv")
    found = find_files([tmp_path])
    assert [path.name for path, _ in found.files] == ["other.txt"]
    assert [fact in str(refusal) and "pages.csv 第" in str(refusal) for _, refusal in found.refusals] == [True]


@pytest.mark.parametrize(
    "text", ["date,page\n2024-05-20,1\n", "file,dates\npage.txt,2024-05-20\n", 'file\n"page.txt\n']
)
def test_a_manifest_that_can_not_be_understood_keeps_its_folder_out(tmp_path, text):
    write(tmp_path, TEXT)
    write(tmp_path, text, "pages.csv")
    found = find_files([tmp_path])
    assert found.files == []
    assert len(found.refusals) == 1 and "该文件夹的版面未载入" in str(found.refusals[0][1])


def test_a_listed_file_that_is_not_there_is_said(tmp_path):
    write(tmp_path, TEXT)
    write(tmp_path, "file,page\npage.txt,1\nlost.txt,2\n", "pages.csv")
    found = find_files([tmp_path])
    assert [path.name for path, _ in found.files] == ["page.txt"]
    assert ["lost.txt 不存在" in str(refusal) for _, refusal in found.refusals] == [True]


@pytest.mark.parametrize(
    ("manifest", "fact"),
    [
        ("file,page\npage.txt," + "9" * 5000 + "\n", "不是 1 至 999 的整数"),
        ("file,page\n./page.txt,1\n", "文件名不能带路径"),
        ("file,page\n" + "长" * 300 + ".txt,1\n", "不存在"),
        ("file,page\nlost\0.txt,1\n", "含有空字符"),
        ("fi\0le,page\npage.txt,1\n", "含有空字符"),
        ("file,pa\u202ege\x1b[2J\npage.txt,1\n", "有不认识的列"),
        ("file,page\nlo\u202est\x07.txt,1\n", "所列文件 lost.txt 不存在"),
        ("file,page\npage.txt,1\n" + "甲" * 700_000, "不像一份清单"),
        ("file,date\n,2024-05-20\n", "缺少文件名"),
        ("file,section\npage.txt," + "闻" * 201 + "\n", "版名超过 200 个字"),
        ("file,date,date\npage.txt,2024-05-20,2024-05-21\n", "有重复的列"),
    ],
)
def test_an_odd_manifest_is_said_and_raises_nothing(tmp_path, manifest, fact):
    write(tmp_path, TEXT)
    write(tmp_path, manifest, "pages.csv")
    found = find_files([tmp_path])
    assert [fact in str(refusal) for _, refusal in found.refusals] == [True]


@pytest.mark.parametrize("kind", ["pipe", "device", "folder", "socket"])
def test_a_manifest_that_is_no_file_is_said_at_once(tmp_path, kind):
    write(tmp_path, TEXT)
    path = tmp_path / "pages.csv"
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "device":
        path.symlink_to("/dev/zero")
    elif kind == "folder":
        path.mkdir()
    else:
        with socket.socket(socket.AF_UNIX) as end, contextlib.chdir(tmp_path):
            end.bind("pages.csv")
    found = find_files([tmp_path])
    assert found.files == []
    assert [str(refusal) for _, refusal in found.refusals] == [
        f"{path}：不是普通文件，请指明版面文本文件；该文件夹的版面未载入。"
    ]


def test_what_a_manifest_says_is_cleaned(tmp_path):
    path = write(tmp_path, TEXT)
    write(tmp_path, "file,section\npage.txt,要\u202e闻\x02\u2003综合\n", "pages.csv")
    assert find_files([path]).files[0][1].given_section == "要闻 综合"


def test_columns_without_a_name_and_empty_rows_are_let_be(tmp_path):
    path = write(tmp_path, TEXT)
    write(tmp_path, "file,page,,\npage.txt,2,,\n,,,\n", "pages.csv")
    found = find_files([path])
    assert ([clues.given_page for _, clues in found.files], found.refusals) == ([2], [])


def test_whatever_is_called_a_text_file_is_read_or_refused(tmp_path):
    write(tmp_path, TEXT, "a/UPPER.TXT")
    (tmp_path / "a" / "broken.txt").symlink_to(tmp_path / "nowhere")
    os.mkfifo(tmp_path / "a" / "pipe.txt")
    (tmp_path / "a" / "folder.txt").mkdir()
    (tmp_path / "a" / "zero.txt").symlink_to("/dev/zero")
    found = find_files([tmp_path])
    assert [path.name for path, _ in found.files] == ["UPPER.TXT", "broken.txt", "pipe.txt", "zero.txt"]
    for path, _ in found.files[1:]:
        with pytest.raises(Refusal, match="不存在|不是普通文件"):
            read_file(path)


def test_a_name_too_long_for_any_file_is_refused(tmp_path):
    path = tmp_path / ("长" * 300 + ".txt")
    assert [each for each, _ in find_files([path]).files] == [path]
    with pytest.raises(Refusal, match="文件名太长"):
        read_file(path)
