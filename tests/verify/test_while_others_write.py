"""The checks and digests read one state of the archive, while an import and an editor write."""

import subprocess

import pytest

from articles.models import Article, Page, archive
from articles.verify import digests, findings
from tests.faults import processes
from tests.faults.test_kill import page_text
from tests.make import PAGE, load, write
from tests.tables import load_tables


@pytest.mark.django_db(transaction=True)
def test_an_import_beside_the_checks_is_no_damage(tmp_path):
    load_tables()
    for number in range(1, 31):
        write(tmp_path, page_text(number), f"{number:03d}.txt")
    process = processes.start("manage.py", "import_pages", tmp_path, "--workers=0", stdout=subprocess.DEVNULL)
    runs, during = 0, []
    while process.poll() is None:
        before = Page.objects.count()
        found = list(findings(with_index=False))
        assert [str(each) for each in found] == []
        if before and Page.objects.count() > before:
            during.append(before)
        runs += 1
    assert process.returncode == 0 and Page.objects.count() == 30
    assert during, runs


@pytest.mark.django_db(transaction=True)
def test_a_digest_is_of_the_state_at_its_begin(tmp_path):
    load_tables()
    page = load(write(tmp_path, PAGE)).page
    before = digests()
    with archive.one_state():
        assert digests() == before
        process = processes.start("manage.py", "import_pages", write(tmp_path, page_text(5), "5.txt"), "--workers=0")
        assert process.wait(timeout=120) == 0
        assert digests() == before and list(findings(with_index=False)) == []
    assert digests() != before
    assert Article.objects.exclude(page=page).count() == 3
