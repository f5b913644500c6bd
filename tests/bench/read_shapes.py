"""Print the cost of a character in texts of every odd shape, beside ordinary text, at 2 MB or at fewer bytes.

    VAR_DIR=$(mktemp -d) .venv/bin/python -m tests.bench.read_shapes [--bytes 2000000]

"read" is the reader alone, without bounds. "import" is the cost for an import, which refuses a text that is no page.
"""

import argparse
import datetime
import os
import sys
import time
from collections.abc import Callable
from contextlib import suppress

import django


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--bytes", type=int, default=2_000_000)
    size = arguments.parse_args().bytes
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "healthnews.settings")
    django.setup()

    from articles.ingest.bounds import read_within_bounds
    from articles.ingest.sources import Refusal
    from articles.reading import Clues, read_page
    from tests.reading.odd_texts import SHAPES, as_served, ordinary_text

    def imported(text: str) -> None:
        with suppress(Refusal):
            read_within_bounds(text, "1.txt", reference=as_served(), clues=Clues(), today=datetime.date(2026, 1, 1))

    def read(text: str) -> None:
        read_page(text, reference=as_served())

    units = {"ordinary text": ordinary_text(), **SHAPES}
    ordinary = 0.0
    for name, unit in units.items():
        characters = size * len(unit) // len(unit.encode())
        text = (unit * (characters // len(unit) + 1))[:characters]
        line = f"{name:28} {len(text):>9,} characters"
        for way, call in (("read", read), ("import", imported)):
            spent = _seconds(call, text)
            each = spent / len(text)
            ordinary = ordinary or each
            line += f"   {way} {spent:6.2f} s, {each * 1e6:5.2f} µs each, {each / ordinary:4.2f} × ordinary"
        sys.stdout.write(line + "\n")
        sys.stdout.flush()


def _seconds(call: Callable[[str], None], text: str) -> float:
    started = time.process_time()
    call(text)
    return time.process_time() - started


if __name__ == "__main__":
    main()
