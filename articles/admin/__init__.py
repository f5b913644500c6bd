"""The desk, where people correct the machine's readings."""

from articles.admin import accounts, articles, issues, ledger, reference, schedule, searches_without_hit

__all__ = ["accounts", "articles", "issues", "ledger", "reference", "schedule", "searches_without_hit"]
