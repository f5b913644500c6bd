"""Functions that make rows and files for tests. Each test states only the values that it is about."""

import datetime
from pathlib import Path

from django.conf import settings

from articles.ingest.importer import import_page
from articles.ingest.loading import Report
from articles.ingest.readers import Reader, reader_from_database
from articles.ingest.sources import PageFile, read_pages
from articles.models import Article, Byline, Contributor, Doubt, Issue, Page, PublicationSchedule, Region, archive
from articles.models.doubt_kinds import digest_of
from articles.reading import Clues

DAY = datetime.date(2024, 11, 22)
TODAY = datetime.date(2026, 1, 1)
SAMPLES = settings.FIXTURES_DIR / "pages"
SAMPLE = SAMPLES / "102_27dfc2c884a7a7bb.txt"

#: A small page of three items in the paper's manner. Everything in it is invented.
PAGE = """2024年11月22日 星期五

3

综合新闻

责编 冯以宁

青海湖畔建起流动诊室

本报讯（记者赵一苇）近日，青海省海西州的牧民在家门口等来了流动诊室。车上配有心电图机和便携式超声，每月沿牧道巡诊两次。

巡诊队由州人民医院派出，已为三百余名牧民建立健康档案。

云南启动乡村医生轮训

本报讯（通讯员钱二木）云南省日前启动乡村医生轮训，首批四百人到县级医院跟班学习三个月。

轮训内容包括常见病诊治、急救技能和合理用药，结业考核合格者发给证书。

福建社区食堂添了营养师

本报讯（记者孙三水）福建省厦门市的十二家社区食堂日前请来注册营养师，为老人定制低盐少油的菜单。

食堂还在墙上贴出每道菜的热量和含盐量，老人一看就明白。
"""


def make_issue(date=DAY, **fields) -> Issue:
    return Issue.objects.create(**{"date": date, "date_basis": "printed", **fields})


def make_page(issue=None, number=1, **fields) -> Page:
    return Page.objects.create(issue=issue, number=number, **fields)


def make_article(page=None, headline="一篇文章", text="正文第一段。", **fields) -> Article:
    """Make an article as an import would, on the first page of the issue of 2024-11-22 unless `page` is given."""
    if page is None:
        issue = Issue.objects.filter(date=DAY).first() or make_issue()
        page = issue.pages.first() or make_page(issue)
    fields.setdefault("blocks", [{"type": "paragraph", "text": text}])
    fields.setdefault("position", page.articles.count())
    with archive.change() as change:
        article = Article.objects.create(page=page, headline=headline, **fields)
        change.articles([article.pk])
    return Article.objects.get(pk=article.pk)


def make_many(page, headlines, text="正文第一段。{}", **fields) -> None:
    """Make one article for each headline on a page, all in one change. The article's number replaces {} in the text."""
    first = page.articles.count()
    rows = [
        Article(
            page=page,
            headline=headline,
            blocks=[{"type": "paragraph", "text": text.format(number)}],
            position=first + number,
            **fields,
        )
        for number, headline in enumerate(headlines)
    ]
    with archive.change() as change:
        change.articles(article.pk for article in Article.objects.bulk_create(rows))


def make_doubt(row: Article | Page, kind: str, detail="", **fields) -> Doubt:
    """Make a doubt about an article or a page, as an import would."""
    about = {"page": row.page, "article": row} if isinstance(row, Article) else {"page": row}
    return Doubt.objects.create(**about, kind=kind, digest=digest_of(kind, detail), detail=detail, **fields)


def doubts_of(row: Article | Page) -> list[str]:
    """Return the kinds of the open doubts about an article, or about a page itself."""
    return [doubt.kind for doubt in Doubt.objects.of(row).open()]


def correct(article: Article, **fields) -> None:
    """Correct fields as the desk does, without its forms."""
    for name, value in fields.items():
        setattr(article, name, value)
    article.protect(*fields)
    article.save()


def sign(article: Article, name: str, role="记者", of="text") -> Byline:
    contributor = Contributor.objects.named([name])[name]
    return Byline.objects.create(
        article=article,
        contributor=contributor,
        role=role,
        name_as_printed=name,
        of=of,
        position=article.bylines.count(),
    )


def make_region(code="410000", name="河南省", short="河南", level=1, parent=None) -> Region:
    return Region.objects.create(code=code, name=name, short=short, level=level, parent_id=parent)


def update(rows, **fields) -> None:
    """Update rows within a change of the archive, as all code that writes does. Only the pages follow this change."""
    with archive.change() as change:
        change.other()
        rows.update(**fields)


def make_schedule(first, last=None, weekdays="12345", **fields) -> PublicationSchedule:
    """Make a row of the publication schedule. `first` and `last` are ISO dates."""
    if fields.get("kind", "weekdays") != "weekdays":
        weekdays = ""
    fields = {"reason": "理由", "source": "出处", "weekdays": weekdays, **fields}
    days = {"first_day": datetime.date.fromisoformat(first), "last_day": last and datetime.date.fromisoformat(last)}
    with archive.change() as change:
        change.other()
        return PublicationSchedule.objects.create(**days, **fields)


def write(folder: Path, text: str, name="page.txt", encoding="utf-8") -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode(encoding))
    return path


def read_file(path: Path) -> PageFile:
    """Read a file of one page."""
    (page,) = read_pages(path)
    return page


def load(path: Path, reader: Reader | None = None, dry_run=False, **clues) -> Report:
    """Import one file as the command does."""
    return import_page(read_file(path), Clues(**clues), reader or reader_from_database(), today=TODAY, dry_run=dry_run)


def other_page(folder: Path) -> Path:
    """Write a page of ten items that prints no date and shares no item with PAGE."""
    return write(folder, (SAMPLES / "106_3e7137c4524bc8ff.txt").read_text("utf-8"), "other.txt")


def urls() -> dict[int, str]:
    return {article.pk: article.get_absolute_url() for article in Article.objects.all()}
