"""The one OpenAPI document: the REST API and the point of sale, which do not know each other."""

from functools import cache
from typing import Any

from giftwell.interfaces.api.openapi import document as rest
from giftwell.interfaces.pos import openapi as pos


@cache
def document() -> dict[str, Any]:
    """The whole document, as plain data."""
    told = rest()
    told["paths"] = {**told["paths"], **pos.paths()}
    told["components"]["schemas"] = {**pos.schemas(), **told["components"]["schemas"]}
    return told
