"""A restart or reload of the server on a socket that another process holds, as systemd does, costs no request."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request

import pytest

from healthnews import launcher
from tests.faults import processes
from tests.operations.clients import Clients

#: Becomes the server that finds the open socket as systemd would hand it over (sd_listen_fds(3)).
AS_SYSTEMD = """
import os, sys
os.dup2(int(sys.argv[1]), 3)
os.environ |= {"LISTEN_FDS": "1", "LISTEN_PID": str(os.getpid())}
os.execv(sys.executable, [sys.executable, "-m", "gunicorn", *sys.argv[2:]])
"""

#: Takes its time for each answer, so that a restart always meets requests that run.
APPLICATION = """
import time

def application(environ, start_response):
    time.sleep(0.05)
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"answered " * 10_000]
"""

#: Connections that the socket may hold while nobody takes them, as in healthnews.socket.
BACKLOG = 1024


@pytest.fixture
def serve(tmp_path):
    """Return a function that starts a server on a listening socket. A server left running is ended with the test."""
    (tmp_path / "stand_in.py").write_text(APPLICATION)
    servers = []

    def start(listener):
        command = [sys.executable, "-c", AS_SYSTEMD, str(listener.fileno()), *launcher.GUNICORN]
        environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
        servers.append(
            subprocess.Popen(
                [*command, "stand_in"],
                cwd=launcher.ROOT,
                env=environment,
                pass_fds=[listener.fileno()],
                stderr=subprocess.DEVNULL,
            )
        )
        return servers[-1]

    yield start
    for server in servers:
        server.kill()
        server.wait()


def test_a_reload_keeps_the_socket_and_costs_no_request(serve):
    with socket.create_server(("127.0.0.1", 0), backlog=BACKLOG) as listener:
        address = f"http://127.0.0.1:{listener.getsockname()[1]}"
        server = serve(listener)
        with Clients(address, 8) as clients:
            with urllib.request.urlopen(f"{address}/", timeout=60) as response:
                assert response.status == 200
            first = processes.children(server.pid)
            server.send_signal(signal.SIGHUP)
            until = time.monotonic() + 30
            while (
                set(first) & set(now := processes.children(server.pid)) or len(now) < 2
            ) and time.monotonic() < until:
                time.sleep(0.1)
            answers = clients.answers
            time.sleep(1)
        assert server.poll() is None and len(processes.children(server.pid)) == 2
    assert clients.failures == [] and clients.answers > answers


def test_clients_that_ask_without_pause_get_every_answer_over_five_restarts(serve):
    with socket.create_server(("127.0.0.1", 0), backlog=BACKLOG) as listener:
        address = f"http://127.0.0.1:{listener.getsockname()[1]}"
        server = serve(listener)
        answers = [0]
        with Clients(address, 8) as clients:
            for _ in range(5):
                with urllib.request.urlopen(f"{address}/", timeout=60) as response:  # the new server takes requests
                    assert response.status == 200
                time.sleep(0.3)
                answers.append(clients.answers)
                server.terminate()
                assert server.wait(timeout=40) == 0
                server = serve(listener)
    assert clients.failures == []
    assert all(before < after for before, after in zip(answers, answers[1:], strict=False)), answers
