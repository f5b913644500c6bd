"""What a cutting costs: python -m tests.bench.cuttings. The scans are drawn: noise and lines, as large as broadsheets.

For each format and resolution it prints the seconds and the peak memory of the process that cuts, uncached, beside the
seconds that the same library takes to decode the whole scan. A PDF is never decoded whole.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict
from pathlib import Path

from PIL import Image

from articles.web.cutting_request import Cut

#: A page of a broadsheet, 390 × 540 mm, in pixels at 300 and at 600 dots an inch.
SIZES = {300: (4606, 6378), 600: (9212, 12756)}
ENDINGS = ("jpg", "png", "pdf")
ROUNDS = 3


def main() -> None:
    """Draw the scans, cut a quarter of each, and print a line for each."""
    Image.MAX_IMAGE_PIXELS = None
    with tempfile.TemporaryDirectory() as folder:
        for dots, size in SIZES.items():
            # Half of the picture is grain, as paper has it; the lines compress as print does.
            page = Image.effect_noise((size[0] // 2, size[1] // 2), 30).resize(size)
            for ending in ENDINGS:
                scan = Path(folder) / f"{dots}.{ending}"
                page.save(scan, **({"compress_level": 1} if ending == "png" else {}))
                cut = Cut(str(scan), size, (size[0] / 4, size[1] / 4, size[0] * 3 / 4, size[1] * 3 / 4), (), 1100)
                spent = [_cut(cut) for _ in range(ROUNDS)]
                seconds, peak = min(seconds for seconds, _ in spent), max(peak for _, peak in spent)
                print(f"{dots} dpi {ending}, {scan.stat().st_size / 1e6:5.1f} MB on disk", end=": ")
                print(f"cut in {seconds:.2f} s, {peak:.0f} MB", end="")
                print("" if ending == "pdf" else f"; {_decode(scan):.2f} s to decode it whole", flush=True)


def _cut(cut: Cut) -> tuple[float, float]:
    """Return the seconds and the peak memory in MB of one run of the cutter."""
    started = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "articles.web.cutter"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL
    )
    assert process.stdin
    process.stdin.write(json.dumps(asdict(cut)).encode())
    process.stdin.close()
    _, status, cost = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"the cutter ended with {process.returncode}")
    return time.perf_counter() - started, cost.ru_maxrss / 1024


def _decode(scan: Path) -> float:
    started = time.perf_counter()
    with Image.open(scan) as image:
        image.load()
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
