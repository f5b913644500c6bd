"""The one Django app of the project."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class ArticlesConfig(AppConfig):
    name = "articles"
    verbose_name = "报纸档案"

    def ready(self) -> None:
        """Let the search index follow each change, and let a migration make the roles. The models know of neither."""
        from articles.desk.roles import make_roles  # noqa: PLC0415 - models can be imported from here on
        from articles.models import archive  # noqa: PLC0415
        from articles.search.sync import sync_after_commit  # noqa: PLC0415

        archive.followers.append(sync_after_commit)
        post_migrate.connect(make_roles, sender=self)
