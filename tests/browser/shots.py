"""Pictures of the readers' pages for people to look at.

    python -m tests.browser.shots FOLDER [--dark] [URL-PATH ...]

The program serves the archive of the browser tests: the samples and some odd rows. It writes full-page PNGs into
FOLDER: two of each kind of page, or of each given path, as wide as a desktop's window and as a phone's.
"""

import argparse
import re
import tempfile
from pathlib import Path

from tests.browser.kinds import KINDS
from tests.browser.serving import WIDTHS, launched, served
from tests.run import find_chromium


def main() -> None:
    """Take the pictures and print the path of each."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("paths", nargs="*", metavar="URL-PATH")
    parser.add_argument("--dark", action="store_true", help="as a reader sees it whose system is dark")
    options = parser.parse_args()
    program = find_chromium()
    if program is None:
        parser.error("there is no chromium here: install Debian's package of that name")
    scheme = "dark" if options.dark else "light"
    with tempfile.TemporaryDirectory() as var, served(Path(var)) as site, launched(program) as browser:
        paths = {name_of(path): path for path in options.paths} or {kind: site.path(kind) for kind in KINDS}
        for width, viewport in WIDTHS.items():
            page = browser.new_page(base_url=site.address, viewport=viewport, color_scheme=scheme)
            for name, path in paths.items():
                page.goto(path)
                picture = options.folder / f"{name}-{width}{'-dark' * options.dark}.png"
                page.screenshot(path=picture, full_page=True)
                print(picture, flush=True)


def name_of(path: str) -> str:
    """Return a file name for a path: search-q-健康 for /search/?q=健康."""
    return re.sub(r"\W+", "-", path).strip("-") or "home"


if __name__ == "__main__":
    main()
