"""REST methods of the calendar: hours and holidays of the company, absences of people."""

from __future__ import annotations

from datetime import datetime, timedelta

from sandbox.errors import RestError
from sandbox.php import to_int
from sandbox.rest.registry import Call, method
from sandbox.wire import Json


@method("calendar.settings.get", scope="calendar")
def settings(call: Call) -> Json:
    """Say the hours of the company; there is no time zone in it (openlines.md part 5)."""
    company = call.portal.company
    return {
        "work_time_start": company.opens,
        "work_time_end": company.closes,
        "year_holidays": ",".join(company.holidays),
        "year_workdays": ",".join(company.workdays),
        "week_holidays": list(company.days_off),
        "week_start": "MO",
        "user_name_template": "#NAME# #LAST_NAME#",
    }


@method(
    "calendar.accessibility.get",
    scope="calendar",
    params={"users*": "array", "from*": "date", "to*": "date"},
)
def accessibility(call: Call) -> Json:
    """Give absences by user; what cannot be read fails with an empty code (openlines.md part 5)."""
    zone = call.portal.zone
    try:
        first = datetime.fromisoformat(call.text("from")).replace(tzinfo=zone)
        last = datetime.fromisoformat(call.text("to")).replace(tzinfo=zone) + timedelta(days=1)
    except ValueError:
        raise RestError("", "Wrong date") from None
    busy: dict[str, Json] = {}
    for user_id in map(to_int, call.items("users")):
        busy[str(user_id)] = [
            {
                "ID": str(index + 1),
                "NAME": one.name,
                "DATE_FROM": one.from_at.astimezone(zone).strftime("%d.%m.%Y %H:%M:%S"),
                "DATE_TO": one.to_at.astimezone(zone).strftime("%d.%m.%Y %H:%M:%S"),
                "DATE_FROM_TS_UTC": str(int(one.from_at.timestamp())),
                "DATE_TO_TS_UTC": str(int(one.to_at.timestamp())),
                "DT_SKIP_TIME": "Y",
                "ACCESSIBILITY": one.accessibility,
                "FROM_HR": True,
            }
            for index, one in enumerate(call.portal.office.absences)
            if one.user_id == user_id and one.from_at < last and one.to_at > first
        ]
    return busy
