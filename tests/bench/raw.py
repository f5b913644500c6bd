"""An application that answers a page by the SQL of that page alone: the bound that serving could at most reach.

It is served by `python -m tests.bench.pages`. RAW_STATEMENTS names a JSON file: {path: [[SQL, parameters], …]}. The
answer is a page of a trivial template, the values of all rows one below the other.
"""

import json
import os
from collections.abc import Iterable
from pathlib import Path
from wsgiref.types import StartResponse, WSGIEnvironment

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "healthnews.settings")
os.environ.setdefault("WEB", "1")
django.setup()

from django.db import connection  # noqa: E402 - after the settings
from django.utils.html import escape  # noqa: E402

STATEMENTS = json.loads(Path(os.environ["RAW_STATEMENTS"]).read_text("utf-8"))


def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """Answer the page at a path with what its statements give. Other paths get an empty page."""
    texts = []
    for sql, parameters in STATEMENTS.get(environ["PATH_INFO"], ()):
        with connection.cursor() as cursor:
            cursor.execute(sql, parameters)
            texts += ["".join(f"<td>{escape(value)}</td>" for value in row) for row in cursor.fetchall()]
    rows = "".join(f"<tr>{text}</tr>\n" for text in texts)
    body = f"<!doctype html>\n<title>{len(texts)}</title>\n<table>{rows}</table>\n".encode()
    start_response("200 OK", [("Content-Type", "text/html; charset=utf-8"), ("Content-Length", str(len(body)))])
    return [body]
