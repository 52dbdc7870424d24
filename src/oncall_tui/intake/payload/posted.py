"""A post's fields, whatever carries them: a JSON object, a form, a multipart form or the query; the body decides."""

from __future__ import annotations

import re
from collections.abc import Mapping, Set
from email.parser import BytesParser
from email.policy import HTTP
from urllib.parse import parse_qsl

from oncall_tui.intake.doors.reading import Post, Unusable
from oncall_tui.intake.payload.decoding import NotJson, as_text, decode_json

FORM_FIELDS = 200
_WRAPPERS = ("payload", "data", "json")
_NESTED = re.compile(r"(\w+)\[(\w*)\]")
_BOUNDARY = re.compile(rb"--([!-~]{1,70})\r?\n")


def fields_of(post: Post, notes: list[str], known: Set[str] | None = None) -> Mapping[str, object] | Unusable:
    """The fields by name, nulls left out; what the body lacks, the query may add.

    A form whose only object is JSON text in `payload`, `data` or `json` is that object. `a[b]=c` is {"a": {"b": "c"}}.
    Where `known` names are given, a form without any of them is none.
    """
    query = _pairs(post.query)
    form = _form(post.body.strip(), known)
    if form is not None:
        return _unwrapped({**query, **form}, notes)
    try:
        value, odd = decode_json(post.body)
    except NotJson as error:
        return Unusable(errors=(f"the body is neither JSON nor a form: {error}",), malformed=True)
    notes.extend(odd)
    if not isinstance(value, dict):
        return Unusable(errors=("the body must be a JSON object",))
    query.update((name, field) for name, field in value.items() if field is not None)
    return query


def payload_of(post: Post) -> object:
    """The body as rules look at it: a JSON value, the fields of a form or a query, else its text."""
    if post.body.lstrip()[:1] in (b"{", b"["):
        try:
            return decode_json(post.body)[0]
        except NotJson:
            pass  # a form may begin so, too
    found = fields_of(post, [])
    return as_text(post.body) if isinstance(found, Unusable) else dict(found)


def _form(body: bytes, known: Set[str] | None) -> Mapping[str, object] | None:
    """The fields of a form, none of an empty body; None when the body is no form."""
    if not body:
        return {}
    if body.startswith(b"--") and (parts := _multipart(body)):
        return parts
    if body[:1] in b'{["' or b"=" not in body:
        return None
    form = _pairs(as_text(body))
    return form if form and (known is None or form.keys() & {*known, *_WRAPPERS}) else None


def _pairs(text: str) -> dict[str, object]:
    if not text:
        return {}
    try:
        pairs = parse_qsl(text, max_num_fields=FORM_FIELDS, errors="replace")
    except ValueError:
        return {}
    fields: dict[str, object] = {}
    for name, value in pairs:
        nested = _NESTED.fullmatch(name)
        inner = fields.setdefault(nested[1], {}) if nested else None
        if nested and isinstance(inner, dict):
            inner[nested[2]] = value
        else:
            fields[name] = value
    return fields


def _multipart(body: bytes) -> dict[str, object]:
    """The texts of a multipart form by its own boundary; files are left out."""
    boundary = _BOUNDARY.match(body)
    if boundary is None:
        return {}
    head = b'Content-Type: multipart/form-data; boundary="' + boundary[1].replace(b'"', b"") + b'"\r\n\r\n'
    message = BytesParser(policy=HTTP).parsebytes(head + body)
    fields: dict[str, object] = {}
    for part in list(message.iter_parts())[:FORM_FIELDS]:
        try:
            name, content = part.get_param("name", header="content-disposition"), part.get_payload(decode=True)
        except (ValueError, AttributeError, TypeError, IndexError, LookupError):
            continue  # a header that no mail reader understands: the other parts may be fine
        if isinstance(name, str) and isinstance(content, bytes) and part.get_filename() is None:
            fields[name] = as_text(content)
    return fields


def _unwrapped(fields: Mapping[str, object], notes: list[str]) -> Mapping[str, object]:
    for name in _WRAPPERS:
        text = fields.get(name)
        if isinstance(text, str) and text.lstrip().startswith("{"):
            try:
                value, odd = decode_json(text.encode("utf-8", "replace"))
            except NotJson:
                continue
            if isinstance(value, dict):
                notes.extend(odd)
                rest = {other: field for other, field in fields.items() if other != name}
                return {**rest, **{key: field for key, field in value.items() if field is not None}}
    return fields
