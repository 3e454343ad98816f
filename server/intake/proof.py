"""Installations as they come over HTTP: which form it is, and what each outcome of the proof is answered with."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.requests import Request

from core.bitrix24.errors import Suspended, TryLater
from core.portals.endpoints import EndpointNotAllowed
from core.portals.identity import NotProven
from core.portals.install import AdminRequired, Installed, InstallRequest
from server.errors import RETRY_AFTER_SECONDS, Bad
from server.intake.form import Form, Value
from server.intake.request import address_of, part, refused, secret, services_of


def from_page(form: Form) -> InstallRequest | None:
    """Read what a portal posts when it opens the installation page; None when that cannot prove anything."""
    return _request(form, access="AUTH_ID", refresh="REFRESH_ID", application="APPLICATION_TOKEN", must_tell=False)


def from_event(form: Form) -> InstallRequest | None:
    """Read an ONAPPINSTALL or ONAPPUPDATE; these always tell the secret."""
    auth = part(form, "auth")
    return _request(
        auth, access="access_token", refresh="refresh_token", application="application_token", must_tell=True
    )


def _request(
    fields: Mapping[str, Value], *, access: str, refresh: str, application: str, must_tell: bool
) -> InstallRequest | None:
    member_id, told = fields.get("member_id"), secret(fields, application)
    proof = secret(fields, access)
    if not isinstance(member_id, str) or not member_id or proof is None:
        return None
    if told is None and (must_tell or fields.get(application, "") != ""):
        return None
    return InstallRequest(member_id, proof, secret(fields, refresh), told)


async def install(request: Request, claim: InstallRequest | None) -> Installed:
    """Install; raises Bad (401, 403, 422, 503) for what is not proven."""
    services = services_of(request)
    if claim is None:
        raise refused(request)
    services.refusals.before_asking(address_of(request))
    try:
        installed = await services.installer.install(claim)
    except NotProven:
        raise refused(request) from None
    except AdminRequired:
        raise Bad(403, "admin_required") from None
    except EndpointNotAllowed:
        raise Bad(422, "endpoint_not_allowed") from None
    except (TryLater, Suspended) as trouble:
        raise cannot_say(trouble) from None
    services.refusals.passed(address_of(request))
    return installed


def cannot_say(trouble: TryLater | Suspended) -> Bad:
    """The OAuth host or the portal is away: nothing was stored."""
    seconds = trouble.after.total_seconds() if trouble.after else RETRY_AFTER_SECONDS
    return Bad(503, "unavailable", headers={"Retry-After": str(max(1, min(3600, round(seconds))))})
