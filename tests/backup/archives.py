"""An archive with something in each corner of the format, for the tests of backups."""

import datetime

from django.apps import apps
from django.contrib.auth.models import Group, User
from django.db import connection

from articles.backup.tables import applied_migrations, tables_at
from articles.desk.applying import apply
from articles.desk.deleting import delete_row
from articles.desk.withdrawing import withdraw
from articles.desk.writing import writing
from articles.models import Article, Contributor, Correction, Proposal, SearchWithoutHit
from tests.make import PAGE, load, other_page, write
from tests.tables import load_tables

#: A text with characters that formats and databases stumble over.
ODD = "“引号”\\ \t 𠮷野\u2028家\u200b %s\r\n'末\""


def fill(folder):
    """Import two pages, let a person correct them, delete rows, and put odd values into columns of each kind."""
    load_tables()
    page = load(write(folder, PAGE)).page
    load(other_page(folder))
    editor = User.objects.create_user("林望舒", password="pass12345678", is_staff=True)
    editor.groups.add(Group.objects.get_or_create(name="编辑")[0])
    article, gone = page.articles.as_printed()[:2]
    with writing(editor, reason=ODD) as this:
        apply(this, article, {"headline": ODD, "deck": "人工副题"})
    with writing(editor, reason="撤下") as this:
        withdraw(this, [page.articles.last()])
    with writing(editor) as this:
        delete_row(gone, this)
    batch = Correction.objects.first().batch
    Correction.objects.create(
        batch=batch, seq=99, model="article", object_id="1", field="column", old=[1.5, 1e22, -0.5]
    )
    Proposal.objects.create(
        page=page,
        article=article,
        field="continued_to",
        value={"乙": 1, "甲": [None, True, 1e-7, 2**53]},
        source=article.source,
    )
    null = Proposal.objects.create(
        page=page, article=article, field="continued_from", value=None, source=article.source
    )
    with connection.cursor() as cursor:  # JSON's null beside the NULL of SQL
        cursor.execute("UPDATE articles_proposal SET value = 'null' WHERE id = %s", [null.pk])
    SearchWithoutHit.objects.create(
        query=ODD, times=2**62, times_nearly=0, first_day=datetime.date(1, 1, 1), last_day=datetime.date(9999, 12, 31)
    )
    made = [Contributor.objects.create(name=name) for name in ("甲某某", "乙某某")]
    Contributor.objects.filter(pk=made[1].pk).delete()  # its id is never given again


def wipe():
    """Empty each table that a backup has, and begin to count ids anew."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            names = ", ".join(table.name for table in tables_at(applied_migrations()))
            cursor.execute(f"TRUNCATE {names} RESTART IDENTITY CASCADE")
        else:
            cursor.execute("PRAGMA foreign_keys = OFF")
            for table in tables_at(applied_migrations()):
                cursor.execute(f"DELETE FROM {table.name}")
                cursor.execute("DELETE FROM sqlite_sequence WHERE name = %s", [table.name])
            cursor.execute("PRAGMA foreign_keys = ON")


def everything():
    """Return {table: rows} of all that a backup has, as Django reads it, without the epoch and its timeline."""
    found = {}
    for table in tables_at(applied_migrations()):
        model = next(each for each in apps.get_models(include_auto_created=True) if each._meta.db_table == table.name)
        found[table.name] = list(model.objects.order_by("pk").values())
    for row in found["articles_archive"]:
        del row["epoch"], row["timeline"]
    return found


def given_next():
    """Return the id that the database gives to the next article and to the next contributor."""
    contributor = Contributor.objects.create(name="下一位")
    article = Article.objects.create(page=Article.objects.first().page, position=99)
    ids = article.pk, contributor.pk
    article.delete(), contributor.delete()
    return ids
