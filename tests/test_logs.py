"""A line of the log is one object of JSON whatever a user has sent, and a log that can't be written stops nothing."""

import json
import logging
import os
import subprocess
import sys

import pytest

from healthnews.logs import JsonFormatter, LineHandler, PrivacyFilter, escaped, request_id
from tests.run import ROOT

#: What somebody may send: line ends, orders to a terminal, marks that turn the direction of text, invisible characters.
INJECTIONS = [
    'a\n{"level": "INFO"}',
    "a\r\nb",
    "\x1b[31mred\x1b]0;title\x07",
    "\x9b31m",
    "\x7f\x85\x00",
    "\u202egnp.exe",
    "\u2066\u2069\u200f\u061c",
    "\u2028\u2029",
    "\u200b\ufeff\xad",
    "\U000e0041",
    "\ud800",
    '"},{"',
]


def record_of(message, *args, **attributes):
    made = logging.getLogger("articles").makeRecord("articles", logging.ERROR, __file__, 1, message, args, None)
    made.__dict__.update(attributes)
    return made


@pytest.mark.parametrize("text", INJECTIONS, ids=ascii)
def test_a_text_of_a_user_stays_within_its_value(text):
    for record in (record_of("the page %s", text), record_of("", fields={"message": f"the page {text}"})):
        line = JsonFormatter().format(record)
        assert line.isprintable() and line.encode("utf-8")
        assert json.loads(line)["message"] == f"the page {text}"


def test_a_traceback_is_in_the_line():
    try:
        raise ValueError("a\n\x1b[0m\u202e")
    except ValueError:
        line = JsonFormatter().format(record_of("failed", exc_info=sys.exc_info()))
    assert line.isprintable() and json.loads(line)["traceback"].endswith("ValueError: a\n\x1b[0m\u202e")


def test_chinese_stays_readable():
    assert "健康报" in JsonFormatter().format(record_of("健康报")) and escaped("—《》“”　·") == "—《》“”　·"


def test_a_line_has_the_id_of_its_request():
    token = request_id.set("abc123abc123")
    try:
        assert json.loads(JsonFormatter().format(record_of("a")))["request"] == "abc123abc123"
    finally:
        request_id.reset(token)
    assert "request" not in json.loads(JsonFormatter().format(record_of("a")))


@pytest.mark.parametrize(
    ("message", "kept"),
    [
        ("Invalid request from ip=192.0.2.1: Invalid HTTP request line: 'GET /search/?q=我 HTTP/1.1'",
         "Invalid request from ip=…: Invalid HTTP request line: 'GET /search/?… HTTP/1.1'"),
        ("Error handling request GET /search/?q=a&p=2", "Error handling request GET /search/?…"),
        ("Worker (pid:7) exited with code 3.", "Worker (pid:7) exited with code 3."),
    ],
)  # fmt: skip
def test_gunicorn_logs_no_address_and_no_query(message, kept):
    assert PrivacyFilter.without(message) == kept


def test_a_file_that_logrotate_moves_is_opened_anew(tmp_path):
    path = tmp_path / "archive.log"
    handler = LineHandler(str(path))
    handler.emit(record_of("one"))
    path.rename(tmp_path / "archive.log.1")
    handler.emit(record_of("two"))
    (tmp_path / "archive.log.1").unlink()
    path.unlink()
    handler.emit(record_of("three"))
    assert path.read_text() == "three\n"


def test_a_large_file_is_moved_once_by_many_processes(tmp_path):
    path = tmp_path / "archive.log"
    handlers = [LineHandler(str(path), 100) for _ in range(3)]
    for number in range(12):
        for handler in handlers:
            handler.emit(record_of(f"{number:010}"))
    kept = (tmp_path / "archive.log.1").read_text().split() + path.read_text().split()
    assert kept == sorted(kept) and kept[-1] == "0000000011"
    assert path.stat().st_size <= 111 and 100 < (tmp_path / "archive.log.1").stat().st_size <= 111


def test_a_file_that_another_process_has_moved_is_not_moved_again(tmp_path):
    path = tmp_path / "archive.log"
    first, second = LineHandler(str(path), 1), LineHandler(str(path), 1)
    first.emit(record_of("large"))
    second._opened()
    first._move()
    first.emit(record_of("new"))
    second._move()  # it found the file large before the first one moved it
    assert (path.read_text(), (tmp_path / "archive.log.1").read_text()) == ("new\n", "large\n")


#: A program that logs while it may write 1,000 bytes, then when it may write more.
FULL = """
import logging, resource, signal, sys
from healthnews.logs import LineHandler
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
handler = LineHandler(sys.argv[1])
logger = logging.getLogger("a")
logger.addHandler(handler)
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, resource.RLIM_INFINITY))
for number in range(40):
    logger.error("the line %04d with some more text", number)
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY,) * 2)
logger.error("there is room again")
print("worked on")
"""


def test_a_full_disk_stops_nothing_and_the_next_line_is_whole(tmp_path):
    """The limit of a file's size stands for a full disk: the system takes a part of a line, then nothing."""
    path = tmp_path / "archive.log"
    command = [sys.executable, "-c", FULL, str(path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.stdout == "worked on\n" and done.returncode == 0
    assert done.stderr.startswith(f"日志写不进 {path}（") and done.stderr.count("\n") == 1
    *lines, torn, last = path.read_text().splitlines()
    assert lines and all(line == f"the line {n:04} with some more text" for n, line in enumerate(lines))
    assert torn != f"the line {len(lines):04} with some more text" and last == "there is room again"


def test_a_folder_that_is_gone_or_a_closed_standard_error_stops_nothing(tmp_path):
    LineHandler(str(tmp_path / "gone" / "archive.log")).emit(record_of("lost"))
    code = "import sys; from healthnews.logs import LineHandler; import logging, os; os.close(2)\n"
    code += "LineHandler().emit(logging.LogRecord('a', 40, '', 1, 'b', (), None)); print('worked on')"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.stdout == "worked on\n"


def test_lines_of_many_processes_stay_whole(tmp_path):
    path = tmp_path / "archive.log"
    code = "import logging, sys; from healthnews.logs import LineHandler; handler = LineHandler(sys.argv[1])\n"
    code += "for number in range(200): handler.emit(logging.LogRecord('a', 40, '', 1, 'x' * 9000, (), None))"
    running = [subprocess.Popen([sys.executable, "-c", code, str(path)], cwd=ROOT) for _ in range(3)]
    assert all(each.wait() == 0 for each in running)
    lines = path.read_text().splitlines()
    assert len(lines) == 600 and set(lines) == {"x" * 9000}


def test_the_log_is_its_owners_and_groups_alone(tmp_path):
    LineHandler(str(tmp_path / "archive.log")).emit(record_of("a"))
    assert os.stat(tmp_path / "archive.log").st_mode & 0o007 == 0
