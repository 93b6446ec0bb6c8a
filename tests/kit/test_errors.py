"""Errors: a stable code, a sentence for people, and the fields at fault."""

import pytest

from giftwell.kit.errors import DomainError, Forbidden, Invalid, NotFound, Refused, Unavailable


class CardIsFrozen(Refused):
    """An error as an app writes it."""

    code = "card_is_frozen"
    detail = "The card is frozen."


def test_an_error_speaks_its_class_s_sentence_unless_told_another():
    assert CardIsFrozen().detail == str(CardIsFrozen()) == "The card is frozen."
    assert CardIsFrozen("Frozen by the holder.").detail == "Frozen by the holder."
    assert CardIsFrozen.detail == "The card is frozen."


def test_an_error_names_the_fields_at_fault_and_keeps_its_own_copy():
    fields = {"amount_minor": "too large"}
    error = Invalid(errors=fields)
    fields.clear()
    assert error.errors == {"amount_minor": "too large"}
    assert Invalid().errors == {}


@pytest.mark.parametrize("kind", [Invalid, Forbidden, NotFound, Refused, Unavailable])
def test_each_kind_has_its_code_and_is_a_domain_error(kind):
    assert issubclass(kind, DomainError)
    assert kind.code != DomainError.code
