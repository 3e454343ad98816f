"""What the OAuth host answers: whose a token is, and a new pair of tokens."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Self
from urllib.parse import urlsplit

from core.bitrix24.command import Json
from core.bitrix24.secret import Secret
from core.bitrix24.wire import as_bool_yn, as_dict, as_int, as_str
from core.origins import Origin

_LIFE: Final = timedelta(hours=1)
_PATH: Final = re.compile(r"/[A-Za-z0-9_./-]*", re.ASCII)
_SCOPE: Final = re.compile(r"[A-Za-z0-9_.]+", re.ASCII)


@dataclass(frozen=True, slots=True)
class AppInfo:
    """What the OAuth host knows about an access token; ``host`` is the one that knew it.

    The caller compares ``client_id`` with ours and ``member_id`` with what the request claims.
    """

    host: str
    client_id: str
    member_id: str
    client_endpoint: str
    user_id: int | None
    scope: frozenset[str]
    status: str
    domain: str
    is_installed: bool | None

    @classmethod
    def read(cls, said: Json, host: str) -> Self | None:
        """Read the result of ``app.info``; None when it lacks what identifies a portal."""
        parts = as_dict(said)
        install = as_dict(parts.get("install"))
        client_id, member_id = as_str(parts.get("client_id")), as_str(install.get("member_id"))
        endpoint = rest_endpoint(install.get("client_endpoint"))
        if not (client_id and member_id and endpoint):
            return None
        return cls(
            host=host,
            client_id=client_id,
            member_id=member_id,
            client_endpoint=endpoint,
            user_id=as_int(parts.get("user_id")),
            scope=frozenset(_SCOPE.findall(as_str(parts.get("scope")) or as_str(install.get("scope")))),
            status=as_str(install.get("status")),
            domain=as_str(install.get("domain")),
            is_installed=as_bool_yn(install.get("installed")),
        )


@dataclass(frozen=True, slots=True)
class Tokens:
    """A new pair; the old refresh token is to be taken for dead."""

    access: Secret
    refresh: Secret
    expires_at: datetime
    client_endpoint: str
    member_id: str
    user_id: int | None

    @classmethod
    def read(cls, said: Json, *, now: datetime) -> Self | None:
        """Read the answer to a refresh; None when it is not a pair with an address."""
        parts = as_dict(said)
        access, refresh = as_str(parts.get("access_token")), as_str(parts.get("refresh_token"))
        endpoint, member_id = rest_endpoint(parts.get("client_endpoint")), as_str(parts.get("member_id"))
        if not (access and refresh and endpoint and member_id):
            return None
        seconds = as_int(parts.get("expires_in"))
        life = timedelta(seconds=seconds) if seconds and 0 < seconds <= 86_400 else _LIFE
        return cls(Secret(access), Secret(refresh), now + life, endpoint, member_id, as_int(parts.get("user_id")))


def rest_endpoint(value: Json) -> str | None:
    """Read a portal's REST address and write it in one way, with a slash at the end; None when it is none."""
    text = as_str(value).strip()
    try:
        parts = urlsplit(text)
        origin = Origin.parse(f"{parts.scheme}://{parts.netloc}")
    except ValueError:
        return None
    if parts.query or parts.fragment or not _PATH.fullmatch(parts.path):
        return None
    return f"{origin}{parts.path.rstrip('/')}/"
