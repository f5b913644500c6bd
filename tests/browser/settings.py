"""The archive's own settings, with addresses for the errors that the browser tests show."""

from healthnews.settings import *  # noqa: F403 - a settings module consists of its names

ROOT_URLCONF = "tests.errors"
SEARCHES_PER_MINUTE = EXPORTS_PER_MINUTE = 0  # all tests come from one address
