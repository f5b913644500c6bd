"""The archive, served as in production, and Debian's Chromium to look at it. Each runs as long as its `with` block."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from tests.browser.kinds import KINDS
from tests.run import ROOT, USERS_SETTINGS

WIDTHS = {"desktop": {"width": 1280, "height": 900}, "phone": {"width": 390, "height": 844}}

# The shell command ends the server when its input closes, however the test run dies. Ctrl-C reaches the tests only, and
# the server ends after them.
SERVER = '"$@" & read -r end_of_input; kill $!; wait'
GUNICORN = "gunicorn --config healthnews/gunicorn_conf.py --workers 1"

#: Options that keep Chromium from other hosts: no other host has an address. The services that --disable-* turns off
#: would ask other hosts now and then.
CHROMIUM = (
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    "--no-proxy-server",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
)


@dataclass(frozen=True)
class Site:
    """A served archive: its address, and the facts that tests/browser/archive.py has printed."""

    address: str
    facts: dict[str, object]

    def path(self, kind: str) -> str:
        """Return the path of a page of this kind."""
        return KINDS[kind].format_map(self.facts)


@contextmanager
def served(folder: Path) -> Iterator[Site]:
    """Fill an archive in `folder`, serve it by gunicorn with hashed names of static files, and yield the site."""
    environment = {name: value for name, value in os.environ.items() if name not in USERS_SETTINGS}
    environment |= {"VAR_DIR": str(folder), "DJANGO_SETTINGS_MODULE": "tests.browser.settings"}
    fill = [sys.executable, "-m", "tests.browser.archive"]
    filled = subprocess.run(fill, cwd=ROOT, env=environment, stdout=subprocess.PIPE, check=True)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        command = [sys.executable, "-m", *GUNICORN.split(), "--bind", f"fd://{listener.fileno()}"]
        server = subprocess.Popen(
            ["/bin/sh", "-c", SERVER, "sh", *command],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.PIPE,
            pass_fds=[listener.fileno()],
            start_new_session=True,
        )
        address = f"http://127.0.0.1:{listener.getsockname()[1]}"
    with server:  # leaving the block closes the server's input and waits for its end
        yield Site(address, json.loads(filled.stdout))


@contextmanager
def launched(program: str) -> Iterator[Browser]:
    """Start Chromium without a window and with an empty profile, and yield it. `program` is the path of Chromium."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=CHROMIUM)
        yield browser
        browser.close()
