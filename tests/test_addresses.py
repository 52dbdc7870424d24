"""Which addresses are public."""

from __future__ import annotations

import pytest

from oncall_tui.addresses import is_public, resolve


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.8.9.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "255.255.255.255",
        "198.18.0.1",
        "::1",
        "::",
        "fe80::1%eth0",
        "fc00::1",
        "ff02::1",
        "ff0e::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
        "2001:0:4136:e378:8000:63bf:f5ff:fffe",
    ],
)
def test_ours_or_nobodys(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["1.1.1.1", "8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"])
def test_public(address: str) -> None:
    assert is_public(address)


def test_what_is_no_address_is_an_error() -> None:
    with pytest.raises(ValueError, match="nonsense"):
        is_public("nonsense")


@pytest.mark.parametrize("form", ["2130706433", "0177.0.0.1", "0x7f000001", "127.1", "127.0.0.1"])
def test_other_forms_come_out_as_what_they_mean(form: str) -> None:
    assert resolve(form, 80) == ("127.0.0.1",)


@pytest.mark.parametrize("host", ["a" * 70 + ".example", "no-such-host.invalid", "a..b"])
def test_no_host(host: str) -> None:
    with pytest.raises(OSError, match=r"."):
        resolve(host, 80)
