"""`giftwell reverse`: undo what idempotency keys did, one or a file of them.

For an outage in which tills lost their answers: a file with a key a line is worked off, and can be run again.
"""

from pathlib import Path

import click

from giftwell.domain.redemption.operations import RESOURCES
from giftwell.domain.redemption.reverse import reverse as undo
from giftwell.foundation.tenancy.models import Merchant
from giftwell.interfaces.ops.commands.words import as_json, merchant_named, merchant_option, say
from giftwell.kit.actor import Actor
from giftwell.kit.clock import now
from giftwell.kit.errors import DomainError
from giftwell.kit.ids import public_id
from giftwell.kit.money import format_money

ACTOR = Actor.command("reverse")


@click.command("reverse")
@merchant_option
@click.option("--key", default=None, help="The idempotency key whose effect is undone.")
@click.option(
    "--file", "source", type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A text file instead, a key a line.",
)  # fmt: skip
@as_json
def reverse(merchant: str, key: str | None, source: Path | None, as_json: bool) -> None:
    """Undo what keys did, or make sure that they never do anything; exits 1 where one was refused."""
    if (key is None) == (source is None):
        raise click.UsageError("Give either --key or --file.")
    tenant = merchant_named(merchant)
    lines = source.read_text(encoding="utf-8-sig").splitlines() if source else [key or ""]
    keys = list(dict.fromkeys(line.strip() for line in lines if line.strip()))
    if not keys:
        raise click.UsageError("There is no key to reverse.")
    results = [_one(tenant, one) for one in keys]
    refused = [one for one in results if "error" in one]
    if source is None and refused:
        raise click.ClickException(str(refused[0]["detail"]))
    text = "\n".join(str(one.pop("words")) for one in results)
    say({"reversals": results, "refused": len(refused)}, text, as_json=as_json)
    if refused:
        raise click.exceptions.Exit(1)


def _one(tenant: Merchant, key: str) -> dict[str, object]:
    """Undo one; a refusal is an answer, so that the next key gets its turn."""
    try:
        answer = undo(merchant_id=tenant.id, key=key, actor=ACTOR, now=now())
    except DomainError as error:
        words = f"{key}: {error.detail}"
        return {"key": key, "error": error.code, "detail": error.detail, "words": words}
    if answer.operation is None or answer.id is None or answer.amount is None:
        words = f"{key}: had done nothing, and never will."
        return {"key": key, "outcome": "prevented", "replayed": answer.replayed, "words": words}
    amount = format_money(answer.amount, tenant.locale)
    return {
        "key": key, "outcome": "undone", "operation": answer.operation,
        "id": public_id(RESOURCES[answer.operation], answer.id),
        "amount_minor": answer.amount.amount_minor, "currency": answer.amount.currency,
        "card": {"id": public_id("card", answer.card_id), "last4": answer.last4} if answer.card_id else None,
        "replayed": answer.replayed,
        "words": f"{key}: {answer.operation} of {amount} undone on card {answer.last4}.",
    }  # fmt: skip
