"""Programs: the rules of families of cards, made and changed within the law and the platform's terms."""

from typing import Any, Literal

from ninja import Query, Router, Schema, Status
from pydantic import Field, StrictInt

from giftwell.domain.catalog.create_program import create_program
from giftwell.domain.catalog.edit_program import edit_program
from giftwell.domain.catalog.find_program import find_program
from giftwell.domain.catalog.models import Program
from giftwell.domain.catalog.queries import programs_of
from giftwell.foundation.tenancy.models import Merchant
from giftwell.foundation.tenancy.transactions import reading
from giftwell.interfaces.api.endpoints import endpoint
from giftwell.interfaces.api.products import PageQuery
from giftwell.interfaces.api.requests import ApiRequest
from giftwell.interfaces.api.shapes import Body, Currency, ListOut, PositiveMinor, Text
from giftwell.interfaces.common.access import ApiScope
from giftwell.interfaces.common.paging import page_of
from giftwell.kit.clock import now
from giftwell.kit.ids import parse_id

router = Router()

_TOLD = (
    "name", "currency", "funding", "commission_bps", "commission_fixed_minor", "buyer_fee_minor",
    "validity_days", "min_value_minor", "max_value_minor", "max_balance_minor", "max_spend_per_day_minor",
    "max_issue_per_day_minor", "version",
)  # fmt: skip


class ProgramOut(Schema):
    """The rules of a family of cards. A limit that is null is none; days are the merchant's."""

    id: str = Field(examples=["prog_06f3v9q1d8h2k7m4n5p6r8s9t0"])
    name: str
    currency: str
    funding: Literal["escrow", "direct", "promo"]
    commission_bps: int = Field(description="The platform's, in hundredths of a per cent.")
    commission_fixed_minor: int
    buyer_fee_minor: int
    validity_days: int | None
    min_value_minor: int
    max_value_minor: int
    max_balance_minor: int | None
    max_spend_per_day_minor: int | None
    max_issue_per_day_minor: int | None
    version: int


class RulesIn(Body):
    """What of a program its merchant decides."""

    name: Text = Field(max_length=80, examples=["Gift cards"])
    validity_days: StrictInt | None = Field(
        ge=1, le=36_500, description="Null is for ever. Never below the law of the merchant's country."
    )
    min_value_minor: PositiveMinor
    max_value_minor: PositiveMinor
    max_balance_minor: PositiveMinor | None = Field(None, description="The most that may be on a card.")
    max_spend_per_day_minor: PositiveMinor | None = Field(
        None, description="What one card may spend on a day."
    )
    max_issue_per_day_minor: PositiveMinor | None = Field(
        None, description="What may be issued without a payment on a day."
    )


class ProgramIn(RulesIn):
    """A program to be made. Currency and funding never change."""

    currency: Currency
    funding: Literal["escrow", "direct", "promo"] = Field(
        description="Who owes the value: the platform that keeps the money until it is spent (escrow), "
        "the merchant who gets the money at the sale (direct), or the merchant who gives it away (promo)."
    )


class ProgramEditIn(RulesIn):
    """All rules anew; with `version`, refused where somebody else has changed the program since."""

    version: StrictInt | None = Field(None, ge=1)


def _out(program: Program) -> dict[str, Any]:
    return {"id": program.public_id, **{name: getattr(program, name) for name in _TOLD}}


def _merchant(request: ApiRequest) -> Merchant:
    with reading():
        return Merchant.objects.get(id=request.merchant_id)


@endpoint(router, "GET", "/programs", needs=ApiScope.PRODUCTS_READ, answers=ListOut[ProgramOut])
def list_programs(request: ApiRequest, query: Query[PageQuery]) -> Any:
    """The merchant's programs, newest first."""
    with reading():
        page = page_of(programs_of(request.merchant_id), cursor=query.cursor, limit=query.limit)
        return {"data": [_out(row) for row in page.rows], "next_cursor": page.next_cursor or None}


@endpoint(
    router, "GET", "/programs/{program_id}", needs=ApiScope.PRODUCTS_READ, answers=ProgramOut, problems=(404,)
)
def get_program(request: ApiRequest, program_id: str) -> Any:
    """One program."""
    with reading():
        return _out(find_program(request.merchant_id, parse_id(Program.PREFIX, program_id)))


@endpoint(
    router, "POST", "/programs", needs=ApiScope.PRODUCTS_WRITE, answers=ProgramOut, status=201,
    problems=(409,),
)  # fmt: skip
def create(request: ApiRequest, body: ProgramIn) -> Status:
    """Make a program. Commission and fee are the platform's terms for its funding."""
    program = create_program(merchant=_merchant(request), actor=request.actor, now=now(), **body.model_dump())
    return Status(201, _out(program))


@endpoint(
    router, "PUT", "/programs/{program_id}", needs=ApiScope.PRODUCTS_WRITE, answers=ProgramOut,
    problems=(404, 409),
)  # fmt: skip
def edit(request: ApiRequest, program_id: str, body: ProgramEditIn) -> Any:
    """Change a program's rules; cards that exist keep their value and validity, limits hold at once."""
    program = edit_program(
        merchant=_merchant(request),
        program_id=parse_id(Program.PREFIX, program_id),
        expected_version=body.version,
        actor=request.actor,
        now=now(),
        **body.model_dump(exclude={"version"}),
    )
    return _out(program)
