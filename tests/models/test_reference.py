"""Regions by code, contributors by name."""

import pytest
from django.core.exceptions import ValidationError

from articles.models import Contributor, ContributorAlias, Region, RegionAlias, Topic
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


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("乾县", ["610424"]),  # its folded form is 干县
        ("乾安", ["220723"]),
        ("朝阳", ["110105", "220104"]),
        ("610424", ["610424"]),
        ("洛阳專區", ["410300"]),
        ("没有的", []),
        ("", []),
    ],
)
def test_a_region_is_called_by_any_of_its_names(typed, expected):
    for code, name, short in (
        ("610424", "乾县", "乾"),
        ("220723", "乾安县", "乾安"),
        ("110105", "朝阳区", "朝阳"),
        ("220104", "朝阳区", "朝阳"),
        ("410300", "洛阳市", "洛阳"),
    ):
        make_region(code, name, short, 3)
    RegionAlias.objects.create(old_name="洛阳专区", region_id="410300")
    RegionAlias.objects.create(old_name="没有的", region_id="410300", disabled=True)
    assert Region.objects.called([typed, "龘"]) == {typed: expected, "龘": []}


def test_a_topic_is_called_by_its_name_or_where_there_is_none_by_a_part():
    for name in ("中医", "中医药", "西医"):
        Topic.objects.create(slug=f"t{len(name)}{name[0]}", name=name)
    names = dict(Topic.objects.values_list("pk", "name"))
    called = Topic.objects.called(["中医", "中醫藥", "医", "龘"])
    assert {typed: {names[pk] for pk in found} for typed, found in called.items()} == {
        "中医": {"中医"},
        "中醫藥": {"中医药"},
        "医": {"中医", "中医药", "西医"},
        "龘": set(),
    }


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


@pytest.mark.parametrize(
    ("code", "level", "parent", "said"),
    [
        ("410322", 3, "410300", None),
        ("410322", 3, "410000", "上级是 410300 洛阳市"),
        ("410322", 3, None, "上级是 410300 洛阳市"),
        ("419001", 3, "410000", None),  # 济源 lies in no prefecture
        ("419001", 2, "410000", "是县级的代码"),
        ("410300", 2, "410000", None),
        ("420000", 1, "410000", "没有上级"),
    ],
)
def test_a_region_has_the_level_of_its_code_and_the_nearest_parent(code, level, parent, said):
    make_region()
    make_region("410300", "洛阳市", "洛阳", 2, "410000")
    region = Region(code=code, name="某地", short="某", level=level, parent_id=parent)
    try:
        region.clean()
    except ValidationError as error:
        assert said and said in error.messages[0]
    else:
        assert said is None
