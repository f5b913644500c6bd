"""Form fields of the desk that work without JavaScript. They take text, and the server resolves it."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q

from articles.models import Region
from articles.reading.tables import table_rows, table_text

#: The largest number of namesakes in an error message. No present name has as many.
NAMESAKES_SHOWN = 12

#: The mark of a subhead in the body field.
SUBHEAD_MARK = "## "

#: A line that starts with marks, full-width ones included, as pages print them: `##标题`, `＃＃ 标题`, `### 标题`.
_MARKED = re.compile(r"\s*(?P<marks>[#＃]+)(?P<text>.*)")

#: A line that starts with a tag, as in social media: `#健康中国#话题下，…`. Its marks are text.
_TAGGED = re.compile(r"\s*[#＃][^#＃\s][^#＃]*[#＃](?![#＃])")

#: A line whose marks are text, because a backslash precedes them. If there are several backslashes, only the first is
#: the sign, and the others are text.
_ESCAPED = re.compile(r"^(?P<space>\s*)\\(?P<rest>\\*[#＃|].*)")

#: A line that would be read as a subhead, a table or an escaped line. It needs a backslash to stay text.
_TO_ESCAPE = re.compile(r"^(?P<space>\s*)(?P<rest>\\*[#＃|].*)")

#: The separator of cells in a table's line. A stroke within a cell is written as _CELL_STROKE.
_STROKE = re.compile(r"(?<!\\)\|")
_CELL_STROKE = "\\|"

#: The largest number of characters of a line that an error message quotes.
QUOTED = 20


class RegionField(forms.CharField):
    """A field of a region by its code or name. The names of the regions that it lies in may precede its name: 410000,
    河南省, 洛阳, 北京市朝阳区.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(label="地区", help_text="代码或名称：410000、河南省、郑州市", **kwargs)

    def clean(self, value: object) -> Region | None:
        """Return the typed region, or None for an empty field.

        A full name that only one region has means that region, even if it is another region's short name. Raises
        ValidationError if there is no such region or if several regions have the name.
        """
        text = "".join((super().clean(value) or "").split())
        if not text:
            return None
        found = _regions_called(text)
        of_full_name = [row for row in found if row.name == text]
        if len(of_full_name) == 1:
            found = of_full_name
        if not found:
            raise ValidationError(_no_region(text))
        if len(found) > 1:
            listed = "、".join(f"{row.code} {full_name(row)}" for row in found[:NAMESAKES_SHOWN])
            more = "等" if len(found) > NAMESAKES_SHOWN else ""
            raise ValidationError(f"叫“{text}”的地区有 {len(found)} 个，请改填代码或全称：{listed}{more}。")
        return found[0]


def full_name(region: Region) -> str:
    """Return the name of a region, preceded by the names of the regions that it lies in: 辽宁省朝阳市."""
    return f"{full_name(region.parent) if region.parent else ''}{region.name}"


def _regions_called(text: str) -> list[Region]:
    """Return the regions of any level whose code, name or short name is `text`. The names of the regions they lie in
    may precede their own name.

    One query finds the regions, because each end of the text may be the name.
    """
    ends = [text[start:] for start in range(max(0, len(text) - MAX_NAME), len(text))]
    rows = Region.objects.filter(Q(name__in=ends) | Q(short__in=ends) | Q(pk=text[:MAX_NAME])).order_by("code")
    return [row for row in rows.select_related("parent__parent") if row.pk == text or _is_called(row, text)]


#: The greatest length of a region's name in the table, in characters.
MAX_NAME = Region._meta.get_field("name").max_length or 0


def _is_called(region: Region, text: str) -> bool:
    """Return whether `text` is the full or short name of a region, alone or after names of regions that it lies in."""
    rests = {text.removesuffix(name) for name in (region.name, region.short) if text.endswith(name)}
    if "" in rests:
        return True
    return region.parent is not None and any(
        _is_called(above, rest) for rest in rests for above in (region.parent, region.parent.parent) if above
    )


def _no_region(text: str) -> str:
    """Return the error message for a name that no region has today. For a former name it lists the present regions."""
    codes = Region.objects.called([text])[text]
    if not codes:
        return f"没有叫“{text}”的地区，请填六位代码或全称，如 410000 或 河南省。"
    rows = Region.objects.filter(pk__in=codes).select_related("parent__parent").order_by("code")
    listed = "、".join(f"{row.code} {full_name(row)}" for row in rows[:NAMESAKES_SHOWN])
    return f"现在没有叫“{text}”的地区；若指下列之一，请填代码或全称：{listed}。"


class BodyField(forms.CharField):
    """A field of a body as text. Blank lines separate paragraphs, and each subhead is on its own line after `## `.

    `##标题` without a space and the full-width `＃＃ 标题` are subheads, too: people type them, and pages print them.
    The field refuses a line with fewer or more marks, because a body has subheads of one depth and readers would see
    the marks. Marks that are text have a backslash before them, `\\#1 病房`, or belong to a tag, `#健康中国#`.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            label="正文",
            required=False,
            widget=forms.Textarea(attrs={"rows": 24, "cols": 100, "class": "vLargeTextField"}),
            help_text="段落之间空一行；小标题单独成行，前面写“## ”；表格每行写作“| 甲 | 乙 |”，"
            "表题写在前一行“|+ 表题”；正文里行首的“#”写作“\\#”，行首的“|”和格子里的“|”写作“\\|”。",
            **kwargs,
        )

    @staticmethod
    def to_text(blocks: list[dict[str, str]]) -> str:
        """Return the text of `blocks` as the field shows it."""
        return "\n\n".join(
            SUBHEAD_MARK + " ".join(block["text"].splitlines())
            if block["type"] == "subhead"
            else _table_lines(block)
            if block["type"] == "table"
            else _escaped(block["text"])
            for block in blocks
        )

    @staticmethod
    def to_blocks(text: str) -> list[dict[str, str]]:
        """Return the blocks of `text`. Raises ValidationError for a line with meaningless marks."""
        blocks: list[dict[str, str]] = []
        for piece in re.split(r"\n\s*\n", text.replace("\r\n", "\n")):
            lines: list[str] = []
            table: list[str] = []
            for line in piece.split("\n"):
                if line.lstrip().startswith("|"):
                    blocks += _paragraph(lines)
                    lines = []
                    table.append(line.strip())
                    continue
                blocks += _table(table)
                table = []
                subhead = _subhead_of(line)
                if subhead is None:
                    lines.append(_ESCAPED.sub(r"\g<space>\g<rest>", line))
                    continue
                blocks += _paragraph(lines)
                lines = []
                blocks.append({"type": "subhead", "text": subhead})
            blocks += _table(table) + _paragraph(lines)
        return blocks

    def clean(self, value: object) -> str:
        """Return the typed text. Raises ValidationError if `to_blocks` does."""
        text = super().clean(value)
        self.to_blocks(text)
        return text

    def has_changed(self, initial: str | None, data: str | None) -> bool:
        """Return whether the texts have different blocks. Browsers send other line ends, and spaces at an edge mean
        nothing.
        """
        try:
            return self.to_blocks(initial or "") != self.to_blocks(data or "")
        except ValidationError:  # `clean` reports the error to the user
            return True


def _escaped(text: str) -> str:
    """Return the text of a paragraph with a backslash before marks that the field would otherwise read as marks."""
    return "\n".join(
        line if _TAGGED.match(line) else _TO_ESCAPE.sub(r"\g<space>\\\g<rest>", line) for line in text.split("\n")
    )


def _table_lines(block: dict[str, str]) -> str:
    """Return a table as lines of the field: "|+ 表题" if it has a caption, and a line of cells for each row."""
    rows = [f"| {' | '.join(cell.replace('|', _CELL_STROKE) for cell in row)} |" for row in table_rows(block["text"])]
    return "\n".join([*([f"|+ {block['caption']}"] if block.get("caption") else []), *rows])


def _table(lines: list[str]) -> list[dict[str, str]]:
    """Return the block of a table's lines. If all cells are empty, return the captions as a paragraph, or []."""
    captions = [line[2:].strip() for line in lines if line.startswith("|+")]
    rows = [
        [cell.replace(_CELL_STROKE, "|").strip() for cell in _STROKE.split(line.removesuffix("|")[1:])]
        for line in lines
        if not line.startswith("|+")
    ]
    if not any(any(row) for row in rows):
        return _paragraph(captions)
    block = {"type": "table", "text": table_text(rows)}
    return [block | {"caption": " ".join(captions)} if captions else block]


def _paragraph(lines: list[str]) -> list[dict[str, str]]:
    text = "\n".join(lines).strip()
    return [{"type": "paragraph", "text": text}] if text else []


def _subhead_of(line: str) -> str | None:
    """Return the subhead of a line, or None for a line of text.

    Raises ValidationError for a subhead of another depth and for marks without text.
    """
    marked = _MARKED.fullmatch(line)
    if marked is None or _TAGGED.match(line):
        return None
    subhead = marked["text"].strip()
    if len(marked["marks"]) == len(SUBHEAD_MARK.strip()) and subhead:
        return subhead
    shown = line.strip()
    shown = shown if len(shown) <= QUOTED else shown[:QUOTED] + "…"
    if not subhead:
        raise ValidationError(f"正文里“{shown}”一行只有记号，没有文字，请补上小标题或删去这一行。")
    raise ValidationError(
        f"正文里“{shown}”一行的“{marked['marks'][:QUOTED]}”不是小标题：小标题只有一级，请写“## 小标题”；"
        "行首原来就印着“#”的，请写“\\#”。"
    )


class WideText(forms.TextInput):
    """A one-line text box as wide as a headline."""

    def __init__(self) -> None:
        super().__init__(attrs={"class": "vLargeTextField"})
