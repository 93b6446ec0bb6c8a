"""A refusal of a verb, said on the form that asked for it: beside the field where it has it, else above."""

from collections.abc import Mapping

from django import forms

from giftwell.kit.errors import DomainError


def tell(form: forms.Form, error: DomainError, names: Mapping[str, str] | None = None) -> None:
    """Put the error's words on the form. `names` is from the verb's names of fields to the form's."""
    known = {field: message for field, message in error.errors.items() if _named(names, field) in form.fields}
    for field, message in known.items():
        form.add_error(_named(names, field), message)
    if not known:
        form.add_error(None, error.detail)


def _named(names: Mapping[str, str] | None, field: str) -> str:
    return (names or {}).get(field, field)
