"""`giftwell refund`: give redemptions back to their cards, one or a file of them.

Each row of a file has a key of its own, made from the command's and the redemption: a second run of the same
file gives nothing twice. A row that is refused stops no other.
"""

import csv
from dataclasses import dataclass
from pathlib import Path

import click

from giftwell.domain.redemption.models import Redemption
from giftwell.domain.redemption.queries import find_redemption
from giftwell.domain.redemption.refund import refund as give_back
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.models import Merchant
from giftwell.foundation.tenancy.transactions import reading
from giftwell.interfaces.ops.commands.words import as_json, merchant_named, merchant_option, say
from giftwell.kit.actor import Actor
from giftwell.kit.clock import now
from giftwell.kit.crypto import new_token
from giftwell.kit.errors import DomainError, Invalid
from giftwell.kit.ids import parse_id, public_id
from giftwell.kit.money import format_money, parse_amount

ACTOR = Actor.command("refund")


class FileIsMalformed(Invalid):
    """The file is not a list of redemptions."""

    code = "file_malformed"
    detail = "The file needs a first row with a column named redemption, and may have one named amount."


@dataclass(frozen=True, slots=True)
class Wanted:
    """One refund: of what, how much (all that is left where empty), under which key."""

    redemption: str
    amount: str
    key: str


@click.command("refund")
@merchant_option
@click.option("--redemption", default=None, help="The redemption, red_….")
@click.option("--amount", default="", help="Such as 12.50; all that is left when left out.")
@click.option(
    "--file", "source", type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A CSV file instead, with the columns redemption and, if need be, amount.",
)  # fmt: skip
@click.option("--key", default=None, help="Repeating a key gives nothing twice; a fresh one when left out.")
@as_json
def refund(
    merchant: str, redemption: str | None, amount: str, source: Path | None, key: str | None, as_json: bool
) -> None:
    """Give redemptions back to their cards and print what went where; exits 1 where one was refused."""
    if (redemption is None) == (source is None) or (source is not None and amount):
        raise click.UsageError("Give either --redemption, with --amount for a part, or --file.")
    tenant, key = merchant_named(merchant), key or new_token()
    if redemption is not None:
        wanted = [Wanted(redemption, amount, key)]
    else:
        assert source is not None
        wanted = _rows(source, key)
        click.echo(f"Key of this run: {key}", err=True)
    results = [_one(tenant, one) for one in wanted]
    refused = [one for one in results if "error" in one]
    if redemption is not None and refused:
        raise click.ClickException(str(refused[0]["detail"]))
    text = "\n".join(str(one.pop("words")) for one in results)
    say({"key": key, "refunds": results, "refused": len(refused)}, text, as_json=as_json)
    if refused:
        raise click.exceptions.Exit(1)


def _one(tenant: Merchant, wanted: Wanted) -> dict[str, object]:
    """Give one back; a refusal is an answer, so that the next row gets its turn."""
    try:
        redemption_id = parse_id(Redemption.PREFIX, wanted.redemption)
        with scope.merchant(tenant.id), reading():
            currency = find_redemption(tenant.id, redemption_id).currency
        answer = give_back(
            merchant_id=tenant.id,
            redemption_id=redemption_id,
            amount_minor=parse_amount(wanted.amount, currency) if wanted.amount else None,
            key=wanted.key,
            actor=ACTOR,
            now=now(),
        )
    except DomainError as error:
        words = f"{wanted.redemption}: {error.detail}"
        return {"redemption": wanted.redemption, "error": error.code, "detail": error.detail, "words": words}
    words = (
        f"{format_money(answer.amount, tenant.locale)} given back to card {answer.last4}; "
        f"{format_money(answer.balance, tenant.locale)} is on it."
        + (" This key was used before: nothing was given now." if answer.replayed else "")
    )
    return {
        "id": public_id("ref", answer.id), "redemption": wanted.redemption,
        "amount_minor": answer.amount.amount_minor, "balance_minor": answer.balance.amount_minor,
        "currency": answer.amount.currency,
        "card": {"id": public_id("card", answer.card_id), "last4": answer.last4},
        "instead_of": public_id("card", answer.instead_of) if answer.instead_of else None,
        "replayed": answer.replayed, "words": words,
    }  # fmt: skip


def _rows(source: Path, key: str) -> list[Wanted]:
    """Every row is read before anything is given back. Raises `FileIsMalformed`."""
    with source.open(newline="", encoding="utf-8-sig") as file:
        rows = csv.DictReader(file)
        if "redemption" not in (rows.fieldnames or []):
            raise FileIsMalformed
        wanted = [
            Wanted(name, (row.get("amount") or "").strip(), f"{key}:{name}")
            for row in rows
            if (name := (row["redemption"] or "").strip())
        ]
    twice = {one.redemption for one in wanted if sum(one.redemption == two.redemption for two in wanted) > 1}
    if twice or not wanted:
        errors = dict.fromkeys(sorted(twice)[:20], "stands more than once")
        raise FileIsMalformed("Each redemption stands once in the file, and one at least.", errors=errors)
    return wanted
