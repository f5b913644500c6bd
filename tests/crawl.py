"""Write each page of a sample archive into a folder.

    PYTHONHASHSEED=0 VAR_DIR=$(mktemp -d) python -m tests.crawl FOLDER

`diff -r` of two such folders shows how a change of the code changes the pages. The archive is the one of the browser
tests. The crawl follows the readers' pages from the front door and the desk from its front page. It follows a link with
a query only from pages without a query, since filters combine without end. Times, keys and the program's version differ
between two runs of the same code, so the crawl makes them equal.
"""

import datetime
import json
import os
import re
import sys
from collections import deque
from hashlib import sha256
from html import unescape
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urldefrag, urljoin, urlsplit

import django

ROOT = Path(__file__).resolve().parent.parent

#: The time at which everything in the archive happened.
MOMENT = datetime.datetime(2026, 1, 2, 3, 4, 5, tzinfo=datetime.UTC)

#: The paths where the crawl begins. No link leads to the last ones.
READERS_DOORS = (
    "/",
    "/sitemap.xml",
    "/robots.txt",
    "/articles/999999/",
    "/search/?q=医共体",
    "/search/?q=医生 OR 护士",
)
DESK_DOOR = "/admin/"

#: Patterns of text that differs between two runs of the same code, each with its replacement.
VOLATILE = (
    (re.compile(r'(name="csrfmiddlewaretoken" value=")\w+'), r"\1TOKEN"),
    (re.compile(r'("csrfToken": *")\w+'), r"\1TOKEN"),
    (re.compile(r"[0-9a-f]{12,64}"), "DIGEST"),
    (re.compile(re.escape(str(ROOT))), "ROOT"),
)

#: The response headers that are written into the files.
HEADERS = (
    "Content-Type",
    "Location",
    "Cache-Control",
    "Vary",
    "Content-Disposition",
    "Content-Security-Policy",
    "Link",
)

_LINK = re.compile(r'(?:href|src|action)="([^"]+)"|<loc>([^<]+)</loc>')

#: Paths that the crawl leaves out: they change something, end the session, or are files of static/.
LEFT_OUT = re.compile(r"^(/static/|/admin/(logout|jsi18n|password)|/display/\?)")


def main(folder: Path) -> int:
    """Fill the archive of the settings, crawl it and write its answers. Return the number of pages written."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()
    from django.contrib.auth.models import User
    from django.test import Client

    from tests.browser.archive import EDITOR

    facts = fill()
    folder.mkdir(parents=True, exist_ok=True)
    doors = [*READERS_DOORS, f"/articles/{facts['withdrawn']}/", f"/articles/{facts['article']}/?q=医共体&n=1"]
    reader, editor = Client(raise_request_exception=False), Client(raise_request_exception=False)
    editor.force_login(User.objects.get(username=EDITOR["username"]))
    User.objects.update(last_login=MOMENT)  # logging in has set it
    pages = crawl(reader, doors, folder / "readers", is_followed=lambda path: not path.startswith("/admin/"))
    return pages + crawl(editor, [DESK_DOOR], folder / "desk", is_followed=lambda path: path.startswith("/admin/"))


def fill() -> dict[str, object]:
    """Make the archive of the browser tests with all times set to MOMENT. Return its facts."""
    from django.contrib.auth.models import User
    from django.core.management import call_command

    from articles.models import Archive, Article, ImportRun, SourceText
    from articles.search.sync import paused
    from tests.browser.archive import EDITOR, add_what_no_sample_has, facts_of_samples

    call_command("prepare", stdout=sys.stderr)
    User.objects.create_superuser(**EDITOR)
    with paused(), TemporaryDirectory() as folder:
        facts = add_what_no_sample_has(Path(folder)) | facts_of_samples()
    Archive.objects.update(epoch="e" * 32, identity="1" * 32, changed_at=MOMENT)
    Article.objects.update(changed_at=MOMENT)
    for source in SourceText.objects.all():
        SourceText.objects.filter(pk=source.pk).update(path=f"/pages/{source.file_name}", loaded_at=MOMENT)
    ImportRun.objects.update(started_at=MOMENT, finished_at=MOMENT)
    User.objects.update(date_joined=MOMENT, password="!")
    call_command("sync_search", stdout=sys.stderr)
    return facts


def crawl(client, doors, folder: Path, is_followed) -> int:
    """Write the answer to `client` at each path that `doors` lead to. Return the number of answers."""
    folder.mkdir(parents=True, exist_ok=True)
    waiting, seen = deque(doors), set(doors)
    index = {}
    while waiting:
        url = waiting.popleft()
        response = client.get(url, headers={"host": "localhost"})
        body = b"".join(response.streaming_content) if response.streaming else response.content
        name = file_name(url)
        index[name] = url
        (folder / name).write_text(written(response, body), "utf-8")
        if not response.headers.get("Content-Type", "").startswith(("text/html", "application/xml")):
            continue
        for match in _LINK.finditer(body.decode("utf-8", "replace")):
            target = urljoin(f"http://localhost{url}", unescape(match[1] or match[2]))
            parts = urlsplit(urldefrag(target).url)
            path = parts.path + (f"?{parts.query}" if parts.query else "")
            is_combined = bool(parts.query) and "?" in url
            is_new = parts.netloc == "localhost" and path not in seen and not is_combined
            if is_new and is_followed(path) and not LEFT_OUT.match(path):
                seen.add(path)
                waiting.append(path)
    (folder / "index.json").write_text(json.dumps(dict(sorted(index.items())), ensure_ascii=False, indent=0), "utf-8")
    return len(index)


def file_name(url: str) -> str:
    """Return a file name for a URL. Its beginning is readable, and its end differs from all others."""
    return re.sub(r"[^\w=?&.-]+", "_", url)[:60] + "-" + sha256(url.encode()).hexdigest()[:8]


def written(response, body: bytes) -> str:
    """Return the status, headers and body as text, with the differences between two runs made equal."""
    headers = [f"{name}: {response.headers[name]}" for name in HEADERS if name in response.headers]
    text = "\n".join([str(response.status_code), *headers, "", body.decode("utf-8", "backslashreplace")])
    for pattern, instead in VOLATILE:
        text = pattern.sub(instead, text)
    return text


if __name__ == "__main__":
    print(f"{main(Path(sys.argv[1]))} pages")
