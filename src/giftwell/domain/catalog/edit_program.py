"""Change the rules of a program. Cards that exist keep their value and validity; limits hold at once."""

from dataclasses import asdict
from datetime import datetime
from typing import Unpack
from uuid import UUID

from django.db import IntegrityError

from giftwell.domain.catalog.create_product import ProgramIsUnknown
from giftwell.domain.catalog.create_program import ProgramNameIsTaken
from giftwell.domain.catalog.events import ProgramEdited
from giftwell.domain.catalog.models import Program
from giftwell.domain.catalog.rules import Caps, ProgramRules, check_program
from giftwell.domain.catalog.validity import rule_for
from giftwell.foundation.events.record import record
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.models import Merchant
from giftwell.foundation.tenancy.transactions import transaction
from giftwell.kit.actor import Actor
from giftwell.kit.errors import Refused


class ProgramHasChanged(Refused):
    """Someone else edited the program since it was read."""

    code = "program_has_changed"
    detail = "Someone changed this program in the meantime. Nothing was saved; look at it again."


def edit_program(
    *,
    merchant: Merchant,
    program_id: UUID,
    name: str,
    validity_days: int | None,
    min_value_minor: int,
    max_value_minor: int,
    actor: Actor,
    now: datetime,
    expected_version: int | None = None,
    **caps: Unpack[Caps],
) -> Program:
    """Replace a program's name, validity, bounds and caps (a cap that is left out is none).

    Currency, funding and accounts never change, and commission and fee are the platform's terms. With
    `expected_version`, refused where the program has another by now. Raises `ProgramIsUnknown`,
    `ProgramHasChanged`, `ProgramIsInvalid`, `ProgramNameIsTaken`.
    """
    with scope.merchant(merchant.id), transaction():
        found = Program.objects.select_for_update(no_key=True).filter(merchant=merchant, id=program_id)
        program = found.first()
        if program is None:
            raise ProgramIsUnknown
        if expected_version is not None and program.version != expected_version:
            raise ProgramHasChanged
        before = _rules(program)
        after = ProgramRules(
            **{
                **asdict(before),
                "name": name.strip(),
                "validity_days": validity_days,
                "min_value_minor": min_value_minor,
                "max_value_minor": max_value_minor,
                **{field: caps.get(field) for field in Caps.__optional_keys__},
            }
        )
        check_program(after, rule_for(merchant.country, now.date()))
        _save(program, after)
        event = ProgramEdited(merchant_id=merchant.id, subject=program.public_id, version=program.version)
        changes = {"before": asdict(before), "after": asdict(after)}
        record(event, actor=actor, at=now, changes=changes)
    return program


def _rules(program: Program) -> ProgramRules:
    return ProgramRules(**{field: getattr(program, field) for field in ProgramRules.__dataclass_fields__})


def _save(program: Program, rules: ProgramRules) -> None:
    for field, value in asdict(rules).items():
        setattr(program, field, value)
    program.version += 1
    try:
        with transaction():
            program.save()
    except IntegrityError as error:
        if "catalog_program_name_once" not in str(error):
            raise
        raise ProgramNameIsTaken(errors={"name": ProgramNameIsTaken.detail}) from error
