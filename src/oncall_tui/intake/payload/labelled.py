"""What Prometheus people mean by an alert: labels that tell it from others, annotations that tell about it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from operator import itemgetter

from oncall_tui.intake.payload.decoding import one_line, shown
from oncall_tui.intake.payload.fields import text_of

LABELS_LOOKED_AT = 1_000  # no alert has more; who sends a hundred thousand means harm
_TITLES = ("summary", "title", "message")
_DESCRIPTIONS = ("description", "message")
_NOT_TELLING = {"alertname", "severity", "monitor", "prometheus"}
_FNV_OFFSET, _FNV_PRIME, _64_BITS = 14695981039346656037, 1099511628211, (1 << 64) - 1
_SEPARATOR = b"\xff"


def fingerprint_of(labels: Mapping[str, object]) -> str:
    """The fingerprint that Prometheus and Alertmanager give these labels: FNV-1a over them sorted, as 16 hex digits.

    https://github.com/prometheus/common/blob/main/model/signature.go
    """
    looked_at = islice(labels.items(), LABELS_LOOKED_AT)
    pairs = sorted((name, shown(value)) for name, value in looked_at if value is not None and value != "")
    text = b"".join(part.encode("utf-8", "replace") + _SEPARATOR for pair in pairs for part in pair)
    found = _FNV_OFFSET
    for byte in text:
        found = (found ^ byte) * _FNV_PRIME & _64_BITS
    return f"{found:016x}"


def summary_of(labels: Mapping[str, object], annotations: Mapping[str, object]) -> str:
    """What an alert is about in one text: its summary, else its name and the labels that tell it from its like."""
    if said := text_of(annotations, *_TITLES):
        return said
    name = text_of(labels, "alertname") or "Alert without a name"
    looked_at = sorted(islice(labels.items(), LABELS_LOOKED_AT), key=itemgetter(0))
    telling = ", ".join(f"{label}={shown(value)}" for label, value in looked_at if label not in _NOT_TELLING)
    return f"{name} ({telling})" if telling else name


def description_lines(annotations: Mapping[str, object]) -> Iterator[str]:
    """The description, then every other annotation that is not the title."""
    used = next((name for name in _DESCRIPTIONS if text_of(annotations, name)), None)
    if used is not None:
        yield text_of(annotations, used)
    title = next((name for name in _TITLES if text_of(annotations, name)), None)
    for name, value in annotations.items():
        if name not in (used, title) and value is not None and value != "":
            yield f"{one_line(name)}: {shown(value)}"
