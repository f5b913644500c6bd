"""Gunicorn as the archive configures it: it accepts long addresses, and its own refusals are in Chinese."""

import http.client
import os
import socket
import subprocess
import sys

import pytest

from articles.forms import MAX_ADDRESS
from healthnews import gunicorn_conf, launcher

APPLICATION = """
def application(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"answered"]
"""


@pytest.fixture(scope="module")
def port(tmp_path_factory):
    """Serve a stand-in for the archive as the launcher does and yield the port."""
    folder = tmp_path_factory.mktemp("stand-in")
    (folder / "stand_in.py").write_text(APPLICATION)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        command = [sys.executable, "-m", "gunicorn", *launcher.GUNICORN, "--bind", f"fd://{listener.fileno()}"]
        command += ["--pythonpath", str(folder), "--workers", "1", "stand_in"]
        server = subprocess.Popen(
            command, cwd=launcher.ROOT, pass_fds=[listener.fileno()], stderr=subprocess.DEVNULL, env=os.environ
        )
        yield listener.getsockname()[1]
        server.terminate()
        server.wait()


def send(port, data):
    """Send the bytes `data` unchanged and return the status and body of the answer."""
    with socket.create_connection(("127.0.0.1", port), 30) as connection:
        connection.sendall(data)
        response = http.client.HTTPResponse(connection)
        response.begin()
        return response.status, response.read().decode()


def line(length):
    """Return a request whose first line has `length` bytes."""
    return b"GET /?q=%s HTTP/1.1\r\nHost: localhost\r\n\r\n" % (b"a" * (length - len("GET /?q= HTTP/1.1")))


def test_the_longest_address_is_answered(port):
    assert gunicorn_conf.limit_request_line == MAX_ADDRESS
    assert send(port, line(MAX_ADDRESS)) == (200, "answered")


@pytest.mark.parametrize(
    ("request_", "status", "title"),
    [
        (line(MAX_ADDRESS + 1), 414, "网址太长"),
        (line(500_000), 414, "网址太长"),
        (b"GET / HTTP/1.1\r\nHost: localhost\r\nCookie: a=%s\r\n\r\n" % (b"b" * 9000), 431, "请求头太大"),
        (b"GET / HTTP/1.1\r\n%s\r\n" % (b"X-1: 1\r\n" * 200), 431, "请求头太大"),
        (b"GET\r\n\r\n", 400, "请求无法识别"),
        (b"GET / HTTP/9.9\r\nHost: localhost\r\n\r\n", 400, "请求无法识别"),
        (b"GET / HTTP/1.1\r\nHost: localhost\r\n<b>: 1\r\n\r\n", 400, "请求无法识别"),
        (b"GET / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: odd\r\n\r\n", 501, "请求无法处理"),
        (b"GET / HTTP/1.1\r\nHost: localhost\r\nExpect: much\r\n\r\n", 417, "请求无法满足"),
    ],
    ids=lambda value: str(value)[:40] if isinstance(value, str | int) else len(value),
)  # fmt: skip
def test_what_gunicorn_refuses_is_said_in_chinese(port, request_, status, title):
    found, body = send(port, request_)
    assert found == status
    assert f"<h1>{title}</h1>" in body and 'lang="zh-CN"' in body and "<b>" not in body
