"""Every migration can be taken back."""

import pytest
from django.core.management import call_command
from django.db import connection

from articles.models import Topic


@pytest.mark.django_db(transaction=True)
def test_migrations_go_back_and_forth():
    call_command("migrate", "articles", "zero", verbosity=0)
    assert not [name for name in connection.introspection.table_names() if name.startswith("articles_")]
    call_command("migrate", "articles", verbosity=0)
    assert Topic.objects.create(slug="tcm", name="中医药").history.count() == 1
