"""What the point of sale is built from. `config` fills it in: an interface reads no environment."""

from dataclasses import dataclass, field

from giftwell.kit.crypto import Keyring


@dataclass(frozen=True, slots=True)
class PosSettings:
    """Where the database is, the keys things are found by, and the bounds that keep a busy hour from
    hurting.

    `lanes` calls of one operation run at the database at once, each of at most `rows_per_call` rows;
    behind them wait at most `queue_limit` requests, none longer than about `wait_seconds`. A call waits
    `lock_seconds` for a card that another holds; who comes for such a card then waits beside the lanes for up
    to `patience_seconds`, `patient_at_once` at the database and at most `patient` in all. An API key is
    remembered for `key_cache_seconds` while revocations are heard of: the listener is asked every
    `pulse_seconds`, and believed for `trust_seconds` after it answered.
    """

    database_url: str = field(repr=False)
    code_key: bytes = field(repr=False)
    api_key_key: bytes = field(repr=False)
    fingerprint_key: bytes = field(repr=False)
    code_keys: Keyring = field(repr=False)
    # Whose word counts for who is calling, when a key works from some networks only.
    trusted_proxies: tuple[str, ...] = ()
    pool_size: int = 8
    lanes: int = 2
    rows_per_call: int = 256
    queue_limit: int = 1000
    wait_seconds: float = 5.0
    call_seconds: float = 5.0
    lock_seconds: float = 0.5
    patience_seconds: float = 5.0
    patient_at_once: int = 2
    patient: int = 200
    bulk_at_once: int = 2
    bulk_waiting: int = 16
    drain_seconds: float = 10.0
    key_cache_seconds: float = 60.0
    pulse_seconds: float = 0.5
    trust_seconds: float = 2.0
    log_requests: bool = True
