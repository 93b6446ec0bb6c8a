"""`giftwell rebuild-rollup`: the balances of busy accounts, folded anew out of all transfers."""

import click

from giftwell.domain.ledger.rebuild_rollup import rebuild_rollup as rebuild
from giftwell.interfaces.ops.commands.words import as_json, say


@click.command("rebuild-rollup")
@as_json
def rebuild_rollup(as_json: bool) -> None:
    """Fold the balances of unguarded accounts anew; after a restore, or where `verify` finds them wrong."""
    found = rebuild()
    answer = {"accounts": found.accounts, "corrected": found.corrected}
    say(
        answer,
        f"{found.accounts} accounts are folded; {found.corrected} said something else before.",
        as_json=as_json,
    )
