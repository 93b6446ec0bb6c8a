"""Codes: what a cashier mistypes is caught before a look-up, whatever was typed right is read."""

from hypothesis import given
from hypothesis import strategies as st

from giftwell.kit import codes

bodies = st.binary(min_size=10, max_size=10)


def code_from(monkey_bytes: bytes) -> str:
    """Build the code those ten random bytes would give."""
    original = codes.secrets.token_bytes
    codes.secrets.token_bytes = lambda _: monkey_bytes
    try:
        return codes.new_code()
    finally:
        codes.secrets.token_bytes = original


def test_the_alphabet_has_32_characters_that_nobody_confuses():
    assert len(set(codes.ALPHABET)) == 32
    assert not set("ILOU") & set(codes.ALPHABET)


@given(bodies)
def test_every_new_code_is_well_formed_and_carries_all_80_bits(raw):
    code = code_from(raw)
    assert len(code) == 17
    assert codes.is_well_formed(code)
    number = 0
    for character in code[:16]:
        number = number * 32 + codes.ALPHABET.index(character)
    assert number.to_bytes(10) == raw


@given(bodies)
def test_every_single_substitution_is_caught(raw):
    code = code_from(raw)
    for place in range(17):
        for character in set(codes.ALPHABET) - {code[place]}:
            assert not codes.is_well_formed(code[:place] + character + code[place + 1 :])


@given(bodies)
def test_every_swap_of_two_different_characters_is_caught(raw):
    code = code_from(raw)
    for first in range(17):
        for second in range(first + 1, 17):
            if code[first] == code[second]:
                continue
            swapped = list(code)
            swapped[first], swapped[second] = code[second], code[first]
            assert not codes.is_well_formed("".join(swapped))


@given(bodies, st.sampled_from(["-", " ", "\u2013", "\u00a0", "\u200b", "\t"]), st.booleans())
def test_a_code_typed_with_separators_or_in_lower_case_is_read(raw, separator, lower):
    code = code_from(raw)
    typed = codes.display(code).replace("-", separator)
    assert codes.normalize(typed.lower() if lower else typed) == code


@given(bodies)
def test_look_alikes_are_read_as_the_digit_they_resemble(raw):
    code = code_from(raw)
    typed = code.replace("0", "o").replace("1", "l")
    assert codes.normalize(typed) == code
    assert codes.normalize(code.replace("1", "I").replace("0", "O")) == code


@given(st.text())
def test_no_text_makes_reading_a_code_fail(text):
    codes.is_well_formed(codes.normalize(text))
    codes.is_well_formed(text)


def test_the_wrong_length_or_alphabet_is_not_well_formed():
    code = codes.new_code()
    assert not codes.is_well_formed(code[:-1])
    assert not codes.is_well_formed(code + "0")
    assert not codes.is_well_formed("U" + code[1:])
    assert not codes.is_well_formed("")


def test_a_code_is_shown_in_groups_and_kept_by_its_last_four():
    assert codes.display("7K4MXQ2D9FHT3WNPV") == "7K4M-XQ2D-9FHT-3WNPV"
    assert codes.last4("7K4MXQ2D9FHT3WNPV") == "WNPV"


def test_codes_do_not_repeat():
    assert len({codes.new_code() for _ in range(2000)}) == 2000


@given(st.lists(bodies, min_size=1, max_size=5))
def test_codes_made_together_are_those_that_would_be_made_one_by_one(raws):
    original = codes.secrets.token_bytes
    codes.secrets.token_bytes = lambda _: b"".join(raws)
    try:
        together = codes.new_codes(len(raws))
    finally:
        codes.secrets.token_bytes = original
    assert [code.decode() for code in together] == [code_from(raw) for raw in raws]
