"""The database: one engine for people's pages, one writer with group commit for the hot path."""

from core.db.database import Database, DatabaseAway
from core.db.identity import id_before, new_id
from core.db.scope import confine, own_scope
from core.db.statement import Row, Statement, Value, whole
from core.db.types import JsonText, UTCDateTime, from_millis, to_millis

__all__ = [
    "Database",
    "DatabaseAway",
    "JsonText",
    "Row",
    "Statement",
    "UTCDateTime",
    "Value",
    "confine",
    "from_millis",
    "id_before",
    "new_id",
    "own_scope",
    "to_millis",
    "whole",
]
