#!/usr/bin/env python3
"""Django's command line for this project."""

import os
import sys

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line

from articles.management.read_only import refusal_of

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "healthnews.settings")
    try:
        settings.VAR_DIR  # noqa: B018 - an error in the settings then shows its sentence, without a traceback
    except ImproperlyConfigured as error:
        sys.exit(f"设置有误：{error}")
    if settings.READ_ONLY and (refusal := refusal_of(sys.argv)):
        sys.exit(refusal)
    execute_from_command_line(sys.argv)
