"""`giftwell verify`: the laws of money over all of it. Silent when they hold; else the rows, and exit 1."""

import json
import sys
from dataclasses import asdict

import click

from giftwell.domain.ledger.verify import Breach
from giftwell.domain.ledger.verify import verify as check_laws
from giftwell.interfaces.ops.commands.words import as_json


@click.command("verify")
@as_json
def verify(as_json: bool) -> None:
    """Check the laws of money over the whole database."""
    breaches = check_laws()
    if as_json:
        click.echo(json.dumps({"sound": not breaches, "breaches": [asdict(one) for one in breaches]}))
    else:
        for one in breaches:
            _say(one)
    sys.exit(1 if breaches else 0)


def _say(breach: Breach) -> None:
    click.echo(f"Law {breach.law} is broken ({breach.count}): {breach.says}", err=True)
    for row in breach.rows:
        click.echo(f"  {json.dumps(row, default=str)}", err=True)
    if breach.count > len(breach.rows):
        click.echo(f"  and {breach.count - len(breach.rows)} more", err=True)
