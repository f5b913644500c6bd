"""Page files: finding and decoding them, and reading their names and manifests."""

from __future__ import annotations

import csv
import datetime
import hashlib
import io
import os
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from articles.ingest.encodings import Undecodable, decode, has_han
from articles.ingest.extraction import Box, Extent, NotReadable, extract, is_structured
from articles.ingest.inlet import MAX_BYTES, Refusal, check_name, read_bytes, shown
from articles.ingest.kinds import refuse_bytes, refuse_text
from articles.models.issues import SECTION_LENGTH
from articles.reading import YEARS, Clues
from articles.text.cleaning import clean

MANIFEST_NAME = "pages.csv"
MANIFEST_COLUMNS = ("file", "date", "page", "issue_number", "section")

#: The files that systems and programs leave beside people's files: hidden files (._1.txt is macOS's) and ~$1.txt of
#: Word. The folders of such files.
_LITTER = re.compile(r"[.]|~[$]")
_LITTER_FOLDERS = frozenset(
    {"__MACOSX", "$RECYCLE.BIN", "System Volume Information", "lost+found", "@eaDir", "#recycle", "#snapshot"}
)
#: Databases take no NUL in a text, and a text holds none.
NUL_REFUSED = "含有空字符（NUL），不是文本文件或已损坏，请重新导出为 UTF-8 文本"

LITTER = "隐藏文件或系统文件"
LINKED = "链接来的文件夹"
TWIN = "另有 JSON 的 .md"

#: The endings of page files in a folder. A file about the others (README) is no page, whatever its ending.
SUFFIXES = (".txt", ".md", ".html", ".htm", ".xml", ".hocr")
#: The endings of recognition tools' JSON that holds pages. In a folder, such a file replaces the Markdown of the same
#: page beside it.
PAGES_JSON = ("_content_list.json", "_res.json")
STRUCTURED = (".json", ".xml", ".hocr", ".html", ".htm")
#: The most bytes of a recognition tool's file. Its text is a small part of the file.
MAX_STRUCTURED_BYTES = 16 * 1024 * 1024
_ABOUT = re.compile(r"(?:README|LICENSE|NOTICE|CHANGELOG|CONTRIBUTING)\b", re.IGNORECASE)

#: The number of kinds of passed-over files that the summary names.
KINDS_NAMED = 5

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


@dataclass(frozen=True)
class PageFile:
    """A decoded page file. `text` keeps the line ends of the file.

    Each page of a recognition tool's file is one `part`. Its `text` is the extracted text. `boxes` say where stretches
    of the text stood on the scan, and `extent` how large the page is in their units (see articles.ingest.extraction).
    The first part holds the `original` file.
    """

    path: Path
    text: str
    sha256: str
    encoding: str
    part: int = 0
    original: str = ""
    boxes: tuple[Box, ...] = ()
    extent: Extent | None = None


@dataclass(frozen=True)
class FoundFiles:
    """The result of a search for page files: the files with their clues, the refused files, and the number of
    passed-over files of each kind.
    """

    files: list[tuple[Path, Clues]] = field(default_factory=list)
    refusals: list[tuple[Path, Refusal]] = field(default_factory=list)
    passed_over: Counter[str] = field(default_factory=Counter)

    @property
    def passed_over_text(self) -> str:
        """The passed-over files in Chinese, "" for none: 略过 3 个（.jpg 2，隐藏文件或系统文件 1）."""
        if not self.passed_over:
            return ""
        kinds = sorted(self.passed_over.items(), key=lambda kind: (-kind[1], kind[0]))
        listed = [f"{shown(kind)} {count}" for kind, count in kinds[:KINDS_NAMED]]
        rest = sum(count for _, count in kinds[KINDS_NAMED:])
        listed += [f"其他 {rest}"] if rest else []
        return f"略过 {self.passed_over.total()} 个（{'，'.join(listed)}）"


def read_pages(path: Path) -> list[PageFile]:
    """Return the pages of a file, most often one. Encodings are UTF-8, UTF-16 with a byte order mark, and GB18030.

    Raises Refusal if the file is missing, unreadable, empty, too large, of another encoding or kind, or holds a NUL,
    or if a page has no Chinese.
    """
    file = _read_text(path)
    if not is_structured(file.text):
        return [_checked(file)]
    try:
        pages = extract(file.text)
    except NotReadable as error:
        raise Refusal(f"{path}：{error}。") from None
    told = [page for page in pages if has_han(page.text)] or pages  # a last page may hold its number alone
    return [
        _checked(
            PageFile(
                *(path, page.text, file.sha256, file.encoding, part, "" if part else file.text),
                *(page.boxes, page.extent),
            ),
            f"第 {part + 1} 部分" if len(told) > 1 else "",
        )
        for part, page in enumerate(told)
    ]


def _checked(file: PageFile, place: str = "") -> PageFile:
    """Return `file`. Raises Refusal if its text is no newspaper page. `place` names the page within its file."""
    name = f"{file.path}{place and f'（{place}）'}"
    if "\0" in file.text:
        raise Refusal(f"{name}：{NUL_REFUSED}。")
    if len(file.text.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        raise Refusal(f"{name}：识别出的文字超过 2 MB，不像一个版面，请检查识别结果。")
    if wrong := refuse_text(file.text):
        raise Refusal(f"{name}：{wrong}。")
    return file


def _read_text(path: Path) -> PageFile:
    check_name(path)
    limit = MAX_STRUCTURED_BYTES if path.suffix.lower() in STRUCTURED else MAX_BYTES
    raw = read_bytes(path, limit=limit, too_large="不像一个版面，请拆成每版一个文件")
    if wrong := refuse_bytes(raw):
        raise Refusal(f"{path}：{wrong}。")
    try:
        text, encoding = decode(raw)
    except Undecodable as error:
        raise Refusal(f"{path}：{error}。") from None
    if "\0" in text:
        raise Refusal(f"{path}：{NUL_REFUSED}。")
    if not text.strip():
        raise Refusal(f"{path}：文件是空的，请检查是否漏了识别结果。")
    return PageFile(path, text, hashlib.sha256(raw).hexdigest(), encoding)


def parse_date(text: str) -> datetime.date:
    """Return the day that `text` writes, in any form that people and spreadsheets use.

    Raises ValueError for anything else, impossible days and years before 1900 or after 2100 included.
    """
    match = _DATE.fullmatch(text.strip())
    numbers = [part for part in match.groups() if part and part.isdecimal()] if match else []
    date = datetime.date(*map(int, numbers)) if numbers else None
    if date is None or date.year not in YEARS:
        raise ValueError(text)
    return date


def clues_from_name(path: Path) -> tuple[datetime.date | None, int | None]:
    """Return the date and page number in the name of a file and its folders, None for each that is missing.

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


def find_files(paths: Iterable[Path], date: datetime.date | None = None, page: int | None = None) -> FoundFiles:
    """Return the page files that `paths` (files and folders) name, each once, in order, with their clues.

    A folder stands for the page files in it and below it. `date` and `page` are the options of the command. They are
    stronger than the manifest `pages.csv` beside a file, and the manifest is stronger than the file's name.
    """
    found = FoundFiles()
    manifests: dict[Path, _Manifest] = {}
    for path, whole_folder in _expand(paths, found).items():
        folder = path.parent
        if folder not in manifests:
            manifests[folder] = _manifest_of(folder, found, whole_folder)
        manifest = manifests[folder]
        row = manifest.rows.get(path.name, {})
        if manifest.refusal:
            continue  # without the dates of its manifest the page could land anywhere
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


def _manifest_of(folder: Path, found: FoundFiles, whole_folder: bool) -> _Manifest:
    """Return the manifest of a folder, and add its errors to `found`.

    If the whole folder is loaded, a row of a missing file is an error. `find_files` adds the error in the row of a
    file that exists.
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
    except OSError:  # the name is too long for any file
        return False


def _expand(paths: Iterable[Path], found: FoundFiles) -> dict[Path, bool]:
    """Return {file: whether its whole folder was asked for} of `paths`, in order."""
    files: dict[Path, bool] = {}
    for path in paths:
        path = Path(os.path.abspath(path))  # not resolve(): the name of a link itself counts
        try:
            is_folder = path.is_dir()
        except OSError:
            is_folder = False
        if is_folder:
            inside = _pages_below(path, found)
            if not inside:
                kinds = "（.txt、.md、.html，或识别软件的 .xml、.json）"
                refusal = Refusal(f"{shown(path)}：文件夹里没有版面文件{kinds}，请检查路径。")
                found.refusals.append((path, refusal))
            files |= dict.fromkeys(inside, True)
        elif _LITTER.match(path.name) or path.parent.name in _LITTER_FOLDERS:
            found.passed_over[LITTER] += 1
        else:
            files.setdefault(path, False)
    return files


def _pages_below(top: Path, found: FoundFiles) -> list[Path]:
    """Return the page files in a folder and below it, in order. Other files are counted in `found`.

    A broken link or pipe that is named like a page file is returned, so that it is refused and not passed over.
    """

    def refuse(error: OSError) -> None:
        folder = Path(error.filename or top)
        refusal = Refusal(f"{shown(folder)}：无法打开这个文件夹，其中的版面未载入，请检查权限。")
        found.refusals.append((folder, refusal))

    pages: list[Path] = []
    for folder, subfolders, names in os.walk(top, onerror=refuse):
        inside = Path(folder)
        is_litter = any(_LITTER.match(part) or part in _LITTER_FOLDERS for part in inside.relative_to(top).parts)
        links = sum(os.path.islink(inside / name) for name in subfolders)
        if links:
            found.passed_over[LINKED] += links
        for name in names:
            suffix = os.path.splitext(name)[1].lower()
            if is_litter or _LITTER.match(name) or name.lower() in ("thumbs.db", "desktop.ini"):
                found.passed_over[LITTER] += 1
            elif _has_better(name, names):
                found.passed_over[TWIN] += 1
            elif (suffix in SUFFIXES and not _ABOUT.match(name)) or name.lower().endswith(PAGES_JSON):
                pages.append(inside / name)
            elif name != MANIFEST_NAME:
                found.passed_over[suffix or "无扩展名"] += 1
    return sorted(pages)


def _has_better(name: str, names: Iterable[str]) -> bool:
    """Tell whether a Markdown file has a tool's JSON of the same page beside it. The JSON says more."""
    stem, suffix = os.path.splitext(name)
    return suffix.lower() == ".md" and any(f"{stem}{ending}" in names for ending in PAGES_JSON)


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
    """Return the error in a manifest's first line, or "". Columns without a name are ignored."""
    unknown = [name for name in columns if name not in MANIFEST_COLUMNS]
    if unknown:
        return f"有不认识的列 {'、'.join(unknown)}"
    if "file" not in columns:
        return "缺少 file 列"
    return "有重复的列" if len(columns) != len(set(columns)) else ""


def read_manifest_text(path: Path) -> str:
    """Return the cleaned text of a manifest. Spreadsheets in China save GB18030 by default.

    Raises Refusal if the manifest can't be read.
    """
    try:
        raw = read_bytes(path, too_large="不像一份清单，请拆到各个文件夹")
        text, _ = decode(raw)
    except Refusal as refusal:
        raise Refusal(f"{str(refusal).removesuffix('。')}；该文件夹的版面未载入。") from None
    except Undecodable as error:
        raise Refusal(f"{shown(path)}：{error}（CSV）；该文件夹的版面未载入。") from None
    if "\0" in text:
        raise Refusal(f"{shown(path)}：{NUL_REFUSED}；该文件夹的版面未载入。")
    return clean(text).text


def _manifest_row(path: Path, line: int, name: str, values: dict, *, again: bool) -> dict | Refusal:
    place = f"{shown(path)} 第 {line} 行（{name}）"
    if not name:
        return Refusal(f"{shown(path)} 第 {line} 行：缺少文件名，请在 file 列填写。")
    if "/" in name or "\\" in name:
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
