"""An incident as text and back: the engine's whole state in one column."""

from __future__ import annotations

import msgspec

from oncall_tui.domain.incident.state import Incident

Unreadable = msgspec.DecodeError
"""Raised by `decode` for text that `encode` did not make."""

LATELY = 512
"""So many documents or more are remembered: an escalation is written, claimed and marked within so many others."""

_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(Incident)
_lately: list[dict[str, Incident]] = [{}, {}]
"""What this process wrote, with its incidents, which are frozen: the latest, and those before them. What it only reads
is not kept: a terminal looks at thousands."""


def encode(incident: Incident) -> str:
    """The incident as JSON."""
    document = _encoder.encode(incident).decode()
    latest = _lately[0]
    latest[document] = incident
    if len(latest) >= LATELY:
        _lately[:] = {}, latest
    return document


def decode(document: str) -> Incident:
    """The incident that `encode` made this JSON of. Raises Unreadable."""
    latest, before = _lately
    return latest.get(document) or before.get(document) or _decoder.decode(document)
