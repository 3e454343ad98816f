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
    #: platform.md 2.5: the cores before 2023 put no refresh_token into robot calls.
    robot_calls_carry_refresh_token: bool = True
    #: platform.md 2.3: a single select may arrive as a list of one.
    single_selects_are_lists: bool = False
    #: platform.md 1.5: without USE_SUBSCRIPTION the documentation waits for an answer, the source does not.
    absent_subscription_waits: bool = False
    #: platform.md 2.6: duplicates are not excluded.
    deliver_twice: bool = False
    #: platform.md 2.6: a small delay, figures unknown; seconds of real time.
    delivery_delay: float = 0.0
    #: platform.md 3.1: robots before installFinish; the executor does not look at INSTALLED.
    robots_before_install_finish: bool = True
    #: platform.md 3.1: older portals send no SERVER_ENDPOINT, APPLICATION_TOKEN and APPLICATION_SCOPE to pages.
    pages_carry_application_token: bool = True
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
    #: openlines.md 3.4: adding a member again; the source adds, the documentation refuses.
    repeated_user_add_fails: bool = False
    #: openlines.md part 6: an item without a company says 0 or null; null is what misses a reference.
    absent_company_is_null: bool = False
    #: openlines.md part 5: user.get gives the last activity as an empty object or as a moment.
    activity_dates_are_objects: bool = True
    #: openlines.md part 5: what im.user.list.get says of an absent employee; a moment, or the day alone.
    absence_is_a_moment: bool = True
    #: openlines.md 3.3: emoji of quick answers stand in their list as hex of their bytes; lists.* may show them so.
    quick_answers_hide_emoji: bool = True
    #: platform.md 6.5: trigger.execute with a trigger that stands on no stage.
    unplaced_trigger_is_true: bool = True
    #: platform.md 3.8, 4: the cloud limits requests; a box does not.
    limits: bool = True
    #: platform.md 1.1: the plan has business processes; without them their methods are not published.
    plan_has_bizproc: bool = True
    #: platform.md 1.1: the plan has robots; they are published where business processes are, too.
    plan_has_robots: bool = True
    #: openlines.md part 5: the plan counts worktime.
    plan_has_timeman: bool = True
    #: platform.md 4: REST is for commercial plans only.
    plan_has_rest: bool = True

    def publishes(self, feature: str) -> bool:
        """Tell whether the plan has what a family of methods needs (platform.md 1.1)."""
        match feature:
            case "bizproc":
                return self.plan_has_bizproc
            case "robots":
                return self.plan_has_bizproc or self.plan_has_robots
            case "timeman":
                return self.plan_has_timeman
            case _:
                return True

    def change(self, values: dict[str, Json]) -> list[str]:
        """Set what is known and return the names that are not."""
        known = {field.name: type(getattr(self, field.name)) for field in fields(self)}
        for name, value in values.items():
            if name in known and isinstance(value, bool | int | float):
                setattr(self, name, known[name](value))
        return [name for name in values if name not in known]

    def as_json(self) -> dict[str, Json]:
        return asdict(self)
