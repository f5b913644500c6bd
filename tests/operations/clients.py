"""Clients that ask a site without pause, and tell which requests were not answered by 200.

It is a program of its own, and uses the standard library alone: a host runs it by its own Python. It asks until its
input ends, and then prints a JSON object: the number of answers, the longest time of one, and the failures.

    python clients.py ADDRESS NUMBER PAUSE [CERTIFICATE]

ADDRESS is https://name or http://127.0.0.1:port, which is asked as the proxy would.
"""

import json
import ssl
import sys
import threading
import time
import urllib.error
import urllib.request

PATHS = ("/", "/issues/", "/topics/", "/regions/", "/help/")

#: What the proxy tells the archive.
AS_THE_PROXY = {"Host": "archive.example.cn", "X-Forwarded-Proto": "https", "X-Forwarded-For": "198.51.100.1"}


class Clients:
    """Threads that ask `address`, each after a pause of so many seconds, until `stop`."""

    def __init__(self, address, number, pause=0.0, certificate=None, headers=AS_THE_PROXY):
        self.address, self.pause, self.headers = address, pause, headers if address.startswith("http:") else {}
        self.trust = ssl.create_default_context(cafile=certificate) if certificate else None
        self.answers, self.longest, self.failures = 0, 0.0, []
        self._lock, self._is_over = threading.Lock(), threading.Event()
        self._threads = [threading.Thread(target=self._ask_on, args=(first,)) for first in range(number)]
        for thread in self._threads:
            thread.start()

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.stop()

    def stop(self):
        """Let each client end its request."""
        self._is_over.set()
        for thread in self._threads:
            thread.join()

    def _ask_on(self, turn):
        while not self._is_over.wait(self.pause):
            turn += 1
            path, started, failure = PATHS[turn % len(PATHS)], time.monotonic(), None
            try:
                request = urllib.request.Request(self.address + path, headers=self.headers)
                with urllib.request.urlopen(request, timeout=60, context=self.trust) as response:
                    response.read()
            except (OSError, urllib.error.URLError) as error:
                failure = f"{path}: {error!r}"
            with self._lock:
                self.answers += 1
                self.longest = max(self.longest, time.monotonic() - started)
                self.failures += [failure] if failure else []


def main(address, number, pause, certificate=None):
    clients = Clients(address, int(number), float(pause), certificate)
    sys.stdin.read()
    clients.stop()
    print(json.dumps({"answers": clients.answers, "longest": clients.longest, "failures": clients.failures}))


if __name__ == "__main__":
    main(*sys.argv[1:])
