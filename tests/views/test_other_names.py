"""Other names of a thing are offered with their counts, and never applied by themselves."""

import html
import re
from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from articles.ingest.readers import synonym_rows
from articles.ingest.tables import load_tables as load_files
from articles.models import Byline, ContributorAlias, Correction, RegionAlias, Synonym, archive
from articles.search.find import find
from articles.search.sync import paused, sync
from tests.make import make_article, make_issue, make_page, make_region, sign

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def stories(settings, tmp_path):
    settings.SEARCH_DIR = tmp_path / "search"
    with paused():
        page = make_page(make_issue(), 1)
        for text in (
            "新冠肺炎来了。",
            "新型冠状病毒肺炎防治。",
            "新冠病毒感染者，也叫新冠肺炎。",
            "襄樊的事。",
            "襄阳市的事。",
        ):
            make_article(page, "一篇", text)
        for name in ("何文", "赵一苇"):
            sign(make_article(page, "署名的", "别的话。"), name)
        signed = sign(make_article(page, "又一篇", "别的话。"), "何文")
        Byline.objects.filter(pk=signed.pk).update(name_as_printed="小何")
        ContributorAlias.objects.create(contributor=signed.contributor, name="小何")
        make_region("420600", "襄阳市", "襄阳", 2)
        RegionAlias.objects.create(old_name="襄樊", region_id="420600", last_year=2010)
        with archive.change() as change:
            change.other()
            for position, (subject, name, first, last) in enumerate(
                [
                    ("新冠", "新冠肺炎", 2020, 2022), ("新冠", "新型冠状病毒肺炎", 2020, 2022),
                    ("新冠", "新冠病毒感染", 2022, None), ("新冠", "没有人写过的名称", None, None),
                    ("别的", "停用的", None, None),
                ]
            ):  # fmt: skip
                Synonym.objects.create(
                    subject=subject, name=name, first_year=first, last_year=last, position=position,
                    disabled=name == "停用的",
                )  # fmt: skip
    sync()


def offered(client, typed):
    """Return {name: (number, query)} of the names offered, and the number and query of all together."""
    text = client.get("/search/", {"q": typed}).content.decode()
    line = re.search(r'<p class="also">另作：(.*?)</p>', text)
    if not line:
        return {}, None
    links = re.findall(r'<a rel="nofollow" href="([^"]+)">([^<]+)</a>(?:[（—\d）]*) ?(\d*)', line[1])

    def query(url):
        return parse_qs(urlsplit(html.unescape(url)).query)["q"][0]

    *names, together = links
    number = int(re.search(r"一并检索 (\d+) 篇", together[1])[1])
    return {name: (int(count), query(url)) for url, name, count in names}, (number, query(together[0]))


@pytest.mark.parametrize(
    ("typed", "names", "together"),
    [
        ("新冠肺炎", {"新型冠状病毒肺炎": 1, "新冠病毒感染": 1}, 3),
        ("新冠病毒感染", {"新冠肺炎": 2, "新型冠状病毒肺炎": 1}, 3),
        ("新冠肺炎 防治", {"新型冠状病毒肺炎": 1}, 1),
        ("正文:新冠肺炎", {"新型冠状病毒肺炎": 1, "新冠病毒感染": 1}, 3),
        ("襄樊", {"襄阳市": 1}, 2),  # an old name of a region
        ("作者:小何", {"何文": 2}, 2),  # of a contributor
        ("新冠肺炎 -防治", {"新冠病毒感染": 1}, 2),
    ],
)
def test_the_other_names_lead_to_lists_of_these_counts(client, typed, names, together):
    found, all_of_them = offered(client, typed)
    assert {name: number for name, (number, _) in found.items()} == names
    assert all(find(query).rows.total == number for number, query in found.values())
    assert all_of_them[0] == together == find(all_of_them[1]).rows.total
    assert find(typed).rows.total < together or "防治" in typed  # nothing was applied by itself


def test_the_years_of_a_name_are_said(client):
    text = client.get("/search/", {"q": "新冠肺炎"}).content.decode()
    assert "新型冠状病毒肺炎</a>（2020—2022） 1 篇" in text and "新冠病毒感染</a>（2022—） 1 篇" in text


@pytest.mark.parametrize("typed", ["别的话", "停用的", "新冠肺炎 OR 别的", "-新冠肺炎", "没有人写过的名称 防治了", ""])
def test_without_other_names_nothing_is_offered(client, typed):
    assert offered(client, typed) == ({}, None)


def test_an_admin_corrects_the_names_and_the_files_leave_them_alone(client):
    load_files()
    row = Synonym.objects.get(name="慢阻肺")
    client.force_login(User.objects.create_superuser("admin"))
    form = client.get(f"/admin/articles/synonym/{row.pk}/change/").context["adminform"].form
    values = {name: "" if value is None else value for name, value in form.initial.items() if name in form.fields}
    response = client.post(
        f"/admin/articles/synonym/{row.pk}/change/", {**values, "first_year": "1997", "seen": form["seen"].value()}
    )
    assert response.status_code == 302, response.context["adminform"].form.errors
    load_files()
    row.refresh_from_db()
    assert row.first_year == 1997 and "first_year" in row.edited_fields and Correction.objects.of(row).count() == 1
    assert load_files() == 0


def test_names_are_read_again_when_they_may_have_changed(client):
    with archive.change(keeps_reference=True) as change:
        change.other()
    kept = archive.state().reference_state
    offered(client, "新冠肺炎")
    with archive.change(keeps_reference=True) as change:
        change.other()
    with CaptureQueriesContext(connection) as queries:
        names, _ = offered(client, "新冠肺炎")
    assert names and not any("articles_synonym" in query["sql"] for query in queries)
    assert archive.state().reference_state == kept
    with archive.change() as change:
        Synonym.objects.filter(name__in=names).update(disabled=True)
        change.other()
    assert offered(client, "新冠肺炎") == ({}, None)


def test_years_the_wrong_way_round_are_refused():
    with pytest.raises(ValidationError, match="用至 2003 早于始用 2013"):
        Synonym(subject="甲", name="乙", first_year=2013, last_year=2003).full_clean()


def test_the_file_names_each_thing_at_least_twice():
    subjects = [row["subject"] for row in synonym_rows()]
    assert all(subjects.count(subject) > 1 for subject in subjects)
    assert len({(row["subject"], row["name"]) for row in synonym_rows()}) == len(subjects)
