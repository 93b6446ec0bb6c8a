"""Django's sessions in our table: by a hash of their key, and with their person beside them."""

from typing import Any, cast
from uuid import UUID

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.db.models import QuerySet
from django.utils import timezone

from giftwell.foundation.identity.models import Session
from giftwell.foundation.identity.session_keys import kept_key

DEVICE = "device"


class SessionStore(DatabaseStore):
    """Looks sessions up by the hash of their key, and writes whose they are."""

    @classmethod
    def get_model_class(cls) -> type[Session]:
        """Our table."""
        return Session

    def _rows(self, session_key: str) -> QuerySet[Session]:
        return Session.objects.filter(session_key=kept_key(session_key))

    def _get_session_from_db(self) -> Session | None:
        found = self._rows(self.session_key or "").filter(expire_date__gt=timezone.now()).first()
        if found is None:
            self._session_key = None
        return found

    def exists(self, session_key: str) -> bool:
        """Whether a new key would collide."""
        return self._rows(session_key).exists()

    def delete(self, session_key: str | None = None) -> None:
        """End a session; this one when none is named."""
        gone = session_key or self.session_key
        if gone is not None:
            self._rows(gone).delete()

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        """The row: Django's columns, the key hashed, and whose session on which device it is."""
        row = cast("Session", super().create_model_instance(data))
        row.session_key = kept_key(row.session_key)
        row.user_id = UUID(data[SESSION_KEY]) if data.get(SESSION_KEY) else None
        row.device_id = UUID(data[DEVICE]) if data.get(DEVICE) and row.user_id else None
        return row
