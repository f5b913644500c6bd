"""What readers see of the labels of segments."""

from __future__ import annotations

SEGMENT_LABELS = {
    "kicker": "引题",
    "headline": "标题",
    "deck": "副题",
    "byline": "署名",
    "credit": "摄影",
    "agency": "电头",
    "lead": "电头署名",
    "paragraph": "正文",
    "subhead": "小标题",
    "jump": "转版",
    "note": "附注",
    "markup": "排版标记",
    "control": "看不见的字符",
    "unreadable": "无法辨认的字符",
}
