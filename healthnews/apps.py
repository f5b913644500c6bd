"""Django's admin app, with the desk as its site."""

from django.contrib.admin.apps import SimpleAdminConfig


class DeskConfig(SimpleAdminConfig):
    """The desk. `healthnews.urls` looks for its pages, so that commands, which show none, begin without them."""

    # Outside `articles.admin`, whose import registers its models with the site.
    default_site = "healthnews.desk.DeskSite"
