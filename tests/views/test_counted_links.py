"""Each count on each page equals the count of the list behind its link.

That holds for every combination of filters, and whether the index or the database counts.
"""

import itertools
import json
import random
import re
from collections import Counter
from functools import cache
from html import unescape
from urllib.parse import parse_qsl, unquote, urlencode, urljoin

import html5lib
import pytest
from django.test import Client

from articles.models import Article, Column, Contributor, Page, PageCredit, Region, Topic, archive
from tests.make import make_schedule
from tests.views.test_facets import index_at

pytestmark = pytest.mark.django_db(transaction=True)

#: The number of lists tested for each source, with random filters and order; and other pages that show counts.
CHOSEN = 25
OTHERS = (
    "/", "/regions/", "/regions/?sort=count", "/topics/", "/columns/", "/sections/", "/contributors/", "/issues/",
    "/issues/missing/", "/issues/missing/?year=1999", "/issues/1999/", "/issues/2024/", "/issues/2024/11/", "/status/",
)  # fmt: skip
SEARCHES = ("篇 旧", "文", "文 -旧 地区:河南", "篇 首页的事", "标题:文 日期:1999..2024")

NUMBER = re.compile(r"[0-9,]+")


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.SEARCH_DIR = tmp_path / "search"


@pytest.fixture
def held(stories):
    """The archive of `stories`, with a publication schedule and one editor for all pages."""
    make_schedule("1999-12-27", "1999-12-31")
    make_schedule("2024-11-18", "2024-11-24")
    editor = Contributor.objects.get(name="赵一苇")
    with archive.change() as change:
        pages = Page.objects.visible()
        PageCredit.objects.bulk_create([PageCredit(page=page, contributor=editor, role="责编") for page in pages])
        change.other()


class Site:
    """The pages of the archive. Each is requested only once."""

    def __init__(self):
        client = Client()
        self.get = cache(lambda url: self._get(client, url))
        self.main = cache(lambda url: self._main(self.get(url)))

    @staticmethod
    def _get(client, url):
        response = client.get(url)
        assert response.status_code == 200, url
        return b"".join(response).decode()

    @staticmethod
    def _main(text):
        return html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(text).find(".//main")

    def total(self, url):
        """Return the number of stories (or missing issues) that the list at `url` states, after checking its rows."""
        main = self.main(url)
        said = [number_in(found) for found in re.findall(r"共 ([0-9,]+) [篇期]|下载全部 ([0-9,]+) 篇", words(main))]
        assert len(set(said)) <= 1, url
        shown = main.findall(".//ol[@class='list']/li") or main.findall(".//section[@class='gaps']/ul/li")
        assert not shown or len(shown) == said[0] or "page" in self.get(url), url  # a longer list has pages
        return said[0] if said else 0

    def rows(self, url, suffix="jsonl"):
        return [json.loads(line) for line in self.get(with_parameters(url, **{"as": suffix})).splitlines()]


def words(element):
    return "".join(element.itertext())


def number_in(found):
    texts = [found] if isinstance(found, str) else found
    return int(NUMBER.search("".join(texts))[0].replace(",", ""))


def with_parameters(url, **parameters):
    path, _, query = url.partition("?")
    return f"{path}?{urlencode(dict(parse_qsl(query)) | parameters)}"


def counted_links(main, here):
    """Yield (URL, number) for each link in a page with a number of stories, or of missing issues, beside it."""

    def linked(link, number):
        if link is not None:
            yield urljoin(here, link.get("href")), number

    for item in main.findall(".//ul[@class='narrower']/li"):
        yield from linked(item.find("a"), number_in(words(item.find("span"))))
    for item in main.findall(".//ul[@class='table']/li"):
        if (number := item.find("span")) is not None and "篇" in words(number):
            yield from linked(item.find("a"), number_in(words(number)))
    for row in main.findall(".//table[@class='numbers']/tbody/tr"):
        numbers = [words(cell) for cell in row.findall("td")]
        yield from linked(row.find("th/a"), number_in(numbers[here.startswith("/regions/?") or here == "/regions/"]))
    for tile in main.findall(".//ul[@class='tiles']/li/a"):
        yield from linked(tile, number_in(words(tile.find("span"))))
    for row in main.findall(".//table[@class='figures']/tbody/tr"):
        yield from linked(row.find("th/a"), number_in(words(row.findall("td")[-1])))
    for link in main.findall(".//nav[@class='years']/a"):
        if "期" in words(link):
            yield from linked(link, number_in(words(link).split("年")[1]))
    for link in main.findall(".//p[@class='count']/a"):
        if words(link).startswith("缺"):
            yield from linked(link, number_in(words(link)))
        if words(link).startswith("也可按词查找"):
            yield from linked(link, number_in(words(link)))
    for form in main.findall(".//form[@class='pick']"):
        kept = {field.get("name"): field.get("value") for field in form.findall("input")}
        for option in form.findall("select/option"):
            if option.get("value"):
                yield (
                    f"{here.partition('?')[0]}?{urlencode({**kept, 'year': option.get('value')})}",
                    number_in(re.search(r"（(.+)）", words(option))[1]),
                )


def people():
    return Contributor.objects.behind(Article.objects.visible(), Page.objects.visible())


def lists():
    """Return the path of each list of stories that can be narrowed."""
    rows = (Region.objects.all(), Topic.objects.shown(), Column.objects.shown(), people())
    return [row.get_absolute_url() for each in rows for row in each] + ["/sections/要闻/", "/sections/综合 新闻/"]


def chosen(seed):
    """Yield addresses of lists with random filters and order."""
    chance = random.Random(seed)
    values = {"year": (1999, 2024, 2025), "topic": ("tcm", "reform"), "region": ("410000", "420000", "810000")}
    paths = lists()
    for path in chance.sample(paths * 3, CHOSEN):
        names = [name for name in values if not path.startswith(f"/{name}s/")]
        filters = {name: chance.choice(values[name]) for name in chance.sample(names, chance.randint(0, 2))}
        order = {"sort": "oldest"} if chance.random() < 0.3 else {}
        yield f"{path}?{urlencode(filters | order)}" if filters | order else path


@pytest.mark.parametrize("source", ["index", "database"])
def test_each_count_is_that_of_the_list_behind_its_link(held, source, settings, tmp_path):
    if source == "database":
        settings.SEARCH_DIR = tmp_path / "none"
    assert (index_at(archive.state()) is not None) == (source == "index")
    site, checked = Site(), Counter()
    for here in (*chosen(source), *OTHERS):
        for url, number in counted_links(site.main(here), here):
            assert site.total(url) == number, f"{unquote(url)} from {unquote(here)}"
            checked[here.split("/")[1]] += 1
            given, led = (dict(parse_qsl(address.partition("?")[2])) for address in (here, url))
            if given and here not in OTHERS:  # the link keeps the page's filters, except the one it sets
                changed = [name for name in given if led.get(name) != given[name]]
                assert given.keys() <= led.keys() and len(changed) < 2, f"{unquote(url)} from {unquote(here)}"
    kinds = ("", "regions", "topics", "columns", "contributors", "sections", "issues", "status")
    assert all(checked[kind] for kind in kinds) and checked.total() > 100


def roles_of(bylines, contributor):
    """Return the roles in which a contributor signed a story, in the words of a page."""
    signed = [(row["of"], row["role"]) for row in bylines if row["contributor"] == contributor]
    return [role or {"text": "文字", "photo": "图片"}[of] for of, role in dict.fromkeys(signed)]


def the_pages_that_someone_edited_are_of_the_year_chosen(site):
    """A list narrowed by topic or region shows no pages at all, because a page has no topic or region."""
    person = Contributor.objects.get(name="赵一苇").get_absolute_url()

    def edited(query):
        section = site.main(person + query).find(".//section[@aria-labelledby='edited']")
        if section is None:
            return None
        number = number_in(words(section.find("h2")).split("（")[1])
        assert number == len(section.findall("ul/li"))
        return number

    assert [edited(query) for query in ("", "?year=1999", "?year=2024", "?sort=oldest")] == [5, 3, 2, 5]
    assert [edited(query) for query in ("?topic=tcm", "?year=1999&region=410000")] == [None, None]


def test_a_contributor_s_roles_and_pages_are_those_of_the_list_as_it_is_narrowed(held):
    site, seen = Site(), set()
    queries = [
        {name: value for name, value in zip(("year", "topic", "region"), values, strict=True) if value}
        for values in itertools.product((None, 1999, 2024), (None, "reform"), (None, "410000"))
    ]
    for person, query in itertools.product(people(), queries):
        url = f"/contributors/{person.pk}/?{urlencode(query)}"
        signed = Counter(
            (byline["role"] or {"text": "文字", "photo": "图片"}[byline["of"]])
            for row in site.rows(url)
            for byline in {
                (each["of"], each["role"]): each for each in row["bylines"] if each["contributor"] == person.pk
            }.values()
        )
        said = re.search(r"署名：(.*?)</p>", site.get(url))
        shown = re.findall(r"([^、]+?) ([0-9,]+) 篇", unescape(said[1])) if said else []
        assert {role: int(number) for role, number in shown} == signed, url
        seen.add(tuple(shown))
    assert len(seen) > 6
    the_pages_that_someone_edited_are_of_the_year_chosen(site)


def test_what_a_page_says_of_itself_is_so(held):
    site = Site()
    paths = [*chosen("files"), "/issues/1999/", "/issues/2024/11/"]
    assert [site.total(url) for url in paths] == [len(site.rows(url)) for url in paths]

    a_year_has_as_many_issues_and_gaps_in_its_calendar_as_the_years_say(site)
    a_search_counts_what_it_leads_to(site)


def a_search_counts_what_it_leads_to(site):
    for query, everything in itertools.product(SEARCHES, ("", "1")):
        here = f"/search/?{urlencode({'q': query, **({'all': everything} if everything else {})})}"
        main = site.main(here)
        for url, number in counted_links(main, here):
            assert site.total(url) == number, f"{unquote(url)} from {unquote(here)}"
        for link in main.findall(".//p[@class='count']/a"):
            if "导读" in words(link):
                url = urljoin(here, link.get("href"))
                assert site.total(url) == site.total(here) + number_in(words(link))
        assert site.total(here) == len(site.rows(here))


def a_year_has_as_many_issues_and_gaps_in_its_calendar_as_the_years_say(site):
    for item in site.main("/issues/").findall(".//ul[@class='table']/li"):
        url, said = item.find("a").get("href"), words(item.find("span"))
        days = [day.get("class") for day in site.main(url).findall(".//table[@class='month']/tbody/tr/td")]
        assert days.count("held") == number_in(said)
        assert days.count("missing") == (number_in(said.split("缺")[1]) if "缺" in said else 0)
