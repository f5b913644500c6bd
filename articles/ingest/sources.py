"""Page files: finding them, decoding them, and what their names and manifests say."""

from __future__ import annotations

import csv
import datetime
import errno
import hashlib
import io
import os
import re
import stat
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from articles.models.issues import SECTION_LENGTH
from articles.reading import YEARS, Clues

MAX_BYTES = 2 * 1024 * 1024

#: A legacy encoding is believed only where it gives Chinese: any bytes decode as something.
MIN_HAN_SHARE = 0.3

MANIFEST_NAME = "pages.csv"
MANIFEST_COLUMNS = ("file", "date", "page", "issue_number", "section")

_HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]")

#: 2024-05-20, 2024/5/20 (what Excel makes of it), 2024.5.20 | 20240520 | 2024年5月20日.
_DATE = re.compile(
    r"([0-9]{4})(?P<mark>[-/.])([0-9]{1,2})(?P=mark)([0-9]{1,2})"
    r"|([0-9]{4})([0-9]{2})([0-9]{2})"
    r"|([0-9]{4})年([0-9]{1,2})月([0-9]{1,2})日?"
)

#: The end of a path that names a day and perhaps a page:
#: 2024-05-20_01, 20240520-03, 2024/05/20/01, 健康报 2024年5月20日 第3版.
_NAME = re.compile(
    r"(?<![0-9])(?P<y>1[89][0-9]{2}|20[0-9]{2})(?P<sep>[-/._年]?)(?P<m>0[1-9]|1[0-2]|(?<=[-/._年])[1-9](?![0-9]))"
    r"[-/._月]?(?P<d>[0-2][0-9]|3[01]|(?<=[-/._月])[1-9](?![0-9]))日?"
    r"(?:[-_/. ]+(?:第|[pP])?(?P<page>[0-9]{1,3})版?)?$"
)


class Refusal(Exception):
    """A file or manifest that is not loaded. Its text is one Chinese sentence: file, fact and remedy."""


@dataclass(frozen=True)
class PageFile:
    """A page file, decoded; `text` has the line ends that the file had."""

    path: Path
    text: str
    sha256: str
    encoding: str


@dataclass(frozen=True)
class Found:
    """What a search for page files came to: each file with its clues, and what was refused on the way."""

    files: list[tuple[Path, Clues]] = field(default_factory=list)
    refusals: list[tuple[Path, Refusal]] = field(default_factory=list)


def shown(path: Path | str) -> str:
    """Return a path as it can be printed and stored: bytes that are no UTF-8 are escaped."""
    return os.fsencode(path).decode("utf-8", "backslashreplace").replace("\0", "\\0")


def read_file(path: Path) -> PageFile:
    """Read and decode a page file: UTF-8, UTF-16 with a byte order mark, or GB18030.

    Raises Refusal for a file that is missing, unreadable, empty, over 2 MB, of no known encoding, or that holds NULs.
    """
    if shown(path) != str(path):
        raise Refusal(f"{shown(path)}：文件名不是有效的 UTF-8，请改名后再导入。")
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise Refusal(f"{path}：不是普通文件，请指明版面文本文件。")
        if status.st_size > MAX_BYTES:
            size = status.st_size / 1024 / 1024
            raise Refusal(f"{path}：文件有 {size:.1f} MB，超过 2 MB，不像一个版面，请拆成每版一个文件。")
        raw = path.read_bytes()
    except FileNotFoundError:
        raise Refusal(f"{path}：文件不存在，请检查路径。") from None
    except OSError as error:
        raise Refusal(f"{path}：无法读取（{_reason(error)}），请检查文件、路径及其权限。") from None
    text, encoding = _decode(path, raw)
    if "\0" in text:
        raise _nul(path)
    if not text.strip():
        raise Refusal(f"{path}：文件是空的，请检查是否漏了识别结果。")
    return PageFile(path, text, hashlib.sha256(raw).hexdigest(), encoding)


def _reason(error: OSError) -> str:
    """Return why the system can't read a file, in Chinese where the reason is a usual one."""
    reasons = {
        errno.EACCES: "没有权限",
        errno.ENAMETOOLONG: "文件名太长",
        errno.ELOOP: "链接成环",
        errno.ENOTDIR: "上级不是文件夹",
        errno.EIO: "读写出错",
    }
    return reasons.get(error.errno, f"系统错误 {error.errno}")


def _decode(path: Path, raw: bytes) -> tuple[str, str]:
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    elif raw.startswith(b"\xef\xbb\xbf"):
        encodings = ["utf-8-sig"]
    elif b"\0" in raw:
        raise _nul(path)
    else:
        encodings = ["utf-8", "gb18030"]
    for encoding in encodings:
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if encoding == "gb18030" and han_share(text) < MIN_HAN_SHARE:
            break
        return text, encoding
    raise Refusal(f"{path}：不是 UTF-8、带 BOM 的 UTF-16 或 GB18030 编码的中文文本，请另存为 UTF-8 后再导入。")


def _nul(path: Path) -> Refusal:
    return Refusal(f"{path}：含有空字符（NUL），不是文本文件或已损坏，请重新导出为 UTF-8 文本。")


def han_share(text: str) -> float:
    """Return the share of Chinese characters among the characters of `text` that are no white space, 0..1."""
    solid = len("".join(text.split()))
    return len(_HAN.findall(text)) / solid if solid else 0.0


def parse_date(text: str) -> datetime.date:
    """Return the day that `text` writes, in any of the forms people and spreadsheets write.

    Raises ValueError for anything else, impossible days and years before 1900 or after 2100 included.
    """
    match = _DATE.fullmatch(text.strip())
    numbers = [part for part in match.groups() if part and part.isdecimal()] if match else []
    date = datetime.date(*map(int, numbers)) if numbers else None
    if date is None or date.year not in YEARS:
        raise ValueError(text)
    return date


def clues_from_name(path: Path) -> tuple[datetime.date | None, int | None]:
    """Return the date and the page number that a file's name, with the folders it lies in, states; None where silent.

    >>> clues_from_name(Path("2024/05/20/01.txt"))
    (datetime.date(2024, 5, 20), 1)
    """
    match = _NAME.search("/".join([*path.parts[-4:-1], path.stem]))
    if not match:
        return None, None
    try:
        date = datetime.date(int(match["y"]), int(match["m"]), int(match["d"]))
    except ValueError:
        return None, None
    return date, int(match["page"] or 0) or None


def find_files(paths: Iterable[Path], date: datetime.date | None = None, page: int | None = None) -> Found:
    """Return the page files that `paths` (files and folders) name, each once, in order, with what is known of them.

    A folder stands for the `*.txt` below it. `date` and `page` are the options of the command, stronger than what a
    manifest `pages.csv` beside a file says, which is stronger than the file's name.
    """
    found = Found()
    manifests: dict[Path, _Manifest] = {}
    for path, whole_folder in _expand(paths, found).items():
        folder = path.parent
        if folder not in manifests:
            manifests[folder] = _manifest_of(folder, found, whole_folder)
        manifest = manifests[folder]
        row = manifest.rows.get(path.name, {})
        if manifest.refusal:
            continue  # loaded without the dates that its manifest was to give, the page could land anywhere
        if isinstance(row, Refusal):
            found.refusals.append((path, row))
            continue
        named_date, named_page = clues_from_name(path)
        clues = Clues(
            given_date=date or row.get("date"),
            given_page=page or row.get("page"),
            given_issue_number=row.get("issue_number"),
            given_section=row.get("section"),
            named_date=named_date,
            named_page=named_page,
        )
        found.files.append((path, clues))
    return found


def _manifest_of(folder: Path, found: Found, whole_folder: bool) -> _Manifest:
    """Return the manifest of a folder, and note what is wrong with it.

    Rows of files that are not there are wrong where the whole folder is loaded; a wrong row of a file that is there is
    told with that file.
    """
    path = folder / MANIFEST_NAME
    manifest = _read_manifest(path)
    if manifest.refusal:
        found.refusals.append((path, manifest.refusal))
    for name, row in manifest.rows.items() if whole_folder else ():
        if not name or Path(name).name != name or not _is_there(folder / name):
            missing = Refusal(f"{shown(path)}：所列文件 {name} 不存在，请补上文件或删去该行。")
            found.refusals.append((path, row if isinstance(row, Refusal) else missing))
    return manifest


def _is_there(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):  # a name that no file can have: too long, or with a NUL
        return False


def _expand(paths: Iterable[Path], found: Found) -> dict[Path, bool]:
    """Return the files that `paths` stand for, in order, and of each whether its whole folder was asked for."""
    files: dict[Path, bool] = {}
    for path in paths:
        path = Path(os.path.abspath(path))  # not resolve(): a link's own name says what it is
        try:
            is_folder = path.is_dir()
        except OSError:
            is_folder = False
        if not is_folder:
            files.setdefault(path, False)
            continue
        # Whatever is called a text file is taken up, so that a broken link or a pipe is refused and not passed over.
        inside = sorted(file for file in path.rglob("*") if file.suffix.lower() == ".txt" and not file.is_dir())
        if not inside:
            refusal = Refusal(f"{shown(path)}：文件夹里没有 .txt 版面文件，请检查路径。")
            found.refusals.append((path, refusal))
        files |= dict.fromkeys(inside, True)
    return files


@dataclass(frozen=True)
class _Manifest:
    rows: dict[str, dict | Refusal] = field(default_factory=dict)
    refusal: Refusal | None = None


def _read_manifest(path: Path) -> _Manifest:
    if not _is_there(path):
        return _Manifest()
    try:
        text = read_manifest_text(path)
        reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
        columns = [name.strip() for name in reader.fieldnames or []]
        wrong = _wrong_columns([name for name in columns if name])
        if wrong:
            raise Refusal(f"{shown(path)}：{wrong}，首行应为 {','.join(MANIFEST_COLUMNS)}；该文件夹的版面未载入。")
        reader.fieldnames = columns
        rows: dict[str, dict | Refusal] = {}
        for values in reader:
            name = (values.get("file") or "").strip()
            if any((value or "").strip() for value in values.values() if isinstance(value, str)):
                rows[name] = _manifest_row(path, reader.line_num, name, values, again=name in rows)
    except Refusal as refusal:
        return _Manifest(refusal=refusal)
    except csv.Error:
        wrong = "不是有效的 CSV，请用表格软件另存为 CSV（UTF-8）"
        return _Manifest(refusal=Refusal(f"{shown(path)}：{wrong}；该文件夹的版面未载入。"))
    return _Manifest(rows)


def _wrong_columns(columns: list[str]) -> str:
    """Return what is wrong with a manifest's first line, or nothing. Columns without a name are let be."""
    unknown = [name for name in columns if name not in MANIFEST_COLUMNS]
    if unknown:
        return f"有不认识的列 {'、'.join(unknown)}"
    if "file" not in columns:
        return "缺少 file 列"
    return "有重复的列" if len(columns) != len(set(columns)) else ""


def read_manifest_text(path: Path) -> str:
    """Return a manifest's text; spreadsheets in China save GB18030 unless told otherwise.

    Raises Refusal for one that can't be read.
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise Refusal(f"{shown(path)}：无法读取（{_reason(error)}），请检查权限；该文件夹的版面未载入。") from None
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Refusal(f"{shown(path)}：编码无法识别，请另存为 CSV（UTF-8）；该文件夹的版面未载入。")


def _manifest_row(path: Path, line: int, name: str, values: dict, *, again: bool) -> dict | Refusal:
    place = f"{shown(path)} 第 {line} 行（{name}）"
    if not name:
        return Refusal(f"{shown(path)} 第 {line} 行：缺少文件名，请在 file 列填写。")
    if "/" in name or "\\" in name or "\0" in name:
        return Refusal(f"{place}：文件名不能带路径，清单只管同一文件夹里的文件；该版未载入。")
    if again:
        return Refusal(f"{place}：同一文件列了两次，请只留一行；该版未载入。")
    if None in values:
        return Refusal(f"{place}：列数多于首行，请检查逗号；该版未载入。")
    cells = {key: (value or "").strip() for key, value in values.items()}
    row: dict = {"section": cells.get("section") or None}
    try:
        row["date"] = parse_date(cells["date"]) if cells.get("date") else None
    except ValueError:
        return Refusal(f"{place}：日期“{cells['date']}”无法识别，请写成 2024-05-20；该版未载入。")
    if len(cells.get("section", "")) > SECTION_LENGTH:
        return Refusal(f"{place}：版名超过 {SECTION_LENGTH} 个字，请检查逗号；该版未载入。")
    for key, label, limit in (("page", "版次", 999), ("issue_number", "总期号", 999_999)):
        cell = cells.get(key, "")
        if cell and not (cell.isdecimal() and len(cell) <= len(str(limit)) and 1 <= int(cell) <= limit):
            return Refusal(f"{place}：{label}“{cell[:20]}”不是 1 至 {limit} 的整数，请改正；该版未载入。")
        row[key] = int(cell) if cell else None
    return row
