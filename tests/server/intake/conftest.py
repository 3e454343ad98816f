"""Portals over a real database and a Bitrix24 in memory."""

from tests.portal_kit import any_database, any_world, database, migrated_file, sqlite_url, statements, world

__all__ = ["any_database", "any_world", "database", "migrated_file", "sqlite_url", "statements", "world"]
