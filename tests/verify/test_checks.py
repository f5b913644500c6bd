"""A sound archive has no finding, and each check finds the damage that it is for."""

import pytest
from django.db import connection, transaction

from articles.ingest.derived_doubts import of_proposal
from articles.models import Proposal
from articles.verify import CHECKS, findings
from tests.verify.damages import DAMAGES

pytestmark = pytest.mark.django_db


def damage(statements, ids):
    """Run the statements of DAMAGES for the database in use."""
    with connection.cursor() as cursor:
        for statement in statements:
            vendor, _, rest = statement.partition(": ")
            if vendor in ("sqlite", "postgresql"):
                statement = rest if vendor == connection.vendor else ""
            if statement:
                cursor.execute(statement.format(**ids).replace("%%", "%"))
                assert cursor.rowcount != 0, statement


def test_an_archive_after_imports_and_desk_work_is_sound(ids, changing):
    assert [f"{each.check}: {each}" for each in findings(deep=True)] == []


@pytest.mark.parametrize("name", DAMAGES)
def test_each_damage_is_found_by_its_check_alone(ids, changing, name):
    check, *statements = DAMAGES[name]
    value = Proposal.objects.get(article=ids["first"], field="headline").value
    with transaction.atomic():
        damage(statements, {**ids, "digest": of_proposal("colour", value).digest})
        found = list(findings(with_index=False, deep=check == "reader-doubts"))
        transaction.set_rollback(True)
    assert {each.check for each in found} == {check}, [f"{each.check}: {each}" for each in found]
    assert all(each.said and each.remedy and "未能核对到底" not in each.said for each in found)


def test_each_check_has_a_damage():
    told = {check for check, *_ in DAMAGES.values()}
    assert {check.name for check in CHECKS} - told == {"sequences"}


def test_a_sequence_that_would_give_an_id_again_is_found(ids, changing):
    """PostgreSQL's sequences are outside all transactions, so that the test puts this one back."""
    table = "articles_article"
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            back, forth = (f"UPDATE sqlite_sequence SET seq = {seq} WHERE name = '{table}'" for seq in (1, ids["last"]))
        else:
            cursor.execute("SELECT last_value FROM articles_article_id_seq")
            (last,) = cursor.fetchone()
            back, forth = (f"SELECT setval('{table}_id_seq', {seq})" for seq in (1, last))
        cursor.execute(back)
        try:
            found = list(findings(with_index=False))
        finally:
            cursor.execute(forth)
    assert [each.check for each in found] == ["sequences"] and table in found[0].said


@pytest.mark.one_database
def test_a_column_that_is_no_json_is_told_with_its_place(ids, changing):
    """PostgreSQL takes no such value."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA ignore_check_constraints = ON")
            cursor.execute("UPDATE articles_article SET blocks = '[{', segments = '[' WHERE id = %s", [ids["last"]])
            cursor.execute("PRAGMA ignore_check_constraints = OFF")
        found = list(findings(with_index=False))
        transaction.set_rollback(True)
    forms = [str(each) for each in found if each.check == "forms"]
    assert len(forms) == 2 and all("2024年11月22日 星期五 第8版" in said and "不是 JSON" in said for said in forms)
    assert {each.check for each in found} == {"forms", "integrity"}


@pytest.mark.parametrize("table", ["articles_column", "articles_correction", "articles_archive", "articles_sourcetext"])
def test_a_missing_table_is_told_and_the_other_checks_go_on(ids, changing, table):
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER TABLE {table} RENAME TO lost")
        found = list(findings(with_index=False))
        transaction.set_rollback(True)
    assert found and all("未能核对到底" in each.said or table in each.said for each in found)
    assert len({each.check for each in found}) < len(CHECKS)
