"""Give a merchant's cards a further face to wear."""

from datetime import datetime

from giftwell.domain.catalog.colours import palette
from giftwell.domain.catalog.events import DesignCreated
from giftwell.domain.catalog.models import PATTERNS, Design
from giftwell.foundation.events.record import record
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.models import Merchant
from giftwell.foundation.tenancy.transactions import transaction
from giftwell.kit.actor import Actor
from giftwell.kit.errors import Invalid, Refused

NAME_LENGTH = 60


class DesignIsInvalid(Invalid):
    """Name or pattern do not hold; `errors` names the fields."""

    code = "design_is_invalid"
    detail = "Some details of the design are not valid."


class DesignNameIsTaken(Refused):
    """The merchant has a design of this name."""

    code = "design_name_is_taken"
    detail = "There is a design of this name already."


def create_design(
    *,
    merchant: Merchant,
    name: str,
    pattern: str,
    colours: dict[str, str],
    actor: Actor,
    now: datetime,
    position: int = 0,
) -> Design:
    """Create a design from one of the twelve patterns and four colours (`ground`, `figure`, `foil`, `ink`).

    Raises `DesignIsInvalid`, `InvalidColour`, `TooLittleContrast`, `DesignNameIsTaken`.
    """
    name = name.strip()
    errors = {}
    if not name or len(name) > NAME_LENGTH or not name.isprintable():
        errors["name"] = f"Give the design a name of at most {NAME_LENGTH} characters."
    if pattern not in PATTERNS:
        errors["pattern"] = "Choose one of the twelve patterns."
    if errors:
        raise DesignIsInvalid(errors=errors)
    chosen = palette(colours)
    with scope.merchant(merchant.id), transaction():
        design, is_new = Design.objects.get_or_create(
            merchant=merchant,
            name=name,
            defaults={
                "pattern": pattern,
                "ground": chosen.ground,
                "figure": chosen.figure,
                "foil": chosen.foil,
                "ink": chosen.ink,
                "position": position,
            },
        )
        if not is_new:
            raise DesignNameIsTaken(errors={"name": DesignNameIsTaken.detail})
        event = DesignCreated(merchant_id=merchant.id, subject=design.public_id, pattern=pattern)
        record(event, actor=actor, at=now)
    return design
