"""The whole story over REST alone: product, order, payment, code, redemptions, refund, key look-up."""

import json
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid
from typing import Any

from tests.journeys.steps import verify_is_silent
from tests.running import Platform


class Rest:
    """A caller with nothing but a key."""

    def __init__(self, platform: Platform, key: str) -> None:
        self.base, self.key = platform.base, key

    def __call__(self, method: str, path: str, body: Any = None) -> tuple[int, dict[str, Any]]:
        headers = {"Authorization": f"Bearer {self.key}", "Idempotency-Key": uuid.uuid4().hex}
        data = None
        if body is not None:
            data, headers["Content-Type"] = json.dumps(body).encode(), "application/json"
        request = urllib.request.Request(f"{self.base}{path}", data, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                return answer.status, json.loads(answer.read())
        except urllib.error.HTTPError as refusal:
            return refusal.code, json.loads(refusal.read())


def test_the_story_over_rest_alone(platform: Platform) -> None:
    rest = Rest(platform, platform.demo["merchants"][0]["api_key"])
    programs = rest("GET", "/v1/programs")[1]["data"]
    escrow = next(one for one in programs if one["funding"] == "escrow")
    name = f"Over REST {uuid.uuid4().hex[:6]}"
    values = [{"value_minor": 5000, "price_minor": 4800}]
    status, product = rest("POST", "/v1/products", {"program": escrow["id"], "name": name, "values": values})
    assert status == 201
    assert rest("PUT", f"/v1/products/{product['id']}/publication")[1]["status"] == "published"

    line = {"product": product["id"], "value": {"amount_minor": 5000, "currency": escrow["currency"]}}
    status, order = rest("POST", "/v1/orders", {"buyer": {"email": "rest@example.com"}, "lines": [line]})
    assert (status, order["total"]["amount_minor"]) == (201, 4800)
    card_id = order["lines"][0]["card"]
    assert rest("POST", f"/v1/cards/{card_id}/code", {})[0] == 409

    pay = urllib.request.Request(order["payment_url"], urllib.parse.urlencode({"button": "pay"}).encode())
    with urllib.request.urlopen(pay, timeout=20):
        pass
    for _ in range(80):
        if rest("GET", f"/v1/orders/{order['id']}")[1]["status"] == "fulfilled":
            break
        time.sleep(0.25)
    code = rest("POST", f"/v1/cards/{card_id}/code", {})[1]["code"]

    spend = {"code": code, "amount_minor": 2000, "currency": escrow["currency"]}
    status, first = rest("POST", "/v1/redemptions", spend)
    assert (status, first["balance_minor"]) == (201, 3000)
    status, second = rest("POST", "/v1/pos/redemptions", spend)
    assert (status, second["balance_minor"]) == (201, 1000)
    assert rest("POST", "/v1/redemptions", spend)[0] == 402
    status, refund = rest("POST", "/v1/refunds", {"redemption": second["id"]})
    assert (status, refund["balance_minor"]) == (201, 3000)
    assert rest("GET", f"/v1/cards/{card_id}")[1]["balance"]["amount_minor"] == 3000
    balance = rest("POST", "/v1/pos/balance", {"code": code})[1]
    assert balance["balance_minor"] == 3000
    status, money_back = rest("POST", "/v1/refunds", {"order_card": order["lines"][0]["id"]})
    assert (status, money_back["amount_minor"]) == (201, 2800)
    assert rest("GET", f"/v1/cards/{card_id}")[1]["close_reason"] == "refunded"
    verify_is_silent(platform)


def test_a_reading_key_writes_nothing(platform: Platform) -> None:
    rest = Rest(platform, platform.demo["merchants"][0]["read_api_key"])
    assert rest("GET", "/v1/cards")[0] == 200
    assert rest("POST", "/v1/products", {})[0] == 403
    assert rest("POST", "/v1/redemptions", {"code": "x", "amount_minor": 1, "currency": "EUR"})[0] == 403
