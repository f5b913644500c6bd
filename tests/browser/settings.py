"""The archive's own settings, with addresses for the errors that browsers are to be shown."""

from healthnews.settings import *  # noqa: F403 - a settings module is its names

ROOT_URLCONF = "tests.errors"
