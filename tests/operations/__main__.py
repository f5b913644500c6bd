"""Follow OPERATIONS.md word for word, on hosts under systemd: python -m tests.operations [--root FOLDER]

The hosts are overlays of this machine's own root, or of a Debian 12 that debootstrap has made in FOLDER:

    debootstrap bookworm FOLDER && python -m tests.operations --root FOLDER

After the blocks of each heading, what the document promises there is looked at. Linux, root and `unshare` are needed.
"""

import argparse
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import nullcontext
from pathlib import Path

from tests.operations import document, promises, source
from tests.operations.hosts import Host, connect, lay, make_cluster, make_fresh

#: The names of the document. Its two hosts are neighbours.
FIRST, SECOND, SITE = "192.0.2.1", "192.0.2.2", "archive.example.cn"

#: The heading up to which the second host is set up as the first.
COMMON = "Settings and units"

#: Switches the release that serves, which clients must not notice.
SWITCH = re.compile(r"ln -sfn \S+ /opt/healthnews/current")

#: What a person types at the commands of a block.
TYPED = {"healthnews createsuperuser": f"editor\neditor@{SITE}\n{promises.PASSWORD}\n{promises.PASSWORD}\n"}


class Story:
    """The hosts as the document goes on. `writing` is the one that the commands without a host are for."""

    def __init__(self, folder: Path, base: Path) -> None:
        self.folder, self.base = folder, base
        self.writing = Host(folder, "first", FIRST, lay(folder, "first", base))
        self.second = None
        self.blocks, self.digests = [], []

    def begin(self) -> None:
        make_fresh(self.writing.root, {SITE: "127.0.0.1"})
        source.publish(self.writing.root)
        self.writing.start()
        make_cluster(self.writing)

    def fork(self) -> None:
        """Make the second host of all that the first has at this moment."""
        root = lay(self.folder, "second", self.base, self.folder / "first" / "upper")
        (root / "etc/machine-id").write_text("")
        self.second = Host(self.folder, "second", SECOND, root)

    def stop(self) -> None:
        for host in {self.writing, self.second}:
            if host:
                host.stop()


def follow(folder: Path, base: Path) -> None:
    """Run all blocks in order. Raises Failed or AssertionError where the document is not true."""
    story = Story(folder, base)
    try:
        story.begin()
        story.blocks = document.read_blocks(document.DOCUMENT.read_text("utf-8"))
        blocks, heading = [each for each in story.blocks if each.where != "by hand"], ""
        for number, block in enumerate(blocks):
            started = time.monotonic()
            if block.where == "on the second host" and not story.second.init:
                story.second.start()
                connect(story.writing, story.second)
            host = story.second if block.where == "on the second host" else story.writing
            if block.heading != heading and (before := promises.BEFORE.get(block.heading)):
                before(story)
            heading = block.heading
            worked = host.seconds_at_work()
            typed = next((answer for command, answer in TYPED.items() if command in block.commands), "")
            try:
                with promises.asking(host, promises.SITE, 8, 0.45) if SWITCH.search(block.commands) else nullcontext():
                    said = host.run(block.commands, typed)
                took = time.monotonic() - started
                print(f"{took:5.1f} s  line {block.line}, {block.heading}", flush=True)
                if block.heading not in {each.heading for each in blocks[number + 1 :]}:
                    if after := promises.AFTER.get(block.heading):
                        after(story, said)
                    if block.heading == COMMON:
                        story.fork()
                    print(f"{time.monotonic() - started - took:5.1f} s      it is so", flush=True)
                print(f"                {host.seconds_at_work() - worked:.1f} s at work", flush=True)
            except Exception as error:
                error.add_note(f"OPERATIONS.md, line {block.line}\n{promises.journal_of(host)}")
                raise
    finally:
        story.stop()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--root", type=Path, default=Path("/"), help="a root made by debootstrap")
    options = parser.parse_args()
    if "HEALTHNEWS_MOUNTS" not in os.environ:  # a namespace of mounts, which all end with this process
        os.environ["HEALTHNEWS_MOUNTS"] = "own"
        os.execvp("unshare", ["unshare", "-m", sys.executable, "-m", "tests.operations", *sys.argv[1:]])
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))  # the hosts are to stop
    with tempfile.TemporaryDirectory(prefix="healthnews-hosts-", dir="/tmp") as name:
        subprocess.run(["mount", "-t", "tmpfs", "-o", "mode=755", "tmpfs", name], check=True)
        try:
            follow(Path(name), options.root.resolve())
        finally:
            subprocess.run(["umount", "-R", "-l", name], check=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
