"""The one Django app of the project."""

from django.apps import AppConfig


class ArticlesConfig(AppConfig):
    name = "articles"
    verbose_name = "报纸档案"

    def ready(self) -> None:
        """Let the search index follow each change. The models know nothing of the index."""
        from articles.models import archive  # noqa: PLC0415 - models can be imported from here on
        from articles.search.sync import sync_after_commit  # noqa: PLC0415

        archive.followers.append(sync_after_commit)
