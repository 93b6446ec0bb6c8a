"""What the surroundings say: every variable Giftwell reads, its type and its default, in one place.

Nothing set means the embedded mode: `giftwell run` brings its own PostgreSQL and Valkey and keeps everything
under DATA_DIR. With DATABASE_URL and CACHE_URL set, the same code runs against servers.
"""

from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import Field, PositiveInt, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from giftwell.kit.errors import Invalid
from giftwell.kit.networks import read_networks

ROOT = Path(__file__).resolve().parents[3]


class BadEnvironment(Exception):
    """A variable has a value that cannot be used; the message names it and says what is expected."""


class Environment(BaseSettings):
    """The variables, by name. Unset ones keep the embedded default."""

    model_config = SettingsConfigDict(env_file=None, case_sensitive=False, extra="ignore")

    database_url: str = ""
    database_admin_url: str = ""
    cache_url: str = ""
    data_dir: Path = ROOT / ".data"
    port: int = Field(default=8000, ge=1, le=65535)
    base_url: str = ""
    secret_key: str = ""
    master_keys: str = ""
    lookup_key: str = ""
    allowed_hosts: str = ""
    email_url: str = ""
    email_from: str = "Giftwell <gifts@giftwell.example>"
    outbox_open: bool = False
    sandbox_processor_secret: str = ""
    log_level: str = "INFO"
    metrics_token: str = ""
    session_limits: dict[str, tuple[PositiveInt, PositiveInt]] = Field(
        default={
            "platform_admin": (30, 12 * 60),
            "owner": (12 * 60, 7 * 24 * 60),
            "manager": (12 * 60, 7 * 24 * 60),
            "cashier": (12 * 60, 24 * 60),
            "person": (14 * 24 * 60, 60 * 24 * 60),
        }
    )
    second_factor_grace_days: int = Field(default=7, ge=0, le=90)
    trusted_proxies: str = ""
    backoffice_networks: str = ""
    password_policy: Literal["nist", "composition"] = "nist"  # noqa: S105 a name, no secret

    @field_validator("database_url", "database_admin_url")
    @classmethod
    def _is_postgres(cls, value: str) -> str:
        if value and not value.startswith(("postgres://", "postgresql://")):
            raise ValueError("must begin with postgresql://")
        return value

    @field_validator("trusted_proxies", "backoffice_networks")
    @classmethod
    def _are_networks(cls, value: str) -> str:
        try:
            found = read_networks(one for one in value.split(",") if one.strip())
        except Invalid as error:
            raise ValueError(error.detail) from None
        if any(one.endswith("/0") for one in found):
            raise ValueError("must name networks, and not everybody")
        return ",".join(found)

    @field_validator("metrics_token")
    @classmethod
    def _is_long(cls, value: str) -> str:
        if value and len(value) < 32:
            raise ValueError("must have 32 signs or more")
        return value

    @field_validator("cache_url")
    @classmethod
    def _is_redis(cls, value: str) -> str:
        if value and not value.startswith(("redis://", "rediss://", "unix://", "valkey://")):
            raise ValueError("must begin with redis://, rediss:// or unix://")
        return value.replace("valkey://", "redis://", 1)

    @field_validator("base_url")
    @classmethod
    def _is_http(cls, value: str) -> str:
        if value and not value.startswith(("http://", "https://")):
            raise ValueError("must begin with http:// or https://")
        return value.rstrip("/")

    @property
    def is_embedded(self) -> bool:
        """Whether Giftwell brings its own database and cache."""
        return not self.database_url

    @property
    def public_url(self) -> str:
        """The address people reach the platform at, without a slash at its end."""
        return self.base_url or f"http://127.0.0.1:{self.port}"


@cache
def environment() -> Environment:
    """Read the variables once.

    Raises BadEnvironment with one line per variable that cannot be used.
    """
    try:
        return Environment()
    except ValidationError as error:
        lines = [f"{str(e['loc'][0]).upper()}: {e['msg']}" for e in error.errors()]
        raise BadEnvironment("\n".join(lines)) from None
