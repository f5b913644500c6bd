"""Samples give way to pages of the paper. A person's work on a sample is reported and kept."""

import io

import pytest
from django.core.management import call_command

from articles.models import Article, Batch, Correction, ImportItem, Page
from tests.make import PAGE, SAMPLE, correct, load, write

pytestmark = pytest.mark.django_db


@pytest.fixture
def sample():
    return load(SAMPLE).page


def real_page(folder, sample):
    """Write a page that claims the place of a sample and has a different text. Return its path."""
    place = PAGE.replace("\n3\n", f"\n{sample.number}\n", 1).replace(
        "2024年11月22日", f"{sample.issue.date:%Y年%-m月%-d日}"
    )
    return write(folder, place)


def run(*arguments):
    out = io.StringIO()
    call_command("import_pages", *map(str, arguments), stdout=out)
    return out.getvalue().splitlines()


def test_a_real_page_in_the_place_of_a_sample_says_what_of_a_persons_work_goes(tmp_path, sample):
    first, second, *others = sample.articles.as_printed()
    correct(first, headline="人工改过的标题")
    Article.objects.filter(pk=second.pk).update(review="reviewed")
    Page.objects.filter(pk=sample.pk).update(structure_edited=True)
    path = real_page(tmp_path, sample)
    said = (
        "取代同一版的示例（虚构）版面，"
        f"一并移除人工校改过的示例文章 2 篇（《人工改过的标题》《{second.title}》）、"
        "人工校改过的示例版面 1 个，校改历史仍保留"
    )

    dry = run(path, "--dry-run")
    assert dry[0].startswith("新增") and dry[0].endswith(f" 3 条 ← {path}（{said}）")
    assert [line.split(maxsplit=1)[1] for line in dry if line.startswith("    移除")] == [
        f"{article.title}（示例）" for article in (first, second, *others)
    ]
    assert Article.objects.filter(pk=first.pk).exists() and not Batch.objects.exists()

    assert run(path)[0] == dry[0]
    assert ImportItem.objects.get().message == said
    assert not Article.objects.filter(pk=first.pk).exists()
    batch = Batch.objects.get()
    assert (batch.kind, batch.user, batch.reason) == ("removal", None, "示例版面移除")
    kept = [(row.model, row.object_id, row.field, row.new) for row in batch.corrections.all()]
    assert kept == [
        ("article", str(first.pk), "", None),
        ("article", str(second.pk), "", None),
        ("page", str(sample.pk), "", None),
    ]
    wholes = [row.old for row in batch.corrections.all()]
    assert [whole["headline"] for whole in wholes[:2]] == ["人工改过的标题", second.headline]
    assert wholes[2]["number"] == sample.number


def test_an_untouched_sample_goes_without_such_words(tmp_path, sample):
    report = load(real_page(tmp_path, sample))
    assert report.message == "取代同一版的示例（虚构）版面"
    assert not Batch.objects.exists()


def test_removing_the_samples_says_it_too(tmp_path, sample):
    article = sample.articles.as_printed()[0]
    correct(article, headline="人工改过的标题")
    out = io.StringIO()
    call_command("remove_samples", stdout=out)
    assert (
        out.getvalue()
        == "已移除 1 个示例版面，一并移除人工校改过的示例文章 1 篇（《人工改过的标题》），校改历史仍保留\n"
    )
    assert Correction.objects.get().old["headline"] == "人工改过的标题"


def test_the_history_of_what_went_can_be_looked_at(tmp_path, sample, admin_client):
    article = sample.articles.as_printed()[0]
    correct(article, headline="人工改过的标题")
    load(real_page(tmp_path, sample))
    text = admin_client.get(f"/admin/articles/article/{article.pk}/history/").content.decode()
    assert "人工改过的标题" in text and "示例版面移除" in text
