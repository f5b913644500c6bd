"""The commands of OPERATIONS.md, as a person copies them.

A fenced block whose language is `sh` holds commands. Words after it, which no reader of the page sees, tell where they
are run: `sh on the second host`, or `sh by hand` for those that no script can run. Other blocks are output.
"""

import re
from pathlib import Path
from typing import NamedTuple

DOCUMENT = Path(__file__).resolve().parent.parent.parent / "OPERATIONS.md"

FENCE = re.compile(r"^```(\w+)?(?: (.+))?$")


class Block(NamedTuple):
    """Commands, the heading above them, the words after their language, and the number of their first line."""

    heading: str
    where: str
    commands: str
    line: int


def read_blocks(text):
    """Return the blocks of commands in the order of the document."""
    blocks, heading, language, where, held = [], "", None, "", []
    for number, line in enumerate(text.splitlines(), 1):
        fence = FENCE.match(line)
        if fence and language is None:
            language, where, held = fence[1] or "", fence[2] or "", []
        elif line == "```":
            if language == "sh":
                blocks.append(Block(heading, where, "\n".join(held) + "\n", number - len(held)))
            language = None
        elif language is not None:
            held.append(line)
        elif line.startswith("#"):
            heading = line.lstrip("# ")
    assert language is None, f"the block in {heading!r} has no end"
    return blocks
