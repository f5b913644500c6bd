"""The names of doubts, each with the sentence that the desk shows."""

from __future__ import annotations

DOUBT_LABELS = {
    "date-unknown": "版面上找不到日期",
    "date-inferred": "日期系由文中最晚的事件推定",
    "date-disagrees": "日期的几处来源不一致",
    "date-future": "日期晚于今天",
    "date-impossible": "印出的日期并不存在",
    "weekday-disagrees": "印出的日期与星期不符",
    "number-unknown": "版次待考",
    "number-disagrees": "版次的几处来源不一致",
    "issue-number-disagrees": "总期号的几处来源不一致",
    "duplicate-line": "同一行印了两遍，只取一遍",
    "leftover-text": "有文字未能归入任何稿件",
    "unreadable-characters": "有私用区字符，看不出是什么字，文中以空格代替",
    "no-headline": "没有标题",
    "headline-uncertain": "引题、主题、副题的划分没有把握",
    "label-uncertain": "这一处的类别没有把握",
    "no-byline": "没有署名",
    "open-paragraph": "段落在分栏处断开，没有找到下文",
    "place-ambiguous": "地名有几处同名，未能断定是哪一处",
    "no-body": "只有标题，没有正文",
    # Doubts of readings before 2026-11. A doubt of this kind disappears when its page is read again.
    "split?": "可能与前一篇是同一篇稿件",
    "merged?": "小标题也可能是另一篇稿件的标题",
    "joined?": "段落隔着别的稿件接续，接法没有把握",
}
