"""Form fields of the desk that work without JavaScript: text, resolved on the server."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from articles.models import Region

#: How many namesakes an error message lists.
NAMESAKES_SHOWN = 6

#: A line of the body field that starts so is a subhead.
SUBHEAD_MARK = "## "


class RegionField(forms.CharField):
    """A region by its code or its name: 410000, 河南省, 河南, 郑州市."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(label="地区", help_text="代码或名称：410000、河南省、郑州市", **kwargs)

    def clean(self, value: object) -> Region | None:
        """Return the region that was typed. Raises ValidationError for none and for several of that name."""
        text = super().clean(value)
        if not text:
            return None
        found = list(Region.objects.filter(pk=text) or Region.objects.filter(name=text))
        found = found or list(Region.objects.filter(short=text, level__lt=Region.Level.COUNTY).order_by("level"))[:1]
        found = found or list(Region.objects.filter(short=text))
        if not found:
            raise ValidationError(f"没有叫“{text}”的地区，请填六位代码或全称，如 410000 或 河南省。")
        if len(found) > 1:
            listed = "、".join(
                f"{row.code}（{row.parent.name if row.parent else ''}）" for row in found[:NAMESAKES_SHOWN]
            )
            raise ValidationError(f"叫“{text}”的地区有 {len(found)} 个，请改填代码：{listed}。")
        return found[0]


class BodyField(forms.CharField):
    """A body as text: paragraphs apart by a blank line, a subhead as a line of its own with `## ` before it."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            label="正文",
            required=False,
            widget=forms.Textarea(attrs={"rows": 24, "cols": 100, "class": "vLargeTextField"}),
            help_text="段落之间空一行；小标题单独成段，前面写“## ”。",
            **kwargs,
        )

    @staticmethod
    def to_text(blocks: list[dict[str, str]]) -> str:
        """Return the text of `blocks` as the field shows it."""
        return "\n\n".join((SUBHEAD_MARK if block["type"] == "subhead" else "") + block["text"] for block in blocks)

    @staticmethod
    def to_blocks(text: str) -> list[dict[str, str]]:
        """Return the blocks that `text` writes; a subhead ends with its line."""
        blocks: list[dict[str, str]] = []
        for piece in re.split(r"\n\s*\n", text.replace("\r\n", "\n")):
            head, _, rest = piece.strip().partition("\n") if piece.strip().startswith(SUBHEAD_MARK) else ("", "", piece)
            if head:
                blocks.append({"type": "subhead", "text": head.removeprefix(SUBHEAD_MARK).strip()})
            if rest.strip():
                blocks.append({"type": "paragraph", "text": rest.strip()})
        return blocks

    def has_changed(self, initial: str | None, data: str | None) -> bool:
        """Compare what the texts mean: browsers send other line ends, and spaces at an edge mean nothing."""
        return self.to_blocks(initial or "") != self.to_blocks(data or "")


class WideText(forms.TextInput):
    """One line, as wide as a headline."""

    def __init__(self) -> None:
        super().__init__(attrs={"class": "vLargeTextField"})
