"""After a rotation nothing lies under the old key, killed in the middle or not."""

import os
from uuid import uuid4

import pytest
from allauth.mfa.models import Authenticator
from click.testing import CliRunner
from django.conf import settings

from giftwell.domain.bulk.grant_export import bound_to
from giftwell.domain.bulk.models import Export, Piece
from giftwell.domain.bulk.pieces import bound
from giftwell.domain.bulk.renew_batches import _stale_export, _stale_piece
from giftwell.domain.cards import renew_codes as codes
from giftwell.domain.cards.codes import open_code
from giftwell.foundation.identity import totp
from giftwell.foundation.identity.add_authenticator_app import add_authenticator_app
from giftwell.foundation.messaging.models import Message
from giftwell.foundation.messaging.queue_message import queue_message
from giftwell.foundation.messaging.sealing import unseal
from giftwell.foundation.tenancy import renewing, scope
from giftwell.foundation.tenancy.transactions import reading, transaction
from giftwell.interfaces.ops.commands.rotate_keys import rotate_keys
from giftwell.kit.clock import now
from giftwell.kit.crypto import CannotDecrypt, Keyring, decrypt, encrypt, is_current, renewed
from tests.database import OwnDatabase
from tests.factories.cards import code_of, make_promo_card, read
from tests.factories.catalog import make_shop
from tests.factories.identity import TESTS, make_person
from tests.foundation.messaging.test_templates import SAMPLES


def _run(*options: str) -> tuple[int, str]:
    answer = CliRunner().invoke(rotate_keys, list(options))
    return answer.exit_code, answer.output


@pytest.fixture
def rings() -> tuple[dict[str, Keyring], dict[str, Keyring]]:
    """The rings with a new key before the old one, and with the new key alone."""
    both, alone = {}, {}
    for purpose, ring in settings.KEYRINGS.items():
        new = os.urandom(32)
        both[purpose] = Keyring(keys={"new": new, **ring.keys}, primary="new")
        alone[purpose] = Keyring(keys={"new": new}, primary="new")
    return both, alone


def test_everything_moves_to_the_new_key_and_the_old_one_is_then_unused(
    own_database: OwnDatabase, rings: tuple[dict[str, Keyring], dict[str, Keyring]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    both, alone = rings
    shop, person, secret = make_shop(), make_person(email="maja@example.com"), totp.new_secret()
    cards = [make_promo_card(shop) for _ in range(5)]
    wanted = {card.id: code_of(card) for card in cards}
    step = int(now().timestamp()) // totp.PERIOD_SECONDS
    add_authenticator_app(user=person, secret=secret, code=totp.code_at(secret, step), now=now())
    with scope.merchant(shop.id), transaction():
        message = queue_message(
            "gift", merchant_id=shop.id, recipient="ada@example.com",
            context=SAMPLES["gift"], actor=TESTS, now=now(), cause="gift_1",
        )  # fmt: skip
    assert _run("--check")[0] == 0
    monkeypatch.setattr(settings, "KEYRINGS", both)
    assert _run("--check")[0] == 1

    # Killed in the middle: what was committed stays, and the next run goes on behind it.
    calls = []

    def killed(*args: object) -> bytes:
        calls.append(args)
        if len(calls) > 5:
            raise KeyboardInterrupt
        return renewed(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(renewing, "_AT_ONCE", 2)
    with monkeypatch.context() as dying:
        dying.setattr(codes, "renewed", killed)
        with pytest.raises(KeyboardInterrupt):
            codes.renew_codes(write=True)
    ring = both["card_codes"]
    moved = [is_current(ring, bytes(read(card).code_encrypted or b"")) for card in cards]
    assert True in moved
    assert False in moved

    assert _run()[0] == 0
    assert _run("--check")[0] == 0
    monkeypatch.setattr(settings, "KEYRINGS", alone)
    assert {card.id: open_code(card.id, bytes(read(card).code_encrypted or b"")) for card in cards} == wanted
    kept = Authenticator.objects.get(user=person)
    assert totp.opened(kept.data["secret"], person.pk) == secret
    assert kept.data["step"] == step
    with scope.merchant(shop.id), reading():
        told = Message.objects.get(id=message.id)
    assert unseal("recipient", told.id, told.recipient_encrypted) == "ada@example.com"
    assert unseal("context", told.id, told.context_encrypted) == SAMPLES["gift"]
    assert '"renewed": 0' in _run("--json")[1]


def test_files_and_passphrases_of_batches_move_too(
    rings: tuple[dict[str, Keyring], dict[str, Keyring]], monkeypatch: pytest.MonkeyPatch
) -> None:
    both, alone = rings
    batch, export = uuid4(), uuid4()
    piece = Piece(batch_id=batch, place=3)
    piece.content = encrypt(settings.KEYRINGS["card_codes"], b"a,b", bound(batch, 3))
    granted = Export(id=export)
    granted.passphrase_encrypted = encrypt(settings.KEYRINGS["credentials"], b"words", bound_to(export))
    assert (_stale_piece(piece), _stale_export(granted)) == ({}, {})
    monkeypatch.setattr(settings, "KEYRINGS", both)
    content = _stale_piece(piece)["content"]
    assert decrypt(alone["card_codes"], content, bound(batch, 3)) == b"a,b"
    passphrase = _stale_export(granted)["passphrase_encrypted"]
    assert decrypt(alone["credentials"], passphrase, bound_to(export)) == b"words"


@pytest.mark.django_db
def test_a_code_whose_key_is_gone_stops_the_rotation(
    rings: tuple[dict[str, Keyring], dict[str, Keyring]], monkeypatch: pytest.MonkeyPatch
) -> None:
    make_promo_card(make_shop())
    monkeypatch.setattr(settings, "KEYRINGS", rings[1])
    with pytest.raises(CannotDecrypt):
        codes.renew_codes(write=True)
