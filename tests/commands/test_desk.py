"""`manage.py desk`: undo, release, check, log."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from articles.models import Article, Batch, Correction
from tests.desk.test_undo import article, correct, page  # noqa: F401 - fixtures

pytestmark = pytest.mark.django_db


def desk(*args):
    out = StringIO()
    call_command("desk", *args, stdout=out)
    return out.getvalue()


def test_a_batch_is_undone_and_the_rest_is_told(article):  # noqa: F811 - the fixture
    first = correct(article, headline="甲", deck="丙")
    correct(article, headline="乙")
    said = desk("undo", str(first.pk), "--reason", "看错了")
    assert "未动：《乙》 标题（后来又改过）" in said and "写回 1 处" in said
    assert Batch.objects.latest("pk").reason == "看错了"
    with pytest.raises(CommandError, match="没有可以写回的改动"):
        desk("undo", str(first.pk))
    with pytest.raises(CommandError, match="没有第 99 批"):
        desk("undo", "99")


def test_a_field_is_released(article):  # noqa: F811 - the fixture
    correct(article, headline="甲")
    assert "已交还机器" in desk("release", f"article:{article.pk}", "headline")
    assert Article.objects.get(pk=article.pk).headline == "青海湖畔建起流动诊室"
    with pytest.raises(CommandError, match="本来就由机器更新"):
        desk("release", f"article:{article.pk}", "headline")


@pytest.mark.parametrize(
    ("target", "field", "error"),
    [
        ("article:99", "headline", "没有 article:99 这条记录"),
        ("article:abc", "headline", "没有 article:abc 这条记录"),
        ("article:99999999999999999999", "headline", "这条记录"),
        ("nonsense:1", "headline", "不是“表:编号”"),
        ("article", "headline", "这条记录"),
        ("article:{pk}", "revision", "没有“revision”这个字段；可以交还的有：kind、kicker"),
    ],
)
def test_what_can_not_be_released_is_said(article, target, field, error):  # noqa: F811 - the fixture
    with pytest.raises(CommandError, match=error):
        desk("release", target.format(pk=article.pk), field)


def test_the_log_tells_each_batch_with_its_corrections(article):  # noqa: F811 - the fixture
    batch = correct(article, "照报样", headline="甲")
    (told,) = json.loads(desk("log", "--json"))
    assert (told["id"], told["kind"], told["reason"], told["stands"]) == (batch.pk, "form", "照报样", True)
    (each,) = told["corrections"]
    assert (each["field"], each["old"], each["new"]) == ("headline", "青海湖畔建起流动诊室", "甲")
    assert "照报样" in desk("log") and desk("log", "--limit", "0") == ""


def test_a_check_tells_what_disagrees(article):  # noqa: F811 - the fixture
    batch = correct(article, headline="甲")
    assert desk("check") == ""
    Article.objects.filter(pk=article.pk).update(edited_fields=[])
    Correction.objects.filter(batch=batch, model="doubt").delete()
    out = StringIO()
    with pytest.raises(CommandError, match="共 1 处不符"):
        call_command("desk", "check", stdout=out)
    assert f"文章 {article.pk} 的“headline”现作机器，与校改记录不符" in out.getvalue()
