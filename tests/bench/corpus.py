"""An invented archive of any size for the benches to search and serve. The same seed makes the same archive.

Sentences come from templates. Their gaps are filled from fixtures/words.txt (by rank, after Zipf and Mandelbrot: the
n-th word has the weight 1/(n + 10)), from jieba's dictionary (by its own frequencies) and with made-up names. An
article has a headline, six to eleven paragraphs (some 830 characters in all), one or two bylines, a place and a topic.
Days run from 1985 to the end of 2025.
"""

from __future__ import annotations

import datetime
import itertools
import random
from collections.abc import Callable, Iterator

from django.conf import settings
from django.db import transaction

from articles.models import (
    Archive,
    Article,
    ArticleRegion,
    ArticleTopic,
    Byline,
    Column,
    Contributor,
    Issue,
    Page,
    Region,
    Topic,
)
from articles.text.tokens import read_words

FIRST_DAY, LAST_DAY = datetime.date(1985, 1, 2), datetime.date(2025, 12, 31)
ARTICLES_A_PAGE, PAGES_AN_ISSUE = 8, 8
BATCH = 2000

SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘蒋蔡余杜叶程苏魏吕丁任沈姚"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉萍红建国文辉力晨宇欣怡子涵浩然雨泽志远思源海南一苇"
ROLES = ("记者", "本报记者", "通讯员", "特约记者", "实习记者")
COLUMNS = ("资讯速递", "基层新事", "医者故事", "关注医改", "健康论坛", "一线调查", "县域观察", "杏林随笔")

#: The names of an issue's pages, by number. The later ones change from issue to issue.
SECTIONS = (
    ("要闻",), ("综合新闻", "医改新闻"), ("医改", "卫生监督"), ("基层", "县域", "社区"),
    ("文化", "人文", "副刊", "读书"), ("健康论坛", "言论"), ("药品", "医保", "器械", "产业"),
    ("专版", "科教", "国际", "人物", "公益"),
)  # fmt: skip

TEMPLATES = tuple(
    line.strip()
    for line in """
    {城}日前印发文件，对{词}工作作出部署，要求各地把{词}与{词}结合起来，到明年底覆盖{数}%的乡镇。
    记者从{城}卫生健康委获悉，当地{词}已惠及{数}万人，其中{常}占比超过{小}成。
    {人}是{院}的一名医生，从事{词}已有{小}年。
    在{院}，{人}向记者介绍了{词}的做法：先{常}，再{常}，最后由专家组评估。
    据介绍，该院去年完成{词}{数}例，{常}{常}明显下降。
    “过去看病要跑{数}公里，现在{词}就在家门口。”村民{人}说。
    {人}认为，推进{词}，关键在于{常}，难点在于{常}，根本在于{词}。
    围绕{词}，{城}出台{小}项措施，明确{词}、{词}等重点任务的责任单位。
    会议指出，要坚持{词}，统筹{词}和{词}，不断提高{常}的能力和水平。
    数据显示，截至{年}年底，全市建成{词}{数}个，培训骨干{数}人。
    这项研究由{院}牵头，联合{数}家单位完成，结果发表在国际期刊上。
    专家提醒，出现{常}、{常}等症状时应及时就医，不要自行{常}。
    {常}{常}{常}，{常}的{常}一直是{城}群众关心的事。
    为了解决{常}不足的问题，当地把{词}纳入年度考核，{常}与{常}同步推进。
    {人}告诉记者，{常}之后，{词}的效率提高了近{小}倍。
    该中心主任{人}表示，下一步将继续{常}，扩大{词}的覆盖面。
    {年}年以来，{城}先后选派{数}名医务人员到基层，开展{词}和{词}。
    COVID-{数} 疫苗接种、CT{数} 检查与 PD-{小} 抑制剂等项目的{常}也在{常}之列。
    {常}{常}，{常}{常}。{常}的{常}，让{人}{常}了很久。
    {院}与{院}签订协议，共建{词}，专家每周坐诊{小}天。
    在{词}方面，{城}采取{常}的办法，{常}得到有效{常}。
    他说，{常}不是一句口号，{词}要落到每一次{常}、每一张{常}上。
    记者在{城}采访时看到，{常}里摆放着{常}，墙上写着“{词}”几个大字。
    从{常}到{常}，从{常}到{常}，{小}年间，{词}走过了不平凡的路。
    """.splitlines()
    if line.strip()
)
#: Templates without wording of their own. Most sentences come from them, so that no phrase of a template stands in
#: every other article.
LOOSE = (
    "{常}{词}的{常}，{常}{常}和{常}。|{常}在{常}{常}，{词}{常}了{常}。|{常}{常}{词}，{常}{常}{常}，也{常}了{词}。|"
    "把{常}{常}到{常}，{常}{词}。|{人}{常}{常}，{常}不{常}。|{词}、{词}{常}{常}，{常}{常}{数}{常}。|{常}{常}，{常}{常}的{常}{常}。"
).split("|")
HEADLINES = tuple(
    "{城}推进{词} {词}有了新样子|{词}：{常}的{小}年|{院}开展{词}|{词}让{常}更{常}|{人}：把{词}做到{常}里|"
    "{城}{词}{数}个项目开工|{常}{常}话{词}|{词}{词}两手抓".split("|")
)


class Writer:
    """A writer of random sentences. Two writers with the same seed write the same."""

    def __init__(self, seed: int, cities: list[Region]) -> None:
        import jieba  # the import takes a second, and only a corpus needs jieba's frequencies

        jieba.setLogLevel(30)
        jieba.initialize()
        self.chance = random.Random(seed)
        self.cities = cities
        terms = read_words(settings.WORDS_FILE)
        random.Random(1).shuffle(terms)  # the list is sorted by subject
        common = sorted(
            ((count, word) for word, count in jieba.dt.FREQ.items() if 2 <= len(word) <= 4 and count >= 3), reverse=True
        )
        self.terms, self.term_weights = terms, list(itertools.accumulate(1 / (n + 10) for n in range(len(terms))))
        self.common = [word for _, word in common]
        self.common_weights = list(itertools.accumulate(count for count, _ in common))

    def person(self) -> str:
        return self.chance.choice(SURNAMES) + "".join(self.chance.choices(GIVEN, k=self.chance.choice((1, 2, 2))))

    def fill(self, template: str, city: Region) -> str:
        """Return `template` with each gap filled."""
        pieces = template.replace("}", "{").split("{")
        for place in range(1, len(pieces), 2):
            pieces[place] = self._piece(pieces[place], city)
        return "".join(pieces)

    def _piece(self, gap: str, city: Region) -> str:
        chance = self.chance
        match gap:
            case "词":
                return chance.choices(self.terms, cum_weights=self.term_weights)[0]
            case "常":
                return chance.choices(self.common, cum_weights=self.common_weights)[0]
            case "城":
                return city.name
            case "院":
                return chance.choice(self.cities).short + chance.choice(("市第一人民医院", "市中医院", "市妇幼保健院"))
            case "人":
                return self.person()
            case "年":
                return str(chance.randint(1985, 2025))
            case "小":
                return str(chance.randint(2, 9))
        return str(chance.randint(10, 999))

    def paragraph(self, city: Region) -> str:
        """Return four or five sentences, at most one of them with a template's own wording."""
        chosen = self.chance.choices(LOOSE, k=4)
        if self.chance.random() < 0.4:
            chosen.insert(self.chance.randrange(5), self.chance.choice(TEMPLATES))
        return "".join(self.fill(template, city) for template in chosen)


def build(count: int, seed: int = 1985, say: Callable[[str], object] = lambda line: None) -> None:
    """Fill an empty database with `count` articles of one revision. Its reference tables must be loaded.

    Raises SystemExit if the database holds an issue.
    """
    if Issue.objects.exists():
        raise SystemExit("A bench fills an empty database alone: set VAR_DIR=$(mktemp -d), or an empty DATABASE_URL.")
    cities = list(Region.objects.filter(level=Region.Level.PREFECTURE).order_by("code"))
    topics = list(Topic.objects.order_by("pk"))
    writer = Writer(seed, cities)
    columns = Column.objects.bulk_create(Column(name=name) for name in COLUMNS)
    names = sorted({writer.person() for _ in range(min(count, 20_000))})
    people = Contributor.objects.bulk_create([Contributor(name=name) for name in names], batch_size=BATCH)
    pages = _pages(-(-count // ARTICLES_A_PAGE))
    places = ((page, position) for page in pages for position in range(ARTICLES_A_PAGE))
    for start in range(0, count, BATCH):
        batch = [_article(writer, *next(places), columns) for _ in range(min(BATCH, count - start))]
        with transaction.atomic():
            Article.objects.bulk_create([article for article, _ in batch], batch_size=BATCH)
            _hang_on(writer, batch, people, topics)
        if start % 100_000 == 0:
            say(f"corpus: {start} of {count} articles")
    Archive.objects.update_or_create(pk=1, defaults={"revision": 1})


def _pages(count: int) -> Iterator[Page]:
    """Yield `count` pages, spread over the days from first to last as evenly as possible."""
    issues = -(-count // PAGES_AN_ISSUE)
    span = (LAST_DAY - FIRST_DAY).days + 1
    editions = -(-issues // span)
    for number in range(issues):
        slot = number * span * editions // issues
        date = FIRST_DAY + datetime.timedelta(slot // editions)
        size = min(PAGES_AN_ISSUE, count - number * PAGES_AN_ISSUE)
        issue = Issue.objects.create(date=date, edition=slot % editions + 1, date_basis="printed")
        yield from Page.objects.bulk_create(
            [Page(issue=issue, number=n + 1, section=SECTIONS[n][number % len(SECTIONS[n])]) for n in range(size)]
        )


def _article(writer: Writer, page: Page, position: int, columns: list[Column]) -> tuple[Article, Region]:
    chance = writer.chance
    city = chance.choice(writer.cities)
    texts = [writer.paragraph(city) for _ in range(chance.randint(6, 11))]
    kind = chance.choices(("article", "photo", "teaser", "notice"), (90, 6, 2, 2))[0]
    article = Article(
        page=page,
        position=position,
        kind=kind,
        headline=writer.fill(chance.choice(HEADLINES), city),
        deck=writer.fill("{常}{常}{词}", city) if chance.random() < 0.2 else "",
        column=chance.choice(columns) if chance.random() < 0.1 else None,
        blocks=[{"type": "paragraph", "text": text} for text in texts],
        revision=1,
    )
    return article, city


def _hang_on(
    writer: Writer, batch: list[tuple[Article, Region]], people: list[Contributor], topics: list[Topic]
) -> None:
    """Give the articles of `batch` their bylines, regions and topics."""
    chance = writer.chance
    signed = [
        Byline(article=article, contributor=person, name_as_printed=person.name, role=role, position=position)
        for article, _ in batch
        for position, (person, role) in enumerate(
            zip(chance.choices(people, k=chance.choice((1, 1, 2))), chance.choices(ROLES, k=2), strict=False)
        )
    ]
    Byline.objects.bulk_create(signed, batch_size=BATCH)
    places = [ArticleRegion(article=article, region=city, main=True) for article, city in batch]
    ArticleRegion.objects.bulk_create(places, batch_size=BATCH)
    about = [ArticleTopic(article=article, topic=chance.choice(topics)) for article, _ in batch]
    ArticleTopic.objects.bulk_create(about, batch_size=BATCH)
