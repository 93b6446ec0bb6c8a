"""Pure decisions about merchants' addresses and details: no database, no Django."""

import re
import unicodedata
from zoneinfo import available_timezones

from babel import Locale, UnknownLocaleError

from giftwell.kit.errors import Forbidden, Invalid
from giftwell.kit.money import is_currency

NAME_LENGTH = 80
SLUG_LENGTH = 48
TWIN_SUFFIX = "-test"

# Words that would read as the platform's own page or voice in an address, or that look like a twin's.
RESERVED_SLUGS = frozenset(
    """
    about accessibility accounts admin api app auth backoffice balance billing blog cards careers checkout
    console contact cookies demo docs gift gifts giftwell health help inbound jobs legal livez login logout
    marketplace media merchant merchants money new null official orders outbox payments payouts
    policy-reports pos press pricing privacy products proofs readyz refunds root sandbox sandbox-processor
    search security shop shops signup start static status support system team terms test till undefined v1
    wallet webhooks www
    """.split()  # noqa: SIM905
)

# Places a business can stand in; the rest of the two-letter codes are unions and tests.
COUNTRIES = {
    code: name
    for code, name in Locale("en").territories.items()
    if re.fullmatch("[A-Z]{2}", code) and code not in {"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"}
}
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


class MerchantIsSuspended(Forbidden):
    """The platform stopped this merchant; nothing of it may change or move."""

    code = "merchant_is_suspended"
    detail = "This merchant is suspended. Ask the platform's support what to do."


class SlugIsReserved(Invalid):
    """The address belongs to the platform, or looks like a sandbox twin's, or is no address at all."""

    code = "slug_is_reserved"
    detail = "This address cannot be used. Use small letters, digits and single dashes."


class MerchantDetailsAreInvalid(Invalid):
    """Name, country, currency or time zone do not hold; `errors` names the fields."""

    code = "merchant_details_are_invalid"
    detail = "Some details of the business are not valid."


def slug_from(name: str) -> str:
    """The address a business name suggests: ASCII letters, digits and dashes; never empty, never reserved."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:SLUG_LENGTH].strip("-")
    if not slug:
        return "shop-1"
    return slug if is_usable_slug(slug) else f"{slug}-shop"


def is_usable_slug(slug: str) -> bool:
    """Whether a live merchant may have this address."""
    return (
        _SLUG.fullmatch(slug) is not None
        and len(slug) <= SLUG_LENGTH
        and slug not in RESERVED_SLUGS
        and not slug.endswith(TWIN_SUFFIX)
    )


def check_details(*, name: str, country: str, currency: str, time_zone: str) -> None:
    """Raise `MerchantDetailsAreInvalid` naming every field that does not hold."""
    errors: dict[str, str] = {}
    if not name.strip() or len(name) > NAME_LENGTH or not name.isprintable():
        errors["name"] = f"Give the business a name of at most {NAME_LENGTH} characters."
    if country not in COUNTRIES:
        errors["country"] = "Choose a country by its two letters, such as IE."
    if not is_currency(currency):
        errors["currency"] = "Choose a currency by its three letters, such as EUR."
    if time_zone not in available_timezones():
        errors["time_zone"] = "Choose a time zone by its name, such as Europe/Dublin."
    if errors:
        raise MerchantDetailsAreInvalid(errors=errors)


def locale_for(country: str) -> str:
    """English as written in this country where such a thing is known, else plain English."""
    try:
        Locale.parse(f"en_{country}")
    except (ValueError, UnknownLocaleError):
        return "en"
    return f"en-{country}"
