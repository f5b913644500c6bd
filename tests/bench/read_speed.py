"""Print how fast pages are read: pages a second, and the time for 10,000, 100,000 and 1,000,000 characters of text.

python tests/bench/read_speed.py [PAGE.txt ...]
"""

import sys
import time
from dataclasses import replace
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from articles.reading import Reference, read_page  # noqa: E402
from articles.text.tokens import split_words  # noqa: E402
from tests.reading.reference import reference  # noqa: E402


def seconds(text: str, reference: Reference) -> float:
    """Return the seconds of one reading, the best of three."""
    best = float("inf")
    for _ in range(3):
        begun = time.perf_counter()
        read_page(text, reference=reference)
        best = min(best, time.perf_counter() - begun)
    return best


def say(line: str) -> None:
    """Print a line."""
    sys.stdout.write(line + "\n")


def main() -> None:
    paths = [Path(name) for name in sys.argv[1:]] or sorted((ROOT / "fixtures/pages").glob("*.txt"))
    texts = [path.read_text("utf-8") for path in paths]
    whole = replace(reference(), words=split_words)  # the archive reads with rjieba, which cuts the same words
    bare = replace(whole, topics=())
    for name, each in (("with topics", whole), ("without topics", bare), ("both with jieba", reference())):
        spent = sum(seconds(text, each) for text in texts)
        size = sum(map(len, texts))
        say(f"{name:22} {len(texts) / spent:8.0f} pages/s, {size / spent / 6000:8.0f} pages of 6,000 characters/s")
    unit = "\n\n".join(texts) + "\n\n"
    for size in (10_000, 100_000, 1_000_000):
        text = (unit * (size // len(unit) + 1))[:size]
        line = text.replace("\n", "")
        spent = [seconds(each, bare) for each in (text, line, "（" * size, "本报" * (size // 2), "记者 " * (size // 3))]
        say(
            f"{size:>9,} characters: "
            + "  ".join(f"{value:8.3f} s" for value in spent)
            + "   page, one line, brackets, leads, names"
        )


if __name__ == "__main__":
    main()
