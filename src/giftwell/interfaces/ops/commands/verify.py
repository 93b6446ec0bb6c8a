"""`giftwell verify`: the laws of money over all of it, or the chain. Silent when all is well; else exit 1."""

import json
import sys
from dataclasses import asdict

import click

from giftwell.domain.ledger.verify import Breach
from giftwell.domain.ledger.verify import verify as check_laws
from giftwell.domain.ledger.verify_chain import Finding, verify_chain
from giftwell.interfaces.ops.commands.words import as_json


@click.command("verify")
@click.option(
    "--chain", is_flag=True, help="Read every sealed block again instead, and say what was altered."
)
@click.option("--head", help="With --chain: NUMBER:HASH of a block, as it was published or kept elsewhere.")
@as_json
def verify(chain: bool, head: str | None, as_json: bool) -> None:
    """Check the laws of money over the whole database."""
    wrong: list[Breach] | list[Finding] = (
        verify_chain(head=read_head(head)) if chain or head else check_laws()
    )
    if as_json:
        name = "findings" if chain or head else "breaches"
        click.echo(json.dumps({"sound": not wrong, name: [asdict(one) for one in wrong]}, default=str))
    else:
        for one in wrong:
            _say_breach(one) if isinstance(one, Breach) else _say_finding(one)
    sys.exit(1 if wrong else 0)


def read_head(text: str | None) -> tuple[int, bytes] | None:
    """A block's number and hash out of NUMBER:HASH. Raises click.BadParameter."""
    if text is None:
        return None
    number, _, hashed = text.partition(":")
    try:
        found = int(number), bytes.fromhex(hashed)
    except ValueError:
        found = 0, b""
    if found[0] < 1 or len(found[1]) != 32:
        raise click.BadParameter("is NUMBER:HASH, the hash as 64 hexadecimal digits", param_hint="--head")
    return found


def _say_breach(breach: Breach) -> None:
    click.echo(f"Law {breach.law} is broken ({breach.count}): {breach.says}", err=True)
    for row in breach.rows:
        click.echo(f"  {json.dumps(row, default=str)}", err=True)
    if breach.count > len(breach.rows):
        click.echo(f"  and {breach.count - len(breach.rows)} more", err=True)


def _say_finding(finding: Finding) -> None:
    where = "Behind the last block" if finding.block is None else f"Block {finding.block}"
    place = "" if finding.place is None else f", place {finding.place}"
    what = f"posting {finding.posting} {finding.what}" if finding.posting else finding.what
    click.echo(f"{where}{place}: {what}", err=True)
    for transfer in finding.transfers:
        click.echo(f"  transfer {transfer}", err=True)
