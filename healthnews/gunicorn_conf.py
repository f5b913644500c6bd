"""How gunicorn serves the archive: gunicorn --config healthnews/gunicorn_conf.py healthnews.wsgi:application."""

import os

workers = 2
threads = 4
loglevel = "warning"
control_socket_disable = True

# What a request says of itself is not believed. By default gunicorn takes SCRIPT_NAME and the scheme from the headers
# of whoever asks from this machine, and from any peer of a Unix socket: with a SCRIPT_NAME that doesn't begin the path
# it answers 500, with another it serves one page under the address of another. URL_PREFIX says where the archive lies,
# and X-Forwarded-Proto is Django's to read, where BEHIND_PROXY says that there is a proxy.
forwarder_headers = ""
secure_scheme_headers = {}
forwarded_allow_ips = ""
os.environ.pop("SCRIPT_NAME", None)  # which gunicorn takes for a prefix in the same way

# On a slow disk the heartbeat would stall.
worker_tmp_dir = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
