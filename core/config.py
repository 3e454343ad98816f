"""Settings of the service: environment variables with the prefix DEZHURNY_, or the same lines in `.env`."""

from __future__ import annotations

import base64
import re
from functools import cached_property
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_core import PydanticCustomError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from core.origins import CLOUD_RULES, BadOrigin, Origin, PortalRule

PREFIX: Final = "DEZHURNY_"
KEY_BYTES: Final = 32
#: The vendor's rules ask to keep the log of REST calls for three days.
SHORTEST_LOG_DAYS: Final = 3

_SQLITE: Final = "sqlite+aiosqlite:///"
_POSTGRES: Final = "postgresql+asyncpg://"


class SettingsError(Exception):
    """The service cannot start so; the message is one sentence that names the variable."""


class Settings(BaseSettings):
    """Everything an operator can set.

    Each value is checked for its form at once; `needs` asks for those that one command cannot do without.
    """

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_file_encoding="utf-8", env_ignore_empty=True, extra="ignore", frozen=True
    )

    public_url: str = ""
    client_id: str = ""
    client_secret: SecretStr = SecretStr("")
    secret_keys: SecretStr = SecretStr("")
    database_url: str = Field(default=f"{_SQLITE}var/dezhurny.db", repr=False)
    redis_url: str = Field(default="", repr=False)
    oauth_hosts: Annotated[tuple[str, ...], NoDecode] = ("https://oauth.bitrix24.tech", "https://oauth.bitrix.info")
    allowed_portals: Annotated[tuple[str, ...], NoDecode] = ()
    allow_private_networks: bool = False
    language: Literal["ru", "en"] = "ru"
    log_retention_days: int = Field(default=30, ge=SHORTEST_LOG_DAYS, le=3650)
    store_message_text: bool = False
    metrics_token: SecretStr = SecretStr("")
    clock_url: str = ""

    @property
    def key_ring(self) -> tuple[bytes, ...]:
        """The keys of SECRET_KEYS, 32 bytes each, the newest first; empty when the variable is not set."""
        return read_keys(self.secret_keys.get_secret_value())

    @cached_property
    def portal_rules(self) -> tuple[PortalRule, ...]:
        """Who may install the app: ALLOWED_PORTALS, or the cloud zones when it is empty."""
        return tuple(PortalRule.parse(entry) for entry in self.allowed_portals) or CLOUD_RULES

    @property
    def data_dir(self) -> Path:
        """The folder for the socket of the embedded server and other things of this machine."""
        return self.database_file.parent if self.database_file else Path("var")

    @property
    def database_file(self) -> Path | None:
        """The SQLite file, or None on PostgreSQL."""
        return Path(self.database_url.removeprefix(_SQLITE)) if self.database_url.startswith(_SQLITE) else None

    def needs(self, *names: str) -> None:
        """Raise SettingsError for the first of these variables (named without prefix) that is not set."""
        for name in names:
            value = getattr(self, name.lower())
            if not (value.get_secret_value() if isinstance(value, SecretStr) else value):
                raise SettingsError(f"{PREFIX}{name} is not set; `dezhurny init` writes it into .env.")

    @field_validator("*", mode="before")
    @classmethod
    def _without_spaces(cls, value: object) -> object:
        return value.strip() if isinstance(value, str) else value

    @field_validator("oauth_hosts", "allowed_portals", mode="before")
    @classmethod
    def _listed(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        return tuple(entry.strip() for entry in value.split(",") if entry.strip())

    @field_validator("public_url")
    @classmethod
    def _is_public(cls, value: str) -> str:
        if not value:
            return value
        origin = _origin(value)
        if "." not in origin.host and ":" not in origin.host:
            raise _wrong("must have a host with a dot in it, because Bitrix24 refuses handlers on other hosts")
        return str(origin)

    @field_validator("oauth_hosts")
    @classmethod
    def _are_origins(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if not value:
            raise _wrong("must name at least one host, such as https://oauth.bitrix24.tech")
        return tuple(str(_origin(entry)) for entry in value)

    @field_validator("allowed_portals")
    @classmethod
    def _are_rules(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        try:
            for entry in value:
                PortalRule.parse(entry)
        except BadOrigin as bad:
            raise _wrong(str(bad)) from None
        return value

    @field_validator("secret_keys")
    @classmethod
    def _are_keys(cls, value: SecretStr) -> SecretStr:
        read_keys(value.get_secret_value())
        return value

    @field_validator("database_url")
    @classmethod
    def _is_database(cls, value: str) -> str:
        path = value.removeprefix(_SQLITE)
        if value.startswith(_POSTGRES) or (value.startswith(_SQLITE) and path and not path.startswith(":")):
            return value
        raise _wrong(f"must be {_SQLITE}FILE or {_POSTGRES}USER:PASSWORD@HOST/NAME")

    @field_validator("redis_url")
    @classmethod
    def _is_redis(cls, value: str) -> str:
        if value and not re.match(r"(rediss?|unix)://[^\s]+", value):
            raise _wrong("must start with redis://, rediss:// or unix://, or be empty for the embedded server")
        return value

    @field_validator("metrics_token")
    @classmethod
    def _is_token(cls, value: SecretStr) -> SecretStr:
        if not re.fullmatch(r"[!-~]*", value.get_secret_value()):
            raise _wrong("must be of Latin letters, digits and signs, without spaces")
        return value

    @field_validator("clock_url")
    @classmethod
    def _is_clock(cls, value: str) -> str:
        if value and not re.match(r"https?://[^\s/]+", value):
            raise _wrong("must be an http address")
        return value

    @model_validator(mode="after")
    def _clock_is_for_tests(self) -> Settings:
        if self.clock_url and not self.allow_private_networks:
            raise PydanticCustomError(
                "setting",
                f"{PREFIX}CLOCK_URL is for demo and tests and is refused unless "
                f"{PREFIX}ALLOW_PRIVATE_NETWORKS is true.",
            )
        return self


def load(env_file: Path | None = Path(".env")) -> Settings:
    """Read the environment, and below it the file; raises SettingsError."""
    try:
        return Settings(_env_file=env_file)
    except ValidationError as error:
        raise SettingsError(_sentence(error)) from None
    except (OSError, UnicodeDecodeError):
        raise SettingsError(f"The settings file {env_file} cannot be read.") from None


def read_keys(text: str) -> tuple[bytes, ...]:
    """Decode comma-separated keys; the padding of base64 may be left out."""
    return tuple(_key(entry.strip()) for entry in text.split(",") if entry.strip())


def _key(text: str) -> bytes:
    digits = text.rstrip("=")
    # 43 digits of six bits hold 32 bytes; the last one carries two bits of nothing.
    if not re.fullmatch(r"[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]", digits):
        raise _wrong(f"must hold keys of {KEY_BYTES} bytes in urlsafe base64, separated by commas")
    return base64.urlsafe_b64decode(f"{digits}=")


def _origin(text: str) -> Origin:
    try:
        return Origin.parse(text)
    except BadOrigin as bad:
        raise _wrong(str(bad)) from None


def _wrong(must: str) -> PydanticCustomError:
    return PydanticCustomError("setting", must)


def _sentence(error: ValidationError) -> str:
    first = error.errors(include_url=False, include_input=False, include_context=False)[0]
    if not first["loc"]:
        return first["msg"]
    message = first["msg"].removeprefix("Input ")
    return f"{PREFIX}{str(first['loc'][0]).upper()} {message.replace('should be', 'must be')}."
