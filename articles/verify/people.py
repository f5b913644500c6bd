"""Checks of what people made: edited fields, the ledger, withdrawals, doubts and proposals."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import F, Q

from articles.desk.check import ledger_differences
from articles.desk.recording import BLOCK
from articles.desk.standing import History, histories
from articles.ingest.doubt_check import derived_differences, doubt_differences
from articles.ingest.readers import reader_from_database
from articles.models import Article, Batch, Correction, Doubt, Issue, Page, Proposal
from articles.models.doubt_kinds import CONFLICT, KINDS, PROPOSAL, digest_of
from articles.models.editing import Editable
from articles.models.row_values import PLAIN_FIELDS, sets_of
from articles.verify.faults import Fault
from articles.verify.reading import in_parts, parsed, streamed, texts_of


def edited_field_faults() -> Iterator[Fault]:
    """Yield each row with an edited field that no person can set."""
    for model in apps.get_app_config("articles").get_models():
        if not issubclass(model, Editable):
            continue
        known = set(model.protectable())
        rows = texts_of(model._base_manager.all(), "edited_fields").exclude(edited_fields_as_text="[]")
        for pk, text in streamed(rows):
            names = parsed(text)
            for name in names if isinstance(names, list) else ():
                if isinstance(name, str) and name not in known:
                    yield Fault(f"人工修改过的字段里有“{name}”，没有这个字段", model, pk)


def ledger_faults() -> Iterator[Fault]:
    """Yield each batch that undoes a later one, each correction of no field, and what `desk check` finds in the ledger.

    `desk check` compares the protection of each corrected field with the ledger.
    """
    later = Batch._base_manager.filter(undoes__gte=F("pk")).order_by("pk")
    for pk, undone in streamed(later.values_list("pk", "undoes")):
        yield Fault(f"撤销的是更晚的第 {undone} 批", Batch, pk)
    known = {str(model._meta.model_name): model for model in apps.get_app_config("articles").get_models()}
    told = Correction._base_manager.order_by("model", "field").values_list("model", "field").distinct()
    wrong = [(name, field) for name, field in told if name not in known or not _is_corrected(known[name], field)]
    for name, field in wrong:
        rows = Correction._base_manager.filter(model=name, field=field).order_by("pk").values_list("pk", flat=True)
        for pk in rows:
            yield Fault(f"改的是 {name} 的“{field}”，没有这样的字段", Correction, pk)
    yield from map(Fault, ledger_differences())


def _is_corrected(model: type[models.Model], field: str) -> bool:
    """Return whether a correction may name `field` of `model`: a column, a set, a block, or "" for the whole row."""
    if field == "" or field in sets_of(model) or field in PLAIN_FIELDS.get(model, ()):
        return True
    if model is Article and field.startswith(BLOCK):
        return True
    return field in {each.name for each in model._meta.concrete_fields}


def withdrawal_faults() -> Iterator[Fault]:
    """Yield each row that is hidden without a word in the ledger, or shown or hidden against its last word.

    Articles may be hidden without a word: an import parts a continuation from a hidden head, and an old archive had no
    ledger. A withdrawn page or issue has a reason as well.
    """
    for model in (Issue, Page, Article):
        name = str(model._meta.model_name)
        corrected = Correction._base_manager.filter(model=name, field__in=("withdrawn", "")).order_by("object_id")
        keys = corrected.values_list("object_id", flat=True).distinct()
        for part in in_parts(streamed(keys)):
            ids = {int(key) for key in part if key.isdecimal()}
            held = dict(model._base_manager.filter(pk__in=ids).values_list("pk", "withdrawn"))
            for (_, key), history in histories((name, str(pk)) for pk in held).items():
                word = _last_word(history)
                if word is not None and word != held[int(key)]:
                    now, said = ("撤下", "恢复") if held[int(key)] else ("没有撤下", "撤下")
                    yield Fault(f"现在{now}，而校改记录最后说的是{said}", model, int(key))
        if model is Article:
            continue
        hidden = model._base_manager.filter(withdrawn=True).order_by("pk").values_list("pk", flat=True)
        for pk in hidden:
            history = histories([(name, str(pk))])[name, str(pk)]
            if _last_word(history) is None:
                yield Fault("撤下了，校改记录里没有是谁、为什么", model, pk)


def _last_word(history: History) -> bool | None:
    """Return what the ledger says last of whether a row is withdrawn, or None if it says nothing."""
    for each in reversed(history.standing()):
        told: Any = each.new
        if each.field == "withdrawn":
            return bool(told)
        if each.field == "" and isinstance(told, dict) and "withdrawn" in told:
            return bool(told["withdrawn"])
    return None


def doubt_faults() -> Iterator[Fault]:
    """Yield each doubt whose key is not that of its thing, or that stands on another page than its article.

    A kind of a reader of long ago is its own; its key can't be told again. A proposal's key is made of its value.
    """
    rows = Doubt._base_manager.order_by("pk").values_list(
        *("pk", "kind", "digest", "detail", "state", "probability", "page", "article__page", "source", "article", "at")
    )
    for pk, kind, digest, detail, state, probability, page, page_of_article, source, article, at in streamed(rows):
        if kind in KINDS and kind not in (PROPOSAL, CONFLICT) and digest != digest_of(kind, detail):
            yield Fault(f"存疑“{kind}”的标识 {digest or '（空）'} 不是所疑之处的摘要", Doubt, pk)
        if article is not None and page != page_of_article:
            yield Fault(f"记在版面 {page}，而文章在版面 {page_of_article}", Doubt, pk)
        if source is not None and (article is not None or kind != CONFLICT):
            yield Fault(f"存疑“{kind}”不能是关于原始文本的", Doubt, pk)
        if probability is not None and not 0 <= probability <= 1:
            yield Fault(f"把握是 {probability}，应在 0 与 1 之间", Doubt, pk)
        if state == Doubt.State.OPEN and at is not None:
            yield Fault("未结，却有了结的时间", Doubt, pk)


def proposal_faults() -> Iterator[Fault]:
    """Yield each proposal for no field, or on another page than its article."""
    moved = Proposal._base_manager.filter(article__isnull=False).exclude(article__page=F("page"))
    for pk, page, now in moved.order_by("pk").values_list("pk", "page", "article__page"):
        yield Fault(f"记在版面 {page}，而文章在版面 {now}", Proposal, pk)
    of_page = ("items", *Page.protectable())
    wrong = Q(article__isnull=False) & ~Q(field__in=Article.protectable())
    wrong |= Q(article=None) & ~Q(field__in=of_page)
    for pk, field in Proposal._base_manager.filter(wrong).order_by("pk").values_list("pk", "field"):
        yield Fault(f"为“{field}”而提，没有这个字段", Proposal, pk)


def derived_doubt_faults() -> Iterator[Fault]:
    """Yield what the stored rows alone say against the stored doubts."""
    yield from map(Fault, derived_differences())


def reader_doubt_faults() -> Iterator[Fault]:
    """Yield what another reading of each page says against the stored doubts. It takes as long as `reread`."""
    yield from map(Fault, doubt_differences(reader_from_database()))
