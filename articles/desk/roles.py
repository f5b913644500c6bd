"""The roles of the desk: groups of users, each with what it may do."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.apps import AppConfig
from django.apps import apps as all_apps
from django.contrib.auth.management import create_permissions

from articles.models.doubt_kinds import CONFLICT, PROPOSAL

#: What the status of an article is changed by: 待校, 已校, 存疑.
REVIEW = "review_article"

#: The permission to settle doubts and to dismiss them.
DISMISS = "articles.change_doubt"

#: The permissions to look at the queue, and at the ledger.
SEE_QUEUE, SEE_LEDGER = "articles.view_doubt", "articles.view_batch"

PROOFREADER, EDITOR, ADMINISTRATOR = "校对", "编辑", "管理员"

#: The rows that an editor corrects.
CORRECTED = ("article", "page", "issue", "contributor", "column", "synonym")

#: The rows that an editor may add.
ADDED = ("article", "issue", "contributor", "column", "synonym")

#: The permissions of each role besides looking at everything of the archive, which all of them may. None is all
#: permissions, those on users included.
ROLES: dict[str, tuple[str, ...] | None] = {
    PROOFREADER: (REVIEW, "change_doubt"),
    EDITOR: (
        *(REVIEW, "change_doubt", "delete_article"),
        *(f"change_{name}" for name in CORRECTED),
        *(f"add_{name}" for name in ADDED),
    ),
    ADMINISTRATOR: None,
}


def may_close(user: Any, kind: str) -> bool:  # noqa: ANN401 - whoever has permissions
    """Return whether `user` may dismiss doubts of `kind` as 无误.

    A proposal is a value, so that it takes the right to correct. A conflict is decided, not dismissed: its text would
    wait for ever.
    """
    if kind == CONFLICT:
        return False
    return bool(user.has_perm(DISMISS) and (kind != PROPOSAL or user.has_perm("articles.change_article")))


def rights_on(corrections: Iterable[tuple[str, str]]) -> set[str]:
    """Return the permissions that it takes to make, or to undo, corrections of these (model, field)."""
    return {right for model, field in corrections if (right := _right_on(model, field))}


def _right_on(model: str, field: str) -> str:
    """Return the permission for one field of a model. Redirects follow the rows that move, and need none."""
    if model == "redirect":
        return ""
    if (model, field) == ("article", "review"):
        return f"articles.{REVIEW}"
    return "articles.change_page" if model == "sourcetext" else f"articles.change_{model}"


def make_roles(app_config: AppConfig, using: str, apps: Any = all_apps, **kwargs: Any) -> None:  # noqa: ANN401 - a registry of models
    """Make the groups of the roles, and give them the permissions that they lack. Nothing is taken from a group.

    Call it after a migration. The permissions of the archive's models are made first if they are missing: on a new
    database nobody has made them yet. A database of an early migration, which has no groups or permissions, is left.
    """
    try:
        Group, Permission = apps.get_model("auth", "Group"), apps.get_model("auth", "Permission")
    except LookupError:
        return
    for config in all_apps.get_app_configs():
        create_permissions(config, verbosity=0, using=using, apps=apps)
    every = list(Permission.objects.using(using).select_related("content_type"))
    for name, codenames in ROLES.items():
        group, _ = Group.objects.using(using).get_or_create(name=name)
        group.permissions.add(*_granted(every, codenames))


def _granted(every: Iterable[Any], codenames: tuple[str, ...] | None) -> list[Any]:
    """Return the permissions with these codenames, and all permissions to look at rows of the archive."""
    if codenames is None:
        return list(every)
    own = [each for each in every if each.content_type.app_label == "articles"]
    return [each for each in own if each.codename in codenames or each.codename.startswith("view_")]
