"""The WSGI application that gunicorn serves."""

import gc
import os
from importlib import import_module

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from articles.prefix import believing_no_one

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "healthnews.settings")
# Only requests get a statement timeout. Migrations and imports may take their time.
os.environ.setdefault("WEB", "1")

_archive = get_wsgi_application()
import_module(settings.ROOT_URLCONF)  # the first request need not wait for it

# Its questions are put to the models, which the settings have to load first.
from articles.web.watching import watched  # noqa: E402

application = watched(believing_no_one(_archive))

# Loaded objects stay. Searching them for garbage again and again would take a tenth of the time of a long file.
gc.freeze()
