"""Lost output, and signals: the work of a command goes on to its end, or ends in order."""

import importlib
import io
import os
import pkgutil
import shlex
import signal
import subprocess
import sys

import pytest
from django.core.management import call_command

from articles.ingest.runs import run_import
from articles.ingest.sources import find_files
from articles.management import commands
from articles.management.base import ArchiveCommand, SturdyStream
from articles.models import ImportItem, ImportRun, Page
from tests.faults import processes
from tests.make import PAGE, SAMPLE, SAMPLES, write


class Broken(io.StringIO):
    """A stream that fails from its second line on."""

    def __init__(self, error):
        super().__init__()
        self.error = error

    def write(self, text):
        if self.getvalue():
            raise self.error
        return super().write(text)


def shell(command, environment=os.environ):
    """Run a line of bash, in which $MANAGE is manage.py. A pipe's exit code is that of its last command that fails."""
    line = f'MANAGE="{sys.executable} manage.py"; set -o pipefail; {command}'
    return subprocess.run(["bash", "-c", line], env=environment, capture_output=True, text=True, timeout=60)


def pages(folder, count):
    for number in range(1, count + 1):
        write(folder, PAGE.replace("\n3\n", f"\n{number}\n", 1).replace("赵一苇", f"赵{number}苇"), f"{number:02d}.txt")
    return folder


def test_every_command_is_sturdy():
    names = [module.name for module in pkgutil.iter_modules(commands.__path__)]
    assert len(names) > 6
    for name in names:
        assert issubclass(importlib.import_module(f"{commands.__name__}.{name}").Command, ArchiveCommand), name


@pytest.mark.parametrize("error", [BrokenPipeError(), OSError(28, "No space left on device"), ValueError("closed")])
def test_a_stream_that_goes_away_swallows_the_rest(error):
    broken = Broken(error)
    stream = SturdyStream(broken)
    for line in "甲乙丙":
        assert stream.write(line) == 1
    assert (broken.getvalue(), stream.is_gone, stream.isatty()) == ("甲", True, False)
    assert stream.error is (error if type(error) is OSError else None)
    assert SturdyStream(None).write("甲") == 1


def test_what_others_write_to_a_stream_that_went_away_does_not_fail():
    code = "import sys; from articles.management.base import SturdyStream as S; S(sys.stdout).write('1'); print('2')"
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run([sys.executable, "-c", code], stdout=writing, stderr=subprocess.PIPE, text=True)
    os.close(writing)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_stream_escapes_what_it_can_not_encode():
    raw = io.BytesIO()
    text = io.TextIOWrapper(raw, "gbk")
    SturdyStream(text).write("甲é𠮷\ud800")
    assert raw.getvalue().decode("gbk") == "甲é\\U00020bb7\\ud800"


@pytest.mark.django_db
@pytest.mark.parametrize("error", [BrokenPipeError(), ValueError("closed")])
def test_an_import_goes_on_without_its_output(tmp_path, error):
    pages(tmp_path, 3)
    write(tmp_path, "", "bad.txt")
    with pytest.raises(SystemExit) as stop:
        call_command("import_pages", tmp_path, stdout=Broken(error))
    assert stop.value.code == 1  # the exit code of the work, in which a file failed
    run = ImportRun.objects.get()
    assert (run.added, run.failed, run.ending, run.finished_at is None) == (3, 1, "", False)
    assert Page.objects.count() == 3


@pytest.mark.one_database  # the output alone is closed
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "line", ["$MANAGE import_pages {} | head -1 >&2", "$MANAGE import_pages {} >&- 2>&-"], ids=["head", "closed"]
)
def test_an_import_in_a_shell_goes_on_without_its_output(tmp_path, line, settings, tmp_path_factory):
    settings.SEARCH_DIR = tmp_path_factory.mktemp("search")
    write(tmp_path, "", "bad.txt")
    write(tmp_path, PAGE, "page.txt")
    done = shell(line.format(shlex.quote(str(tmp_path))), processes.environment())
    assert (done.returncode, "Traceback" in done.stderr, "Exception ignored" in done.stderr) == (1, False, False)
    run = ImportRun.objects.get()
    assert (run.added, run.failed, run.finished_at is None) == (1, 1, False)


def test_pages_are_read_as_long_as_somebody_reads_on():
    samples = f"$MANAGE read_pages {SAMPLES} {SAMPLES}"
    done = shell(f"{samples} | head -c 10")
    assert (done.returncode, done.stdout, done.stderr) == (0, '{"source":', "")


def test_readings_that_can_not_be_written_are_no_success():
    done = shell(f"$MANAGE read_pages {SAMPLE} >/dev/full")
    assert done.returncode == 1
    assert "输出没有写完" in done.stderr and "Traceback" not in done.stderr


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("error", "ending"),
    [
        (KeyboardInterrupt(), "被中断，共 3 个文件，处理了 2 个"),
        (SystemExit(143), "被中断，共 3 个文件，处理了 2 个"),
        (RuntimeError("x"), "出错中止（RuntimeError），共 3 个文件，处理了 2 个"),
    ],
    ids=["ctrl-c", "exit", "error"],
)
def test_a_run_that_is_cut_short_is_closed_and_says_so(tmp_path, error, ending):
    def say(line):
        if line.startswith("新增") and Page.objects.count() == 2:
            raise error

    found = find_files([pages(tmp_path, 3)])
    with pytest.raises(type(error)):
        run_import(found, say=say, arguments=[tmp_path])
    run = ImportRun.objects.get()
    assert (run.added, run.ending, run.finished_at is None) == (2, ending, False)
    assert Page.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_an_import_that_is_told_to_stop_leaves_whole_pages_and_a_closed_run(tmp_path, settings, tmp_path_factory):
    settings.SEARCH_DIR = tmp_path_factory.mktemp("search")
    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    process = processes.start("manage.py", "import_pages", pages(tmp_path, 60), **streams)
    assert process.stdout.readline().startswith("新增")
    process.send_signal(signal.SIGTERM)
    _, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (143, "已中断；此前完成的都已保存，再次运行同一命令即可继续。\n")
    run = ImportRun.objects.get()
    count = Page.objects.count()
    assert 0 < count == ImportItem.objects.count() < 60
    assert run.added in (count, count - 1)  # the signal may come when a page is stored and not yet counted
    assert run.ending.startswith("被中断，共 60 个文件") and run.finished_at is not None


@pytest.mark.django_db
def test_files_passed_over_are_in_the_summary_and_in_the_ledger(tmp_path):
    pages(tmp_path, 1)
    write(tmp_path, PAGE, "._01.txt")
    write(tmp_path, PAGE, "01.docx")
    out = io.StringIO()
    call_command("import_pages", tmp_path, stdout=out)
    assert "失败 0；略过 2 个（.docx 1，隐藏文件或系统文件 1）；用时" in out.getvalue()
    assert ImportRun.objects.get().passed_over == 2
