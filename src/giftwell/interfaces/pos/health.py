"""Two questions of whoever runs the process, answered as the pages answer them: does it live (`/livez`), and
can it do its work (`/readyz`). Neither names an address, a role or the text of an error: anybody may ask.
"""

import asyncpg

from giftwell.interfaces.common.entrance import NoSuchAddress
from giftwell.interfaces.pos.database import GONE, Database
from giftwell.interfaces.pos.http import Answer, json_answer

LIVEZ, READYZ = "/livez", "/readyz"
_NOBODYS = bytes(32)


async def health_answer(path: str, method: str, database: Database, *, is_open: bool) -> Answer:
    """The answer to one of the two questions; raises NoSuchAddress for another method.

    A process that is leaving lives, and is not ready: whoever balances load sends nothing more to it.
    """
    if method not in ("GET", "HEAD"):
        raise NoSuchAddress
    if path == LIVEZ:
        return json_answer(200, {"status": "alive"})
    missing = [] if is_open else ["serving"]
    try:
        # What every request begins with: the database, this role's right to ask it, the functions.
        await database.find_key(_NOBODYS)
    except (*GONE, asyncpg.PostgresError):
        missing.append("database")
    if missing:
        return json_answer(503, {"status": "not ready", "missing": missing})
    return json_answer(200, {"status": "ready", "checked": ["database"]})
