"""Who may sit at the desk: Django's own pages of users and groups, with lists as sturdy as the desk's others."""

from __future__ import annotations

from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group, User

from articles.admin.base import SturdyLists

# They were registered by being imported.
admin.site.unregister([Group, User])


@admin.register(Group)
class SturdyGroupAdmin(SturdyLists, GroupAdmin):
    ordering = ("name",)


@admin.register(User)
class SturdyUserAdmin(SturdyLists, UserAdmin):
    ordering = ("username",)
