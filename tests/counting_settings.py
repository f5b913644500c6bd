"""Settings of a process that counts searches without a hit in the database of a test."""

from tests.follower_settings import *  # noqa: F403 - a settings module consists of its names

COUNT_SEARCHES_WITHOUT_HIT = True
