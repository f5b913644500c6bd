"""Regions by code, contributors by name."""

import pytest

from articles.models import Contributor, ContributorAlias, Region
from articles.models.reference import tidy_name
from tests.make import make_region

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("code", "level", "expected"),
    [
        ("410000", 1, ("410000", "420000")),
        ("410300", 2, ("410300", "410400")),
        ("410307", 3, ("410307", "410308")),
        ("820000", 1, ("820000", "830000")),
    ],
)
def test_a_region_holds_the_codes_below_it(code, level, expected):
    assert Region(code=code, level=level).code_range == expected


def test_within_is_the_region_and_its_parts():
    province = make_region()
    city = make_region("410300", "洛阳市", "洛阳", 2, "410000")
    district = make_region("410307", "偃师区", "偃师", 3, "410300")
    make_region("420000", "湖北省", "湖北")
    assert set(Region.objects.within(province)) == {province, city, district}
    assert set(Region.objects.within(city)) == {city, district}


@pytest.mark.parametrize(
    ("printed", "expected"),
    [
        ("王　毅", "王毅"),
        ("王 毅", "王毅"),
        ("John  Smith", "John Smith"),
        ("J. Smith", "J. Smith"),
        ("阿依努尔·吐尔逊", "阿依努尔·吐尔逊"),
    ],
)
def test_a_name_without_its_padding(printed, expected):
    assert tidy_name(printed) == expected


def test_a_contributor_is_found_by_name_padded_name_and_alias():
    known = Contributor.objects.create(name="王毅")
    ContributorAlias.objects.create(contributor=known, name="王义")
    found = Contributor.objects.named(["王　毅", "王义", "新人"])
    assert (found["王　毅"], found["王义"]) == (known, known)
    assert set(Contributor.objects.values_list("name", flat=True)) == {"王毅", "新人"}
