"""One program of a merchant by its id, or the error that it is not there."""

from uuid import UUID

from giftwell.domain.catalog.create_product import ProgramIsUnknown
from giftwell.domain.catalog.models import Program


def find_program(merchant_id: UUID, program_id: UUID) -> Program:
    """The program. Raises `ProgramIsUnknown`."""
    program = Program.objects.filter(merchant_id=merchant_id, id=program_id).first()
    if program is None:
        raise ProgramIsUnknown
    return program
