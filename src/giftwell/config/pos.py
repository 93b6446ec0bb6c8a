"""The point of sale with this installation's settings, as `giftwell pos` serves it. Django stays outside."""

import logging.config

from giftwell.config import secrets
from giftwell.config.environment import environment
from giftwell.config.logging import logging_settings
from giftwell.config.processes import end_with_server
from giftwell.interfaces.pos.app import build
from giftwell.interfaces.pos.settings import PosSettings


def settings() -> PosSettings:
    """The point of sale's settings, out of the environment."""
    here = environment()
    held = secrets.load(here)
    return PosSettings(
        database_url=here.database_url,
        code_key=secrets.lookup_key(held, "code"),
        api_key_key=secrets.lookup_key(held, "api_key"),
        fingerprint_key=secrets.lookup_key(held, "fingerprint"),
        code_keys=secrets.keyring(held, "card_codes"),
        trusted_proxies=tuple(one for one in here.trusted_proxies.split(",") if one),
        log_requests=here.log_level.upper() in ("DEBUG", "INFO"),
    )


end_with_server()
logging.config.dictConfig(logging_settings(environment().log_level))
application = build(settings())
