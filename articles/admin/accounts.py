"""The accounts and groups of the desk. They are Django's own, shown in sturdy lists."""

from __future__ import annotations

from django.contrib import admin
from django.contrib.auth import admin as auth
from django.contrib.auth.models import Group, User

from articles.admin.base import SturdyLists

admin.site.unregister((User, Group))


@admin.register(User)
class UserAdmin(SturdyLists, auth.UserAdmin):
    ordering = ("username",)


@admin.register(Group)
class GroupAdmin(SturdyLists, auth.GroupAdmin):
    ordering = ("name",)
