"""The page to which articles are to be moved, as it is typed: a day and a page number, or a choice from a list."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping

from django.core.exceptions import ValidationError

from articles.admin.screens.structure.typed import is_number
from articles.ingest.sources import parse_date
from articles.models import Issue, Page
from articles.models.corrections import LAST_ID

#: The greatest number of a page, and the most undated pages that the list offers.
LAST_PAGE, UNDATED = 999, 20

#: The key of a second edition: 2024-03-14-2.
_EDITION = re.compile(r"(.+)-([1-9])", re.ASCII)


def target_of(page: Page, typed: Mapping[str, str]) -> Page:
    """Return the page that `to_issue` and `to_page`, or `to_page_id`, name.

    Without a day it lies in the issue of `page`. Raises ValidationError with a sentence that tells which pages there
    are.
    """
    number, chosen = typed.get("to_page", "").strip(), typed.get("to_page_id", "").strip()
    if chosen and number:
        raise ValidationError("移到的版次填了，又在列表里选了一版，请只用一处。")
    if chosen:
        found = Page.objects.select_related("issue").filter(pk=chosen).first() if is_number(chosen, LAST_ID) else None
        if found is None:
            raise ValidationError(f"没有编号为“{chosen[:20]}”的版面，请从列表里选。")
        return found
    issue = issue_of(page, typed)
    if not number:
        raise ValidationError("请填移到第几版，或在列表里选一版。")
    if not is_number(number, LAST_PAGE) or not int(number):
        raise ValidationError(f"移到的版次“{number[:12]}”不是 1 至 {LAST_PAGE} 的整数，请改正。")
    if issue is None:
        raise ValidationError("这一版没有日期，请填移到哪一期，或在列表里选一版。")
    pages = list(issue.pages.select_related("issue").as_printed())
    found = next((each for each in pages if each.number == int(number)), None)
    if found is None:
        there = "、".join(str(each.number) for each in pages if each.number)
        more = "，另有版次待考的，请在列表里选" if any(each.number is None for each in pages) else ""
        held = f"有第{there}版" if there else "各版都没有版次"
        raise ValidationError(f"{issue.key} 没有第{int(number)}版，{held}{more}。")
    return found


def issue_of(page: Page, typed: Mapping[str, str]) -> Issue | None:
    """Return the issue that `to_issue` names, or that of `page` if nothing was typed.

    Raises ValidationError for a day that can't be read, and for a day without an issue.
    """
    text = typed.get("to_issue", "").strip()
    if not text:
        return page.issue
    day, edition = _day_of(text)
    held = Issue.objects.filter(date=day, edition=edition).first()
    if held is None:
        nearest = "、".join(issue.key for issue in Issue.objects.visible().around(day))
        raise ValidationError(f"没有 {text[:20]} 的报纸，{f'最近的有 {nearest}' if nearest else '现在一期也没有'}。")
    return held


def _day_of(text: str) -> tuple[datetime.date, int]:
    for day, edition in [(text, "1"), *_EDITION.findall(text)]:
        try:
            return parse_date(day), int(edition)
        except ValueError:
            continue
    raise ValidationError(f"移到的期次“{text[:20]}”无法识别，请写成 2024-03-14，当日第二种写成 2024-03-14-2。")


def offered(page: Page, typed: Mapping[str, str]) -> list[Page]:
    """Return the pages that the list offers: the others of the issue, and the newest of the undated ones."""
    try:
        issue = issue_of(page, typed)
    except ValidationError:
        issue = page.issue
    others = Page.objects.exclude(pk=page.pk).select_related("issue")
    beside = list(others.filter(issue=issue).as_printed()) if issue else []
    return beside + list(others.filter(issue=None).order_by("-pk")[:UNDATED])
