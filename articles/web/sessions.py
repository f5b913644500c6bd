"""The sessions of the database, which say so if the database can't store them."""

from __future__ import annotations

from django.contrib.sessions.backends import db
from django.contrib.sessions.backends.base import UpdateError
from django.db import DatabaseError

from articles.web.unavailable import database_fails


class SessionStore(db.SessionStore):
    """Sessions of the database. A full disk, or a server that is gone, is a failure of the database."""

    def save(self, must_create: bool = False) -> None:
        """Store the session.

        Raises UpdateError if its row is gone, and DatabaseError if the database fails. Django raises UpdateError for
        both, and its middleware takes that for a malformed request (400).
        """
        try:
            super().save(must_create)
        except UpdateError as error:
            failure = error.__context__
            if isinstance(failure, DatabaseError) and database_fails(failure):
                raise failure from failure.__cause__
            raise
