"""What gunicorn reads by itself when it is started in this folder: gunicorn healthnews.wsgi:application."""

from healthnews.gunicorn_conf import *  # noqa: F403 - a file of settings is its names
