"""The comparison of each story in the database with its copy in the serving index."""

from __future__ import annotations

from collections.abc import Iterator

from articles.models import Article, VanishedArticle, archive
from articles.search.documents import story_documents
from articles.search.files import IndexUnavailable
from articles.search.index import StoryIndex
from articles.search.index_rows import make_index_row
from articles.search.state import IndexFolder, is_usable, serving_index, splitter

#: The number of stories that are compared at a time.
BATCH = 900

#: No digest of a story: they are not negative.
NO_DIGEST = -1

#: The greatest id that a database can assign.
LAST_ID = (1 << 63) - 1


def differences() -> Iterator[str]:
    """Yield a Chinese sentence for each difference between database and index.

    A difference is a story that the index lacks, holds in excess, or holds with other content. Articles that were saved
    after the index's revision, or are saved during the comparison, are skipped.
    """
    try:
        yield from _differences()
    except IndexUnavailable as failure:
        yield f"索引已损坏：{failure}。请运行 manage.py sync_search，它会重建索引。"


def _differences() -> Iterator[str]:
    found, now = serving_index(deep=True), archive.state()
    if found is None:
        yield "没有索引。请运行 manage.py sync_search。"
        return
    held = found.state
    if not is_usable(held, now):
        yield "索引与当前数据库、词表或程序版本不符。请运行 manage.py sync_search，它会重建索引。"
        return
    if held.revision < now.revision:
        yield f"索引停在修订号 {held.revision}，档案已到修订号 {now.revision}。请运行 manage.py sync_search。"
    yield from story_differences(found)


def story_differences(found: IndexFolder, *, with_contents: bool = True) -> Iterator[str]:
    """Yield the sentences of `differences` about single stories, for the serving index `found`.

    Without `with_contents` only stories that the index lacks, or holds in excess, are told: a story's content takes a
    hundred times as long to compare. Raises IndexUnavailable if the index can't be read.
    """
    held = found.state
    index, split = StoryIndex(found.folder, splitter()), splitter()
    ids = list(Article.objects.visible().stories().order_by("pk").values_list("pk", flat=True))
    after = -1
    for start in range(0, max(len(ids), 1), BATCH):
        batch = ids[start : start + BATCH]
        last = batch[-1] if start + BATCH < len(ids) else LAST_ID
        indexed = index.digests(after + 1, last)
        if with_contents:
            rows = (make_index_row(story, split) for story in story_documents(batch))
            expected = {row.id: row.digest for row in rows}
        else:
            expected = {pk: indexed.get(pk, NO_DIGEST) for pk in batch}
        unlike = sorted(pk for pk in expected.keys() | indexed.keys() if expected.get(pk) != indexed.get(pk))
        for pk in unlike:
            if not _is_later(pk, held.revision):
                yield _said(pk, is_expected=pk in expected, is_found=pk in indexed)
        after = last


def _is_later(pk: int, revision: int) -> bool:
    """Tell whether the article `pk` was changed or deleted after `revision`."""
    changed = Article.objects.filter(pk=pk, revision__gt=revision)
    return changed.exists() or VanishedArticle.objects.filter(pk=pk, revision__gt=revision).exists()


def _said(pk: int, *, is_expected: bool, is_found: bool) -> str:
    if not is_found:
        return f"索引缺少文章 {pk}"
    if not is_expected:
        return f"索引多出文章 {pk}"
    return f"文章 {pk} 在索引里的内容与数据库不同"
