"""/healthz and /metrics, answered before Django.

A load balancer asks by address and over HTTP (Host: 10.0.0.1:8000). Django's check of the host and its redirect to
HTTPS would refuse it. A middleware would stand behind each other one that somebody puts before it, and /metrics must
see the forwarding headers that `believing_no_one` removes. Nothing stands before a wrapper of the whole program.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from http import HTTPStatus
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from articles.prefix import HEALTH, METRICS, bare_headers, without_prefix
from articles.web.exposition import exposition, is_local
from articles.web.health import findings

#: An answer: status, content type, body.
Answer = tuple[int, str, bytes]

JSON, TEXT = "application/json; charset=utf-8", "text/plain; charset=utf-8"


def watched(application: WSGIApplication) -> WSGIApplication:
    """Return `application` with /healthz and /metrics before it, with the prefix on the path or without."""

    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path = environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", "")
        if not path.endswith((HEALTH, METRICS)):  # nearly all requests
            return application(environ, start_response)
        asked = ANSWERS.get(without_prefix(path))
        if asked is None:
            return application(environ, start_response)
        if environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
            made: Answer = (405, TEXT, "这里只答 GET 和 HEAD。\n".encode())
        else:
            made = asked(environ)
        status, kind, body = made
        headers = [("Content-Type", kind), ("Content-Length", str(len(body))), ("Cache-Control", "no-store")]
        headers += bare_headers(environ)
        if status == 405:
            headers.append(("Allow", "GET, HEAD"))
        start_response(f"{status} {HTTPStatus(status).phrase}", headers)
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]

    return answer


def health(environ: WSGIEnvironment) -> Answer:
    """Return 200 if all checks find the host well, otherwise 503, with what each check found."""
    found = findings()
    is_well = all(each.is_well for each in found.values())
    checks = {name: {"ok": each.is_well, "text": each.text, **each.figures} for name, each in found.items()}
    said = {"status": "ok" if is_well else "failing", "checks": checks}
    return 200 if is_well else 503, JSON, json.dumps(said, ensure_ascii=False, indent=1).encode() + b"\n"


def metrics(environ: WSGIEnvironment) -> Answer:
    """Return the text for Prometheus, or 403 to a request that doesn't come straight from this machine."""
    if not is_local(environ):
        return 403, TEXT, "运行指标只给本机：请在服务器上直接访问，不要经过代理。\n".encode()
    return 200, "text/plain; version=0.0.4; charset=utf-8", exposition()


ANSWERS: dict[str, Callable[[WSGIEnvironment], Answer]] = {HEALTH: health, METRICS: metrics}
