"""Django's admin app, with the desk as its site."""

from django.contrib.admin.apps import AdminConfig


class DeskConfig(AdminConfig):
    # Outside `articles.admin`, whose import registers its models with the site.
    default_site = "healthnews.desk.DeskSite"
