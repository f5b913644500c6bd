"""The desk, where people correct the machine's readings."""

from django.contrib import admin

from articles.admin import accounts, articles, issues, ledger, reference, schedule, searches_without_hit

__all__ = ["accounts", "articles", "issues", "ledger", "reference", "schedule", "searches_without_hit"]

admin.site.site_header = "健康报档案 · 校改"
admin.site.site_title = "健康报档案"
admin.site.index_title = "校改与管理"
