"""What a page of the desk does that cannot go on: refusals stand on its form, what is missing is a 404."""

from uuid import UUID

from django.http import Http404

from giftwell.interfaces.common.telling import tell
from giftwell.kit.ids import UnknownId, parse_id

__all__ = ["id_or_404", "tell", "there"]


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
