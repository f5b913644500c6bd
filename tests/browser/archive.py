"""Fill the archive that browsers read: VAR_DIR=… python -m tests.browser.archive.

The archive holds the sample pages, as every new archive does, and rows that the samples lack: a page without a number,
a story that jumps, a withdrawn article, an article with a table, and an article that tries the layout with the longest
of everything. The program ends by printing a JSON object with the facts for the paths of tests/browser/kinds.py.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import django

if TYPE_CHECKING:
    from articles.models import Article, Page, SourceText

#: A sample story with a column, topics, a region and two authors, in the newest issue.
HEADLINE = "破冰之后（上）"

#: The account that opens the desk in tests.
EDITOR = {"username": "editor", "password": "a desk for tests"}

#: An account with the role 编辑.
OF_ROLE = {"username": "bianji", "password": "a desk for tests"}


def main() -> None:
    """Fill the archive of the settings, bring its index up to date, and print the facts."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "healthnews.settings")
    django.setup()
    from django.contrib.auth.models import Group, User
    from django.core.management import call_command

    from articles.search.sync import paused

    call_command("prepare", stdout=sys.stderr)
    User.objects.create_superuser(**EDITOR)
    User.objects.create_user(**OF_ROLE, is_staff=True).groups.add(Group.objects.get(name="编辑"))
    with paused(), TemporaryDirectory() as folder:
        facts = add_what_no_sample_has(Path(folder)) | facts_of_samples()
    call_command("sync_search", stdout=sys.stderr)
    print(json.dumps(facts))


def add_what_no_sample_has(folder: Path) -> dict[str, object]:
    """Add the rows that the sample pages lack, and return {name: id} for their paths. A text is written to `folder`."""
    from articles.models import Article, Issue, Page, archive
    from tests.make import DAY, PAGE, load, make_article, make_page, sign, write

    load(write(folder, PAGE.replace("\n3\n\n", "\n") + "\nz\n"))  # the last line is left over
    unnumbered = Page.objects.get(number=None)
    part = Article.objects.get(headline="让好医生在县里扎下根")
    front = make_page(Issue.objects.get(date=DAY), 1, section="要闻", is_sample=True)
    head = make_article(front, part.headline, "县里的医生多了，看病的路就近了。", continued_to=3)
    with archive.change() as change:
        Article.objects.filter(pk=part.pk).update(continuation_of=head)
        change.articles([head.pk, part.pk])
    longest = make_article(
        unnumbered,
        "有关部门印发2024年工作要点并部署Pneumonoultramicroscopicsilicovolcanoconiosis防治工作和其他各项工作",
        "全文见https://www.example.com/" + "a-path-without-any-space/" * 6 + "，" + "很长的一段话" * 60 + "。",
        kicker="很长的引题" * 12,
        deck="很长的副题" * 12,
    )
    for number in range(24):
        sign(longest, f"姓名{number:02d}", "通讯员")
    withdrawn = make_article(unnumbered, "撤回的文章", withdrawn=True)
    tabled = make_article(unnumbered, "各县的建卡情况", "三个月来，各县的建卡情况如下。")
    rows = [f"某某自治县第{number}巡诊点\t{number * 31}\t{number * 7}%\t本月{number}日" for number in range(1, 9)]
    text = "\n".join(["巡诊点\t建卡人数\t复诊率\t下次开诊", *rows])
    table = {"type": "table", "text": text, "caption": "表1　三个月来的建卡情况"}
    tabled.blocks = [*tabled.blocks, table, {"type": "paragraph", "text": "巡诊还将开到更远的村子里去。"}]
    tabled.save()
    add_missing_bylines()
    scanned = add_scanned(folder)
    doubted = Article.objects.get(headline="一张急救网护住黄金一小时")
    add_doubts(doubted)
    return {
        "doubted": doubted.pk,
        "unnumbered": unnumbered.pk,
        "jump": head.pk,
        "longest": longest.pk,
        "structure": scanned.page_id,
        "scanned": scanned.pk,
        "conflict": add_conflict(part.page).pk,
        "table": tabled.pk,
        "withdrawn": withdrawn.pk,
    }


def add_conflict(page: Page) -> SourceText:
    """Add a text that claims the place of a page and that has half of its lines and a story of its own."""
    from articles.ingest.derived_doubts import derive
    from articles.models import SourceText, archive
    from tests.make import PAGE

    lines = page.sources.get(standing=SourceText.Standing.CURRENT).text.splitlines()
    text = "\n".join(lines[: len(lines) // 2]).replace("的", "旳", 3) + "\n" + PAGE[PAGE.index("福建社区") :]
    values = {"path": "上传/03-14-3b.txt", "sha256": "c" * 64, "encoding": "utf-8", "reader_version": ""}
    with archive.change() as change:
        source = SourceText.objects.create(page=page, text=text, standing=SourceText.Standing.CONFLICT, **values)
        derive(change, pages=[page.pk])
    return source


def add_scanned(folder: Path) -> Article:
    """Add a page with a scan and boxes over it. Return its first article."""
    from django.conf import settings

    from articles.models import Article
    from tests.make import load
    from tests.scans import FIRST, SIZE, draw, paddle_json

    settings.SCANS_DIR.mkdir(exist_ok=True)
    draw().save(settings.SCANS_DIR / "2024-03-01_03.png")
    path = folder / "2024-03-01_03.json"
    path.write_text(paddle_json(width=SIZE[0], height=SIZE[1]).replace("11月22日 星期五", "3月1日 星期五"), "utf-8")
    load(path)
    return Article.objects.get(headline=FIRST[0])


def add_missing_bylines() -> None:
    """Let the queue ask for the byline of enough articles for a run through it."""
    from articles.models import Article, Doubt

    for article in Article.objects.filter(kind="article").order_by("pk")[:15]:
        Doubt.objects.get_or_create(page=article.page, article=article, kind="no-byline")


def add_doubts(article: Article) -> None:
    """Add doubts about `article`, and the machine's proposals for two of its fields, which become a person's."""
    from articles.models import Doubt, Proposal
    from tests.make import correct

    text = article.blocks[0]["text"]
    correct(article, headline="一张急救网，护住“黄金一小时”", blocks=[{**article.blocks[0], "text": text[:-9] + "。"}])
    about = {"page": article.page, "article": article}
    for field, value in (("headline", "一张急救网护住黄金一小时"), ("blocks", [{**article.blocks[0], "text": text}])):
        Proposal.objects.create(**about, field=field, value=value, source_id=article.source_id)
        Doubt.objects.create(**about, kind="proposal", rule=field, digest=field)
    Doubt.objects.update_or_create(**about, kind="no-byline", defaults={"detail": "文字没有找到作者"})
    Doubt.objects.create(**about, kind="label-uncertain", detail="县医院：小标题，或为正文", probability=0.62)


def facts_of_samples() -> dict[str, object]:
    """Return the facts by which readers find the sample story of HEADLINE."""
    from articles.models import Article

    article = Article.objects.get(headline=HEADLINE)
    region = article.article_regions.get().region
    return {
        "article": article.pk,
        "headline": article.headline,
        "day": article.page.issue.key,
        "year": f"{article.page.issue.date:%Y}",
        "month": f"{article.page.issue.date:%m}",
        "page": article.page.number,
        "region": region.code,
        "province": f"{region.code[:2]}0000",
        "topic": article.article_topics.first().topic.slug,
        "column": article.column_id,
        "contributor": article.bylines.first().contributor_id,
    }


if __name__ == "__main__":
    main()
