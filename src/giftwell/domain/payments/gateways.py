"""Which gateways there are, by the name that stands in payments and in the address of their notices."""

from collections.abc import Callable

from django.conf import settings

from giftwell.domain.payments.gateway import Gateway
from giftwell.domain.payments.sandbox import SandboxGateway
from giftwell.kit.errors import NotFound

DEFAULT = SandboxGateway.name


class UnknownGateway(NotFound):
    """There is no gateway by that name here."""

    code = "unknown_gateway"


def _sandbox() -> Gateway:
    return SandboxGateway(secret=settings.SANDBOX_PROCESSOR_SECRET, base_url=settings.BASE_URL)


_ADAPTERS: dict[str, Callable[[], Gateway]] = {SandboxGateway.name: _sandbox}


def gateway(name: str) -> Gateway:
    """The adapter of this name; raises UnknownGateway."""
    try:
        return _ADAPTERS[name]()
    except KeyError:
        raise UnknownGateway from None
