"""Keep the follower of the search index running beside the server: python -m healthnews.keeper PID.

The keeper starts `manage.py sync_search --follow`, and starts it again whenever it ends, as long as the process PID,
its parent, lives. It uses the standard library only. So it holds next to no memory, and is not ended for lack of it.
"""

import os
import signal
import subprocess
import sys
import time

#: Seconds between two looks at the follower and the server.
TICK = 0.5

#: The fewest seconds between two starts of the follower. A follower that ran longer is restarted at once.
PAUSE = 10.0


def keep(server: int) -> None:
    """Keep a follower running as long as the process `server` is the parent of this process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the server; this process and its child end after it
    while os.getppid() == server:
        started = time.monotonic()
        follower = subprocess.Popen(
            [sys.executable, "manage.py", "sync_search", "--follow", "--parent", str(os.getpid())],
            stdin=subprocess.DEVNULL,
        )
        while os.getppid() == server and follower.poll() is None:
            time.sleep(TICK)
        if follower.poll() is None:
            return  # the follower sees by itself that this process is gone
        sys.stderr.write(f"跟随检索索引的进程结束了（{follower.returncode}），重新启动。\n")
        while os.getppid() == server and time.monotonic() - started < PAUSE:
            time.sleep(TICK)


if __name__ == "__main__":
    keep(int(sys.argv[1]))
