"""An OAuth host and portals in memory, for tests: what goes over the wire is real, the network is not."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from core.bitrix24.evidence import Sign
from core.bitrix24.exchange import HttpAnswer, LostAnswer, Media, NotSentError
from server.intake.form import parse

OAUTH = "https://oauth.bitrix24.tech"
CLIENT_ID = "local.app"

Said = tuple[int, dict[str, Any]]


def failure(status: int, code: str, description: str = "") -> Said:
    return status, {"error": code, "error_description": description}


@dataclass
class Bearer:
    """What the OAuth host knows about an access token."""

    member_id: str
    user_id: int
    client_id: str = CLIENT_ID
    refresh: str = ""


@dataclass
class FakePortal:
    """One portal: who administers it, what was registered there, and what trouble it has."""

    member_id: str
    endpoint: str
    admins: set[int] = field(default_factory=lambda: {1})
    zone: str = "Europe/Moscow"
    codes: dict[str, dict[str, dict[str, Any]]] = field(default_factory=lambda: {"robot": {}, "activity": {}})
    events: list[dict[str, Any]] = field(default_factory=list)
    places: list[dict[str, Any]] = field(default_factory=list)
    triggers: dict[str, str] = field(default_factory=dict)
    #: Sets of stages as ``crm.status.list`` calls them, each a name by its code.
    stages: dict[str, dict[str, str]] = field(default_factory=dict)
    #: Method, or ``*``, to the error it answers.
    troubles: dict[str, Said] = field(default_factory=dict)
    tested: list[dict[str, Any]] = field(default_factory=list)
    license: str = "ru_basic"

    def call(self, method: str, params: Mapping[str, Any], bearer: Bearer) -> Said:
        trouble = self.troubles.get(method, self.troubles.get("*"))
        if trouble is not None:
            return trouble
        kind, _, action = method.removeprefix("bizproc.").partition(".")
        if method.startswith("bizproc.") and kind in self.codes:
            return self._registration(kind, action, params)
        answers: dict[str, Callable[[], Said]] = {
            "profile": lambda: (200, {"result": self._profile(bearer)}),
            "app.info": lambda: (200, {"result": {"INSTALLED": True, "LICENSE": self.license, "LANGUAGE_ID": "ru"}}),
            "event.get": lambda: (200, {"result": [*self.events]}),
            "event.bind": lambda: self._bind(
                self.events, {"event": params["event"].upper(), "handler": params["handler"]}
            ),
            "event.test": lambda: self._test(params),
            "placement.get": lambda: (200, {"result": [*self.places]}),
            "placement.bind": lambda: self._bind(
                self.places,
                {"placement": params["PLACEMENT"], "handler": params["HANDLER"], "langAll": params["LANG_ALL"]},
            ),
            "crm.status.list": lambda: (200, {"result": self._stages(params["filter"]["ENTITY_ID"])}),
            "crm.automation.trigger.list": lambda: (200, {"result": self._triggers()}),
            "crm.automation.trigger.add": lambda: self._trigger(params["CODE"], params["NAME"]),
            "crm.automation.trigger.delete": lambda: self._trigger(params["CODE"], ""),
        }
        return answers[method]() if method in answers else failure(404, "ERROR_METHOD_NOT_FOUND", "Method not found!")

    def _profile(self, bearer: Bearer) -> dict[str, Any]:
        is_admin = bearer.user_id in self.admins
        return {
            "ID": str(bearer.user_id),
            "ADMIN": is_admin,
            "NAME": "Анна",
            "LAST_NAME": "Иванова",
            "TIME_ZONE": self.zone,
        }

    def _stages(self, wanted: str) -> list[dict[str, str]]:
        return [{"STATUS_ID": code, "NAME": name} for code, name in self.stages.get(wanted, {}).items()]

    def _triggers(self) -> list[dict[str, str]]:
        return [{"NAME": name, "CODE": code} for code, name in self.triggers.items()]

    def _trigger(self, code: str, name: str) -> Said:
        self.triggers.pop(code, None)
        if name:
            self.triggers[code] = name
        return 200, {"result": True}

    def _test(self, params: Mapping[str, Any]) -> Said:
        self.tested.append(dict(params))
        return 200, {"result": True}

    def _bind(self, bound: list[dict[str, Any]], what: dict[str, Any]) -> Said:
        if any(other["handler"] == what["handler"] and other | what == other for other in bound):
            return failure(400, "ERROR_CORE", "Unable to set event handler: Handler already binded")
        bound.append(what)
        return 200, {"result": True}

    def _registration(self, kind: str, action: str, params: Mapping[str, Any]) -> Said:
        known, other = self.codes[kind], self.codes["activity" if kind == "robot" else "robot"]
        code = params.get("CODE", "")
        match action:
            case "list":
                return 200, {"result": [*known]}
            case "add" if code in known or code in other:
                return failure(400, "ERROR_ACTIVITY_ALREADY_INSTALLED", "Activity or Robot already installed!")
            case "add" if params.get("PROPERTIES") == {}:
                return failure(400, "ERROR_ACTIVITY_VALIDATION_FAILURE", "Wrong property key (0)!")
            case "add":
                known[code] = dict(params)
            case _ if code not in known:
                return failure(400, "ERROR_ACTIVITY_NOT_FOUND", "Activity or Robot not found!")
            case "update":
                known[code] |= params["FIELDS"]
            case "delete":
                del known[code]
        return 200, {"result": True}


class FakeBitrix:
    """Takes what the transport would post; ``calls`` are all requests: host, path, parameters."""

    def __init__(self, oauth: str = OAUTH) -> None:
        self.oauth = oauth
        self.portals: dict[str, FakePortal] = {}
        self.tokens: dict[str, Bearer] = {}
        self.stale: set[str] = set()
        #: Access token to what the OAuth host answers instead of the truth.
        self.troubles: dict[str, Said] = {}
        self.refreshed = 0
        #: Host to what happens instead of an answer.
        self.away: dict[str, Sign] = {}
        self.calls: list[tuple[str, str, dict[str, Any]]] = []
        #: What happens elsewhere while a refresh is on its way.
        self.meanwhile: Callable[[], Awaitable[None]] | None = None

    def portal(self, name: str, *, origin: str = "") -> FakePortal:
        portal = FakePortal(member_id=name * 32, endpoint=f"{origin or f'https://{name}.bitrix24.ru'}/rest/")
        self.portals[portal.member_id] = portal
        return portal

    def token(
        self, access: str, portal: FakePortal, user_id: int = 1, *, refresh: str = "", client_id: str = CLIENT_ID
    ) -> str:
        self.tokens[access] = Bearer(portal.member_id, user_id, client_id, refresh)
        return access

    async def post(self, url: str, body: bytes, *, media: Media = Media.JSON, read_for: float) -> HttpAnswer:
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.netloc}"
        params: dict[str, Any] = dict(parse_qsl(body.decode())) if media is Media.FORM else json.loads(body)
        self.calls.append((origin, parts.path, params))
        if self.meanwhile is not None and parts.path == "/oauth/token/":
            await self.meanwhile()
        if origin in self.away:
            sign = self.away[origin]
            raise (LostAnswer if sign is Sign.READ_TIMEOUT else NotSentError)(sign)
        status, said = self.answer(origin, parts.path, params)
        return HttpAnswer(status, json.dumps(said).encode())

    def answer(self, origin: str, path: str, params: Mapping[str, Any]) -> Said:
        match path:
            case "/rest/app.info" if origin == self.oauth:
                return self._app_info(params)
            case "/oauth/token/" if origin == self.oauth:
                return self._refresh(params)
            case _:
                return self._rest(f"{origin}{path}", params)

    def methods(self) -> list[str]:
        """The methods asked of portals, inside batches too."""
        found: list[str] = []
        for origin, path, params in self.calls:
            if origin != self.oauth:
                found += (
                    [cmd.partition("?")[0] for cmd in params["cmd"].values()]
                    if path.endswith("/batch")
                    else [path.rpartition("/")[2]]
                )
        return found

    def _app_info(self, params: Mapping[str, Any]) -> Said:
        access = params.get("auth", "")
        if access in self.troubles:
            return self.troubles[access]
        bearer = self.tokens.get(access)
        if bearer is None or access in self.stale:
            return failure(401, "expired_token" if bearer else "invalid_token")
        portal = self.portals[bearer.member_id]
        install = {"member_id": portal.member_id, "client_endpoint": portal.endpoint, "status": "L", "installed": True}
        return 200, {
            "result": {
                "client_id": bearer.client_id,
                "user_id": bearer.user_id,
                "scope": "crm,bizproc",
                "install": install,
            }
        }

    def _refresh(self, params: Mapping[str, Any]) -> Said:
        """Refresh tokens are single-use."""
        for access, bearer in list(self.tokens.items()):
            if bearer.refresh and bearer.refresh == params["refresh_token"]:
                self.refreshed += 1
                fresh = f"{access.partition('~')[0]}~{self.refreshed}"
                self.tokens[fresh] = Bearer(bearer.member_id, bearer.user_id, bearer.client_id, f"r-{fresh}")
                bearer.refresh = ""
                return 200, {
                    "access_token": fresh,
                    "refresh_token": f"r-{fresh}",
                    "expires_in": 3600,
                    "client_endpoint": self.portals[bearer.member_id].endpoint,
                    "member_id": bearer.member_id,
                    "user_id": bearer.user_id,
                }
        return failure(400, "invalid_grant")

    def _rest(self, url: str, params: Mapping[str, Any]) -> Said:
        portal = next((portal for portal in self.portals.values() if url.startswith(portal.endpoint)), None)
        if portal is None:
            return failure(404, "no_such_portal")
        bearer = self.tokens.get(params.get("auth", ""))
        if bearer is None or bearer.member_id != portal.member_id:
            return failure(401, "invalid_token")
        if params["auth"] in self.stale:
            return failure(401, "expired_token")
        method = url.removeprefix(portal.endpoint)
        if method != "batch":
            return portal.call(method, params, bearer)
        result: dict[str, Any] = {"result": {}, "result_error": {}, "result_total": {}, "result_next": {}}
        for key, command in params["cmd"].items():
            name, _, query = command.partition("?")
            _, said = portal.call(name, parse(query.encode()), bearer)
            result["result_error" if "error" in said else "result"][key] = said if "error" in said else said["result"]
        return 200, {"result": result}
