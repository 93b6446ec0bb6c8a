"""One design of a merchant by its id, or the error that it is not there."""

from uuid import UUID

from giftwell.domain.catalog.models import Design
from giftwell.kit.errors import NotFound


class DesignIsUnknown(NotFound):
    """The design is not one of this merchant."""

    code = "design_is_unknown"
    detail = "There is no such design."


def find_design(merchant_id: UUID, design_id: UUID) -> Design:
    """The design. Raises `DesignIsUnknown`."""
    design = Design.objects.filter(merchant_id=merchant_id, id=design_id).first()
    if design is None:
        raise DesignIsUnknown
    return design
