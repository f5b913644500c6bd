"""One archive for all checks of a module."""

import pytest
from django.contrib.auth.models import User
from django.db import transaction

from tests.verify.archives import make_archive


@pytest.fixture(scope="module")
def ids(made_once, tmp_path_factory):
    """Make an archive with imports and desk work once. Return the ids of its rows by name."""
    with transaction.atomic():
        return make_archive(tmp_path_factory.mktemp("pages"), User.objects.create_user("编辑甲", password="密码甲乙丙"))
