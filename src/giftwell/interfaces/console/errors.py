"""A refusal of a verb, said on the form that asked for it: beside the field where it has it, else above."""

from collections.abc import Mapping
from uuid import UUID

from django import forms
from django.http import Http404

from giftwell.kit.errors import DomainError
from giftwell.kit.ids import UnknownId, parse_id


def tell(form: forms.Form, error: DomainError, names: Mapping[str, str] | None = None) -> None:
    """Put the error's words on the form. `names` is from the verb's names of fields to the form's."""
    known = {field: message for field, message in error.errors.items() if _named(names, field) in form.fields}
    for field, message in known.items():
        form.add_error(_named(names, field), message)
    if not known:
        form.add_error(None, error.detail)


def _named(names: Mapping[str, str] | None, field: str) -> str:
    return (names or {}).get(field, field)


def id_or_404(prefix: str, text: str) -> UUID:
    """The id in an address. Raises Http404."""
    try:
        return parse_id(prefix, text)
    except UnknownId as error:
        raise Http404 from error


def there[T](found: T | None) -> T:
    """What was looked for in this merchant's scope. Raises Http404 where it is not there."""
    if found is None:
        raise Http404
    return found
