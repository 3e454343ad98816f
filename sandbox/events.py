"""Events: who bound a handler to what, and the form that the queue server posts to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.queue import Delivery
from sandbox.wire import Json

if TYPE_CHECKING:
    from sandbox.apps import App
    from sandbox.people import User
    from sandbox.portal import Portal

#: Events an application may bind here, with the scope each needs (platform.md 3.3, 6).
KNOWN = {
    "ONAPPINSTALL": "",
    "ONAPPUPDATE": "",
    "ONAPPUNINSTALL": "",
    "ONAPPTEST": "",
    "ONAPPPAYMENT": "",
    "ONAPPMETHODCONFIRM": "",
    "ONSUBSCRIPTIONRENEW": "",
    "ONCRMLEADADD": "crm",
    "ONCRMLEADUPDATE": "crm",
    "ONCRMLEADDELETE": "crm",
    "ONCRMDEALADD": "crm",
    "ONCRMDEALUPDATE": "crm",
    "ONCRMDEALDELETE": "crm",
    "ONCRMCONTACTADD": "crm",
    "ONCRMCONTACTUPDATE": "crm",
    "ONCRMCONTACTDELETE": "crm",
    "ONCRMCOMPANYADD": "crm",
    "ONCRMCOMPANYUPDATE": "crm",
    "ONCRMCOMPANYDELETE": "crm",
    "ONCRMDYNAMICITEMADD": "crm",
    "ONCRMDYNAMICITEMUPDATE": "crm",
    "ONCRMDYNAMICITEMDELETE": "crm",
    "ONOPENLINEMESSAGEADD": "imopenlines",
    "ONOPENLINEMESSAGEUPDATE": "imopenlines",
    "ONOPENLINEMESSAGEDELETE": "imopenlines",
    "ONSESSIONSTART": "imopenlines",
    "ONSESSIONFINISH": "imopenlines",
}


class Events:
    """Sends events to the handlers that the application has bound."""

    def __init__(self, portal: Portal) -> None:
        self._portal = portal

    def emit(self, event: str, data: dict[str, Json]) -> None:
        """Post an event to every handler bound to it; none leave before installFinish, none when unpaid.

        Sources: platform.md 3.1, 6.1.
        """
        app = self._portal.apps.installed
        if app is None or not app.installed or not app.paid or self._portal.building:
            return
        for binding in app.bindings:
            if binding.event == event:
                user = self._portal.people.get(binding.user_id) or self._portal.actor
                self.send(app, event, data, to=binding.handler, user=user, binding=binding.id)

    def send(
        self,
        app: App,
        event: str,
        data: dict[str, Json],
        *,
        to: str,
        user: User | None,
        refreshable: bool = False,
        binding: int = 0,
    ) -> Delivery:
        """Queue one event; tokens travel only when a user caused it, refreshable ones only at install and update."""
        form: dict[str, Json] = {"event": event}
        if binding:
            form["event_handler_id"] = str(binding)
        form["data"] = data
        form["ts"] = str(int(self._portal.clock.now().timestamp()))
        form["auth"] = self._portal.oauth.auth_block(app, user, refreshable=refreshable)
        return self._portal.queue.push(Delivery(kind="event", name=event, url=to, form=form))
