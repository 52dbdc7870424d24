"""A post's fields, whatever carries them: a JSON object, a form, a multipart form or the query; the body decides."""

from __future__ import annotations

import re
from collections.abc import Mapping, Set
from urllib.parse import parse_qsl

from oncall_tui.intake.payload.decoding import NotJson, as_text, decode_json
from oncall_tui.intake.payload.reading import Post, Unusable

FORM_FIELDS = 200
_WRAPPERS = ("payload", "data", "json")
_NESTED = re.compile(r"(\w+)\[(\w*)\]")
_BOUNDARY = re.compile(rb"--([!-~]{1,70})\r?\n")
PART_HEAD = 2_000  # bytes of a part's headers
_DISPOSITION = re.compile(rb"(?:^|\n)content-disposition:[ \t]*form-data([^\r\n]*)", re.IGNORECASE)
_NAME = re.compile(rb';[ \t]*name=(?:"([^"]*)"|([^;"\s]+))', re.IGNORECASE)
_FILE = re.compile(rb";[ \t]*filename\*?=", re.IGNORECASE)


def fields_of(post: Post, notes: list[str], known: Set[str] | None = None) -> Mapping[str, object] | Unusable:
    """The fields by name, nulls left out; what the body lacks, the query may add.

    A form whose only object is JSON text in `payload`, `data` or `json` is that object. `a[b]=c` is {"a": {"b": "c"}}.
    Where `known` names are given, a form without any of them is none.
    """
    query = _pairs(post.query)
    form = _form(post.body.strip(), known)
    if form is not None:
        return _unwrapped({**query, **form}, notes)
    fields = json_object(post.body, notes)
    if isinstance(fields, Unusable):
        return fields
    query.update((name, field) for name, field in fields.items() if field is not None)
    return query


def json_object(body: bytes, notes: list[str]) -> Mapping[str, object] | Unusable:
    """The JSON object that the body is; what was odd about it goes into the notes."""
    try:
        value, odd = decode_json(body)
    except NotJson as error:
        return Unusable(errors=(f"the body is not JSON: {error}",), malformed=True)
    notes.extend(odd)
    return value if isinstance(value, dict) else Unusable(errors=("the body must be a JSON object",))


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
    """The texts of a multipart form (RFC 7578) by its own boundary; files are left out.

    Read by hand: the standard library's reader of mail takes minutes over a form that somebody made to be slow.
    """
    boundary = _BOUNDARY.match(body)
    if boundary is None:
        return {}
    fields: dict[str, object] = {}
    for part in (b"\n" + body).split(b"\n--" + boundary[1], FORM_FIELDS + 1)[1 : FORM_FIELDS + 1]:
        head, blank, content = part[:PART_HEAD].partition(b"\r\n\r\n")
        if not blank:
            head, blank, content = part[:PART_HEAD].partition(b"\n\n")
        named = _DISPOSITION.search(head)
        if not blank or named is None or _FILE.search(named[1]):
            continue  # a file, the end, or a header that nobody understands: the other parts may be fine
        name = _NAME.search(named[1])
        if name is not None:
            content = part[len(head) + len(blank) :]
            fields[as_text(name[1] if name[1] is not None else name[2])] = as_text(content.removesuffix(b"\r"))
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
