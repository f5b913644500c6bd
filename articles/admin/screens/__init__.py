"""The screens of the desk beside Django's lists and forms, one module a screen."""
