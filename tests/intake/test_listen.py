"""Where to listen, as a human writes it."""

from __future__ import annotations

import pytest

from oncall_tui.domain.errors import Invalid
from oncall_tui.intake.listener.server import Listen, read_listen


@pytest.mark.parametrize(
    ("text", "host", "port"),
    [
        ("127.0.0.1:8080", "127.0.0.1", 8080),
        (":0", "127.0.0.1", 0),
        ("0.0.0.0:80", "0.0.0.0", 80),
        ("oncall.example.com", "oncall.example.com", 8080),
        ("[::1]:9000", "::1", 9000),
        ("[::]", "::", 8080),
        (" localhost:65535 ", "localhost", 65535),
    ],
)
def test_addresses(text: str, host: str, port: int) -> None:
    assert read_listen(text) == Listen(host, port)


@pytest.mark.parametrize("text", ["::1:80", "host:port", "host:", "host:65536", "host:-1", "[::1]x", "[::1]:", "h:²"])
def test_no_addresses(text: str) -> None:
    with pytest.raises(Invalid) as refused:
        read_listen(text)
    assert refused.value.mend
