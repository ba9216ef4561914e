"""The description of the API as a page: made from openapi.json, without script and without anybody else's server."""

import json
from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.template.loader import render_to_string

from .problems import Kind


def docs(request: HttpRequest) -> HttpResponse:
    """GET the page; for everybody."""
    if request.method not in ("GET", "HEAD"):
        return HttpResponseNotAllowed(["GET", "HEAD"])
    return HttpResponse(_page())


@cache
def _page() -> str:
    from .views import api

    schema = api.get_openapi_schema()
    operations = [
        {"method": method.upper(), "path": path, **operation, "examples": list(_examples(operation))}
        for path, methods in schema["paths"].items()
        for method, operation in methods.items()
    ]
    kinds = [{"code": kind.code, **kind.value._asdict()} for kind in Kind]
    context = {"info": schema["info"], "operations": operations, "kinds": kinds}
    # the description marks code with backticks, as programs expect it
    return render_to_string("integration/api_docs.html", context).replace("`", "")


def _examples(operation: dict[str, Any]) -> Any:
    """(title, text) of what is sent and of what is answered when all is well."""
    for media_type, content in operation.get("requestBody", {}).get("content", {}).items():
        yield media_type, content["example"]
    for status, response in operation["responses"].items():
        for media_type, content in response["content"].items():
            if "example" in content:
                example = content["example"]
                text = example if isinstance(example, str) else json.dumps(example, indent=2)
                yield f"{status} {media_type}", text
