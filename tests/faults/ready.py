"""Django's setup, for the server from which processes are forked: it imports this module before all others."""

import django

django.setup()
