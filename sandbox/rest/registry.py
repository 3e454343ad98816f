"""The table of REST methods: what each is called, what it takes, which scope it needs, what it costs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from sandbox.errors import RestError
from sandbox.php import is_array, is_numeric, to_int, to_text, values_of
from sandbox.wire import Json, Params

if TYPE_CHECKING:
    from sandbox.apps import App
    from sandbox.people import User
    from sandbox.portal import Portal
    from sandbox.rest.hit import Hit

PAGE = 50
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list method: the envelope gets ``total`` and ``next``."""

    result: Json
    total: int
    next: int | None = None


@dataclass(frozen=True, slots=True)
class Param:
    type: str
    required: bool = False


@dataclass(slots=True)
class Call:
    """One REST command being executed: who calls, with which parameters, in which HTTP request."""

    portal: Portal
    hit: Hit
    method: Method
    params: Params
    user: User
    app: App | None

    def given(self, name: str) -> Json:
        return self.params.get(name)

    def integer(self, name: str, default: int = 0) -> int:
        """Cast like the classic modules do: an array becomes 1 (openlines.md fact 10)."""
        return to_int(self.params[name]) if self.params.get(name) is not None else default

    def strict_integer(self, name: str) -> int:
        """Bind like a controller does: what is no number is refused (openlines.md fact 10)."""
        value = self.params.get(name)
        if not is_numeric(value):
            raise RestError("100", f"Invalid value to match with parameter {{{name}}}. Should be value of type int.")
        return to_int(value)

    def text(self, name: str, default: str = "") -> str:
        return to_text(self.params[name]) if self.params.get(name) is not None else default

    def flag(self, name: str, default: bool = False) -> bool:
        return self.text(name) == "Y" if self.params.get(name) is not None else default

    def mapping(self, name: str) -> dict[str, Json]:
        value = self.params.get(name)
        return dict(value) if isinstance(value, Mapping) else {}

    def items(self, name: str) -> list[Json]:
        return values_of(self.params.get(name))

    def page(self, rows: Sequence[T], said: Callable[[T], Json]) -> Page:
        """Cut one page of 50 and write it out with ``said``; ``start=-1`` turns counting off (platform.md 4)."""
        start = self.integer("start")
        first = max(start, 0)
        following = first + PAGE if len(rows) > first + PAGE else None
        shown: list[Json] = [said(one) for one in rows[first : first + PAGE]]
        return Page(shown, len(rows) if start >= 0 else 0, following if start >= 0 else None)

    def require_app(self) -> App:
        """Refuse calls without an application, as ``bizproc.*`` and ``event.*`` do (platform.md 1.1)."""
        if self.app is None:
            raise RestError("ACCESS_DENIED", "Access denied! Application context required", 403)
        return self.app

    def require_admin(self) -> None:
        if not self.user.admin:
            raise RestError("ACCESS_DENIED", "Access denied!", 403)


Handler = Callable[[Call], "Json | Page"]
_H = TypeVar("_H", bound=Handler)


@dataclass(frozen=True, slots=True)
class Method:
    """A row of the table.

    ``cased`` methods read their parameters only as they are written here (openlines.md trap 23). ``missing_code``
    is what a missing parameter answers, with ``{name}`` for its name; None leaves it to the handler. ``feature`` is
    what the plan must have for the method to be there at all.
    """

    name: str
    scope: str
    params: Mapping[str, Param]
    handler: Handler = field(repr=False)
    seconds: float = 0.02
    cased: bool = False
    controller: bool = False
    open_ended: bool = False
    missing_code: str | None = "ERROR_ARGUMENT"
    feature: str = ""

    def accept(self, given: Params) -> tuple[Params, list[str]]:
        """Sort the given parameters into the table: canonical names, and what is wrong with them."""
        known = self.params if self.cased else {name.lower(): name for name in self.params}
        accepted: Params = {}
        violations: list[str] = []
        for name, value in given.items():
            canonical = name if self.cased and name in known else None
            if not self.cased and isinstance(known, dict):
                canonical = known.get(name.lower())
            if canonical is None:
                accepted[name] = value
                if not self.open_ended:
                    violations.append(f"unknown parameter {name}")
                continue
            accepted[canonical] = value
            if not fits(value, self.params[canonical].type):
                violations.append(f"parameter {canonical} is not of type {self.params[canonical].type}")
        violations += [f"missing parameter {name}" for name in self.missing(accepted)]
        return accepted, violations

    def missing(self, params: Params) -> list[str]:
        return [name for name, param in self.params.items() if param.required and params.get(name) in (None, "")]


def fits(value: Json, kind: str) -> bool:
    """Tell whether a value could have been meant for this type of parameter."""
    match kind:
        case "integer":
            return is_numeric(value) or value in (None, "")
        case "object" | "array":
            return is_array(value) or value in (None, "")
        case "char" | "boolean":
            return isinstance(value, bool) or value in ("Y", "N", "true", "false", "1", "0", "", 0, 1, None)
        case "string":
            return not isinstance(value, bool)
        case _:
            return True


class Registry:
    def __init__(self) -> None:
        self._methods: dict[str, Method] = {}

    def get(self, name: str) -> Method | None:
        """Find a method; names are tried in lower case first, then as written (openlines.md part 2)."""
        return self._methods.get(name.lower())

    def published(self, name: str, portal: Portal) -> Method | None:
        """Find a method that the plan of a portal publishes (platform.md 1.1)."""
        found = self.get(name)
        return found if found and portal.switches.publishes(found.feature) else None

    def __iter__(self) -> Iterator[Method]:
        return iter(self._methods.values())

    def add(self, method: Method) -> None:
        self._methods[method.name.lower()] = method


METHODS = Registry()


def method(
    name: str,
    *,
    scope: str = "",
    params: Mapping[str, str] | None = None,
    seconds: float = 0.02,
    cased: bool = False,
    controller: bool = False,
    open_ended: bool = False,
    missing_code: str | None = "ERROR_ARGUMENT",
    feature: str = "",
) -> Callable[[_H], _H]:
    """Register a REST method. ``params`` maps names to types; an asterisk marks a required one."""
    table = {key.rstrip("*"): Param(kind, key.endswith("*")) for key, kind in (params or {}).items()}

    def register(handler: _H) -> _H:
        METHODS.add(
            Method(
                name=name,
                scope=scope,
                params=table,
                handler=handler,
                seconds=seconds,
                cased=cased,
                controller=controller,
                open_ended=open_ended,
                missing_code=missing_code,
                feature=feature,
            )
        )
        return handler

    return register
