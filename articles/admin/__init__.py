"""The desk where people correct what the machine read."""

from django.contrib import admin

from articles.admin import articles, issues, ledger, people, reference, schedule

__all__ = ["articles", "issues", "ledger", "people", "reference", "schedule"]

admin.site.site_header = "健康报档案 · 校改"
admin.site.site_title = "健康报档案"
admin.site.index_title = "校改与管理"
