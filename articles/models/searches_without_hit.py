"""Searches without a hit, counted for editors: they show which names, synonyms and words the archive lacks."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass

from django.db import connection, models, transaction

#: The length of the longest query that is read. Equals articles.search.query.MAX_TYPED.
LONGEST_QUERY = 500

#: The number of rows at most. Beyond it, the queries that were asked least and longest ago go.
MOST_ROWS = 5000

#: The addition of one row's counts. Both databases do it in one step, so that no count of another process is lost.
_ADD = """
INSERT INTO {table} (query, times, times_nearly, first_day, last_day) VALUES (%s, %s, %s, %s, %s)
ON CONFLICT (query) DO UPDATE SET
    times = {table}.times + excluded.times,
    times_nearly = {table}.times_nearly + excluded.times_nearly,
    first_day = CASE WHEN excluded.first_day < {table}.first_day THEN excluded.first_day ELSE {table}.first_day END,
    last_day = CASE WHEN excluded.last_day > {table}.last_day THEN excluded.last_day ELSE {table}.last_day END
"""


@dataclass(frozen=True)
class SearchCount:
    """How often a search was without a hit, how often of these it showed near hits, and on which days."""

    times: int
    times_nearly: int
    first_day: datetime.date
    last_day: datetime.date

    def __add__(self, other: SearchCount) -> SearchCount:
        return SearchCount(
            self.times + other.times,
            self.times_nearly + other.times_nearly,
            min(self.first_day, other.first_day),
            max(self.last_day, other.last_day),
        )


class SearchWithoutHitQuerySet(models.QuerySet["SearchWithoutHit"]):
    def add(self, counts: Mapping[str, SearchCount]) -> None:
        """Add counts, by query, in one transaction, and delete the rows beyond MOST_ROWS.

        Readers never see these rows, so this is no change of the archive. Raises DatabaseError or InterfaceError if the
        database can't store them; then none is stored.
        """
        table = connection.ops.quote_name(self.model._meta.db_table)
        day = connection.ops.adapt_datefield_value
        rows = [
            (query, count.times, count.times_nearly, day(count.first_day), day(count.last_day))
            for query, count in counts.items()
        ]
        with transaction.atomic():
            with connection.cursor() as cursor:
                if connection.vendor == "postgresql":
                    # One writer at a time, whose rows another one can then neither wait for crosswise nor fail to
                    # count. On SQLite each transaction that writes is alone.
                    cursor.execute(f"LOCK TABLE {table} IN SHARE ROW EXCLUSIVE MODE")
                cursor.executemany(_ADD.format(table=table), rows)
            self._delete_excess()

    def _delete_excess(self) -> None:
        excess = self.count() - MOST_ROWS
        if excess > 0:
            least = self.order_by("times", "last_day", "pk")[:excess]
            self.filter(pk__in=least.values("pk")).delete()


class SearchWithoutHit(models.Model):
    """A query that found nothing, and how often.

    A row holds the query as it was read, counts and days, and nothing else: no time of day, no address, no user, no
    browser. Nobody can tell from it who asked.
    """

    query = models.CharField("检索式", max_length=LONGEST_QUERY, unique=True)
    times = models.PositiveBigIntegerField("次数")
    times_nearly = models.PositiveBigIntegerField("有最接近的字句")
    first_day = models.DateField("最早一次")
    last_day = models.DateField("最近一次")

    objects = SearchWithoutHitQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "没有结果的检索"

    def __str__(self) -> str:
        return self.query
