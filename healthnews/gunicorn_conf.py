"""The configuration of gunicorn, wherever it is started: gunicorn --config healthnews/gunicorn_conf.py [--bind …].

The command line wins over this file.
"""

import html
import os
import runpy
import socket
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from gunicorn import util

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # gunicorn's own command does not begin in this folder

from healthnews import counter_files, logs  # noqa: E402

# A wrong setting ends the server before any worker starts. The module is not kept: after a reload of the server, the
# workers read the settings of the new release.
try:
    SETTINGS = runpy.run_path(str(ROOT / "healthnews" / "settings.py"))
except ImproperlyConfigured as error:
    sys.exit(f"设置有误：{error}")

wsgi_app = "healthnews.wsgi:application"
workers = 2
threads = 4
logconfig_dict = logs.gunicorn_configuration()
control_socket_disable = True
# Without `reuse_port`, the first worker to wake takes most connections and the other worker idles. Sockets from
# systemd are used as they are. Gunicorn takes LISTEN_FDS away, and reads this file again at a reload: the first answer
# of this process stands.
FROM_SYSTEMD = f"of systemd, for {os.getpid()}"
if "LISTEN_FDS" in os.environ:
    os.environ["SOCKETS"] = FROM_SYSTEMD
reuse_port = os.environ.get("SOCKETS") != FROM_SYSTEMD
# On a slow disk the workers' heartbeat would stall.
worker_tmp_dir = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None

# The headers of a request are not believed. By default gunicorn takes SCRIPT_NAME and the scheme from the headers of
# any client on this machine and of any peer of a Unix socket. With a SCRIPT_NAME that doesn't begin the path, gunicorn
# answers 500. With another SCRIPT_NAME it serves one page under the address of another. URL_PREFIX gives the archive's
# path, and Django reads X-Forwarded-Proto if BEHIND_PROXY says that there is a proxy.
forwarder_headers = ""
secure_scheme_headers: dict[str, str] = {}
forwarded_allow_ips = ""
os.environ.pop("SCRIPT_NAME", None)  # gunicorn would take it for a prefix as well

#: The most bytes of a request line. A query of 500 characters takes 6,000 bytes in an address if each character has
#: four bytes. This is gunicorn's maximum, and equals articles.forms.MAX_ADDRESS.
limit_request_line = 8190

#: The answers to requests that gunicorn refuses before the archive sees them, by status: title, then error and remedy.
SENTENCES = {
    400: ("请求无法识别", "浏览器或程序发来的请求不合 HTTP 的规定。请检查网址后重试。"),
    403: ("不受理这个请求", "服务器不受理这样发来的请求。请直接用浏览器打开网址。"),
    414: (
        "网址太长",
        "这个网址超过了服务器能收的长度。请删去网址里多余的部分；检索式不要超过 500 字。",
    ),
    417: ("请求无法满足", "请求要求的处理方式这里没有。请用普通的浏览器请求重试。"),
    431: ("请求头太大", "浏览器随请求发来的内容（如 Cookie）太多。请清除本站的 Cookie 后重试。"),
    500: ("服务器出错", "这一页暂时打不开，差错已记录。请稍后刷新重试。"),
    501: ("请求无法处理", "请求用了这里不支持的传输方式。请用普通的浏览器请求重试。"),
}

#: The path of the archive.
PREFIX: str = SETTINGS["URL_PREFIX"]

PAGE = """<!doctype html>
<html lang="zh-CN">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title} · 健康报档案</title></head>
<body><main>
<h1>{title}</h1>
<p>{sentence}</p>
<p><a href="{prefix}/">首页</a> <a href="{prefix}/issues/">期次</a> <a href="{prefix}/search/">检索</a></p>
</main></body>
</html>
"""

HEAD = """HTTP/1.1 {status} {reason}
Connection: close
Content-Type: text/html; charset=utf-8
Content-Length: {length}
Cache-Control: no-store
{bare}

"""

#: The lines of the headers that every such answer has.
BARE = "\n".join(f"{name}: {value}" for name, value in SETTINGS["BARE_HEADERS"].items())

#: Bytes of a refused request that are read and thrown away. Closing a connection with unread bytes resets it, and the
#: browser then shows its own error instead of the answer.
DRAINED = 1 << 20


def write_error(client: socket.socket, status_int: int, reason: str, mesg: str) -> None:
    """Answer a refused request in Chinese, in place of gunicorn's English answer.

    The answer repeats nothing of the request: `mesg` is gunicorn's remark, which goes to its log.
    """
    title, sentence = SENTENCES.get(status_int) or SENTENCES[400 if status_int < 500 else 500]
    body = PAGE.format(title=title, sentence=sentence, prefix=html.escape(PREFIX)).encode()
    head = HEAD.format(status=status_int, reason=reason, length=len(body), bare=BARE).replace("\n", "\r\n")
    util.write_nonblock(client, head.encode("latin-1") + body)
    with suppress(OSError):
        client.shutdown(socket.SHUT_WR)
        client.settimeout(0.5)
        left = DRAINED
        while left > 0 and (data := client.recv(65_536)):
            left -= len(data)


util.write_error = write_error

#: The folder of everything that the archive writes.
VAR_DIR: Path = SETTINGS["VAR_DIR"]


def on_starting(server: Any) -> None:  # noqa: ANN401 - gunicorn has no types
    """Make the folder of the workers' counters. Gunicorn calls this once, in its first process."""
    counter_files.begin(VAR_DIR / "metrics")


def post_fork(server: Any, worker: Any) -> None:  # noqa: ANN401 - as above
    """Take the room of a worker's counters. Gunicorn calls this in the worker, before it loads the archive."""
    counter_files.reserve()
