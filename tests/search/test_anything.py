"""Any text that is typed or written into the address is answered without an error."""

import random

import pytest
from django.db import connection

from articles.ingest.runs import run_import
from articles.ingest.sources import find_files
from articles.models import Article
from tests.make import SAMPLES
from tests.tables import load_tables

pytestmark = pytest.mark.django_db(transaction=True)

#: The number of queries asked, and the number of those with which an article is opened. With --full both are FULL times
#: as large. On PostgreSQL they are a fifth: only the database differs there, and a search asks it for names,
#: filters and rows.
SEARCHED, OPENED = 2_000, 300
FULL = 10

PIECES = [
    *"aZ",
    *"医院健康卫生国的一，。！？、；：·…—％#￥&*+=<>/\\'`~^_{}[]@$;%",
    *("“", "”", '"', "＂", "「", "」", "『", "』", "(", ")", "（", "）", "-", "－", "|", "｜", ":", "：", " ", "　"),
    *("\t", "\n"),
    *(" OR ", " AND ", " NOT ", " ＯＲ ", " 或 ", " 且 ", " 非 ", "或", "非", "且", "--", "||"),
    *("标题:", "正文：", "作者:", "地区:", "主题:", "栏目:", "版:", "日期:", "标题:标题:"),
    *("日期:2024-05..2025", "日期:..", "版:0", "版:1"),
    *("2024", "2024-13", "0000-00-00", "99999999999999999999", "2024年5月", "9..1", "1e9", "ＣＯＶＩＤ－１９", "5 mg"),
    *("醫院", "國家衞生", "王 毅", "王　毅", "浙江", "中医药", "骆听潮", "急救", "示例", "移动医院"),
    *"𠮷😷éİß",
    *("\u200b", "\u00a0", "\ufeff", "\u0301", "\u202e", "\u2420", "\u241f", "\ue000", "\ufffd", "\x01", "\x7f"),
]

ALWAYS = [
    "", " ", "医", "医院", "医院院", "　", '"', "“”", "()", "-", "OR", "标题:", "日期:", "版:", "作者:-", "医" * 10_000,
    "医 " * 5_000, "(" * 10_000, "(" * 200 + "医" + ")" * 200, "(医 OR " * 60 + "院" + ")" * 60,
    "（" * 40 + "医" + "）" * 40,
    '"' * 999, "-" * 500 + "医", "NOT " * 300 + "医", "a OR " * 400, "医|" * 300, "标题:" * 200, "日期:" * 100 + "2024",
    "日期:0001-01-01..9999-12-31", "日期:9999", "日期:0000", "版:99999999999999999999", "地区:" + "省" * 90, "医\x00院",
    " ".join("医院健康卫生国家人民"), " OR ".join("医院健康卫生国家人民"),
    " ".join(f"-{c}" for c in "医院健康卫生国家"),
]  # fmt: skip

PARAMETERS = {
    "page": ["0", "1", "2", "50", "51", "-1", "1000000000000", str(10**30), "x", "1.5", " 2", "²", ""],
    "after": ["0", "-1", str(2**63 - 1), str(2**63), str(10**40), "x", "7222000000000000000"],
    "before": ["0", "1", "-1", str(2**63 - 1), str(2**63), "x", "7222000000000000000"],
    "sort": ["relevance", "newest", "oldest", "id", "", "newest,oldest"],
    "all": ["1", "0", "x", ""],
    "n": ["1", "0", "-3", "1000", "1001", str(10**20), "x"],
    "nonsense": ["1"],
}


def generated(count):
    """Yield the parameters of `count` requests, the strange ones of ALWAYS first."""
    chance = random.Random(20251125)
    for query in ALWAYS:
        yield {"q": query}
    for _ in range(count - len(ALWAYS)):
        length = chance.choice((1, 1, 2, 2, 3, 3, 5, 8, 13, 30))
        request = {"q": "".join(chance.choices(PIECES, k=length))}
        for name in chance.sample(list(PARAMETERS), chance.choice((0, 0, 1, 2))):
            request[name] = chance.choice(PARAMETERS[name])
        yield request


def times(config):
    if connection.vendor == "postgresql":
        return 0.2
    return FULL if config.getoption("full") else 1


@pytest.fixture
def samples(settings, tmp_path):
    settings.SEARCH_DIR = tmp_path / "search"
    load_tables()
    run_import(find_files([SAMPLES]), say=lambda line: None, arguments=[SAMPLES])


def test_thousands_of_arbitrary_queries_are_answered(samples, client, pytestconfig):
    count = int(SEARCHED * times(pytestconfig))
    shown = 0
    for request in generated(count):
        response = client.get("/search/", request)
        # A NUL is refused before it reaches a view. All other text is searched for.
        expected = 400 if "\0" in request["q"] else 200
        assert response.status_code == expected, request
        shown += b'<ol class="rows">' in response.content
    assert shown > count / 10  # more than a tenth of them find something


def test_an_article_opened_with_any_of_them_is_shown(samples, client, pytestconfig):
    pks = list(Article.objects.visible().stories().values_list("pk", flat=True))
    chance = random.Random(7)
    for request in generated(int(OPENED * times(pytestconfig))):
        response = client.get(f"/articles/{chance.choice(pks)}/", request)
        assert response.status_code == (400 if "\0" in request["q"] else 200), request
