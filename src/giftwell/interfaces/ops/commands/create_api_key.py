"""`giftwell create-api-key`: a credential for a machine of one merchant."""

import click

from giftwell.foundation.identity.create_api_key import create_api_key as make_key
from giftwell.interfaces.common.access import SCOPES
from giftwell.interfaces.ops.commands.words import as_json, merchant_named, merchant_option, say
from giftwell.kit.actor import Actor
from giftwell.kit.clock import now


@click.command("create-api-key")
@merchant_option
@click.option("--name", default="Command line", show_default=True, help="The system that will use the key.")
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    required=True,
    type=click.Choice([str(scope) for scope in sorted(SCOPES)]),
)
@click.option("--sandbox", is_flag=True, help="A gw_test_ key of the sandbox twin.")
@as_json
def create_api_key(merchant: str, name: str, scopes: tuple[str, ...], sandbox: bool, as_json: bool) -> None:
    """Create an API key and print its secret, which is shown this once."""
    tenant = merchant_named(merchant, sandbox=sandbox)
    key, secret = make_key(
        merchant=tenant, name=name, scopes=scopes, actor=Actor.command("create-api-key"), now=now()
    )
    answer = {
        "id": key.public_id,
        "merchant": tenant.public_id,
        "scopes": list(key.scopes),
        "secret": secret,
    }
    say(answer, f"Key {key.public_id} of {tenant.name}, shown this once: {secret}", as_json=as_json)
