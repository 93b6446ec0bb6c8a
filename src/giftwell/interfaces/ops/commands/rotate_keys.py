"""`giftwell rotate-keys`: what lies encrypted under an older key is encrypted anew, beside the traffic."""

import sys
from dataclasses import asdict

import click

from giftwell.domain.bulk.renew_batches import renew_batches
from giftwell.domain.cards.renew_codes import renew_codes
from giftwell.foundation.identity.renew_second_factors import renew_second_factors
from giftwell.foundation.messaging.renew_messages import renew_messages
from giftwell.interfaces.ops.commands.words import as_json, say

_ALL = {
    "codes of cards": renew_codes,
    "second factors": renew_second_factors,
    "messages": renew_messages,
    "files and passphrases of batches": renew_batches,
}


@click.command("rotate-keys")
@click.option("--check", is_flag=True, help="Write nothing; exit 1 while anything lies under an older key.")
@as_json
def rotate_keys(check: bool, as_json: bool) -> None:
    """Encrypt anew what lies under a key that is no longer the first of MASTER_KEYS.

    Put the new key first and keep the old one behind it, restart, run this, and take the old key away once
    --check is silent. Killed in the middle, it goes on where it stopped.
    """
    found = {name: renew(write=not check) for name, renew in _ALL.items()}
    left = sum(one.renewed for one in found.values())
    verb = "lie under an older key" if check else "were renewed"
    say(
        {name: asdict(one) for name, one in found.items()},
        "\n".join(f"{name}: {one.renewed} of {one.seen} {verb}" for name, one in found.items()),
        as_json=as_json,
    )
    sys.exit(1 if check and left else 0)
