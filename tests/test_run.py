"""The run of all tests: steps that run side by side are printed apart, added up and stopped."""

import os
import re
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from tests import run
from tests.conftest import PASSES, part_of, touches_database
from tests.faults.processes import is_alive


def step(folder: Path, name: str, *command: str) -> run.Step:
    (folder / name).mkdir()
    return run.Step(name, list(command), dict(os.environ), folder / name)


def script(text: str) -> list[str]:
    return ["-S", "-c", textwrap.dedent(text)]


def test_what_goes_side_by_side_is_told_whole_and_in_the_order_of_its_end(tmp_path, capsys):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    first = step(tmp_path, "first", *script(f"print('one', flush=True); open({str(pipe)!r}).read(); print('two')"))
    last = step(tmp_path, "last", *script(f"print('three', flush=True); open({str(pipe)!r}, 'w'); raise SystemExit(3)"))
    run.run([first, last])  # each can end only while the other runs
    said = capsys.readouterr().out
    for each, lines in ((first, "one\ntwo\n"), (last, "three\n")):
        assert re.search(rf"^\$ {each.name}: .*\n{lines}", said, re.MULTILINE), said
    assert (first.result, last.result) == ("passed", "FAILED (exit code 3)")
    assert [run.tally_of(each).failed for each in (first, last)] == [0, 1], "a step without tests counts for one"


def test_a_pass_is_added_up_from_what_pytest_wrote_down(tmp_path):
    (tmp_path / "test_few.py").write_text(
        textwrap.dedent("""
            import pytest

            def test_right():
                pass

            def test_wrong():
                assert False

            def test_wrong_again():
                assert False

            @pytest.mark.skip
            def test_later():
                pass

            @pytest.fixture
            def broken():
                raise ValueError

            def test_none(broken):
                pass
        """)
    )
    few = step(tmp_path, "few", "-m", "pytest", "-p", "no:django", "-p", "no:cacheprovider", "-c", os.devnull)
    few.command += [f"--rootdir={tmp_path}", f"--junitxml={few.report}", str(tmp_path / "test_few.py")]
    run.run([few])
    tally = run.tally_of(few)
    assert (tally.passed, tally.failed, tally.skipped) == (1, 3, 1)
    assert sorted(name for _, name in tally.times) == [
        f"few: test_few::test_{name}" for name in ("later", "none", "right", "wrong", "wrong_again")
    ]
    assert few.progress() == f"few {few.result}" == "few FAILED (exit code 1)"
    few.result = ""
    assert few.progress() == "few 100 %, 3 failed"
    lines = (
        "collected 9 items",
        "",
        "tests/a/test_b.py ..F.     [ 40%]",
        ".\x1b[31mE\x1b[0m    [ 60%]",
        "tests/c.py .F",
    )
    few.said.write_text("\n".join(lines))
    assert few.progress() == "few 60 %, 3 failed"


def test_a_selection_without_a_test_in_any_pass_fails(tmp_path):
    none = step(tmp_path, "none", "-m", "pytest", "-p", "no:django", "-p", "no:cacheprovider", "-c", os.devnull)
    none.command += [f"--rootdir={tmp_path}", str(tmp_path)]
    run.run([none])
    assert none.result == run.NONE_SELECTED


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_run_that_is_stopped_stops_its_steps(tmp_path, number):
    (tmp_path / "waiting").mkdir()
    runner = script(f"""
        import os, signal, sys
        from pathlib import Path
        sys.path[:0] = {[str(run.ROOT), *sys.path]!r}
        from tests import run
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        run.heed_signals()
        wait = "import os, signal; print(os.getpid(), flush=True); signal.pause()"
        run.run([run.Step("waiting", ["-S", "-c", wait], dict(os.environ), Path({str(tmp_path / "waiting")!r}))])
    """)
    said = tmp_path / "waiting" / "said.txt"
    with subprocess.Popen([sys.executable, *runner], stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
        while not (said.exists() and said.read_text().endswith("\n")) and process.poll() is None:
            time.sleep(0.01)
        process.send_signal(number)
        told = process.communicate(timeout=30)[0].decode()
    assert process.returncode != 0
    assert (
        f"$ waiting: -S -c import os, signal; print(os.getpid(), flush=True); signal.pause()\n{said.read_text()}"
        in told
    )
    assert not is_alive(int(said.read_text().split()[0]))


def test_each_test_is_of_one_pass_but_those_of_both_databases(request):
    for item in request.session.items:
        passes = {name for name, is_of in PASSES.items() if is_of(item)}
        of_databases = ({"SQLite"}, {"PostgreSQL"}, {"SQLite", "PostgreSQL"})
        assert passes in ({"pure"}, {"processes"}, {"browser"}, *of_databases), item.nodeid
        assert (passes in of_databases) == touches_database(item), item.nodeid


@pytest.mark.parametrize("parts", [1, 2, 3])
def test_each_test_is_of_one_part(request, parts):
    items = request.session.items
    found = [item for number in range(1, parts + 1) for item in part_of(items, number, parts)]
    assert sorted(item.nodeid for item in found) == sorted(item.nodeid for item in items)
