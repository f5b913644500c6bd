"""Checks of ids, URLs and revisions: redirects, deleted articles, the one state of the archive."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from django.db.models import Exists, Max, OuterRef
from django.urls import Resolver404, resolve

from articles.models import (
    Archive,
    Article,
    Batch,
    Column,
    Contributor,
    Correction,
    Issue,
    Page,
    Redirect,
    Region,
    Topic,
    VanishedArticle,
)
from articles.verify.faults import Fault
from articles.verify.reading import in_parts, streamed

#: The form of an epoch and of the archive's identity.
_HEX = re.compile(r"[0-9a-f]{32}")


def state_faults() -> Iterator[Fault]:
    """Yield a fault if the state of the archive is missing, or lies before a change that it must have counted."""
    state = Archive._base_manager.filter(pk=1).first()
    greatest = Article._base_manager.aggregate(last=Max("revision"))["last"]
    vanished = VanishedArticle._base_manager.aggregate(last=Max("revision"))["last"]
    if state is None:
        if greatest is not None or vanished is not None:
            yield Fault("没有档案状态这一行，纪元和修订号都丢了")
        return
    for name in ("epoch", "identity"):
        if not _HEX.fullmatch(getattr(state, name)):
            yield Fault(f"“{Archive._meta.get_field(name).verbose_name}”不合格式", Archive, 1)  # type: ignore[union-attr]
    if state.revision and state.changed_at is None:
        yield Fault("有修订号，没有最后更新的时间", Archive, 1)
    late = Article._base_manager.filter(revision__gt=state.revision).order_by("pk")
    for pk, revision in streamed(late.values_list("pk", "revision")):
        yield Fault(f"修订号 {revision} 大于档案的 {state.revision}", Article, pk)
    gone = VanishedArticle._base_manager.filter(revision__gt=state.revision).order_by("pk")
    for pk, revision in streamed(gone.values_list("pk", "revision")):
        yield Fault(f"删除时的修订号 {revision} 大于档案的 {state.revision}", VanishedArticle, pk)


def vanished_faults() -> Iterator[Fault]:
    """Yield each id that counts as deleted and lives, and each article that a person deleted and that is not counted.

    The search index follows the counted ids. The ledger of an old archive does not tell of all deletions.
    """
    living = Article._base_manager.filter(pk=OuterRef("pk"))
    for (pk,) in VanishedArticle._base_manager.filter(Exists(living)).order_by("pk").values_list("pk"):
        yield Fault("算作已删除，而文章还在", Article, pk)
    told = Correction._base_manager.filter(model="article").exclude(batch__kind=Batch.Kind.HISTORY)
    ids = told.order_by("object_id").values_list("object_id", flat=True).distinct()
    for part in in_parts(streamed(ids)):
        keys = {int(key) for key in part if key.isdecimal()}
        held = set(Article._base_manager.filter(pk__among=keys).values_list("pk", flat=True))
        held |= set(VanishedArticle._base_manager.filter(pk__in=keys).values_list("pk", flat=True))
        for pk in sorted(keys - held):
            yield Fault("校改过，现在没有了，也不在已删除之列", Article, pk)


#: The names of URLs whose content is a row, each with the function that tells whether the row is there.
_SHOWN: dict[str, Callable[..., bool]] = {
    "article": lambda pk: Article._base_manager.filter(pk=pk).exists(),
    "unnumbered-page": lambda pk: Page._base_manager.filter(pk=pk).exists(),
    "issue": lambda key: Issue._base_manager.filter(date=key[0], edition=key[1]).exists(),
    "page": lambda key, number: Page._base_manager.filter(
        issue__date=key[0], issue__edition=key[1], number=number
    ).exists(),
    "contributor": lambda pk: Contributor._base_manager.filter(pk=pk).exists(),
    "column": lambda pk: Column._base_manager.filter(pk=pk).exists(),
    "region": lambda code: Region._base_manager.filter(pk=code).exists(),
    "topic": lambda slug: Topic._base_manager.filter(slug=slug).exists(),
}


def redirect_faults() -> Iterator[Fault]:
    """Yield each redirect that leads to another one, to nothing, or away from an article that is there."""
    chained = Redirect._base_manager.filter(old_path=OuterRef("new_path"))
    told = Redirect._base_manager.order_by("pk").annotate(is_chained=Exists(chained))
    for pk, old, new, is_chained in streamed(told.values_list("pk", "old_path", "new_path", "is_chained")):
        if is_chained:
            yield Fault(f"{old} 转到 {new}，那里又转到别处", Redirect, pk)
        elif new and not _is_there(new):
            yield Fault(f"{old} 转到 {new}，那里没有内容", Redirect, pk)
        if old.startswith("/articles/") and _is_there(old):
            yield Fault(f"{old} 转到 {new or '“已撤下”'}，而那篇文章还在", Redirect, pk)


def _is_there(path: str) -> bool:
    """Return whether a stored path is that of a row which is there. Paths of other kinds, such as of a list, are."""
    try:
        found = resolve(path.partition("#")[0].partition("?")[0])
    except Resolver404:
        return False
    shows = _SHOWN.get(found.url_name or "")
    return shows is None or shows(**found.kwargs)
