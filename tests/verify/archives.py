"""An archive for the checks: imported pages, and work of each kind on the desk, some of it undone."""

from articles.desk.applying import apply
from articles.desk.deleting import delete_row
from articles.desk.joining import join, merge
from articles.desk.moving import move
from articles.desk.placing_text import give, left_over
from articles.desk.queue import dismiss
from articles.desk.splitting import split
from articles.desk.texts import keep
from articles.desk.undoing import undo
from articles.desk.withdrawing import restore, withdraw
from articles.desk.writing import writing
from articles.ingest.importer import import_page
from articles.ingest.readers import reader_from_database
from articles.models import Article, Batch, Contributor, Doubt, Page, SourceText
from articles.reading import Clues
from articles.search.sync import sync
from tests.desk.test_placing_text import LEFT
from tests.make import DAY, PAGE, SAMPLES, TODAY, load, other_page, read_file, write
from tests.tables import load_tables


def make_archive(folder, user):
    """Import pages into the empty archive and do work of each kind on the desk as `user`. Index it.

    Return the ids of rows of several kinds.
    """
    load_tables()
    page = load(write(folder, LEFT)).page
    other = load(other_page(folder), given_date=DAY, given_page=8).page
    reader = reader_from_database()
    for path in sorted(SAMPLES.glob("*.txt")):
        import_page(read_file(path), Clues(), reader, today=TODAY)
    unlike = (
        PAGE[: PAGE.index("青海湖畔")] + "海南渔村办起健康讲堂\n\n本报讯（记者周五洲）渔村日前办起健康讲堂。\n\n" * 3
    )
    rival = load(write(folder, unlike, "rival.txt")).source
    first, second, third = page.articles.as_printed()
    rest = list(other.articles.as_printed())
    deleted = rest[5].pk
    with writing(user, reason="照报样") as this:
        apply(this, first, {"headline": "青海湖畔的流动诊室", "topics": ["tcm"]})
    undone = correct_block(user, first)
    undo(undone, user)
    correct_block(user, first)
    with writing(user) as this:
        half = split(this, second, 1)
    with writing(user) as this:
        merge(this, rest[0], [rest[1]])
    with writing(user) as this:
        join(this, rest[2], [third])
    with writing(user) as this:
        move(this, [rest[4]], page)
    with writing(user) as this:
        delete_row(rest[5], this)
    hide(user, [rest[3]])
    hidden = hide(user, [rest[6]])
    with writing(user) as this:
        restore(this, [Article.objects.get(pk=rest[6].pk)])
    sample = Page.objects.filter(is_sample=True).first()
    hide(user, [sample])
    page = Page.objects.get(pk=page.pk)
    text = page.sources.get(standing="current").text
    with writing(user) as this:
        give(this, page, [(left_over(page, text)[0], Article.objects.get(pk=first.pk))])
    with writing(user, Batch.Kind.CONFLICT, reason="另一版") as this:
        keep(this, SourceText.objects.get(pk=rival.pk))
    kind = "no-byline"
    dismiss(kind, list(Doubt.objects.open().filter(kind=kind).values_list("pk", flat=True)[:1]), user)
    named = Contributor.objects.order_by("pk").first()
    with writing(user) as this:
        this.watch(named)
        named.note = "特约记者"
        named.save()
    assert sync() and hidden
    return {
        "page": page.pk,
        "other": other.pk,
        "first": first.pk,
        "second": second.pk,
        "half": half.pk,
        "merged": rest[1].pk,
        "head": rest[0].pk,
        "joined": third.pk,
        "withdrawn": rest[3].pk,
        "deleted": deleted,
        "last": rest[7].pk,
        "hidden_page": sample.pk,
        "plain": Article.objects.filter(page__structure_edited=False, position=1).latest("pk").pk,
        "named": named.pk,
    }


def hide(user, rows):
    with writing(user, reason="来函要求") as this:
        withdraw(this, [type(row).objects.get(pk=row.pk) for row in rows])
    return this.batch


def correct_block(user, article):
    article = Article.objects.get(pk=article.pk)
    blocks = [dict(block) for block in article.blocks]
    blocks[0]["text"] += "（据报样）"
    with writing(user) as this:
        this.watch(article)
        article.blocks = blocks
        article.save()
    return this.batch
