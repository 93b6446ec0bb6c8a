"""The proof of a card's balance as a file, for whoever may have it: its holder in the wallet, its shop in the
console.

Making one reads up to two hundred blocks, so it is limited: nobody needs twenty in a minute.
"""

import json
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse

from giftwell.domain.ledger.proof import prove_balance
from giftwell.interfaces.common.error_pages import too_many_requests
from giftwell.interfaces.common.limiting import per_minute, within
from giftwell.interfaces.common.pages import PageRequest

A_PERSON = per_minute(20)


def proof_file(
    request: PageRequest, *, merchant_id: UUID, account_id: int, card_id: str, last4: str
) -> HttpResponse:
    """The file, once the caller has found the card to be theirs. Raises `AccountNotFound`,
    `BooksUnderReview`.
    """
    if not within(A_PERSON, "proof", str(request.user.pk)):
        return too_many_requests(request)
    proof = prove_balance(merchant_id=merchant_id, account_id=account_id)
    content: dict[str, Any] = {
        "card": card_id,
        "last4": last4,
        "check_with": request.build_absolute_uri("/proofs/"),
        **proof.as_dict(),
    }
    return json_file(request, content, f"giftwell-proof-{last4 or 'card'}.json")


def json_file(request: HttpRequest, content: dict[str, Any], name: str) -> HttpResponse:
    """JSON that a browser saves under a name."""
    response = HttpResponse(json.dumps(content, indent=1), content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
