"""What is published of the chain of blocks: the headers (hashes alone), and the file that checks a proof.

Whoever keeps the hash of a block has what shows that nothing before it was changed.
"""

from pathlib import Path

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from giftwell.domain.ledger import check_proof
from giftwell.domain.ledger.proof import blocks_from, header, newest_blocks
from giftwell.interfaces.common.pages import PageRequest, public_page
from giftwell.interfaces.common.proofs import json_file

_SHOWN = 25
_IN_A_FILE = 1000
_HIGHEST = 2**62


@require_safe
@public_page
def proofs(request: PageRequest) -> HttpResponse:
    """The newest blocks, and how to check a proof."""
    before = _number(request.GET.get("before", ""))
    found = newest_blocks(before=before, limit=_SHOWN + 1)
    blocks = found[:_SHOWN]
    context = {
        "blocks": blocks,
        "newer": "?" if before is not None else "",
        "older": f"?before={blocks[-1].number}" if len(found) > _SHOWN else "",
        "first_of_newest": max(1, blocks[0].number - _IN_A_FILE + 1) if blocks else 1,
    }
    return render(request, "storefront/proofs.html", context)


@require_safe
@public_page
def blocks_json(request: PageRequest) -> HttpResponse:
    """Headers from a number on, a thousand at most, oldest first."""
    first = _number(request.GET.get("from", "")) or 1
    found = [header(block) for block in blocks_from(first, limit=_IN_A_FILE)]
    return json_file(request, {"blocks": found}, f"giftwell-blocks-{first}.json")


@require_safe
@public_page
def check_file(request: PageRequest) -> HttpResponse:
    """The one file that checks a proof."""
    response = HttpResponse(
        Path(check_proof.__file__).read_bytes(), content_type="text/x-python; charset=utf-8"
    )
    response["Content-Disposition"] = 'attachment; filename="check_proof.py"'
    return response


def _number(text: str) -> int | None:
    """A number of a block as an address says it; anything else is as if it were not said."""
    return min(int(text), _HIGHEST) if text.isascii() and text.isdigit() and len(text) <= 19 else None
