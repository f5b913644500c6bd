"""The sessions of a host that only reads. They come with the database from the primary, and nothing changes them."""

from __future__ import annotations

from typing import Any

from django.contrib.sessions.backends import db


class SessionStore(db.SessionStore):
    """Sessions of the database that are read. Whatever a request would store is dropped with the request."""

    def create(self) -> None:
        """Begin a session without a row."""
        self.modified = False

    def save(self, must_create: bool = False) -> None:
        """Store nothing."""

    def delete(self, session_key: Any = None) -> None:  # noqa: ANN401 - as Django names it
        """Delete nothing."""
