"""Every test of the database may ask for ``database_url``."""

from tests.core.db.places import database_url

__all__ = ["database_url"]
