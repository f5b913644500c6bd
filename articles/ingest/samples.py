"""The sample pages shipped with the archive. They are invented, and marked as samples wherever they are shown."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings

SAMPLES_DIR = settings.FIXTURES_DIR / "pages"


def is_of_samples(path: Path) -> bool:
    """Return whether the file at `path` is one of the sample pages."""
    return SAMPLES_DIR in path.parents
