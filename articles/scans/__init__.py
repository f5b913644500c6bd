"""Scans of pages: how they are found by the paths of texts, and recorded with their digests when they arrive."""
