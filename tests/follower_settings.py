"""Settings of a process that follows a test: its search index lies where the test says."""

import os
from pathlib import Path

from tests.settings import *  # noqa: F403 - a settings module is its names

SEARCH_DIR = Path(os.environ["FOLLOWED_SEARCH_DIR"])
