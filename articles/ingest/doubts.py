"""Doubts that arise when a reading meets the stored archive. The reader itself raises the other doubts."""

from __future__ import annotations

from articles.reading import DOUBT_LABELS

#: The newest reading of the page no longer has an article that a person has worked on.
NOT_IN_READING = {"name": "not-in-reading", "rule": "importer", "detail": ""}

#: Another page of the same issue prints another running number.
OTHER_ISSUE_NUMBER = "issue-number-disagrees"

#: The text of the page says that the page belongs where another page is.
PLACE_TAKEN = "place-taken"

#: The desk's sentence for each doubt.
LABELS = {
    **DOUBT_LABELS,
    "not-in-reading": "新的读取中没有这一篇，因有人工校改而保留",
    OTHER_ISSUE_NUMBER: "总期号与本期其他版不一致",
    PLACE_TAKEN: "文中的日期、版次已属于另一版，未移动",
}


def doubt(name: str, detail: str) -> dict[str, str]:
    """Return a doubt of the importer, as it is stored."""
    return {"name": name, "rule": "importer", "detail": detail}
