"""Requests as a server hands them over. Odd requests stay odd, whereas Django's test client would correct them."""

import io
from contextlib import contextmanager
from typing import NamedTuple
from urllib.parse import unquote_to_bytes

from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections

from articles.prefix import believing_no_one


class Answer(NamedTuple):
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self):
        return self.body.decode(errors="replace")


class Server:
    """The archive's WSGI application with its own store of finished pages."""

    def __init__(self):
        self.application = believing_no_one(WSGIHandler())

    def ask(self, target, method="GET", body=b"", **environ):
        """Return the answer to a request. `environ` adds to the WSGI variables or replaces them."""
        path, _, query = target.partition("?")
        environ = {
            "REQUEST_METHOD": method,
            "SCRIPT_NAME": "",
            "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
            "QUERY_STRING": query.encode().decode("latin-1"),
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": "8000",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "HTTP_HOST": "localhost",
            "REMOTE_ADDR": "127.0.0.1",
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(body),
            **environ,
        }
        started = []
        with kept_connections():
            response = self.application(environ, lambda status, headers: started.append((status, headers)))
            try:
                content = b"".join(response)
            finally:
                if hasattr(response, "close"):
                    response.close()
        [(status, headers)] = started
        return Answer(int(status.split()[0]), dict(headers), content)


@contextmanager
def kept_connections():
    """Keep Django from closing the connection that holds the test's transaction, as Django's test client does."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    try:
        yield
    finally:
        for signal in signals:
            signal.connect(close_old_connections)
