"""Applications of the portal: what an installed one has registered, and how it comes and goes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from sandbox.php import to_text
from sandbox.queue import Delivery
from sandbox.wire import Json

if TYPE_CHECKING:
    from sandbox.people import User
    from sandbox.portal import Portal

Kind = Literal["robot", "activity"]


@dataclass(slots=True)
class Registration:
    """A robot or activity registered by an application; both share one CODE namespace (platform.md 1.1)."""

    code: str
    kind: Kind
    handler: str
    name: Json
    auth_user_id: int = 0
    use_subscription: str = ""
    description: Json = ""
    properties: dict[str, dict[str, Json]] = field(default_factory=dict)
    return_properties: dict[str, dict[str, Json]] = field(default_factory=dict)
    document_type: Json = None
    filter: Json = None
    placement_handler: str = ""


@dataclass(frozen=True, slots=True)
class Binding:
    """An event handler; unique by event, the first 180 characters of the handler and user (platform.md 6.1)."""

    id: int
    event: str
    handler: str
    user_id: int

    @property
    def key(self) -> tuple[str, str, int]:
        return self.event, self.handler[:180], self.user_id


@dataclass(frozen=True, slots=True)
class Placement:
    code: str
    handler: str
    title: str
    description: str
    options: Json
    lang_all: Json
    user_id: int


@dataclass(slots=True)
class App:
    """A local application installed in the portal."""

    client_id: str
    client_secret: str
    application_token: str
    scope: tuple[str, ...]
    app_url: str
    install_url: str
    id: int = 1
    version: int = 1
    #: A text, or texts by language.
    title: Json = ""
    installed: bool = True
    paid: bool = True
    installed_by: int = 1
    registrations: dict[str, Registration] = field(default_factory=dict)
    bindings: list[Binding] = field(default_factory=list)
    placements: list[Placement] = field(default_factory=list)
    triggers: dict[str, str] = field(default_factory=dict)

    @property
    def status(self) -> str:
        return "L"

    def title_in(self, lang: str) -> str:
        """Say its name as menus, messages and notifications of the portal bear it."""
        if isinstance(self.title, Mapping):
            return to_text(self.title.get(lang) or self.title.get("en"))
        return to_text(self.title)

    def wipe(self) -> None:
        """Forget what the application registered: both update and delete do it (platform.md 1.7)."""
        self.registrations.clear()
        self.bindings.clear()
        self.placements.clear()


class Apps:
    """The one application that can be installed, and the events of its life."""

    def __init__(self, portal: Portal) -> None:
        self._portal = portal
        self.installed: App | None = None
        #: Applications that were here once; the OAuth server still knows them.
        self.gone: set[str] = set()

    def by_client(self, client_id: str) -> App | None:
        return self.installed if self.installed and self.installed.client_id == client_id else None

    def install(self, app: App, *, by: User, finished: bool = True) -> Delivery | None:
        """Install a local application and return the ONAPPINSTALL that its install URL will get (platform.md 3.2)."""
        app.installed, app.installed_by = finished, by.id
        self.installed = app
        self.gone.discard(app.client_id)
        self._portal.touch()
        if not app.install_url:
            return None
        data: dict[str, Json] = {
            "VERSION": str(app.version),
            "ACTIVE": "Y",
            "INSTALLED": "Y" if finished else "N",
            "LANGUAGE_ID": self._portal.lang,
        }
        return self._portal.events.send(app, "ONAPPINSTALL", data, to=app.install_url, user=by, refreshable=True)

    def finish(self) -> None:
        """Do what BX24.installFinish() does: events and placements come alive (platform.md 3.1)."""
        if self.installed:
            self.installed.installed = True
            self._portal.touch()

    def update(self) -> None:
        """Install the next version: a new application_token, all registered wiped (platform.md 1.7, 3.3)."""
        app = self.installed
        if app is None:
            return
        app.version += 1
        app.application_token = self._portal.ids.hex(32)
        data: dict[str, Json] = {
            "VERSION": str(app.version),
            "PREVIOUS_VERSION": str(app.version - 1),
            "LANGUAGE_ID": self._portal.lang,
        }
        user = self._portal.people.get(app.installed_by)
        for handler in self._handlers(app, "ONAPPUPDATE"):
            self._portal.events.send(app, "ONAPPUPDATE", data, to=handler, user=user, refreshable=True)
        app.wipe()
        self._portal.touch()

    def uninstall(self, *, clean: bool = False) -> list[Delivery]:
        """Delete the application: one event without tokens, then REST is dead for it (platform.md 3.3)."""
        app = self.installed
        if app is None:
            return []
        data: dict[str, Json] = {"LANGUAGE_ID": self._portal.lang, "CLEAN": "1" if clean else "0"}
        handlers = self._handlers(app, "ONAPPUNINSTALL")
        told = [self._portal.events.send(app, "ONAPPUNINSTALL", data, to=handler, user=None) for handler in handlers]
        app.wipe()
        self._portal.oauth.revoke(app.client_id)
        self.installed = None
        self.gone.add(app.client_id)
        self._portal.touch()
        return told

    def forget(self) -> None:
        """Be rid of the application without a word to it, as when a portal is begun anew."""
        if self.installed:
            self._portal.oauth.revoke(self.installed.client_id)
            self.gone.add(self.installed.client_id)
            self.installed = None

    @staticmethod
    def _handlers(app: App, event: str) -> list[str]:
        return [binding.handler for binding in app.bindings if binding.event == event]
