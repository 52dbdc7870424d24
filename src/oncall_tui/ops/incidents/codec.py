"""An incident as text and back: the engine's whole state in one column."""

from __future__ import annotations

import msgspec

from oncall_tui.domain.incident.state import Incident

Unreadable = msgspec.DecodeError
"""Raised by `decode` for text that `encode` did not make."""

_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(Incident)


def encode(incident: Incident) -> str:
    """The incident as JSON."""
    return _encoder.encode(incident).decode()


def decode(document: str) -> Incident:
    """The incident that `encode` made this JSON of. Raises Unreadable."""
    return _decoder.decode(document)
