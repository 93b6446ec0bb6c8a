"""`giftwell audit verify`: does the audit still say what was sealed. Silent when it does; else exit 1."""

import json
import sys
from dataclasses import asdict

import click

from giftwell.foundation.audit.verify_chain import AuditFinding, newest_block, verify_audit
from giftwell.foundation.tenancy import scope
from giftwell.interfaces.ops.commands.verify import read_head
from giftwell.interfaces.ops.commands.words import as_json


@click.group("audit")
def audit() -> None:
    """Look after the record of who did what."""


@audit.command("verify")
@click.option("--head", help="NUMBER:HASH of a block, as it was written down elsewhere.")
@as_json
def verify(head: str | None, as_json: bool) -> None:
    """Read every sealed block of the audit again, and say what was altered, removed or added."""
    wrong = verify_audit(head=read_head(head))
    if as_json:
        click.echo(json.dumps({"sound": not wrong, "findings": [asdict(one) for one in wrong]}))
    else:
        for one in wrong:
            _say(one)
    sys.exit(1 if wrong else 0)


@audit.command("head")
def head() -> None:
    """Print NUMBER:HASH of the newest block, to be kept where nobody who could alter the audit can."""
    with scope.platform():
        block = newest_block()
    if block is None:
        click.echo("Nothing is sealed yet.", err=True)
        sys.exit(1)
    click.echo(f"{block.number}:{bytes(block.hash).hex()}")


def _say(finding: AuditFinding) -> None:
    where = "Behind the last block" if finding.block is None else f"Block {finding.block}"
    place = "" if finding.place is None else f", place {finding.place}"
    what = f"row {finding.row} {finding.what}" if finding.row else finding.what
    click.echo(f"{where}{place}: {what}", err=True)
