"""`/metrics`: how the books stand, for a Prometheus that knows the token; for all others nothing is here.

Without METRICS_TOKEN the address does not exist at all. Each figure is read when it is asked for; the laws
are those of the last check (`ledger.check_books`, every night), each with its number as a label, so that an
alert names it.
"""

import hmac
from collections import Counter
from collections.abc import Iterator

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from giftwell.domain.ledger.check_books import last_checks
from giftwell.domain.ledger.models import Check
from giftwell.domain.ledger.proof import newest_blocks, waits_for_seal
from giftwell.interfaces.common.access import AccessRule
from giftwell.interfaces.common.pages import declares

_TYPE = "text/plain; version=0.0.4; charset=utf-8"


@declares(AccessRule("bearer", "the token of METRICS_TOKEN"))
@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """The figures as Prometheus reads them. Anybody without the token is told that there is no such page."""
    token = settings.METRICS_TOKEN
    shown = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not token or not hmac.compare_digest(shown.encode(), token.encode()):
        raise Http404
    return HttpResponse("".join(f"{line}\n" for line in _lines()), content_type=_TYPE)


def _lines() -> Iterator[str]:
    newest = newest_blocks(limit=1)
    yield from _gauge(
        "giftwell_chain_blocks", "Blocks of sealed postings.", newest[0].number if newest else 0
    )
    yield from _gauge("giftwell_chain_waiting", "1 while anything is not sealed yet.", int(waits_for_seal()))
    if newest:
        yield from _gauge(
            "giftwell_chain_sealed_timestamp_seconds", "When the newest block was sealed.",
            newest[0].sealed_at.timestamp(),
        )  # fmt: skip
    for check in last_checks():
        yield from _of_check(check)


def _of_check(check: Check) -> Iterator[str]:
    yield from _gauge(
        "giftwell_books_checked_timestamp_seconds",
        "When the books were last checked.",
        check.checked_at.timestamp(),
    )
    yield from _gauge("giftwell_books_check_seconds", "How long that took.", check.took_ms / 1000)
    yield from _gauge(
        "giftwell_books_sound", "1 where every law held and the chain was whole.", int(check.is_sound)
    )
    yield from _gauge(
        "giftwell_chain_findings", "Places where the chain is not what was sealed.", len(check.chain)
    )
    broken: Counter[int] = Counter()
    for one in check.laws:
        broken[one["law"]] += one["count"]
    yield "# HELP giftwell_law_breaches Rows that break a law of money, by its number in docs/domain/laws.md."
    yield "# TYPE giftwell_law_breaches gauge"
    for law, rows in sorted(broken.items()):
        yield f'giftwell_law_breaches{{law="{law}"}} {rows}'


def _gauge(name: str, says: str, value: float) -> Iterator[str]:
    yield f"# HELP {name} {says}"
    yield f"# TYPE {name} gauge"
    yield f"{name} {value}"
