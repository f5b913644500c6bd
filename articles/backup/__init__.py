"""Backups of the archive in one logical format for both databases, and copies from one database to another."""
