"""Where the API is described: the document for machines, and a page for people made from it."""

from collections.abc import Callable
from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import condition, require_safe

from giftwell.interfaces.common.pages import View, public_page

type Build = Callable[[], dict[str, Any]]


def document_view(build: Build) -> View:
    """The view of `/v1/openapi.json`."""
    etag = cache(lambda: f'"{hash(str(build())) & 0xFFFFFFFFFFFF:x}"')

    @public_page
    @require_safe
    @condition(etag_func=lambda _: etag())
    def openapi(request: HttpRequest) -> HttpResponse:
        return JsonResponse(build(), headers={"Cache-Control": "public, max-age=60"})

    return openapi


def reference_view(build: Build) -> View:
    """The view of `/docs/api`."""
    told = cache(lambda: _for_people(build()))

    @public_page
    @require_safe
    def reference(request: HttpRequest) -> HttpResponse:
        return render(request, "api/reference.html", told())

    return reference


def _for_people(document: dict[str, Any]) -> dict[str, Any]:
    schemas = document["components"]["schemas"]
    groups: dict[str, list[dict[str, Any]]] = {}
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            group = operation.get("tags", ["other"])[0]
            groups.setdefault(group, []).append(_operation(method, path, operation, schemas))
    return {"info": document["info"], "groups": groups, "security": document["components"]["securitySchemes"]}


def _operation(method: str, path: str, operation: dict[str, Any], schemas: dict[str, Any]) -> dict[str, Any]:
    body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
    answers = []
    for status, answer in operation["responses"].items():
        content = answer.get("content", {}).get("application/json", {}).get("schema")
        answers.append(
            {"status": status, "text": answer.get("description", ""), "fields": _fields(content, schemas)}
        )
    return {
        "id": operation["operationId"],
        "method": method.upper(),
        "path": path,
        "summary": operation.get("summary", ""),
        "description": operation.get("description", ""),
        "parameters": operation.get("parameters", []),
        "body": _fields(body, schemas),
        "answers": answers,
    }


def _fields(schema: dict[str, Any] | None, schemas: dict[str, Any]) -> list[dict[str, Any]]:
    shape = _resolved(schema, schemas)
    required = set(shape.get("required", []))
    return [
        {
            "name": name,
            "type": _type(one, schemas),
            "required": name in required,
            "description": one.get("description", ""),
            "example": next(iter(one.get("examples", [])), ""),
        }
        for name, one in shape.get("properties", {}).items()
    ]


def _resolved(schema: dict[str, Any] | None, schemas: dict[str, Any]) -> dict[str, Any]:
    if not schema:
        return {}
    if "$ref" in schema:
        found: dict[str, Any] = schemas.get(schema["$ref"].rpartition("/")[2], {})
        return found
    return schema


def _type(schema: dict[str, Any], schemas: dict[str, Any]) -> str:
    if "$ref" in schema:
        return str(schema["$ref"].rpartition("/")[2])
    if "anyOf" in schema:
        return " or ".join(_type(one, schemas) for one in schema["anyOf"])
    if schema.get("type") == "array":
        return f"list of {_type(schema.get('items', {}), schemas)}"
    if "enum" in schema:
        return ", ".join(str(one) for one in schema["enum"])
    return str(schema.get("format") or schema.get("type") or "any")
