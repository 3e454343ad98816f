"""What the database itself holds, whatever the code above it does: audit rows stay, and portals are apart.

PostgreSQL: a role for what people look at sees the rows of one portal only and cannot change what was audited.
Tables that come later get their wall by themselves, because walls are raised after every migration.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from typing import Final

from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import DBAPIError

#: It cannot log in; a connection takes it on for one transaction (see `core.db.scope`).
ROLE: Final = "dezhurny_people"
POLICY: Final = "one_portal"
PORTAL_TABLE: Final = "portal"

_ADD_ROLE: Final = f"""
DO $$ BEGIN
    IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = '{ROLE}') THEN
        CREATE ROLE {ROLE} NOLOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE;
    END IF;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
END $$
"""
_JOIN_ROLE: Final = f"""
DO $$ BEGIN
    IF NOT pg_has_role(current_user, '{ROLE}', 'USAGE') THEN EXECUTE format('GRANT {ROLE} TO %I', current_user); END IF;
END $$
"""
_EVERY_RIGHT: Final = ("SELECT", "INSERT", "UPDATE", "DELETE")
#: A start that finds everything in place changes nothing: two that grant at once would disturb each other.
_HELD: Final = f"""
SELECT pg_class.relname, rights.name FROM pg_class, unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE']) rights (name)
WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace
  AND has_table_privilege('{ROLE}', pg_class.oid, rights.name)
"""
_WALLED: Final = "SELECT 1 FROM pg_policies WHERE tablename = :table AND schemaname = current_schema()"
#: Tables without rows of portals: who works, to be told whether anybody does.
_FOR_READING: Final = ("worker",)

_SQLITE_AUDIT: Final = (
    """
    CREATE TRIGGER IF NOT EXISTS audit_is_not_changed BEFORE UPDATE ON audit
    BEGIN SELECT RAISE(ABORT, 'audit rows are only added'); END
    """,
    """
    CREATE TRIGGER IF NOT EXISTS audit_is_not_deleted BEFORE DELETE ON audit
    WHEN NOT EXISTS (SELECT 1 FROM portal WHERE id = OLD.portal_id AND status = 'uninstalled')
    BEGIN SELECT RAISE(ABORT, 'audit rows are only added'); END
    """,
)
_POSTGRES_AUDIT: Final = (
    """
    CREATE OR REPLACE FUNCTION audit_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'DELETE' THEN
            IF EXISTS (SELECT 1 FROM portal WHERE id = OLD.portal_id AND status = 'uninstalled') THEN
                RETURN OLD;
            END IF;
        END IF;
        RAISE EXCEPTION 'audit rows are only added';
    END $$
    """,
    """
    CREATE TRIGGER audit_is_final BEFORE UPDATE OR DELETE ON audit
    FOR EACH ROW EXECUTE FUNCTION audit_is_final()
    """,
    "CREATE TRIGGER audit_is_kept BEFORE TRUNCATE ON audit EXECUTE FUNCTION audit_is_final()",
)

log = logging.getLogger(__name__)


def raise_walls(connection: Connection) -> None:
    """Put up what is missing; harmless to repeat."""
    tables = _columns(connection)
    if connection.dialect.name == "sqlite":
        if "audit" in tables:
            _do(connection, _SQLITE_AUDIT)
        return
    if "audit" in tables and not _exists(connection, "SELECT 1 FROM pg_trigger WHERE tgname = 'audit_is_final'"):
        _do(connection, _POSTGRES_AUDIT)
    for table, columns in tables.items():
        if "portal_id" in columns or table == PORTAL_TABLE:
            _wall(connection, table, "id" if table == PORTAL_TABLE else "portal_id")
    _let_people_in(connection, tables)


def _columns(connection: Connection) -> dict[str, set[str]]:
    found = inspect(connection).get_multi_columns()
    return {name: {column["name"] for column in columns} for (_, name), columns in found.items()}


def _wall(connection: Connection, table: str, column: str) -> None:
    """The owner of the tables, who is the engine, passes the wall at no cost; the role of people never does."""
    if _exists(
        connection, "SELECT 1 FROM pg_policies WHERE tablename = :table AND schemaname = current_schema()", table
    ):
        return
    inside = f"current_user <> '{ROLE}' OR {column} = current_setting('dezhurny.portal_id', true)"
    _do(
        connection,
        (
            f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY',
            f'CREATE POLICY {POLICY} ON "{table}" USING ({inside}) WITH CHECK ({inside})',
        ),
    )


def _let_people_in(connection: Connection, tables: Mapping[str, set[str]]) -> None:
    """Make the role and say what it may; where we may not make roles, pages go on without it, and say so."""
    schema = connection.execute(text("SELECT current_schema()")).scalar_one()
    try:
        with connection.begin_nested():
            _do(connection, (_ADD_ROLE, _JOIN_ROLE, f'GRANT USAGE ON SCHEMA "{schema}" TO {ROLE}'))
            held = {(name, right) for name, right in connection.execute(text(_HELD))}
            _do(connection, (f'GRANT {right} ON "{name}" TO {ROLE}' for name, right in _rights(tables) - held))
    except DBAPIError as error:
        log.warning("The role %s cannot be made (%s): only the code keeps portals apart", ROLE, _kind(error))


def _rights(tables: Mapping[str, set[str]]) -> set[tuple[str, str]]:
    """Everything but what would change the audit, or make and remove portals."""
    mine = {(name, right) for name, columns in tables.items() if "portal_id" in columns for right in _EVERY_RIGHT}
    rights = mine - {("audit", "UPDATE"), ("audit", "DELETE")} | {(PORTAL_TABLE, "SELECT"), (PORTAL_TABLE, "UPDATE")}
    rights |= {(name, "SELECT") for name in _FOR_READING}
    return {(name, right) for name, right in rights if name in tables}


def _kind(error: DBAPIError) -> str:
    return type(error.orig.__cause__ or error.orig).__name__ if error.orig else type(error).__name__


def _exists(connection: Connection, question: str, table: str = "") -> bool:
    return connection.execute(text(question), {"table": table} if table else {}).first() is not None


def _do(connection: Connection, statements: Iterable[str]) -> None:
    for statement in statements:
        connection.exec_driver_sql(statement)
