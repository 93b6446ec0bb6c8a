"""The OpenAPI document of the REST API: what ninja knows, put right where it is too coarse."""

from typing import Any

from giftwell.interfaces.api.app import api
from giftwell.interfaces.common.access import SCOPES

_PROBLEM = "application/problem+json"


def document() -> dict[str, Any]:
    """The document as plain data, without the point of sale."""
    told: dict[str, Any] = dict(api.get_openapi_schema(path_prefix="/v1/"))
    told["info"] = {**told["info"], "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"}}
    told["servers"] = [{"url": "/"}]
    scopes = "\n".join(f"- `{name}`: {text}" for name, text in SCOPES.items())
    told["components"]["securitySchemes"] = {
        "ApiKey": {
            "type": "http",
            "scheme": "bearer",
            "description": f"An API key: `gw_live_…` or `gw_test_…` picks the tenant. Scopes:\n{scopes}",
        }
    }
    for path in told["paths"].values():
        for operation in path.values():
            _mend(operation)
    return told


def _mend(operation: dict[str, Any]) -> None:
    operation["responses"] = {str(status): answer for status, answer in operation["responses"].items()}
    for status, answer in operation["responses"].items():
        if int(status) >= 400:
            # ninja tells each answer as application/json; a problem has a media type of its own.
            answer["content"] = {_PROBLEM: answer["content"][_PROBLEM]}
