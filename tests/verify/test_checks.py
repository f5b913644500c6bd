"""A sound archive has no finding, and each check finds the damage that it is for."""

import pytest

from articles.verify import findings

pytestmark = pytest.mark.django_db


def test_an_archive_after_imports_and_desk_work_is_sound(ids, changing):
    assert [f"{each.check}: {each}" for each in findings(deep=True)] == []
