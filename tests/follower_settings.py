"""Settings of a process that follows a test. FOLLOWED_SEARCH_DIR names the folder of its search index."""

import os
from pathlib import Path

from tests.settings import *  # noqa: F403 - a settings module consists of its names

SEARCH_DIR = Path(os.environ["FOLLOWED_SEARCH_DIR"])
