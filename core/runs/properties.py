"""A property of a launch inside a query: each database reads JSON in its own words."""

from __future__ import annotations

from typing import Any

from sqlalchemy import String, literal
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.elements import SQLCoreOperations
from sqlalchemy.sql.functions import FunctionElement


class PropertyText(FunctionElement[str]):
    """The value under ``name`` in a column of JSON text, as text; a list is its JSON, what is not there is NULL.

    ``name`` must be made of Latin letters, digits and underscores: it becomes part of a path.
    """

    inherit_cache = True
    type = String()

    def __init__(self, column: SQLCoreOperations[Any], name: str) -> None:
        if not name.isascii() or not name.replace("_", "a").isalnum():
            raise ValueError("This cannot be the name of a property.")
        super().__init__(column, literal(f'$."{name}"'), literal(name))


@compiles(PropertyText, "sqlite")
def _in_sqlite(element: PropertyText, compiler: SQLCompiler, **how: Any) -> str:
    column, path, _ = list(element.clauses)
    return f"json_extract({compiler.process(column, **how)}, {compiler.process(path, **how)})"


@compiles(PropertyText, "postgresql")
def _in_postgres(element: PropertyText, compiler: SQLCompiler, **how: Any) -> str:
    column, _, name = list(element.clauses)
    return f"(CAST({compiler.process(column, **how)} AS jsonb) ->> {compiler.process(name, **how)})"
