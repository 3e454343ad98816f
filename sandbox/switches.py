"""Behaviours that no source proves, each with the default that a careful application must survive."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields

from sandbox.wire import Json


@dataclass(slots=True)
class Switches:
    #: platform.md 3.5: whether a used refresh token still works is not stated.
    old_refresh_token_dies: bool = True
    #: platform.md 2.5: with AUTH_USER_ID 0 no local user exists, so no tokens travel.
    tokens_without_user: bool = False
    #: platform.md 2.6: duplicates are not excluded.
    deliver_twice: bool = False
    #: platform.md 2.6: a small delay, figures unknown; seconds of real time.
    delivery_delay: float = 0.0
    #: platform.md 3.1: robots before installFinish; the executor does not look at INSTALLED.
    robots_before_install_finish: bool = True
    #: platform.md 6.4: the source filters nothing, the documentation speaks of the application's own connectors.
    openline_events_for_all_connectors: bool = True
    #: openlines.md 3.6: documented payloads of OnSession* carry a session id, those of the source do not.
    session_events_carry_session: bool = False
    #: openlines.md 3.6: the documentation shows DATA as a list of one object.
    openline_data_is_list: bool = False
    #: platform.md 2.8: cores before 25.1150 answer event.send at once and say 404 for a process that is gone.
    old_core: bool = False
    #: openlines.md part 2: parameters of batched commands pass a security filter that alters markup.
    batch_filters_markup: bool = True
    #: openlines.md 3.2: a member with more unread than the limit gets the oldest of them, not the newest messages.
    members_start_at_unread: bool = True
    #: platform.md 6.5: trigger.execute with a trigger that stands on no stage.
    unplaced_trigger_is_true: bool = True
    #: platform.md 4 and security.md: the cloud limits requests; a box does not.
    limits: bool = True

    def change(self, values: dict[str, Json]) -> list[str]:
        """Set what is known and return the names that are not."""
        known = {field.name: type(getattr(self, field.name)) for field in fields(self)}
        for name, value in values.items():
            if name in known and isinstance(value, bool | int | float):
                setattr(self, name, known[name](value))
        return [name for name in values if name not in known]

    def as_json(self) -> dict[str, Json]:
        return asdict(self)
