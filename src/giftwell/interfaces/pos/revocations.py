"""Hearing of revoked keys: a connection of its own that listens where the database tells of them at commit.

Whoever remembers a key asks `is_heard` first. It is true only while the listener has answered a moment ago,
so a connection that was lost, or that hangs without saying so, turns remembering off.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from time import monotonic
from typing import Any

import asyncpg
import structlog

from giftwell.interfaces.pos.database import GONE
from giftwell.interfaces.pos.settings import PosSettings

_CHANNEL = "giftwell_keys"
# Any statement would do: that it is answered says that all that was told before has been heard.
_PULSE = "show in_hot_standby"
_log = structlog.get_logger("giftwell.pos")


class Revocations:
    """The listener. `forget` is called with a merchant's id, or with nothing for everybody's keys."""

    def __init__(self, settings: PosSettings, forget: Callable[[str | None], None]) -> None:
        """Hear nothing yet; `listen` does."""
        self._settings = settings
        self._forget = forget
        self._heard_until = 0.0

    @property
    def is_heard(self) -> bool:
        """Whether a revocation would be heard of now, or was told less than `trust_seconds` ago."""
        return monotonic() < self._heard_until

    async def listen(self) -> None:
        """Listen until cancelled, and again whenever the connection is lost."""
        while True:
            try:
                await self._listen_once()
            except (*GONE, asyncpg.PostgresError) as error:
                self._lose()
                _log.warning("pos.not_listening", error=type(error).__name__)
                await asyncio.sleep(self._settings.pulse_seconds)

    async def _listen_once(self) -> None:
        connection = await asyncpg.connect(
            self._settings.database_url,
            timeout=self._settings.trust_seconds,
            server_settings={"application_name": "giftwell-pos-keys"},
        )
        try:
            connection.add_termination_listener(lambda _: self._lose())
            await connection.add_listener(_CHANNEL, self._hear)
            # What was told before we listened was told to nobody.
            self._forget(None)
            while True:
                asked_at = monotonic()
                await connection.execute(_PULSE, timeout=self._settings.trust_seconds)
                self._heard_until = asked_at + self._settings.trust_seconds
                await asyncio.sleep(self._settings.pulse_seconds)
        finally:
            self._lose()
            with suppress(*GONE):
                connection.terminate()

    def _hear(self, _connection: Any, _pid: int, _channel: str, merchant_id: Any) -> None:
        self._forget(str(merchant_id))

    def _lose(self) -> None:
        self._heard_until = 0.0
