"""Requests that browsers never send. A seed and the number of a request determine the request."""

import random
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import quote_from_bytes, unquote_to_bytes

#: Markup that a page must never contain unescaped.
MARKUP = "<b id=hostile>'\"&"

#: The CSRF token of forms. A request of the desk has it as a cookie, too.
TOKEN = "t" * 32

NUMBERS = [
    "0", "1", "2", "-1", "1.5", "1e9", "007", "10000", "2147483648", "9223372036854775807", "9223372036854775808",
    "9" * 40, "9" * 5000, "１２", "²", "٣", "NaN", "Infinity", "0x10", "1_000",
]  # fmt: skip
DAYS = [
    "2024",
    "2024-11-22",
    "2024-02-30",
    "0000-00-00",
    "9999-99-99",
    "9999-12-31",
    "2024-13..x",
    "2024-11-22T25:61:61Z",
]
TEXTS = [
    *NUMBERS, *NUMBERS, *DAYS, "", " ", "true", "None", "null", "undefined", "[]", "{}", "()", "[", "(", "(a+)+$",
    "1e400",
    "健康", "医院", "健" * 600, "a" * 9000, "(" * 300, ")" * 300, "((健 OR 康) " * 60, "“", '"' * 99, "标题:",
    "日期:..", "日期:2024-13..x",
    "版:999999999999", "OR", "-", "--健", "*", "%", "_", "\\", "'; DROP TABLE articles_article; --", "' OR '1'='1",
    "${7*7}", "{{7*7}}", "{% load x %}", "%s%n", MARKUP, "javascript:alert(1)", "//evil.example/",
    "https://evil.example/",
    "/\\evil.example", "../../../../etc/passwd", "..", ".", "/", "//", "newest", "oldest", "relevance", "count", "csv",
    "jsonl", "bib", "ris", "CSV", "tcm", "410000", "999999", "\r\nX-Evil: 1", "a\nb", "\t", "\x7f", "\x01", "\u202e健",
    "\u200b", "\ufeff", "\ud7ff", "\ue000", "\ufffe", "\U0010ffff", "e\u0301" * 50, "👨‍👩‍👧", "𠮷" * 40, "İıß",
    "\u2028", "＜＞＆＂", "a&b=c;d#e?f+g",
]  # fmt: skip
#: Bytes that are not UTF-8 (cut off, overlong, surrogates, beyond Unicode, UTF-16, GB18030), a NUL, and odd escapes.
NO_TEXTS = [
    b"\xff", b"\xfe\xff", b"\x80", b"\xe5", b"\xe5\x81", b"\xc0\xaf", b"\xe0\x80\xaf", b"\xf0\x80\x80\xaf",
    b"\xed\xa0\x80", b"\xed\xbf\xbf", b"\xf4\x90\x80\x80", b"\xf8\x88\x80\x80\x80", b"\x00", b"a\x00b",
    b"\xbd\xa1\xbf\xb5", b"\x01\x02", b"%", b"%zz", b"%u5065", b"%25%30%30", b"%c0%ae%c0%ae",
]  # fmt: skip
UNKNOWN = ["utm_source", "Q", "q[]", "q.x", "健", "", "csrfmiddlewaretoken", "_method", "callback", "__proto__", "id"]
DESK_PARAMETERS = [
    "q", "q", "p", "o", "e", "all", "_popup", "_to_field", "_changelist_filters", "nothing__exact",
    "page__issue__date__year", "action", "ids", "pk", "id__in",
]  # fmt: skip
AUTOCOMPLETE = ["term", "app_label", "model_name", "field_name", "page", "next"]
LOOKUPS = [
    "",
    "__exact",
    "__in",
    "__gt",
    "__isnull",
    "__regex",
    "__iregex",
    "__year",
    "__startswith",
    "__date",
    "__range",
    "__id",
]
FIELDS = [
    "_save", "_continue", "_addanother", "_saveasnew", "_selected_action", "select_across", "post", "username",
    "password",
    "headline", "kicker", "body", "date", "number", "name", "code", "slug", "seen", "review", "page", "edition",
    "reason", "bylines-TOTAL_FORMS", "bylines-INITIAL_FORMS", "bylines-0-id", "articles-TOTAL_FORMS", "size", "theme",
    "keys", "hints", "q",
    "weekdays", "first_day", "last_day", "old_password", "index", "action", *AUTOCOMPLETE,
]  # fmt: skip
METHODS = ["HEAD", "POST", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND", "get", "FOO", "M-SEARCH"]
HEADERS = {
    "Host": ["", "evil.example", "localhost:99999", "localhost:x", "[::1]", "[::1", "a" * 300,
             "localhost, evil.example", "健康.cn", "localhost@evil.example", "localhost/..", "127.0.0.1:8000",
             "LOCALHOST", "localhost."],
    "Accept": ["", "*/*;q=x", "text/html;" * 500, "application/json", "\xff"],
    "Accept-Language": ["", "xx", "zh-" + "x" * 1000, "de;q=9", "../../x", "zh-hans,en;q=0.5,*;q=0", ","],
    "Accept-Encoding": ["", "gzip;q=0", "br", "identity;q=0, *;q=0", "x" * 3000],
    "Range": ["bytes=0-", "bytes=-1", "bytes=5-1", "bytes=99999999999999999999-", "bytes=0-0,1-1", "lines=1-2",
              "bytes=",
              "bytes=a-b", "bytes=-99999999999", "bytes=-0", "bytes=١-٢"],
    "If-Range": ['"x"', "Thu, 01 Jan 1970 00:00:00 GMT"],
    "If-None-Match": ["*", '""', "W/", '"x"' + ', "y"' * 900, "x", 'W/"' + "9" * 2000 + '"', "*, *", '"\xff"', "健"],
    "If-Match": ["*", '"x"', 'W/"x"', "", '"' * 99],
    "If-Modified-Since": ["Thu, 01 Jan 1970 00:00:00 GMT", "Fri, 31 Dec 9999 23:59:59 GMT", "0", "-1", "9" * 400,
                          "Thu, 99 Foo 0000 99:99:99 GMT", "Mon, 00 Jan 2024 00:00:00 GMT",
                          "Wed, 30 Feb 2022 00:00:00 GMT",
                          "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994",
                          "Sun, 06 Nov 0000 08:49:37 GMT"],
    "If-Unmodified-Since": ["Thu, 01 Jan 1970 00:00:00 GMT", "Fri, 31 Dec 9999 23:59:59 GMT", "x"],
    "Cookie": ["sessionid=", "sessionid=" + "a" * 4000, "sessionid=\x01", "sessionid='; DROP",
               "display=large-night-off-plain",
               "display=" + "-" * 3000, "display=\xff", "messages=x$y", "csrftoken=" + "x" * 64, ";;;==;", "=",
               "a" * 3000,
               "$Version=1; sessionid=健", "display", "sessionid=" + "x" * 32, "csrftoken=\xff", 'sessionid="\\000"'],
    "Content-Type": ["", "application/json", "multipart/form-data", "multipart/form-data; boundary=", "/", "x" * 900,
                     "multipart/form-data; boundary=\xff", "application/x-www-form-urlencoded; charset=nothing",
                     "text/html; charset=utf-7", 'a/b; c="d', "application/x-www-form-urlencoded; charset=utf-16"],
    "Content-Length": ["-1", "x", "", "0", "3"],
    "X-Forwarded-For": ["evil", "127.0.0.1, ::1", "a" * 900],
    "X-Forwarded-Host": ["evil.example"],
    "X-Forwarded-Proto": ["https", "ftp", "https, http", ""],
    "X-Forwarded-Prefix": ["/evil"],
    "X-Http-Method-Override": ["DELETE"],
    "X-Original-Url": ["/admin/"],
    "X-Csrftoken": ["x", TOKEN, ""],
    "X-Requested-With": ["XMLHttpRequest"],
    "Script-Name": ["/issues"],
    "SCRIPT_NAME": ["/issues", "/nothing", "/", "x"],
    "Referer": ["", "http://evil.example/", "\xff", "x" * 3000, "https://localhost/"],
    "Origin": ["null", "https://evil.example", "http://localhost", "x", "http://[::1"],
    "User-Agent": ["", "\xff" * 50, "() { :; }; echo", "x" * 4000],
    "Expect": ["100-continue"],
    "Upgrade": ["h2c", "websocket"],
    "Connection": ["close", "keep-alive, Upgrade"],
    "Te": ["trailers"],
    "Depth": ["infinity"],
}  # fmt: skip


@dataclass(frozen=True)
class Places:
    """The facts that a hostile reader can know of an archive.

    `pages` are the addresses of readers' pages, each with the parameters that it takes. `desk` are the addresses of the
    desk, each with the fields of its model. `session` is the key of a session of a person at the desk.
    """

    pages: list[tuple[str, list[str]]]
    desk: list[tuple[str, list[str]]]
    session: str


class Request(NamedTuple):
    """A request as the network carries it. `is_desk` tells whether it has the session of the desk."""

    method: str
    target: bytes
    headers: list[tuple[str, str]]
    body: bytes
    is_desk: bool


def request_of(seed: int, number: int, places: Places) -> Request:
    """Return the `number`-th request of a seed."""
    chance = random.Random(f"{seed}-{number}")
    is_desk = chance.random() < 0.2
    if is_desk or chance.random() < 0.05:
        path, fields = chance.choice(places.desk)
        names = [*DESK_PARAMETERS, *(field + chance.choice(LOOKUPS) for field in fields)]
    else:
        path, taken = chance.choice(places.pages)
        names = [*taken * 4, *UNKNOWN]
    address = mutated(chance, path) if chance.random() < 0.4 else path.encode()
    target = b"?".join(filter(None, [address, query_of(chance, names)]))
    method = "GET" if chance.random() < 0.75 else chance.choice(METHODS)
    headers, body = headers_of(chance), b""
    if method not in ("GET", "HEAD", "OPTIONS", "TRACE", "get"):
        body, kind = body_of(chance, with_token=is_desk or chance.random() < 0.5)
        headers = [("Content-Type", kind), *(header for header in headers if header[0] != "Content-Type")]
    if is_desk:
        headers = [header for header in headers if header[0] != "Cookie"]
        headers.append(("Cookie", f"sessionid={places.session}; csrftoken={TOKEN}"))
    return Request(method, target, headers, body, is_desk)


def piece(chance: random.Random) -> bytes:
    """Return an odd value for a part of an address or a field, escaped in one of several ways."""
    raw = chance.choice(TEXTS).encode()
    if chance.random() < 0.25:
        raw = chance.choice(NO_TEXTS)
    elif chance.random() < 0.1:
        raw += chance.choice(TEXTS).encode()
    return quote_from_bytes(raw, safe=chance.choice(["", "%", "/%"])).encode()


def mutated(chance: random.Random, path: str) -> bytes:
    """Return an odd address that resembles `path`."""
    segments = path.encode().split(b"/")
    ids = [at for at, segment in enumerate(segments) if segment.isdigit()]
    if ids and chance.random() < 0.4:
        segments[chance.choice(ids)] = quote_from_bytes(chance.choice(NUMBERS).encode()).encode()
        return b"/".join(segments)
    at = chance.randrange(1, len(segments)) if len(segments) > 1 else 0
    match chance.randrange(9):
        case 0 | 1 | 2:
            segments[at] = piece(chance)
        case 3:
            segments[at] += piece(chance)
        case 4:
            segments.insert(at, piece(chance))
        case 5:
            segments = segments[:-1]  # without its last slash
        case 6:
            segments.insert(at, chance.choice([b"", b".", b"..", b"%2e%2e", b"..;", b"%2f"]))
        case 7:
            segments[at] = "".join(f"%{byte:02x}" for byte in segments[at]).encode()
        case 8:
            segments[at] = segments[at].upper() + b";x=1"
    return b"/".join(segments)


def query_of(chance: random.Random, names: list[str]) -> bytes:
    """Return a query string with some of `names`. It is empty for three of ten requests."""
    if chance.random() < 0.3:
        return b""
    if chance.random() < 0.01:
        return b"&".join(b"x%d=%d" % (number, number) for number in range(chance.choice([300, 6000])))
    fields = []
    for _ in range(chance.choice([1, 1, 2, 3, 5])):
        name = quote_from_bytes(chance.choice(names).encode(), safe="[]%.").encode()
        if chance.random() < 0.05:
            name = piece(chance)
        fields.append(name + chance.choice([b"=", b"=", b"=", b"=", b"", b"=="]) + piece(chance))
    return chance.choice([b"&", b"&", b"&", b";", b"&&"]).join(fields)


def headers_of(chance: random.Random) -> list[tuple[str, str]]:
    """Return up to three odd headers. Half of the requests have none."""
    if chance.random() < 0.5:
        return []
    names = chance.sample(list(HEADERS), chance.choice([1, 1, 2, 3]))
    return [(name, chance.choice(HEADERS[name])) for name in names]


def body_of(chance: random.Random, *, with_token: bool) -> tuple[bytes, str]:
    """Return the body of a request and its Content-Type. Forms include the CSRF token if `with_token`."""
    names = [quote_from_bytes(chance.choice(FIELDS).encode()).encode() for _ in range(chance.randrange(8))]
    fields = [name + b"=" + piece(chance) for name in names]
    form = b"&".join([f"csrfmiddlewaretoken={TOKEN}".encode()] * with_token + fields)
    head = b'--x\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n'
    pairs = [(b"csrfmiddlewaretoken", TOKEN.encode())] * with_token
    parts = b"".join(head % pair for pair in pairs + [(name, unquote_to_bytes(piece(chance))) for name in names])
    kinds = {
        "form": (form, "application/x-www-form-urlencoded"),
        "parts": (parts + b"--x--\r\n", "multipart/form-data; boundary=x"),
        "no end": (parts, "multipart/form-data; boundary=x"),
        "cut off": (parts[: len(parts) // 2], "multipart/form-data; boundary=x"),
        "JSON": (b'{"a": [' * 2000, "application/json"),
        "bytes": (b"\x00\xff" * 500, "application/octet-stream"),
        "many": (b"&".join(b"f%d=" % number for number in range(6000)), "application/x-www-form-urlencoded"),
        "long": (b"q=" + b"x" * 3_000_000, "application/x-www-form-urlencoded"),
    }
    return kinds[chance.choice(["form"] * 6 + ["parts"] * 3 + list(kinds))]
