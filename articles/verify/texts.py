"""Checks of promise 1: no character is lost. The segments of articles and pages in the source texts."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from django.db import models
from django.db.models.functions import Cast

from articles.models import Article, Page, SourceText
from articles.verify.faults import Fault
from articles.verify.forms import FORMS
from articles.verify.reading import in_parts, parsed, streamed, texts_of

#: Texts that are checked at once: a text may have two million characters.
TEXTS = 100

#: The characters of a text beside a fault that are printed.
AROUND = 12

#: A stretch of a text: its start, its end, the model and id of the row that holds it.
Stretch = tuple[int, int, type[models.Model], int]


def segment_faults() -> Iterator[Fault]:
    """Yield each text of which a character stands in no segment or in two, and each segment outside its text.

    The articles read from the current text of a page, and the page itself, hold each character of it once. Articles
    that an older text gave hold no character of it twice.
    """
    texts = SourceText._base_manager.order_by("pk").values_list("pk", "text", "standing", "page")
    for part in in_parts(streamed(texts), TEXTS):
        held = _stretches_in([pk for pk, *_ in part])
        pages = [page for _, _, standing, page in part if standing == SourceText.Standing.CURRENT and page]
        around = _segments(Page._base_manager.filter(pk__in=pages))
        for pk, text, standing, page in part:
            is_current = standing == SourceText.Standing.CURRENT and page is not None
            found, broken = held.get(pk, ([], False)), False
            stretches, broken = list(found[0]), found[1]
            if is_current:
                own = around.get(page)
                broken = broken or own is None
                stretches += [(start, end, Page, page) for start, end, _ in own or ()]
            if not broken:  # otherwise the check of forms tells
                yield from _faults_in(text, stretches, pk, is_whole=is_current)
    unread = Article._base_manager.filter(source=None)
    for pk, text in streamed(texts_of(unread, "segments")):
        if text != "[]":
            yield Fault("没有原始文本，却有原文位置", Article, pk)


def _stretches_in(sources: Iterable[int]) -> dict[int, tuple[list[Stretch], bool]]:
    """Return {id of a text: the stretches of its articles, and whether one of them can't be read}."""
    found: dict[int, tuple[list[Stretch], bool]] = {}
    told = Article._base_manager.filter(source__in=list(sources)).annotate(told=Cast("segments", models.TextField()))
    for pk, source, text in told.order_by("pk").values_list("pk", "source", "told"):
        stretches, is_broken = found.get(source, ([], False))
        segments = parsed(text)
        if _is_form(segments):
            stretches += [(start, end, Article, pk) for start, end, _ in segments]
        else:
            is_broken = True
        found[source] = stretches, is_broken
    return found


def _segments(pages: models.QuerySet) -> dict[int, list[list[Any]]]:
    """Return {id: segments} of the pages whose segments can be read."""
    told = {pk: parsed(text) for pk, text in texts_of(pages, "segments")}
    return {pk: segments for pk, segments in told.items() if _is_form(segments)}


_is_form = FORMS[Article]["segments"]


def _faults_in(text: str, stretches: list[Stretch], source: int, *, is_whole: bool) -> Iterator[Fault]:
    """Yield the faults of the stretches of one text. If they are to be the whole of it, gaps are faults, too."""
    reached = 0
    for start, end, model, pk in sorted(stretches, key=lambda each: each[:2]):
        if not 0 <= start < end <= len(text):
            yield Fault(f"原文位置 {start}–{end} 不在原文 {source} 的 {len(text)} 个字之内", model, pk)
            continue
        if start < reached and text[start : min(reached, end)].strip():
            said = _shown(text, start, min(reached, end))
            yield Fault(f"原文 {source} 第 {start}–{min(reached, end)} 字“{said}”归了两处", model, pk)
        elif is_whole and text[reached:start].strip():
            yield Fault(f"第 {reached}–{start} 字“{_shown(text, reached, start)}”哪里也没有归", SourceText, source)
        reached = max(reached, end)
    if is_whole and text[reached:].strip():
        said = _shown(text, reached, len(text))
        yield Fault(f"第 {reached}–{len(text)} 字“{said}”哪里也没有归", SourceText, source)


def _shown(text: str, start: int, end: int) -> str:
    said = " ".join(text[start : min(end, start + AROUND)].split())
    return said + ("……" if end > start + AROUND else "")


def source_faults() -> Iterator[Fault]:
    """Yield each text whose bytes are no longer those of its SHA-256, and each box outside its text.

    Bytes in GB 18030 can be written in several ways, and only the first part of a file has its bytes. Where text was
    erased by law, nothing but spaces may stand.
    """
    rows = SourceText._base_manager.order_by("pk")
    told = rows.annotate(told=Cast("boxes", models.TextField()), gone=Cast("erased", models.TextField()))
    fields = ("pk", "text", "original", "encoding", "sha256", "part", "told", "gone")
    for pk, text, original, encoding, sha256, part, boxes, gone in streamed(told.values_list(*fields)):
        erased = parsed(gone)
        if erased is not None:
            if FORMS[SourceText]["erased"](erased) and any(text[start:end].strip() for start, end in erased):
                yield Fault("依法删去之处又有了文字", SourceText, pk)
        elif part == 0 and encoding in _BYTES and not _has_bytes(original or text, encoding, sha256):
            yield Fault("存下的文字与原文件的 SHA-256 不符", SourceText, pk)
        spans = parsed(boxes)
        if FORMS[SourceText]["boxes"](spans) and not all(0 <= start <= end <= len(text) for start, end, *_ in spans):
            yield Fault(f"有的位置不在原文的 {len(text)} 个字之内", SourceText, pk)


#: The encodings whose bytes a text gives again, each with the codecs and marks in which it may have been written.
_BYTES = {
    "utf-8": (("utf-8", b""),),
    "utf-8-sig": (("utf-8-sig", b""),),
    "utf-16": (("utf-16-le", b"\xff\xfe"), ("utf-16-be", b"\xfe\xff")),
}


def _has_bytes(text: str, encoding: str, sha256: str) -> bool:
    try:
        return any(hashlib.sha256(mark + text.encode(codec)).hexdigest() == sha256 for codec, mark in _BYTES[encoding])
    except UnicodeEncodeError:
        return False


def standing_faults() -> Iterator[Fault]:
    """Yield each article read from a text that has no page, and each article on a page whose texts are all gone."""
    lost = Article._base_manager.filter(source__isnull=False, source__page=None)
    for pk, source in lost.order_by("pk").values_list("pk", "source"):
        yield Fault(f"所据的原始文本 {source} 不属于任何一版", Article, pk)
    shown: dict[int, set[str]] = defaultdict(set)
    for page, standing in streamed(
        SourceText._base_manager.filter(page__isnull=False).order_by("pk").values_list("page", "standing")
    ):
        shown[page].add(standing)
    without = [page for page, standings in shown.items() if standings == {SourceText.Standing.SUPERSEDED}]
    for page in without:
        yield Fault("只有已被取代的文本，没有现用的", Page, page)
