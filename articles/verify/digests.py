"""Digests of what an archive holds: what people made, what readers see, every row of it.

They depend on the content alone: not on the kind of database, the epoch, the revisions, the order in which rows came,
or the machine.
"""

from __future__ import annotations

from django.db import DEFAULT_DB_ALIAS

from articles.models import archive
from articles.verify.canonical import RowsDigest
from articles.verify.made_by_people import add_made_by_people
from articles.verify.rows import add_rows
from articles.verify.seen_by_readers import add_seen_by_readers

#: The functions that add the rows of each digest, from the database of this alias.
DIGESTS = {"people": add_made_by_people, "readers": add_seen_by_readers, "rows": add_rows}


def digests(using: str = DEFAULT_DB_ALIAS) -> dict[str, str]:
    """Return the SHA-256 of what people made, of what readers see, and of all rows, in hexadecimal.

    * `people`: corrected fields with their values, structure, withdrawals, reviews, reference rows that people
      corrected, aliases, redirects, closed doubts, decisions on texts, ids of articles, accounts with their roles.
      Hashes of passwords are left out: a login renews them. Rows are called by natural keys or by the ids in their
      URLs, so that two archives which came to the same on other ways have one digest.
    * `readers`: every visible issue, page and article with its text, names and subjects, the tables behind lists and
      calendars, redirects, and what is told to be withdrawn. Times are left out.
    * `rows`: every column of every row, with the ledger and all times, but for what is of an epoch. A copy alone has
      the same one.

    Reads one state of the database. Raises ValueError or TypeError if a row can't be read.
    """
    told = {name: RowsDigest() for name in DIGESTS}
    with archive.one_state(using):
        for name, add in DIGESTS.items():
            add(told[name], using)
    return {name: each.hexdigest() for name, each in told.items()}
