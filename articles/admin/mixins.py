"""The bases of the classes that are mixed into admin pages and forms.

For mypy they are Django's classes, so that it checks overrides. At run time they are plain.
"""

from typing import TYPE_CHECKING

from django import forms
from django.contrib import admin

if TYPE_CHECKING:
    AdminMixin = admin.ModelAdmin
    FormMixin = forms.Form
else:
    AdminMixin = object
    FormMixin = object
