"""Paths that are kept are those that Django's `reverse` makes."""

import pytest
from django.test.utils import override_script_prefix
from django.urls import NoReverseMatch, get_resolver, reverse

from articles import paths
from articles.paths import MOST, path_to

#: Arguments that some URL takes, and others that none does.
ARGUMENTS = [
    (),
    (1,),
    (7, "json"),
    (2024,),
    (2024, 5),
    ("2024-05-20", 3),
    ("2024-05-20",),
    ("410000",),
    ("要闻",),
    (10**18 - 1,),
    (10**18,),
    (0,),
    (-1,),
    (True,),
    ("1",),
    (10**18 - 1, "json"),
]
NAMES = sorted(name for name in get_resolver("articles.urls").reverse_dict if isinstance(name, str))


def made(make, name, arguments):
    try:
        return make(name, *arguments)
    except (NoReverseMatch, AttributeError):  # the converter of an issue takes no number
        return None


@pytest.mark.parametrize("prefix", ["/", "/archive/", "/999999999999999999/"])
def test_each_path_is_that_of_reverse(prefix):
    taken = set()
    with override_script_prefix(prefix):
        for name in NAMES:
            for arguments in ARGUMENTS:
                expected = made(lambda name, *args: reverse(name, args=args), name, arguments)
                assert made(path_to, name, arguments) == made(path_to, name, arguments) == expected, (name, arguments)
                taken |= {name} if expected else set()
    assert len(taken) > len(NAMES) / 2


def test_the_paths_of_many_articles_do_not_push_out_the_others():
    first = path_to("region", "410000")
    for pk in range(1, 2 * MOST):
        assert path_to("article", pk) == f"/articles/{pk}/"
    before = paths._kept.cache_info().misses
    assert path_to("region", "410000") == first
    assert paths._kept.cache_info().misses == before
