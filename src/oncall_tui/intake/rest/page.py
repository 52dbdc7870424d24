"""The page about the API, written from its OpenAPI description: no script, nothing from elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

CSP = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"
_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:52rem;margin:2rem auto;padding:0 1rem}"
    "code{font-family:ui-monospace,monospace}h2{margin-top:2rem}dt{font-weight:600}@media(prefers-color-scheme:dark)"
    "{body{background:#111;color:#ddd}a{color:#9cf}}"
)


def page_of(description: Mapping[str, Any]) -> str:
    """The whole page."""
    return "".join(_parts(description))


def _parts(description: Mapping[str, Any]) -> Iterator[str]:
    yield f'<!doctype html><html lang="en"><meta charset="utf-8"><title>oncall API</title><style>{_STYLE}</style>'
    yield f"<h1>oncall API</h1><p>{escape(description['info']['description'])}</p>"
    yield '<p>As OpenAPI: <a href="api/v1/openapi.json">/api/v1/openapi.json</a>. Errors are '
    yield '<code>{"errors": [{"path", "code", "message", "mend"}]}</code>.</p>'
    schemas = description.get("components", {}).get("schemas", {})
    for path, methods in description["paths"].items():
        for method, told in methods.items():
            yield f"<h2><code>{method.upper()} /api/v1{escape(path)}</code></h2>"
            yield f"<p>{escape(told.get('summary', ''))}. {escape(told.get('description', ''))}</p>"
            rows = [*_parameters(told), *_body(told, schemas)]
            if rows:
                yield f"<dl>{''.join(rows)}</dl>"
    yield "</html>"


def _parameters(told: Mapping[str, Any]) -> Iterator[str]:
    for one in told.get("parameters", ()):
        need = "required" if one.get("required") else "optional"
        text = one.get("description") or one.get("schema", {}).get("description", "")
        yield f"<dt><code>{escape(one['name'])}</code></dt><dd>{escape(one['in'])}, {need}. {escape(text)}</dd>"


def _body(told: Mapping[str, Any], schemas: Mapping[str, Any]) -> Iterator[str]:
    content = told.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
    wanted = [content, *content.get("anyOf", ())]
    for reference in (one["$ref"] for one in wanted if "$ref" in one):
        schema = schemas[reference.rpartition("/")[2]]
        for name, field in schema.get("properties", {}).items():
            need = "required" if name in schema.get("required", ()) else "optional"
            kind = field.get("type") or " or ".join(one.get("type", "…") for one in field.get("anyOf", ())) or "text"
            yield f"<dt><code>{escape(name)}</code></dt><dd>body, {need}: {escape(kind)}. "
            yield f"{escape(field.get('description', ''))}</dd>"
